//! Which way does mail go, and does any wait?

use anyhow::Result;
use gatelet_mail::mail_url::MailUrl;
use gatelet_mail::settings::MailSettings;
use gatelet_runtime::Variables;
use gatelet_runtime::store::{Queued, StoreAdmin};
use gatelet_sign_in::sites::SignInSettings;

use super::report::{Finding, Report};
use crate::cli::{kept, now};

/// As far as the settings say.
pub(super) fn way(report: &mut Report, settings: &SignInSettings) {
    let mail = settings.sign_in().mail.as_ref();
    let by = |mail: &MailSettings, where_to: &str| {
        let (from, by) = (&mail.from, mail.url.name());
        Finding::Works(format!(
            "from {from} by {by}{where_to}; `gatelet mail test ADDRESS` tries it"
        ))
    };
    let finding = match mail.map(|mail| (mail, &mail.url)) {
        None => Finding::Off(
            "set mail_url and mail_from: forgotten passwords, links to sign in, proved addresses and notices need it"
                .to_owned(),
        ),
        Some((_, MailUrl::Log)) => Finding::Mind(
            "letters are printed and reach nobody: for development alone".to_owned(),
        ),
        Some((mail, MailUrl::InVault(_))) => by(mail, ", where mail_host names the way"),
        Some((mail, _)) => by(mail, ""),
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
