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
        MailUrl::Log => Err(Failure::Refused("letters are printed here".to_owned())),
        // The log has said which of the two.
        MailUrl::InVault(_) => Err(Failure::Later(format!(
            "mail_url: {} is not entered, or is no way that mail_host names",
            url.name()
        ))),
        MailUrl::Smtp(server) => by_smtp(server, message).await,
        MailUrl::Resend(_)
        | MailUrl::Postmark(_)
        | MailUrl::SendGrid(_)
        | MailUrl::Ses(_)
        | MailUrl::Webhook(_) => by_service(url, message).await,
    }
}

async fn by_service(url: &MailUrl, message: &Message) -> Result<(), Failure> {
    let unusable = || Failure::Later(format!("{} cannot be asked", url.name()));
    let request = service::request(url, message, clock::unix_seconds()).ok_or_else(unusable)?;
    let mut post = http::Request::post(request.url.as_str());
    for (name, value) in &request.fields {
        post = post.header(*name, value);
    }
    let post = post.body(request.body).map_err(|_| unusable())?;
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
        Error::Unreachable(why) => Failure::Later(match server.crossed() {
            Some(mend) => format!("{} ({mend})", said(&why)),
            None => said(&why),
        }),
        Error::Unauthenticated(why) | Error::Deferred(why) => Failure::Later(said(&why)),
        Error::Rejected(why) => Failure::Refused(said(&why)),
    })
}
