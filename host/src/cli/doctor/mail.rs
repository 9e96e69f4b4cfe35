//! Which way does mail go, and does any wait?

use anyhow::Result;
use gatelet_mail::mail_url::MailUrl;
use gatelet_runtime::Variables;
use gatelet_runtime::store::{Queued, StoreAdmin};
use gatelet_sign_in::sites::SignInSettings;

use super::report::{Finding, Report};
use crate::cli::{kept, now};

/// As far as the settings say.
pub(super) fn way(report: &mut Report, settings: &SignInSettings) {
    let finding = match &settings.sign_in().mail {
        None => Finding::Off(
            "set mail_url and mail_from: forgotten passwords, links to sign in, proved addresses and notices need it"
                .to_owned(),
        ),
        Some(mail) if mail.url == MailUrl::Log => Finding::Mind(
            "letters are printed and reach nobody: for development alone".to_owned(),
        ),
        Some(mail) if matches!(mail.url, MailUrl::InVault(_)) => Finding::Works(format!(
            "from {} by {}, where mail_host names the way; `gatelet mail test ADDRESS` tries it",
            mail.from,
            mail.url.name()
        )),
        Some(mail) => Finding::Works(format!(
            "from {} by {}; `gatelet mail test ADDRESS` tries it",
            mail.from,
            mail.url.name()
        )),
    };
    report.say("mail", finding);
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
