//! Which one address is meant? The canonical form under which a user is looked
//! up, so that one mailbox is one account.

use core::fmt;
use gatelet_texts::{Text, problems};

use gatelet_core::printable::is_unprintable;
use gatelet_mail::address::Address;

/// Longest address, in bytes: RFC 5321 §4.5.3.1.3 allows a path of 256 with its
/// angle brackets.
pub const EMAIL_MAX_BYTES: usize = 254;
/// Longest local part, in bytes: RFC 5321 §4.5.3.1.1.
const LOCAL_MAX_BYTES: usize = 64;

/// One email address in canonical form: without what is not seen around it, lower case, an ASCII dot-atom
/// before the `@` and an ASCII (IDNA) host name after it. Tags (`+tag`) and dots
/// stay: what they mean is the mail host's business.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// Why a typed address is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailError {
    /// Nothing was typed.
    Empty,
    /// Over [`EMAIL_MAX_BYTES`], or its part before the `@` over 64.
    TooLong,
    /// Not one plain address.
    Malformed,
}

impl Email {
    /// Normalises once, then validates what it normalised to.
    ///
    /// The local part is a dot-atom (RFC 5322 §3.2.3) in ASCII; quoted local
    /// parts, comments, display names, address literals and lists are refused:
    /// nobody signs up with them, and mail systems disagree on them.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let typed = typed.trim_matches(is_unseen);
        if typed.is_empty() {
            return Err(EmailError::Empty);
        }
        // Bounded before any work is done on it.
        if typed.len() > 4 * EMAIL_MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = typed.split_once('@').ok_or(EmailError::Malformed)?;
        if !is_dot_atom(local) {
            return Err(EmailError::Malformed);
        }
        let domain = canonical_domain(domain).ok_or(EmailError::Malformed)?;
        if local.len() > LOCAL_MAX_BYTES || local.len() + 1 + domain.len() > EMAIL_MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        Ok(Self(format!("{}@{domain}", local.to_ascii_lowercase())))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the `@`: a host name in lower-case ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }
}

/// Blanks and marks of direction, which programs of contacts put around an address. Controls
/// are none: whoever sends one has not typed it.
fn is_unseen(character: char) -> bool {
    let is_blank = character.is_whitespace() || is_unprintable(character);
    character == '\t' || is_blank && !character.is_control()
}

/// To whom letters go.
impl From<&Email> for Address {
    fn from(email: &Email) -> Self {
        Self::parse(email.as_str()).expect("an email is a dot-atom and a host name in ASCII")
    }
}

impl fmt::Display for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl EmailError {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "email.empty",
            Self::TooLong => "email.too_long",
            Self::Malformed => "email.malformed",
        }
    }

    /// What the visitor reads beside the field.
    #[must_use]
    pub const fn message(self) -> Text {
        match self {
            Self::Empty => problems::EMAIL_EMPTY,
            Self::TooLong => problems::EMAIL_TOO_LONG,
            Self::Malformed => problems::EMAIL_MALFORMED,
        }
    }
}

fn is_dot_atom(local: &str) -> bool {
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

/// RFC 5322 §3.2.3.
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// Lower-case ASCII form of a host name of at least two labels whose last is not
/// a number; None for anything else, IP addresses included.
pub(crate) fn canonical_domain(domain: &str) -> Option<String> {
    // Bidi and joiner rules, STD3 characters, hyphen positions and label lengths
    // are UTS 46's; it also maps full-width dots and letters.
    let ascii = idna::uts46::Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            idna::AsciiDenyList::STD3,
            idna::uts46::Hyphens::CheckFirstLast,
            idna::uts46::DnsLength::Verify,
        )
        .ok()?;
    let last = ascii.rsplit_once('.')?.1;
    // WHATWG URL "ends in a number": such a name is an address to some readers.
    (!last.bytes().all(|byte| byte.is_ascii_digit()) && !last.starts_with("0x"))
        .then(|| ascii.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_mailbox_has_one_canonical_form() {
        for (typed, canonical) in [
            ("ann@example.com", "ann@example.com"),
            ("  Ann@Example.COM\t", "ann@example.com"),
            // As programs of contacts and of right-to-left text put it on the clipboard.
            ("\u{a0}ann@example.com\u{a0}", "ann@example.com"),
            ("\u{202a}ann@example.com\u{202c}", "ann@example.com"),
            ("\u{feff}ann@example.com\u{200b}", "ann@example.com"),
            (
                "\u{2068}\u{3000}ann@example.com \u{2069}",
                "ann@example.com",
            ),
            ("ann+tag@example.com", "ann+tag@example.com"),
            ("a.n.n@sub.example.co.uk", "a.n.n@sub.example.co.uk"),
            ("ann@b\u{fc}cher.example", "ann@xn--bcher-kva.example"),
            ("ann@B\u{dc}CHER.example", "ann@xn--bcher-kva.example"),
            ("ann@example\u{3002}com", "ann@example.com"),
            (
                "!#$%&'*+-/=?^_`{|}~@example.com",
                "!#$%&'*+-/=?^_`{|}~@example.com",
            ),
        ] {
            assert_eq!(
                Email::parse(typed).map(|email| email.0),
                Ok(canonical.to_owned()),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn an_address_is_as_long_as_mail_allows_and_no_longer() {
        let of = |local: usize, last: usize| {
            let label = "d".repeat(61);
            let labels = [&label, ".", &label, ".", &label, ".", &"e".repeat(last)];
            Email::parse(&format!("{}@{}", "l".repeat(local), labels.concat()))
        };
        for (local, last, expected) in [
            (64, 3, None),
            (64, 4, Some(EmailError::TooLong)),
            (63, 4, None),
            (65, 2, Some(EmailError::TooLong)),
        ] {
            let parsed = of(local, last);
            assert_eq!(parsed.as_ref().err(), expected.as_ref(), "{local} {last}");
            let bytes = parsed.map_or(254, |email| email.to_string().len());
            assert_eq!(bytes, 254, "{local} {last}");
        }
        // Four bytes each, which become one.
        let bold = "\u{1d41a}".repeat(60);
        let typed = format!("ann@{bold}.{bold}.example");
        let domain = format!("{0}.{0}.example", "a".repeat(60));
        assert!(typed.len() > 254, "{typed}");
        assert_eq!(Email::parse(&typed).expect("a name").domain(), domain);
        for (bytes, error) in [
            (1016, EmailError::Malformed),
            (1017, EmailError::TooLong),
            (2_000_000, EmailError::TooLong),
        ] {
            assert_eq!(Email::parse(&"x".repeat(bytes)), Err(error), "{bytes}");
        }
    }

    #[test]
    fn anything_but_one_plain_address_is_refused() {
        for (typed, error) in [
            ("", EmailError::Empty),
            (" \t ", EmailError::Empty),
            ("ann", EmailError::Malformed),
            ("@example.com", EmailError::Malformed),
            ("ann@", EmailError::Malformed),
            ("ann@localhost", EmailError::Malformed),
            ("ann@@example.com", EmailError::Malformed),
            ("ann@example.com@evil.example", EmailError::Malformed),
            ("ann@example.com,eve@evil.example", EmailError::Malformed),
            ("ann@example.com;eve@evil.example", EmailError::Malformed),
            ("ann@example.com eve@evil.example", EmailError::Malformed),
            ("Ann <ann@example.com>", EmailError::Malformed),
            ("ann(x)@example.com", EmailError::Malformed),
            ("\"ann smith\"@example.com", EmailError::Malformed),
            ("ann@[127.0.0.1]", EmailError::Malformed),
            ("ann@127.0.0.1", EmailError::Malformed),
            ("ann@example.0x7f", EmailError::Malformed),
            (
                "ann@example.com\r\nBcc: eve@evil.example",
                EmailError::Malformed,
            ),
            ("ann\r\n@example.com", EmailError::Malformed),
            ("ann@exam\0ple.com", EmailError::Malformed),
            ("ann\0@example.com", EmailError::Malformed),
            ("\u{e4}nn@example.com", EmailError::Malformed),
            (".ann@example.com", EmailError::Malformed),
            ("ann.@example.com", EmailError::Malformed),
            ("a..n@example.com", EmailError::Malformed),
            ("ann@.example.com", EmailError::Malformed),
            ("ann@example..com", EmailError::Malformed),
            ("ann@example.com.", EmailError::Malformed),
            ("ann@-example.com", EmailError::Malformed),
            ("ann@exa_mple.com", EmailError::Malformed),
            ("ann@example.com/x", EmailError::Malformed),
            ("ann%40example.com", EmailError::Malformed),
            ("ann\u{ff20}example.com", EmailError::Malformed),
        ] {
            assert_eq!(Email::parse(typed), Err(error), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn canonical_form_is_a_fixed_point(typed in "\\PC{0,20}@\\PC{0,20}\\.[a-zA-Z\u{e0}-\u{ff}]{1,8}") {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert!(email.as_str().is_ascii() && !email.as_str().bytes().any(|b| b <= b' ' || b == 0x7f || b.is_ascii_uppercase()));
                prop_assert_eq!(email.as_str().matches('@').count(), 1);
                let address = Address::from(&email);
                prop_assert_eq!(address.as_str(), email.as_str());
            }
        }

        #[test]
        fn any_text_is_answered(typed in ".{0,400}") {
            let _ = Email::parse(&typed);
        }
    }
}
