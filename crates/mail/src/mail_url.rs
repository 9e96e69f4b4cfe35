//! Which way does mail go? `mail_url`, parsed once.

use core::fmt;

use base64::{Engine as _, alphabet, engine};
use gatelet_core::base_url::BaseUrl;
use gatelet_core::percent;
use gatelet_core::secret::Secret;
use gatelet_settings::{VAULT_PREFIX, name_in_vault};

mod smtp_server;

pub use smtp_server::{Credentials, Security, SmtpServer};

/// Where a letter is handed to those who deliver it. `Debug` shows no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailUrl {
    /// `log:`: nowhere. Letters are printed, for development.
    Log,
    /// `vault:NAME`: the one that is in the vault under this name, for whoever cannot look
    /// there, or while there is none. Letters wait.
    InVault(String),
    /// `smtp:` and `smtps:`: a mail server.
    Smtp(SmtpServer),
    /// `resend:KEY`
    Resend(Secret),
    /// `postmark:TOKEN`
    Postmark(Secret),
    /// `sendgrid:KEY`
    SendGrid(Secret),
    /// `ses://ACCESS_KEY:SECRET@region`
    Ses(SesAccount),
    /// `https://host/path#whsec_…`
    Webhook(Webhook),
}

/// An account at Amazon SES.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SesAccount {
    /// Access key ID.
    pub access_key: String,
    /// Secret access key.
    pub secret_key: Secret,
    /// Such as `eu-central-1`.
    pub region: String,
}

/// A program of the operator's that takes letters as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Without its secret.
    pub url: String,
    /// Scheme, host and port of it.
    pub base_url: BaseUrl,
    /// The key of signatures.
    pub secret: WebhookSecret,
}

/// Bytes that sign what a webhook is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Secret);

/// Why a text is no `mail_url`: what is wrong and how to mend it, without the text,
/// which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailUrlError {
    /// None of the ways there are.
    Scheme,
    /// `resend:` and the like without a key, or with one that is none.
    Key(&'static str),
    /// No host, or none that is one.
    Host,
    /// The port is no number from 1 to 65535.
    Port,
    /// A name without a password, or the other way round.
    Credentials,
    /// Something after host and port that means nothing here.
    Rest,
    /// In the clear to where others may listen, or with a password.
    Clear,
    /// `ses:` is not what it should be.
    Ses,
    /// `https:` without a secret, or with one that is none.
    WebhookSecret,
    /// A webhook over plain HTTP to another machine, or no URL.
    WebhookUrl,
    /// `vault:` without a name, or with one that is none.
    Vault,
    /// Out of the vault, and no way for letters to leave.
    Nowhere,
}

/// Least bytes of a webhook's key, and most: <https://www.standardwebhooks.com/>.
const WEBHOOK_KEY_BYTES: core::ops::RangeInclusive<usize> = 24..=64;

const WEBHOOK_BASE64: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::STANDARD,
    engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent),
);

impl MailUrl {
    /// Parses what the operator set. None where that is nothing: there is no mail then.
    pub fn parse(text: &str) -> Result<Option<Self>, MailUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let (scheme, rest) = text.split_once(':').ok_or(MailUrlError::Scheme)?;
        let beyond = rest.strip_prefix("//");
        let key = |example| key(beyond.unwrap_or(rest), example);
        Ok(Some(match (scheme, beyond) {
            ("vault", _) => {
                let name = name_in_vault(text).ok_or(MailUrlError::Vault)?;
                Self::InVault(name.to_owned())
            }
            ("log", _) if beyond.unwrap_or(rest).is_empty() => Self::Log,
            ("smtp", Some(rest)) => Self::Smtp(SmtpServer::parse(rest, Security::StartTls)?),
            ("smtps", Some(rest)) => Self::Smtp(SmtpServer::parse(rest, Security::Implicit)?),
            ("resend", _) => Self::Resend(key("resend:re_…")?),
            ("postmark", _) => Self::Postmark(key("postmark:TOKEN")?),
            ("sendgrid", _) => Self::SendGrid(key("sendgrid:SG.…")?),
            ("ses", Some(rest)) => Self::Ses(SesAccount::parse(rest)?),
            ("http" | "https", Some(_)) => Self::Webhook(Webhook::parse(text)?),
            _ => return Err(MailUrlError::Scheme),
        }))
    }

    /// Parses what the vault has in its place: a way by which letters leave.
    pub fn parse_entered(text: &str) -> Result<Self, MailUrlError> {
        match Self::parse(text)? {
            None | Some(Self::Log | Self::InVault(_)) => Err(MailUrlError::Nowhere),
            Some(url) => Ok(url),
        }
    }

    /// What it is called, without a secret.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Log => "log:".to_owned(),
            Self::InVault(name) => format!("{VAULT_PREFIX}{name}"),
            Self::Smtp(server) => server.to_string(),
            Self::Resend(_) => "resend:".to_owned(),
            Self::Postmark(_) => "postmark:".to_owned(),
            Self::SendGrid(_) => "sendgrid:".to_owned(),
            Self::Ses(account) => format!("ses://{}", account.region),
            Self::Webhook(webhook) => webhook.base_url.as_str().to_owned(),
        }
    }

    /// Scheme, host and port of what is to be reached, as an entry of
    /// `allowed_outbound_hosts`; none for `log:`, and none while it is in the vault.
    #[must_use]
    pub fn destination(&self) -> Option<String> {
        let https = |host: &str| format!("https://{host}:443");
        Some(match self {
            Self::Log | Self::InVault(_) => return None,
            Self::Smtp(server) => server.to_string(),
            Self::Resend(_) => https("api.resend.com"),
            Self::Postmark(_) => https("api.postmarkapp.com"),
            Self::SendGrid(_) => https("api.sendgrid.com"),
            Self::Ses(account) => https(&account.host()),
            Self::Webhook(Webhook { base_url, .. }) => format!(
                "{}://{}:{}",
                base_url.scheme().as_str(),
                base_url.host(),
                base_url.port()
            ),
        })
    }
}

impl SesAccount {
    fn parse(rest: &str) -> Result<Self, MailUrlError> {
        let parsed = || {
            let (userinfo, region) = rest.rsplit_once('@')?;
            let (access_key, secret_key) = userinfo.split_once(':')?;
            let (access_key, secret_key) = (text(access_key)?, text(secret_key)?);
            let plain =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let region_fits = !region.is_empty() && region.len() <= 32 && region.bytes().all(plain);
            let key_fits = !access_key.is_empty()
                && access_key.bytes().all(|byte| byte.is_ascii_alphanumeric());
            (region_fits && key_fits && !secret_key.is_empty()).then(|| Self {
                access_key,
                secret_key: Secret::new(secret_key),
                region: region.to_owned(),
            })
        };
        parsed().ok_or(MailUrlError::Ses)
    }

    /// The API's.
    #[must_use]
    pub fn host(&self) -> String {
        format!("email.{}.amazonaws.com", self.region)
    }
}

impl Webhook {
    fn parse(url: &str) -> Result<Self, MailUrlError> {
        let (url, secret) = url.split_once('#').ok_or(MailUrlError::WebhookSecret)?;
        let secret = WebhookSecret::parse(secret)?;
        let after_scheme = url.find("://").map(|at| at + 3).unwrap_or_default();
        let authority_ends = url[after_scheme..]
            .find(['/', '?'])
            .map_or(url.len(), |at| after_scheme + at);
        let base_url =
            BaseUrl::parse(&url[..authority_ends]).map_err(|_| MailUrlError::WebhookUrl)?;
        let is_private = base_url.scheme().as_str() == "https" || base_url.is_loopback();
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        let rest = &url[authority_ends..];
        if !is_private || !rest.bytes().all(is_plain) {
            return Err(MailUrlError::WebhookUrl);
        }
        let rest = match rest.starts_with('/') {
            true => rest.to_owned(),
            false => format!("/{rest}"),
        };
        Ok(Self {
            url: format!("{}{rest}", base_url.as_str()),
            base_url,
            secret,
        })
    }
}

impl WebhookSecret {
    /// `whsec_` and Base64.
    fn parse(text: &str) -> Result<Self, MailUrlError> {
        let secret = Self(Secret::new(text.to_owned()));
        match secret.decoded() {
            Some(bytes) if WEBHOOK_KEY_BYTES.contains(&bytes.len()) => Ok(secret),
            _ => Err(MailUrlError::WebhookSecret),
        }
    }

    fn decoded(&self) -> Option<Vec<u8>> {
        let text = self.0.expose().strip_prefix("whsec_")?;
        WEBHOOK_BASE64.decode(text).ok()
    }

    /// For the one place that signs.
    #[must_use]
    pub fn expose(&self) -> Vec<u8> {
        self.decoded().unwrap_or_default()
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Display for MailUrlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => out.write_str(
                "is none of smtp://user:password@host:587, smtps://user:password@host, resend:KEY, postmark:TOKEN, \
                 sendgrid:KEY, ses://ACCESS_KEY:SECRET@region, https://host/path#whsec_SECRET, vault:NAME and log:",
            ),
            Self::Key(example) => write!(out, "has no key, or one with blanks: write it as {example}"),
            Self::Host => out.write_str("names no host: write it as smtp://user:password@host:587"),
            Self::Port => out.write_str("has a port that is no number from 1 to 65535"),
            Self::Credentials => out.write_str(
                "has a user without a password, or none: write it as smtp://user:password@host:587, each \
                 percent-encoded where it holds one of : @ / ? # %",
            ),
            Self::Rest => out.write_str(
                "says more than host and port: write it as smtp://user:password@host:587, the password \
                 percent-encoded where it holds one of : @ / ? # %",
            ),
            Self::Clear => out.write_str(
                "has tls=off, which is for smtp:// on this machine, or without user and password to a host that \
                 only a private network has (mailpit, 10.0.0.5, mail.internal, mail.ns.svc): leave it out, and letters \
                 and the password go through TLS",
            ),
            Self::Ses => out.write_str(
                "is no account at SES: write it as ses://ACCESS_KEY:SECRET@eu-central-1, the secret percent-encoded \
                 where it holds one of : @ %",
            ),
            Self::WebhookSecret => out.write_str(
                "has no secret to sign with: write it as https://host/path#whsec_SECRET, where SECRET is 24 to 64 \
                 random bytes in Base64",
            ),
            Self::Vault => out.write_str(
                "names no secret: write it as vault:MAIL_URL, in capitals, digits and underscores",
            ),
            Self::Nowhere => out.write_str(
                "lets no letter leave: enter one such as smtp://user:password@host:587; log: and vault: are for the \
                 variable",
            ),
            Self::WebhookUrl => out.write_str(
                "is no URL that letters can be sent to: write it as https://host/path#whsec_SECRET; plain http:// is \
                 for this machine alone",
            ),
        }
    }
}

/// An API key: one word, as a header field may hold it.
fn key(text: &str, example: &'static str) -> Result<Secret, MailUrlError> {
    let is_word = |byte: u8| byte.is_ascii_graphic();
    match text.is_empty() || !text.bytes().all(is_word) {
        true => Err(MailUrlError::Key(example)),
        false => Ok(Secret::new(text.to_owned())),
    }
}

/// Percent-decoded, where that is a text without control characters.
fn text(encoded: &str) -> Option<String> {
    let text = String::from_utf8(percent::decoded(encoded.as_bytes())).ok()?;
    (!text.chars().any(char::is_control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    #[test]
    fn every_other_way_is_read() {
        let parse = |url: &str| MailUrl::parse(url).expect(url);
        assert_eq!(parse(" "), None);
        assert_eq!(parse("log:"), Some(MailUrl::Log));
        let named = MailUrl::InVault("MAIL_URL".to_owned());
        assert_eq!(parse(" vault:MAIL_URL "), Some(named));
        let secret = |text: &str| Secret::new(text.to_owned());
        for url in ["resend:re_1", "resend://re_1"] {
            assert_eq!(parse(url), Some(MailUrl::Resend(secret("re_1"))));
        }
        assert_eq!(parse("postmark:t"), Some(MailUrl::Postmark(secret("t"))));
        assert_eq!(
            parse("sendgrid:SG.x"),
            Some(MailUrl::SendGrid(secret("SG.x")))
        );
        for secret_key in ["wJalr/XUtn+FEMI", "wJalr%2FXUtn%2BFEMI"] {
            let Some(MailUrl::Ses(account)) =
                parse(&format!("ses://AKID:{secret_key}@eu-central-1"))
            else {
                panic!("{secret_key}");
            };
            assert_eq!(account.secret_key.expose(), "wJalr/XUtn+FEMI");
            assert_eq!(account.host(), "email.eu-central-1.amazonaws.com");
        }
        let Some(MailUrl::Webhook(webhook)) = parse(&format!("https://h.example/mail?x=1#{KEY}"))
        else {
            panic!("a webhook");
        };
        assert_eq!(webhook.url, "https://h.example/mail?x=1");
        assert_eq!(webhook.secret.expose(), b"01234567890123456789012345678901");
    }

    #[test]
    fn what_is_none_is_refused_in_one_line_that_does_not_repeat_it() {
        for (url, error) in [
            ("hunter2", MailUrlError::Scheme),
            ("smtp:hunter2@h", MailUrlError::Scheme),
            ("imap://u:hunter2@h", MailUrlError::Scheme),
            ("log:hunter2", MailUrlError::Scheme),
            ("vault:hunter2", MailUrlError::Vault),
            ("vault:", MailUrlError::Vault),
            ("resend:", MailUrlError::Key("resend:re_…")),
            ("resend:hunter2 x", MailUrlError::Key("resend:re_…")),
            ("smtp://u:hunter2@", MailUrlError::Host),
            ("smtp://", MailUrlError::Host),
            ("smtp://u:hunter2@h:0", MailUrlError::Port),
            ("smtp://u:hunter2@h:70000", MailUrlError::Port),
            ("smtp://u:hunter2@h/x", MailUrlError::Rest),
            ("smtp://hunter2@h", MailUrlError::Credentials),
            ("smtp://:hunter2@h", MailUrlError::Credentials),
            ("smtp://u:@h", MailUrlError::Credentials),
            ("smtp://u:hunter2%0d%0aMAIL@h", MailUrlError::Credentials),
            ("smtp://u:hunter2@h?tls=off", MailUrlError::Clear),
            ("smtps://u:hunter2@localhost?tls=off", MailUrlError::Clear),
            ("smtp://u:hunter2@localhost?tls=no", MailUrlError::Rest),
            ("ses://AKID@eu-central-1", MailUrlError::Ses),
            ("ses://AKID:hunter2@", MailUrlError::Ses),
            ("ses://AKID:hunter2@eu.evil.example/", MailUrlError::Ses),
            ("https://h.example/hunter2", MailUrlError::WebhookSecret),
            ("https://h.example/#hunter2", MailUrlError::WebhookSecret),
            (
                "https://h.example/#whsec_aHVudGVyMg==",
                MailUrlError::WebhookSecret,
            ),
        ] {
            let found = MailUrl::parse(url).expect_err(url);
            assert_eq!(found, error, "{url}");
            let line = found.to_string();
            assert!(!line.contains("hunter2") && !line.contains('\n'), "{line}");
        }
        for url in [
            "http://h.example/",
            "https://u@h.example/",
            "https:///x",
            "https://h.example/a b",
        ] {
            let found = MailUrl::parse(&format!("{url}#{KEY}")).expect_err(url);
            assert_eq!(found, MailUrlError::WebhookUrl, "{url}");
        }
    }

    #[test]
    fn what_the_vault_has_is_a_way_for_letters_to_leave() {
        let entered = MailUrl::parse_entered("resend:re_1");
        let key = Secret::new("re_1".to_owned());
        assert_eq!(entered, Ok(MailUrl::Resend(key)));
        for text in ["", "log:", "vault:OTHER"] {
            assert_eq!(MailUrl::parse_entered(text), Err(MailUrlError::Nowhere));
        }
        assert_eq!(MailUrl::parse_entered("x"), Err(MailUrlError::Scheme));
    }

    #[test]
    fn neither_its_name_nor_debug_shows_a_secret() {
        for url in [
            "smtp://u:hunter2@h.example".to_owned(),
            "resend:hunter2".to_owned(),
            "postmark:hunter2".to_owned(),
            "sendgrid:hunter2".to_owned(),
            "ses://AKID:hunter2@eu-central-1".to_owned(),
            format!("https://h.example/?k=v#{KEY}"),
        ] {
            let parsed = MailUrl::parse(&url).expect(&url).expect(&url);
            for shown in [
                parsed.name(),
                format!("{parsed:?}"),
                parsed.destination().expect(&url),
            ] {
                assert!(
                    !shown.contains("hunter2") && !shown.contains("MDEy"),
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn what_is_to_be_reached_is_an_entry_of_the_manifest() {
        for (url, entry) in [
            ("smtp://u:p@h.example".to_owned(), "smtp://h.example:587"),
            ("smtps://[::1]".to_owned(), "smtps://[::1]:465"),
            ("resend:k".to_owned(), "https://api.resend.com:443"),
            (
                format!("https://h.example:8443/x#{KEY}"),
                "https://h.example:8443",
            ),
            (format!("http://localhost:1/x#{KEY}"), "http://localhost:1"),
        ] {
            let parsed = MailUrl::parse(&url).expect(&url).expect(&url);
            assert_eq!(parsed.destination().as_deref(), Some(entry));
        }
    }
}
