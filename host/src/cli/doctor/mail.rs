//! Which way does mail go, and does any wait?

use anyhow::Result;
use gatelet_mail::mail_url::{MailUrl, Security};
use gatelet_mail::settings::MailSettings;
use gatelet_runtime::Variables;
use gatelet_runtime::store::{Queued, StoreAdmin};
use gatelet_sign_in::sites::SignInSettings;

use super::is_this_machine;
use super::report::{Finding, Report};
use crate::cli::{kept, now};

/// As far as the settings say.
pub(super) fn way(report: &mut Report, settings: &SignInSettings) {
    report.say("mail", found(settings.sign_in().mail.as_ref()));
}

fn found(mail: Option<&MailSettings>) -> Finding {
    let Some(mail) = mail else {
        return Finding::Off(
            "set mail_url and mail_from: forgotten passwords, links to sign in, proved addresses and notices need it"
                .to_owned(),
        );
    };
    let by = |more: &str| {
        let (from, by) = (&mail.from, mail.url.name());
        format!("from {from} by {by}{more}; `gatelet mail test ADDRESS` tries it")
    };
    match &mail.url {
        MailUrl::Log => {
            Finding::Mind("letters are printed and reach nobody: for development alone".to_owned())
        }
        MailUrl::InVault(_) => Finding::Works(by(", where mail_host names the way")),
        MailUrl::Smtp(server) => match (server.crossed(), server.security) {
            (Some(mend), _) => Finding::Mind(by(&format!(", but {mend}"))),
            (None, Security::Clear) if is_this_machine(&server.host) => {
                Finding::Works(by(", in the clear within this machine"))
            }
            (None, Security::Clear) => Finding::Mind(by(
                ", in the clear: whoever listens in that network reads links that sign people in",
            )),
            (None, Security::StartTls | Security::Implicit) => Finding::Works(by("")),
        },
        MailUrl::Resend(_)
        | MailUrl::Postmark(_)
        | MailUrl::SendGrid(_)
        | MailUrl::Ses(_)
        | MailUrl::Webhook(_) => Finding::Works(by("")),
    }
}

/// What waits, wherever users are.
pub(super) async fn waiting(
    report: &mut Report,
    store: &StoreAdmin,
    variables: &Variables,
) -> Result<()> {
    let (mut letters, mut since, mut why) = (0, None, None);
    for place in kept::places(store, variables).await? {
        let queued: Queued = store.letters(&place).await?;
        letters += queued.letters;
        since = since.into_iter().chain(queued.since).min();
        why = why.or(queued.why);
    }
    let since = since.map_or(0, |since| now().saturating_sub(since) / 60);
    let wait = match letters {
        0 => {
            report.say("letters", Finding::Works("none waits".to_owned()));
            return Ok(());
        }
        1 => format!("1 letter waits to be sent, since {since} minutes"),
        letters => format!("{letters} letters wait to be sent, since {since} minutes at most"),
    };
    let line = match why {
        Some(why) => format!("{wait}; last: {why}"),
        None => wait,
    };
    report.say("letters", Finding::Mind(line));
    Ok(())
}

#[cfg(test)]
mod tests {
    use gatelet_mail::address::Mailbox;

    use super::*;

    #[test]
    fn letters_in_the_clear_and_a_port_of_the_other_scheme_are_told_of() {
        for (url, minded, says) in [
            ("smtp://u:p@h.example", false, "by smtp://h.example:587; "),
            ("smtp://u:p@h.example:465", true, "write smtps://"),
            ("smtps://u:p@h.example:587", true, "write smtp://"),
            ("smtp://mailpit:1025?tls=off", true, "in the clear: whoever"),
            (
                "smtp://localhost:1025?tls=off",
                false,
                "in the clear within this machine",
            ),
        ] {
            let mail = MailSettings {
                url: MailUrl::parse(url).unwrap().unwrap(),
                from: Mailbox::parse("a@b.example").unwrap(),
            };
            let (is_minded, line) = match found(Some(&mail)) {
                Finding::Mind(line) => (true, line),
                Finding::Works(line) => (false, line),
                Finding::Off(line) | Finding::Broken(line) => panic!("{url}: {line}"),
            };
            assert_eq!(is_minded, minded, "{url}: {line}");
            assert!(line.contains(says), "{url}: {line}");
        }
    }
}
