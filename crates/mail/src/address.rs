//! To whom does a letter go, and from whom does it come? Addresses that are parsed once
//! and can say nothing else in a header field or in a dialogue with a server.

use core::fmt;

use gatelet_core::printable::is_unprintable;
use serde::{Deserialize, Serialize};

/// RFC 5321 §4.5.3.1.3 allows a path of 256 bytes with its angle brackets.
const ADDRESS_MAX_BYTES: usize = 254;
/// RFC 5321 §4.5.3.1.1.
const LOCAL_MAX_BYTES: usize = 64;
/// Of a name beside an address.
const NAME_MAX_BYTES: usize = 200;

/// One address: a dot-atom, `@`, a host name, all in ASCII. No display name, no list,
/// no quotes: nothing that reads as anything else anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// An address, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    name: Option<DisplayName>,
    /// Where it is.
    pub address: Address,
}

/// A name beside an address, or another text of one line: no control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct DisplayName(String);

/// Why a text is no address or no mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// No `@`, or not plain ASCII around it.
    Malformed,
    /// Over 254 bytes, or its part before the `@` over 64.
    TooLong,
    /// The name has control characters or is over 200 bytes.
    Name,
}

impl Address {
    /// Exactly one plain address, as it is: nothing is trimmed or mapped.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (local, host) = text.split_once('@').ok_or(AddressError::Malformed)?;
        if !local.split('.').all(is_atom) || !host.split('.').all(is_label) {
            return Err(AddressError::Malformed);
        }
        if text.len() > ADDRESS_MAX_BYTES || local.len() > LOCAL_MAX_BYTES {
            return Err(AddressError::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Mailbox {
    /// `Name <address>`, `"Name" <address>`, or an address alone.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let Some(rest) = text.strip_suffix('>') else {
            return Address::parse(text).map(Self::from);
        };
        let (name, address) = rest.rsplit_once('<').ok_or(AddressError::Malformed)?;
        let name = name.trim();
        let name = name
            .strip_prefix('"')
            .and_then(|name| name.strip_suffix('"'))
            .unwrap_or(name);
        // What such a name would mean is anybody's guess.
        if name.contains(['"', '\\', '<', '>']) {
            return Err(AddressError::Name);
        }
        Ok(Self {
            address: Address::parse(address.trim())?,
            name: match name {
                "" => None,
                name => Some(DisplayName::try_from(name.to_owned())?),
            },
        })
    }

    /// The name beside the address.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|DisplayName(name)| name.as_str())
    }

    /// As RFC 5322 writes it, but for what is not ASCII: `"Name" <address>`.
    #[must_use]
    pub fn quoted(&self) -> String {
        let Some(name) = self.name() else {
            return self.address.to_string();
        };
        let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\" <{}>", self.address)
    }

    /// The same, called otherwise where it has no name of its own; a name that does not
    /// do is none.
    #[must_use]
    pub fn or_called(mut self, name: &str) -> Self {
        self.name = self
            .name
            .or_else(|| DisplayName::try_from(name.to_owned()).ok());
        self
    }
}

impl From<Address> for Mailbox {
    fn from(address: Address) -> Self {
        Self {
            name: None,
            address,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// As in configuration: `Name <address>`.
impl fmt::Display for Mailbox {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(out, "{name} <{}>", self.address),
            None => self.address.fmt(out),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

impl TryFrom<String> for DisplayName {
    type Error = AddressError;

    fn try_from(name: String) -> Result<Self, AddressError> {
        match name.is_empty() || name.len() > NAME_MAX_BYTES || name.chars().any(is_unprintable) {
            true => Err(AddressError::Name),
            false => Ok(Self(name)),
        }
    }
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> Self {
        name.0
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Malformed => "is no plain address such as no-reply@example.com",
            Self::TooLong => "is too long for an address",
            Self::Name => "has a name that does not do: one line without quotes, at most 200 bytes",
        })
    }
}

/// RFC 5322 §3.2.3.
fn is_atom(atom: &str) -> bool {
    let is_atext =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    !atom.is_empty() && atom.bytes().all(is_atext)
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_read_as_people_write_it() {
        for (text, name, address) in [
            ("no-reply@example.com", None, "no-reply@example.com"),
            (" <a@localhost> ", None, "a@localhost"),
            ("Acme <a@example.com>", Some("Acme"), "a@example.com"),
            (
                "\"Acme, Inc.\" <a@b.example>",
                Some("Acme, Inc."),
                "a@b.example",
            ),
            (
                "Bücher & Co <a+b@x.example>",
                Some("Bücher & Co"),
                "a+b@x.example",
            ),
        ] {
            let mailbox = Mailbox::parse(text).expect(text);
            assert_eq!((mailbox.name(), mailbox.address.as_str()), (name, address));
        }
    }

    #[test]
    fn nothing_but_one_address_passes() {
        for text in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "a@b@c",
            "a@b,c@d",
            "a@b c@d",
            "a b@c",
            "a@b\r\nBcc: c@d",
            "a@b\n",
            "a\u{0}@b",
            "ann@b\u{fc}cher.example",
            "\u{fc}@example.com",
            "\"a\"@b",
            "a@[127.0.0.1]",
            "<a@b>",
            "a..b@c",
            ".a@c",
            "a@-b",
            "a@b..c",
            "a@b>,<c@d",
        ] {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_cannot_begin_a_line_or_another_mailbox() {
        for text in [
            "A\r\nBcc: c@d <a@b>",
            "A\nb <a@b>",
            "A\u{2028}b <a@b>",
            "A <c@d> <a@b>",
            "A\" <c@d>, \"B <a@b>",
            "A \\ <a@b>",
            "A <a@b>, B <c@d>",
            "A <a@b",
            "A a@b>",
        ] {
            assert!(Mailbox::parse(text).is_err(), "{text:?}");
        }
        let long = format!("{} <a@b>", "n".repeat(201));
        assert_eq!(Mailbox::parse(&long), Err(AddressError::Name));
    }

    #[test]
    fn what_was_stored_is_parsed_again() {
        let address: Result<Address, _> = serde_json::from_str("\"a@b\\r\\nBcc: c@d\"");
        assert!(address.is_err());
        let mailbox = Mailbox::parse("Acme <a@example.com>").expect("a mailbox");
        let text = serde_json::to_string(&mailbox).expect("JSON");
        assert_eq!(serde_json::from_str::<Mailbox>(&text).ok(), Some(mailbox));
        let renamed = text.replace("Acme", "A\\r\\nB");
        assert!(serde_json::from_str::<Mailbox>(&renamed).is_err());
    }
}
