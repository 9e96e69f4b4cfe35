//! What is somebody told? A subject and blocks of text, from which both parts of a
//! message are made: they cannot say different things.

use askama::Template;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::printable::is_unprintable;
use gatelet_mail::address::{Address, Mailbox};
use gatelet_texts::{Language, letters};

use crate::message::{Message, MessageId};

/// Longest subject, in characters.
const SUBJECT_MAX_CHARACTERS: usize = 150;
/// Longest line of text that came from people: a name, a device.
const TEXT_MAX_CHARACTERS: usize = 2000;
/// Around what a message of the catalogue sets apart, because it may run in another direction
/// (Unicode UAX #9): FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE.
const APART: (char, char) = ('\u{2068}', '\u{2069}');

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
    /// A personal access token was made.
    TokenMade,
    /// To somebody who is to have an account.
    Invitation,
    /// About an account that is to be deleted.
    Deletion,
    /// The operator tries whether mail arrives.
    Test,
}

/// A piece of a letter. Whole sentences, or nothing but a link, an address or a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph of the catalogue.
    Text(String),
    /// Something to do: what it does, and where. The address is ours, of a [`BaseUrl`].
    Link {
        /// As on a button.
        label: String,
        /// Whole.
        url: String,
    },
    /// An address of mail.
    Address(Address),
    /// A code to type.
    Code(String),
    /// What happened: names of the catalogue and values, such as device and time.
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
    /// Of all of it.
    pub language: Language,
    /// The same in another language, to stand below.
    pub also: Option<Box<Self>>,
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
        Self::TokenMade,
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
            Self::TokenMade => "token-made",
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
            subject: sentence(&self.subject, SUBJECT_MAX_CHARACTERS),
            text: page.text(),
            html: page.html(),
            written_at: now,
        }
    }

    /// The same without what would show otherwise than it is: control characters,
    /// marks that turn the direction of text, texts without end.
    fn shown(&self) -> Self {
        let said = |text: &String| sentence(text, TEXT_MAX_CHARACTERS);
        let foreign = |text: &String| line(text, TEXT_MAX_CHARACTERS);
        Self {
            kind: self.kind,
            to: self.to.clone(),
            subject: sentence(&self.subject, SUBJECT_MAX_CHARACTERS),
            blocks: self
                .blocks
                .iter()
                .map(|block| match block {
                    Block::Text(text) => Block::Text(said(text)),
                    Block::Link { label, url } => Block::Link {
                        label: said(label),
                        url: foreign(url),
                    },
                    Block::Address(address) => Block::Address(address.clone()),
                    Block::Code(code) => Block::Code(foreign(code)),
                    Block::Facts(facts) => Block::Facts(
                        facts
                            .iter()
                            .map(|(name, value)| (said(name), foreign(value)))
                            .collect(),
                    ),
                })
                .collect(),
            reason: said(&self.reason),
            language: self.language,
            also: self.also.as_ref().map(|also| Box::new(also.shown())),
        }
    }
}

/// One line of at most so many characters.
fn line(text: &str, most: usize) -> String {
    let shown = |c| if is_unprintable(c) { ' ' } else { c };
    text.trim().chars().map(shown).take(most).collect()
}

/// The same of what the catalogue says: what it sets apart stays so. The messages clean
/// their arguments, so that none sets apart or gets out; here all that begins ends too.
fn sentence(text: &str, most: usize) -> String {
    let (begin, end) = APART;
    let mut open = 0_usize;
    let mut shown = String::with_capacity(text.len());
    for c in text.trim().chars().take(most) {
        shown.push(match c {
            _ if c == begin => {
                open += 1;
                c
            }
            _ if c == end && open > 0 => {
                open -= 1;
                c
            }
            _ if is_unprintable(c) => ' ',
            _ => c,
        });
    }
    shown.extend(core::iter::repeat_n(end, open));
    shown
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
        let Frame {
            site_name,
            base_url,
            from: _,
        } = *self.frame;
        let foot = format!("-- \n{site_name}\n{}\n", base_url.as_str());
        let also = self.letter.also.iter().flat_map(|also| {
            let heading = ["* * *".to_owned(), also.subject.clone()];
            heading.into_iter().chain(also.paragraphs())
        });
        self.letter
            .paragraphs()
            .chain(also)
            .chain([foot])
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n")
    }
}

impl Letter {
    /// For text without markup.
    fn paragraphs(&self) -> impl Iterator<Item = String> {
        let language = self.language;
        let blocks = self.blocks.iter().map(move |block| match block {
            Block::Text(text) => text.clone(),
            Block::Link { label, url } => format!("{label}:\n{url}"),
            Block::Address(address) => address.as_str().to_owned(),
            Block::Code(code) => format!("    {}", in_one_piece(code, language)),
            Block::Facts(facts) => facts
                .iter()
                .map(|(name, value)| letters::fact(language, name, value))
                .collect::<Vec<_>>()
                .join("\n"),
        });
        blocks.chain([self.reason.clone()])
    }

    /// It, and then the same in another language, where it has that.
    fn in_all_languages(&self) -> impl Iterator<Item = &Self> {
        core::iter::once(self).chain(self.also.as_deref())
    }
}

/// A code for text without markup. Where text runs from right to left, two numbers with a
/// blank between them change places; with one that does not break they are one number.
fn in_one_piece(code: &str, language: Language) -> String {
    match language.is_right_to_left() {
        true => code.replace(' ', "\u{a0}"),
        false => code.to_owned(),
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
            language: Language::English,
            also: None,
        }
    }

    fn composed(letter: &Letter) -> Message {
        composed_in(letter, Language::English)
    }

    fn composed_in(letter: &Letter, language: Language) -> Message {
        let letter = Letter {
            language,
            ..letter.clone()
        };
        let from = Mailbox::parse("no-reply@example.com").expect("a mailbox");
        let base_url = BaseUrl::parse("https://app.example.com").expect("a URL");
        let frame = Frame {
            from: &from,
            site_name: "Acme & Sons",
            base_url: &base_url,
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
    fn html_fetches_nothing() {
        let html = composed(&letter()).html;
        for sign in [
            "<img", "src=", "url(", "<script", "<link", "@import", "<form",
        ] {
            assert!(!html.contains(sign), "{sign}");
        }
        assert!(html.contains("<title>Choose"));
    }

    #[test]
    fn html_says_its_language_and_direction_again_where_mail_programs_drop_the_page_around_it() {
        for language in Language::ALL {
            let html = composed_in(&letter(), language).html;
            let (tag, direction) = (language.tag(), language.direction());
            assert!(html.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")));
            assert!(html.contains(&format!(
                "<div role=\"article\" lang=\"{tag}\" dir=\"{direction}\""
            )));
            // Nothing leans to one side.
            for sided in ["left", "right", "align="] {
                assert!(!html.contains(sided), "{sided}");
            }
        }
    }

    #[test]
    fn addresses_links_and_codes_run_from_left_to_right_in_any_letter() {
        let mut letter = letter();
        let address = Address::parse("new@example.com").expect("an address");
        letter.blocks.push(Block::Address(address));
        letter.blocks.push(Block::Code("123 456".to_owned()));
        let message = composed_in(&letter, Language::Arabic);
        for value in [
            ">new@example.com</span>",
            ">https://app.example.com/auth/reset-password?token=a&#38;x=1</span>",
            ">https://app.example.com</a>",
            ">123 456</span>",
        ] {
            let (before, _) = message.html.split_once(value).expect(value);
            let tag = before.rsplit('<').next().expect("a tag");
            assert!(tag.contains("dir=\"ltr\""), "{value}: {tag}");
        }
        // Whoever wrote these may have written in any language.
        for value in [
            ">&#60;b&#62;Firefox&#60;/b&#62;</span>",
            ">Acme &#38; Sons</span>",
        ] {
            let (before, _) = message.html.split_once(value).expect(value);
            let tag = before.rsplit('<').next().expect("a tag");
            assert!(tag.contains("dir=\"auto\""), "{value}: {tag}");
        }
        // Two numbers would change places.
        assert!(
            message.text.contains("\n    123\u{a0}456\n"),
            "{}",
            message.text
        );
        assert!(
            message.text.contains("\nnew@example.com\n"),
            "{}",
            message.text
        );
        let english = composed(&letter).text;
        assert!(english.contains("\n    123 456\n"), "{english}");
    }

    #[test]
    fn what_the_catalogue_sets_apart_stays_so_and_nothing_else_does() {
        let mut letter = letter();
        letter.subject = "\u{2068}Ann\u{2069} \u{2068}".to_owned();
        letter.blocks = vec![
            Block::Text("\u{2068}ann@example.com\u{2069}\u{2069} \u{2067}x\u{202e}".to_owned()),
            Block::Facts(vec![(
                "Name".to_owned(),
                "a\u{2069}\u{202e}b\u{2068}".to_owned(),
            )]),
        ];
        let message = composed_in(&letter, Language::Arabic);
        assert_eq!(message.subject, "\u{2068}Ann\u{2069} \u{2068}\u{2069}");
        for part in [&message.text, &message.html] {
            assert!(
                part.contains("\u{2068}ann@example.com\u{2069}  "),
                "{part:?}"
            );
            for turning in ['\u{202e}', '\u{2066}', '\u{2067}'] {
                assert!(!part.contains(turning), "{part:?}");
            }
            let depth = part.chars().fold(0_i32, |depth, c| match c {
                '\u{2068}' => depth + 1,
                '\u{2069}' => {
                    assert!(depth > 0, "{part:?}");
                    depth - 1
                }
                _ => depth,
            });
            assert_eq!(depth, 0, "{part:?}");
        }
        let fact = "\u{2068}Name\u{2069}: \u{2068}a  b \u{2069}";
        assert!(message.text.contains(fact), "{:?}", message.text);
        assert!(message.html.contains(">a  b </span>"), "{}", message.html);
        // What is cut ends too.
        assert_eq!(
            sentence("\u{2068}\u{2068}abc\u{2069}", 4),
            "\u{2068}\u{2068}ab\u{2069}\u{2069}"
        );
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
    fn the_same_in_another_language_stands_below_in_both_parts() {
        let mut both = letter();
        both.also = Some(Box::new(Letter {
            language: Language::Arabic,
            subject: "\u{645}".to_owned(),
            blocks: vec![Block::Text("\u{646}\u{202e}".to_owned())],
            ..letter()
        }));
        let message = composed(&both);
        assert_eq!(message.subject, both.subject);
        for part in [&message.text, &message.html] {
            let parts: Vec<_> = part.split('\u{646}').collect();
            assert_eq!(parts.len(), 2, "{part}");
            assert!(parts[0].contains("Somebody asked"), "{part}");
            assert!(!part.contains('\u{202e}'), "{part}");
        }
        let body = "<div role=\"article\" lang=\"ar\" dir=\"rtl\"";
        assert!(message.html.contains(body), "{}", message.html);
        assert_eq!(message.html.matches("<h1").count(), 1);
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
