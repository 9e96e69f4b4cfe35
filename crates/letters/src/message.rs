//! What goes over the wire? A message, whole: who, to whom, when, and both parts.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address as AddressField;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;
use serde::{Deserialize, Serialize};

use gatelet_mail::address::{Address, Mailbox};

/// What a message is known by: in the outbox, in its Message-ID, and at those who send
/// it on, so that none goes out twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageId(String);

/// One message to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Of this message alone.
    pub id: MessageId,
    /// [`crate::letter::Kind::as_str`]
    pub kind: String,
    /// What stands after the `@` of the Message-ID: the host of the site's base URL.
    pub id_host: String,
    /// From whom.
    pub from: Mailbox,
    /// To whom, and nobody else.
    pub to: Address,
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Unix seconds.
    pub written_at: u64,
}

/// What every message says of itself: a program wrote it (RFC 3834 §5), so that no
/// other program answers it.
pub const AUTO_SUBMITTED: (&str, &str) = ("Auto-Submitted", "auto-generated");

impl MessageId {
    /// From 128 random bits.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Letters, digits, `-` and `_`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Message {
    /// The Message-ID without its angle brackets.
    #[must_use]
    pub fn message_id(&self) -> String {
        // The library writes it as it is.
        let is_plain = |c: &char| c.is_ascii_graphic() && !"<>@".contains(*c);
        let host: String = self.id_host.chars().filter(is_plain).collect();
        format!("{}@{host}", self.id.0)
    }

    /// As RFC 5322 and RFC 2045 write it, lines ended by CRLF.
    #[must_use]
    pub fn to_rfc5322(&self) -> Vec<u8> {
        let part = |kind: &'static str, text: &str| {
            let kind = ContentType::new(kind).attribute("charset", "utf-8");
            MimePart::new(kind, text.to_owned())
        };
        // No line of ours can be this one: the id is drawn at random.
        let boundary = format!("=_{}", self.id.0);
        let alternative = ContentType::new("multipart/alternative").attribute("boundary", boundary);
        let body = MimePart::new(
            alternative,
            vec![
                part("text/plain", &self.text),
                part("text/html", &self.html),
            ],
        );
        let (auto, submitted) = AUTO_SUBMITTED;
        let date = i64::try_from(self.written_at).unwrap_or(i64::MAX);
        let message = MessageBuilder::new()
            .from(AddressField::new_address(
                self.from.name(),
                self.from.address.as_str(),
            ))
            .to(AddressField::new_address(None::<&str>, self.to.as_str()))
            .subject(self.subject.as_str())
            .date(Date::new(date))
            .message_id(self.message_id())
            .header(auto, Raw::new(submitted))
            .body(body);
        // Writing into memory does not fail.
        message.write_to_vec().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{MessageParser, MimeHeaders as _};

    fn message() -> Message {
        Message {
            id: MessageId::from_random([7; 16]),
            kind: "test".to_owned(),
            id_host: "app.example.com".to_owned(),
            from: Mailbox::parse("B\u{fc}cher, \"no <a@example.com>").unwrap_or_else(|_| {
                Mailbox::parse("a@example.com").expect("a mailbox").or_called("B\u{fc}cher, \"no")
            }),
            to: Address::parse("ann@example.com").expect("an address"),
            subject: "Gr\u{fc}\u{df}e \u{1f511} an alle, die hier etwas lesen, das l\u{e4}nger als eine Zeile ist".to_owned(),
            text: format!("Hallo \u{fc}\n.\nFrom here\n{}\n", "x".repeat(2000)),
            html: "<p lang=\"de\">\u{fc} = 1</p>".to_owned(),
            written_at: 1_700_000_000,
        }
    }

    #[test]
    fn another_reads_what_was_written() {
        let raw = message().to_rfc5322();
        let parsed = MessageParser::new().parse(&raw).expect("a message");
        assert_eq!(parsed.subject(), Some(message().subject.as_str()));
        let from = parsed
            .from()
            .and_then(|from| from.first())
            .expect("a sender");
        assert_eq!(from.name(), Some("B\u{fc}cher, \"no"));
        assert_eq!(from.address(), Some("a@example.com"));
        let to = parsed.to().and_then(|to| to.first()).expect("a recipient");
        assert_eq!(to.address(), Some("ann@example.com"));
        assert_eq!(
            parsed.date().map(|date| date.to_timestamp()),
            Some(1_700_000_000)
        );
        assert_eq!(
            parsed.message_id(),
            Some("BwcHBwcHBwcHBwcHBwcHBw@app.example.com")
        );
        assert_eq!(
            parsed.header_raw("Auto-Submitted").map(str::trim),
            Some("auto-generated")
        );
        let normal = |text: &str| text.replace("\r\n", "\n");
        let text = parsed.body_text(0).expect("a text part");
        assert_eq!(normal(&text).trim_end(), message().text.trim_end());
        let html = parsed.body_html(0).expect("an HTML part");
        assert_eq!(normal(&html).trim_end(), message().html);
        let kinds: Vec<_> = parsed
            .parts
            .iter()
            .filter_map(|part| part.content_type()?.subtype())
            .collect();
        assert_eq!(kinds, ["alternative", "plain", "html"]);
    }

    #[test]
    fn lines_are_as_short_as_mail_allows_and_in_ascii() {
        let raw = message().to_rfc5322();
        let text = core::str::from_utf8(&raw).expect("ASCII");
        assert!(text.is_ascii() && !text.replace("\r\n", "").contains(['\r', '\n']));
        for line in text.split("\r\n") {
            assert!(line.len() <= 998, "RFC 5322 2.1.1");
        }
    }

    #[test]
    fn no_part_of_a_message_becomes_a_field() {
        let mut message = message();
        // As if it had come to this.
        message.subject = "A\r\nBcc: eve@example.com\r\n\r\nX".to_owned();
        message.id_host = "h\r\nBcc: eve@example.com".to_owned();
        let raw = message.to_rfc5322();
        let parsed = MessageParser::new().parse(&raw).expect("a message");
        assert!(parsed.bcc().is_none(), "{}", String::from_utf8_lossy(&raw));
        assert_eq!(parsed.parts.len(), 3);
    }
}
