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
        format!("{}@{}", self.id.0, self.id_host)
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
