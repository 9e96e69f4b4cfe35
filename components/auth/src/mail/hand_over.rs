//! To whom is a letter handed? To a mail service by HTTP, or to a mail server by way of
//! the host.

use gatelet_letters::fate::Failure;
use gatelet_letters::message::Message;
use gatelet_letters::said::said;
use gatelet_letters::service;
use gatelet_mail::mail_url::{Credentials, MailUrl, Security, SmtpServer};
use gatelet_wasi::clock;

use crate::bindings::gatelet::smtp::submission::{self, Envelope, Error, Server};
use crate::outbound;

/// One try.
pub(super) async fn hand_over(url: &MailUrl, message: &Message) -> Result<(), Failure> {
    match url {
        MailUrl::Smtp(server) => return by_smtp(server, message).await,
        MailUrl::InVault(_) => {
            let why = format!("mail_url: {} is not entered", url.name());
            return Err(Failure::Later(why));
        }
        _ => {}
    }
    let Some(request) = service::request(url, message, clock::unix_seconds()) else {
        return Err(Failure::Refused("letters are printed here".to_owned()));
    };
    let mut post = http::Request::post(request.url.as_str());
    for (name, value) in &request.fields {
        post = post.header(*name, value);
    }
    let unusable = |_| Failure::Later(format!("{} cannot be asked", url.name()));
    let post = post.body(request.body).map_err(unusable)?;
    let answer = outbound::send(post).await;
    let answer = answer.map_err(|error| {
        let why = error.to_string().replace("provider_hosts", "mail_host");
        Failure::Later(format!("{}: {why}", url.name()))
    })?;
    service::judge(url, message, answer.status, &answer.body)
}

async fn by_smtp(server: &SmtpServer, message: &Message) -> Result<(), Failure> {
    let SmtpServer {
        host,
        port,
        security,
        credentials,
    } = server;
    let crossing = Server {
        host: host.clone(),
        port: *port,
        security: match security {
            Security::StartTls => submission::Security::Starttls,
            Security::Implicit => submission::Security::Implicit,
            Security::Clear => submission::Security::Clear,
        },
        credentials: credentials.as_ref().map(|Credentials { user, password }| {
            submission::Credentials {
                user: user.clone(),
                password: password.expose().to_owned(),
            }
        }),
    };
    let envelope = Envelope {
        sender: message.from.address.as_str().to_owned(),
        recipient: message.to.as_str().to_owned(),
        hello: message.id_host.clone(),
    };
    let submitted = submission::submit(crossing, envelope, message.to_rfc5322()).await;
    let said = |why: &str| format!("{server}: {}", said(why, message));
    submitted.map_err(|error| match error {
        Error::Unsupported => Failure::Later(
            "mail_url: this host reaches no mail server: use a mail service or a webhook"
                .to_owned(),
        ),
        Error::Denied => Failure::Later(format!("mail_host: does not cover {server}")),
        Error::Unreachable(why) | Error::Unauthenticated(why) | Error::Deferred(why) => {
            Failure::Later(said(&why))
        }
        Error::Rejected(why) => Failure::Refused(said(&why)),
    })
}
