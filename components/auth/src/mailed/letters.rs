//! What do letters with a link say, and those that tell of a change? In the language of
//! whoever asked for them, which is the recipient's, as far as anybody knows. What is told
//! of a change is in the site's first language as well: it may be somebody else's doing.

use gatelet_core::base_url::BaseUrl;
use gatelet_letters::letter::{Block, Kind, Letter};
use gatelet_sign_in::email::Email;
use gatelet_texts::{Language, Moment, Text, common, denials, letters, problems};

use super::ask::Kept;
use crate::visit::Visit;

/// One letter at a time, from a site, in a language, to somebody.
#[derive(Clone, Copy)]
pub(super) struct Writing<'a> {
    base_url: &'a BaseUrl,
    language: Language,
    to: &'a Email,
}

impl<'a> Writing<'a> {
    /// Because of this visit.
    pub(super) fn new(visit: &'a Visit<'_>, to: &'a Email) -> Self {
        Self {
            base_url: visit.arrival.base_url(),
            language: visit.language(),
            to,
        }
    }

    /// About an account, because of this visit.
    pub(super) fn for_the_owner(
        visit: &'a Visit<'_>,
        to: &'a Email,
        write: impl Fn(Self) -> Letter,
    ) -> Letter {
        let visits = Self::new(visit, to);
        let languages = visit.arrival.origin.languages();
        visits.in_languages(languages.first().copied(), write)
    }

    /// In that language first, and then in its own.
    fn in_languages(self, first: Option<Language>, write: impl Fn(Self) -> Letter) -> Letter {
        match first {
            Some(language) if language != self.language => Letter {
                also: Some(Box::new(write(self))),
                ..write(Self { language, ..self })
            },
            _ => write(self),
        }
    }

    fn text(self, sentence: Text) -> Block {
        Block::Text(self.say(sentence))
    }

    fn say(self, text: Text) -> String {
        text.of(self.language).to_owned()
    }

    /// To a page of ours.
    fn link(self, label: Text, path: &str) -> Block {
        let base_url = self.base_url;
        Block::Link {
            label: self.say(label),
            url: format!("{base_url}{path}"),
        }
    }

    /// The link with its token.
    fn kept(self, label: Text, kept: &Kept) -> Block {
        Block::Link {
            label: self.say(label),
            url: kept.url.expose().to_owned(),
        }
    }

    /// The link, and the code beside it.
    fn way(self, label: Text, kept: &Kept, how_long: Text) -> [Block; 4] {
        [
            self.kept(label, kept),
            self.text(letters::CODE),
            Block::Code(kept.code.spaced()),
            self.text(how_long),
        ]
    }

    /// Where a stranger may have typed the address.
    fn to_whoever_reads(self, kind: Kind, subject: Text, blocks: Vec<Block>) -> Letter {
        self.letter(kind, subject, blocks, letters::REASON_TYPED)
    }

    /// About an account.
    fn to_the_owner(self, kind: Kind, subject: Text, blocks: Vec<Block>) -> Letter {
        self.letter(kind, subject, blocks, letters::REASON_ACCOUNT)
    }

    fn letter(self, kind: Kind, subject: Text, blocks: Vec<Block>, reason: Text) -> Letter {
        Letter {
            kind,
            to: self.to.into(),
            subject: self.say(subject),
            blocks,
            reason: self.say(reason),
            language: self.language,
            also: None,
        }
    }

    /// To sign in.
    pub(super) fn magic_link(self, kept: &Kept) -> Letter {
        let way = self.way(denials::SIGN_IN, kept, letters::MAGIC_LINK_LIFETIME);
        self.to_whoever_reads(Kind::MagicLink, denials::SIGN_IN, way.to_vec())
    }

    /// To choose a new password.
    pub(super) fn reset_password(self, kept: &Kept) -> Letter {
        let subject = common::CHOOSE_PASSWORD;
        let mut blocks = vec![self.text(letters::RESET_LEAD)];
        blocks.extend(self.way(subject, kept, letters::RESET_LIFETIME));
        self.to_whoever_reads(Kind::ResetPassword, subject, blocks)
    }

    /// To prove an address, for an account that is there or to be.
    pub(super) fn verify_email(self, kept: &Kept) -> Letter {
        let subject = common::CONFIRM_ADDRESS;
        let mut blocks = vec![self.text(letters::VERIFY_LEAD)];
        blocks.extend(self.way(subject, kept, letters::VERIFY_LIFETIME));
        self.to_whoever_reads(Kind::VerifyEmail, subject, blocks)
    }

    /// Somebody wanted an account with the address of one.
    pub(super) fn has_account(self) -> Letter {
        let blocks = vec![
            self.text(letters::HAS_ACCOUNT_LEAD),
            self.link(denials::SIGN_IN, "/auth/sign-in"),
            self.text(letters::HAS_ACCOUNT_FORGOTTEN),
        ];
        let subject = letters::HAS_ACCOUNT_SUBJECT;
        self.to_whoever_reads(Kind::AccountNotice, subject, blocks)
    }

    /// To the new address of an account.
    pub(super) fn change_email(self, kept: &Kept) -> Letter {
        let mut blocks = vec![self.text(letters::CHANGE_LEAD)];
        blocks.extend(self.way(common::USE_ADDRESS, kept, letters::CHANGE_LIFETIME));
        self.to_whoever_reads(Kind::ChangeEmail, letters::CHANGE_SUBJECT, blocks)
    }

    /// To the old one.
    pub(super) fn email_changed(self, after: &Email, kept: &Kept) -> Letter {
        let blocks = vec![
            self.text(letters::CHANGED_LEAD),
            Block::Address(after.into()),
            self.text(letters::CHANGED_UNDO),
            self.kept(letters::CHANGED_LINK, kept),
        ];
        self.to_the_owner(Kind::EmailChanged, letters::CHANGED_SUBJECT, blocks)
    }

    /// Somebody signed in where nobody of this account had before. What the browser calls
    /// itself is not told: whoever signed in may say there what they like.
    pub(super) fn new_device(
        self,
        when: Moment,
        from: Option<String>,
        has_passwords: bool,
    ) -> Letter {
        let when = when.text(self.language);
        let when = (self.say(letters::NEW_DEVICE_TIME), when);
        let from = from.map(|from| (self.say(letters::NEW_DEVICE_FROM), from));
        let [not_you, link] = match has_passwords {
            true => [
                self.text(letters::NEW_DEVICE_NOT_YOU),
                self.link(common::CHOOSE_PASSWORD, "/auth/forgot-password"),
            ],
            false => self.look_after(),
        };
        let blocks = vec![
            self.text(letters::NEW_DEVICE_LEAD),
            Block::Facts([when].into_iter().chain(from).collect()),
            not_you,
            link,
        ];
        self.to_the_owner(Kind::NewDevice, letters::NEW_DEVICE_SUBJECT, blocks)
    }

    /// What to do about what was somebody else's doing.
    fn look_after(self) -> [Block; 2] {
        [
            self.text(letters::NOT_YOU),
            self.link(problems::YOUR_ACCOUNT, "/auth/account"),
        ]
    }

    /// A way to prove who it is came or went, as this sentence says.
    pub(super) fn factor_changed(self, what: Text) -> Letter {
        let mut blocks = vec![self.text(what)];
        blocks.extend(self.look_after());
        self.to_the_owner(Kind::FactorsChanged, letters::FACTORS_SUBJECT, blocks)
    }

    /// A password is another.
    pub(super) fn password_changed(self) -> Letter {
        let blocks = vec![
            self.text(letters::PASSWORD_LEAD),
            self.text(letters::PASSWORD_NOT_YOU),
            self.link(common::CHOOSE_PASSWORD, "/auth/forgot-password"),
        ];
        self.to_the_owner(Kind::PasswordChanged, letters::PASSWORD_SUBJECT, blocks)
    }

    /// A program may act as the user from now on.
    pub(super) fn token_made(self, name: &str, until: Moment) -> Letter {
        let facts = vec![
            (self.say(common::TOKEN_PURPOSE), name.to_owned()),
            (self.say(common::TOKEN_UNTIL), until.day(self.language)),
        ];
        let blocks = vec![
            self.text(letters::TOKEN_LEAD),
            Block::Facts(facts),
            self.text(letters::TOKEN_NOT_YOU),
            self.link(letters::TOKEN_LINK, "/auth/account/tokens"),
        ];
        self.to_the_owner(Kind::TokenMade, letters::TOKEN_SUBJECT, blocks)
    }

    /// The account goes, at this moment or at once.
    pub(super) fn deletion(self, leaves_at: Option<Moment>) -> Letter {
        let blocks = match leaves_at {
            Some(moment) => vec![
                self.text(letters::DELETION_LEAD),
                Block::Facts(vec![(
                    self.say(letters::DELETION_DAY),
                    moment.text(self.language),
                )]),
                self.text(letters::DELETION_STAY),
                self.link(denials::SIGN_IN, "/auth/sign-in"),
            ],
            None => vec![
                self.text(letters::DELETION_AT_ONCE),
                self.text(letters::DELETION_NOT_YOU),
            ],
        };
        self.to_the_owner(Kind::Deletion, common::DELETION_TITLE, blocks)
    }
}

#[cfg(test)]
mod tests;
