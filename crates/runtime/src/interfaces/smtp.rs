//! `gatelet:smtp@0.1.0` in native code, behind the component's grant.

use gatelet_core::secret::Secret;
use gatelet_mail::address::Address;
use gatelet_mail::dialogue::{Refused, Submission};
use gatelet_mail::mail_url::{Credentials, Security};
use wasmtime::component::Accessor;

use super::Spin;
use super::bindings::gatelet::smtp::submission::{self as port, Host, HostWithStore, Server};
use crate::allowed_hosts::Destination;
use crate::smtp::{self, SubmitError};
use crate::state::State;

impl Host for State {}

impl<T: 'static> HostWithStore<T> for Spin {
    async fn wake(_: &Accessor<T, Self>, authority: String) -> wasmtime::Result<bool> {
        Ok(smtp::due().push(authority))
    }

    async fn submit(
        accessor: &Accessor<T, Self>,
        server: Server,
        envelope: port::Envelope,
        message: Vec<u8>,
    ) -> wasmtime::Result<Result<(), port::Error>> {
        let Server {
            host,
            port: number,
            security,
            credentials,
        } = server;
        let (security, scheme) = match security {
            port::Security::Starttls => (Security::StartTls, "smtp"),
            port::Security::Implicit => (Security::Implicit, "smtps"),
            port::Security::Clear => (Security::Clear, "smtp"),
        };
        let allowed = accessor.with(|mut access| {
            let grants = &access.get().grants;
            let destination = Destination::new(scheme, &host, Some(number));
            let allowed = destination.is_ok_and(|one| grants.allowed_hosts.allows(&one));
            if !allowed {
                tracing::warn!(
                    component = %grants.component,
                    "{scheme}://{host}:{number} is not among its allowed_outbound_hosts"
                );
            }
            allowed
        });
        if !allowed {
            return Ok(Err(port::Error::Denied));
        }
        let port::Envelope {
            sender,
            recipient,
            hello,
        } = envelope;
        let address = |text: &str| Address::parse(text);
        let (Ok(sender), Ok(recipient)) = (address(&sender), address(&recipient)) else {
            let why = "an address that is none".to_owned();
            return Ok(Err(port::Error::Rejected(why)));
        };
        let submission = Submission {
            hello,
            security,
            credentials: credentials.map(|port::Credentials { user, password }| Credentials {
                user,
                password: Secret::new(password),
            }),
            sender,
            recipient,
            message,
        };
        let submitted = smtp::submit(&host, number, submission).await;
        Ok(submitted.map_err(|error| match error {
            SubmitError::Unreachable(why) | SubmitError::Refused(Refused::Broken(why)) => {
                port::Error::Unreachable(why)
            }
            SubmitError::Refused(Refused::Unauthenticated(why)) => {
                port::Error::Unauthenticated(why)
            }
            SubmitError::Refused(Refused::Deferred(why)) => port::Error::Deferred(why),
            SubmitError::Refused(Refused::Rejected(why)) => port::Error::Rejected(why),
        }))
    }
}
