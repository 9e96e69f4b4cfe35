//! What is somebody told? A subject and blocks of text, from which both parts of a
//! message are made: they cannot say different things.

use askama::Template;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::printable::is_unprintable;

use crate::message::{Message, MessageId};
use gatelet_mail::address::{Address, Mailbox};

/// Longest subject, in characters.
const SUBJECT_MAX_CHARACTERS: usize = 150;
/// Longest line of text that came from people: a name, a device.
const TEXT_MAX_CHARACTERS: usize = 2000;

/// Why a letter is sent: what the log and tests know it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// To prove an address, at sign-up or later.
    VerifyEmail,
    /// To choose a new password.
    ResetPassword,
    /// To sign in.
    MagicLink,
    /// To somebody who has an account already, or none.
    AccountNotice,
    /// To the new address of somebody who changes it.
    ChangeEmail,
    /// To the old one.
    EmailChanged,
    /// A password was changed.
    PasswordChanged,
    /// Second factors came or went.
    FactorsChanged,
    /// A sign-in from a device not seen before.
    NewDevice,
    /// To somebody who is to have an account.
    Invitation,
    /// About an account that is to be deleted.
    Deletion,
    /// The operator tries whether mail arrives.
    Test,
}

/// A piece of a letter. Whole sentences, or nothing but a link or a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Something to do: what it does, and where. The address is ours, of a [`BaseUrl`].
    Link {
        /// As on a button.
        label: String,
        /// Whole.
        url: String,
    },
    /// A code to type.
    Code(String),
    /// What happened: names and values, such as device and time.
    Facts(Vec<(String, String)>),
}

/// A letter to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Why it is sent.
    pub kind: Kind,
    /// The one recipient.
    pub to: Address,
    /// One line, without the site's name: the sender has that.
    pub subject: String,
    /// What it says, in order.
    pub blocks: Vec<Block>,
    /// Why the recipient gets it, and what to do if it was somebody else's doing.
    pub reason: String,
}

/// What is around every letter of a site.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// From whom.
    pub from: &'a Mailbox,
    /// `site_name`
    pub site_name: &'a str,
    /// The site's.
    pub base_url: &'a BaseUrl,
    /// The language of all of it, as in `lang` of HTML.
    pub language: &'a str,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::MagicLink,
        Self::AccountNotice,
        Self::ChangeEmail,
        Self::EmailChanged,
        Self::PasswordChanged,
        Self::FactorsChanged,
        Self::NewDevice,
        Self::Invitation,
        Self::Deletion,
        Self::Test,
    ];

    /// Stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::MagicLink => "magic-link",
            Self::AccountNotice => "account-notice",
            Self::ChangeEmail => "change-email",
            Self::EmailChanged => "email-changed",
            Self::PasswordChanged => "password-changed",
            Self::FactorsChanged => "factors-changed",
            Self::NewDevice => "new-device",
            Self::Invitation => "invitation",
            Self::Deletion => "deletion",
            Self::Test => "test",
        }
    }
}

impl Letter {
    /// The whole message, written at `now` in Unix seconds.
    #[must_use]
    pub fn compose(&self, frame: &Frame<'_>, id: MessageId, now: u64) -> Message {
        let page = Page {
            letter: &self.shown(),
            frame,
        };
        Message {
            id,
            kind: self.kind.as_str().to_owned(),
            id_host: frame.base_url.host().to_owned(),
            from: frame.from.clone().or_called(frame.site_name),
            to: self.to.clone(),
            subject: line(&self.subject, SUBJECT_MAX_CHARACTERS),
            text: page.text(),
            html: page.html(),
            written_at: now,
        }
    }

    /// The same without what would show otherwise than it is: control characters,
    /// marks that turn the direction of text, texts without end.
    fn shown(&self) -> Self {
        let text = |text: &String| line(text, TEXT_MAX_CHARACTERS);
        Self {
            kind: self.kind,
            to: self.to.clone(),
            subject: line(&self.subject, SUBJECT_MAX_CHARACTERS),
            blocks: self
                .blocks
                .iter()
                .map(|block| match block {
                    Block::Text(one) => Block::Text(text(one)),
                    Block::Link { label, url } => Block::Link {
                        label: text(label),
                        url: text(url),
                    },
                    Block::Code(code) => Block::Code(text(code)),
                    Block::Facts(facts) => Block::Facts(
                        facts
                            .iter()
                            .map(|(name, value)| (text(name), text(value)))
                            .collect(),
                    ),
                })
                .collect(),
            reason: text(&self.reason),
        }
    }
}

/// One line of at most so many characters.
fn line(text: &str, most: usize) -> String {
    let shown = |c| if is_unprintable(c) { ' ' } else { c };
    text.trim().chars().map(shown).take(most).collect()
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Page<'a> {
    letter: &'a Letter,
    frame: &'a Frame<'a>,
}

impl Page<'_> {
    fn html(&self) -> String {
        // Rendering into memory fails only when a value's own formatting does.
        self.render().unwrap_or_default()
    }

    fn text(&self) -> String {
        let blocks = self.letter.blocks.iter().map(|block| match block {
            Block::Text(text) => text.clone(),
            Block::Link { label, url } => format!("{label}:\n{url}"),
            Block::Code(code) => format!("    {code}"),
            Block::Facts(facts) => facts
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect::<Vec<_>>()
                .join("\n"),
        });
        let Frame {
            site_name,
            base_url,
            ..
        } = self.frame;
        let foot = format!("-- \n{site_name}\n{}\n", base_url.as_str());
        blocks
            .chain([self.letter.reason.clone(), foot])
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            kind: Kind::ResetPassword,
            to: Address::parse("ann@example.com").expect("an address"),
            subject: "Choose a new password".to_owned(),
            blocks: vec![
                Block::Text("Somebody asked for a new password for your account.".to_owned()),
                Block::Link {
                    label: "Choose a new password".to_owned(),
                    url: "https://app.example.com/auth/reset-password?token=a&x=1".to_owned(),
                },
                Block::Code("123456".to_owned()),
                Block::Facts(vec![("Device".to_owned(), "<b>Firefox</b>".to_owned())]),
            ],
            reason: "You get this because your address was typed there.".to_owned(),
        }
    }

    fn composed(letter: &Letter) -> Message {
        let from = Mailbox::parse("no-reply@example.com").expect("a mailbox");
        let base_url = BaseUrl::parse("https://app.example.com").expect("a URL");
        let frame = Frame {
            from: &from,
            site_name: "Acme & Sons",
            base_url: &base_url,
            language: "en",
        };
        letter.compose(&frame, MessageId::from_random([7; 16]), 1_700_000_000)
    }

    #[test]
    fn text_and_html_say_the_same() {
        let message = composed(&letter());
        for said in [
            "Somebody asked for a new password",
            "Choose a new password",
            "123456",
            "Device",
            "You get this because",
            "https://app.example.com",
        ] {
            assert!(message.text.contains(said), "{said}: {}", message.text);
            assert!(message.html.contains(said), "{said}: {}", message.html);
        }
        assert!(message.text.contains("reset-password?token=a&x=1\n"));
        assert!(message.html.contains("reset-password?token=a&#38;x=1\""));
    }

    #[test]
    fn html_fetches_nothing_and_names_its_language() {
        let html = composed(&letter()).html;
        for sign in [
            "<img", "src=", "url(", "<script", "<link", "@import", "<form",
        ] {
            assert!(!html.contains(sign), "{sign}");
        }
        assert!(html.contains("<html lang=\"en\">") && html.contains("<title>Choose"));
    }

    #[test]
    fn what_people_called_themselves_is_text_and_no_more() {
        let html = composed(&letter()).html;
        assert!(!html.contains("<b>Firefox") && html.contains("&#60;b&#62;Firefox"));
        let mut letter = letter();
        letter.subject = "A\r\nBcc: eve@example.com".to_owned();
        letter.blocks = vec![Block::Text(
            "one\n\nhttps://evil.example\u{202e}".to_owned(),
        )];
        let message = composed(&letter);
        assert_eq!(message.subject, "A  Bcc: eve@example.com");
        assert!(!message.text.contains("\nhttps://evil"), "{}", message.text);
        assert!(!message.text.contains('\u{202e}'));
    }

    #[test]
    fn the_sender_is_called_as_the_site_is_where_nobody_said() {
        let from = composed(&letter()).from;
        assert_eq!(from.name(), Some("Acme & Sons"));
    }

    #[test]
    fn kinds_have_codes_of_their_own() {
        let codes: std::collections::BTreeSet<_> =
            Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
    }
}
