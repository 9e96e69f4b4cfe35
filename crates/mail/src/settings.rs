//! How does an origin send mail, as its settings say?

use gatelet_core::base_url::BaseUrl;
use gatelet_settings::{Setting, SettingError, Values};

use crate::address::{Address, Mailbox};
use crate::mail_url::MailUrl;

/// How one origin sends mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// `mail_url`
    pub url: MailUrl,
    /// `mail_from`
    pub from: Mailbox,
}

impl MailSettings {
    /// Parses and checks the values of one origin; none where no way for mail is set.
    /// A sender is needed with every way but `log:`. What is in the vault is a way already.
    pub fn from_values(values: &Values<'_>) -> Result<Option<Self>, SettingError> {
        let from = values.get(Setting::MailFrom);
        let from = match from {
            "" => None,
            from => Some(Mailbox::parse(from).map_err(|error| {
                SettingError::new(
                    Setting::MailFrom,
                    format_args!("{error}; write it as Acme <no-reply@example.com>"),
                )
            })?),
        };
        let url = MailUrl::parse(values.get(Setting::MailUrl))
            .map_err(|error| SettingError::new(Setting::MailUrl, error))?;
        let base_url = BaseUrl::parse(values.get(Setting::BaseUrl)).ok();
        if url == Some(MailUrl::Log) && !base_url.as_ref().is_some_and(BaseUrl::is_loopback) {
            return Err(SettingError::new(
                Setting::MailUrl,
                "is log:, which prints links that sign people in: it is for a base_url on this machine alone",
            ));
        }
        let from = match (&url, from) {
            (None, _) => None,
            (Some(_), Some(from)) => Some(from),
            (Some(MailUrl::Log), None) => printed_from(base_url.as_ref()),
            (Some(_), None) => {
                return Err(SettingError::new(
                    Setting::MailFrom,
                    "is not set and mail_url is: say who letters come from, as Acme <no-reply@example.com>",
                ));
            }
        };
        Ok(url.zip(from).map(|(url, from)| Self { url, from }))
    }
}

/// The sender of letters that are printed.
fn printed_from(base_url: Option<&BaseUrl>) -> Option<Mailbox> {
    let host = base_url.map_or("localhost", BaseUrl::host);
    let address = Address::parse(&format!("no-reply@{host}"));
    let address = address.or_else(|_| Address::parse("no-reply@localhost"));
    address.ok().map(Mailbox::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(Setting, &'static str)]) -> Result<Option<MailSettings>, String> {
        let values = Values::new(pairs.iter().copied());
        MailSettings::from_values(&values).map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_way_there_is_no_mail() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[(Setting::MailFrom, "a@b.example")]), Ok(None));
    }

    #[test]
    fn mistakes_name_their_variable() {
        for (pairs, start) in [
            (
                &[(Setting::MailUrl, "smtp://h")][..],
                "mail_from: is not set",
            ),
            (
                &[(Setting::MailUrl, "x"), (Setting::MailFrom, "a@b")],
                "mail_url: ",
            ),
            (&[(Setting::MailFrom, "Acme")], "mail_from: "),
            (
                &[(Setting::MailUrl, "vault:MAIL_URL")],
                "mail_from: is not set",
            ),
        ] {
            let line = read(pairs).expect_err(start);
            assert!(line.starts_with(start), "{line}");
        }
    }

    #[test]
    fn links_that_sign_people_in_are_printed_on_this_machine_alone() {
        for base_url in ["https://app.example.com", "http://192.168.0.2:3000", "x"] {
            let refused = read(&[(Setting::MailUrl, "log:"), (Setting::BaseUrl, base_url)]);
            assert!(
                refused
                    .expect_err(base_url)
                    .starts_with("mail_url: is log:")
            );
        }
    }

    #[test]
    fn printed_letters_need_no_sender() {
        for (base_url, from) in [
            ("http://localhost:3000", "no-reply@localhost"),
            ("https://app.localhost", "no-reply@app.localhost"),
            ("http://[::1]:3000", "no-reply@localhost"),
        ] {
            let settings = read(&[(Setting::MailUrl, "log:"), (Setting::BaseUrl, base_url)]);
            let settings = settings.expect(base_url).expect(base_url);
            assert_eq!(settings.from.to_string(), from);
        }
    }
}
