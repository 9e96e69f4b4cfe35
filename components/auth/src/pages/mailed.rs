//! The pages around letters with a link: asking for one, looking into the mailbox, and
//! what the link leads to.

use crate::mailed::Presented;
use crate::work;
use askama::Template;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::work::Challenge;
use gatelet_texts::{Moment, Text, common, denials, mailed, problems, sign_in};
use gatelet_web::{Faults, Frame, with_return_to};

/// What is asked for by an address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AskKind {
    /// A link to sign in with.
    MagicLink,
    /// A new password.
    NewPassword,
}

/// One field, for an address.
#[derive(Template)]
#[template(path = "mail_ask.html")]
pub(crate) struct AskPage {
    frame: Frame,
    kind: AskKind,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// What is to be met first, where anything is.
    pub challenge: Option<Challenge>,
    csrf: String,
    return_to: String,
    /// What was typed.
    pub email: String,
    sign_in_href: String,
}

impl AskPage {
    /// An empty form.
    pub(crate) fn new(frame: Frame, kind: AskKind, csrf: String, return_to: &ReturnTarget) -> Self {
        Self {
            frame,
            kind,
            faults: Faults::default(),
            challenge: None,
            csrf,
            return_to: return_to.as_str().to_owned(),
            email: String::new(),
            sign_in_href: with_return_to("/auth/sign-in", return_to),
        }
    }

    fn script_href(&self) -> String {
        work::SCRIPT.href()
    }

    fn title(&self) -> Text {
        match self.kind {
            AskKind::MagicLink => common::SIGN_IN_BY_EMAIL,
            AskKind::NewPassword => common::CHOOSE_PASSWORD,
        }
    }

    fn lead(&self) -> Text {
        match self.kind {
            AskKind::MagicLink => mailed::SIGN_IN_LEAD,
            AskKind::NewPassword => mailed::CHOOSE_PASSWORD_LEAD,
        }
    }

    fn action(&self) -> &'static str {
        match self.kind {
            AskKind::MagicLink => "/auth/magic-link",
            AskKind::NewPassword => "/auth/forgot-password",
        }
    }
}

/// A letter was asked for. It says the same whether one was sent or not.
#[derive(Template)]
#[template(path = "mail_sent.html")]
pub(crate) struct SentPage {
    /// Around the page.
    pub frame: Frame,
    /// What the mailbox may hold.
    pub lead: Text,
    /// What was typed.
    pub email: String,
    /// Where the code goes.
    pub action: &'static str,
    /// For that form.
    pub csrf: String,
    /// Whether a new password is typed with the code.
    pub takes_new_password: bool,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// Where another letter is to lead.
    pub return_to: String,
    /// Where to ask for another letter.
    pub again_href: String,
}

/// What a link leads to: a button, and what must be typed or chosen first.
#[derive(Template)]
#[template(path = "mail_opened.html")]
pub(crate) struct OpenedPage {
    /// Around the page.
    pub frame: Frame,
    /// What the button does.
    pub kind: OpenedKind,
    /// Whose link it is.
    pub email: String,
    /// What came, to come once more.
    pub presented: Presented,
    /// For the form.
    pub csrf: String,
    /// An account that nobody has proved, of which something is to be chosen.
    pub unproved: Option<UnprovedAccount>,
    /// What is wrong with what was typed.
    pub faults: Faults,
}

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenedKind {
    /// Signs in.
    SignIn,
    /// Makes an account and signs in.
    Register,
    /// Takes a new password and signs in.
    NewPassword,
    /// Proves the address.
    Verify,
    /// The same, where nobody signed up in this browser.
    VerifyElsewhere,
    /// Gives an account another address.
    ChangeEmail,
    /// Gives an address back.
    UndoChange,
}

/// An account with the address of whoever opened a link, which nobody has proved.
pub(crate) struct UnprovedAccount {
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub since: Moment,
    /// Whether there may be a new one beside it.
    pub may_start_anew: bool,
}

impl OpenedPage {
    fn title(&self) -> Text {
        match self.kind {
            OpenedKind::SignIn => denials::SIGN_IN,
            OpenedKind::Register => common::CREATE_AN_ACCOUNT,
            OpenedKind::NewPassword => common::CHOOSE_PASSWORD,
            OpenedKind::Verify | OpenedKind::VerifyElsewhere => common::CONFIRM_ADDRESS,
            OpenedKind::ChangeEmail => common::USE_ADDRESS,
            OpenedKind::UndoChange => mailed::UNDO_TITLE,
        }
    }

    fn lead(&self) -> Text {
        match self.kind {
            OpenedKind::SignIn => mailed::SIGN_IN_HERE,
            OpenedKind::Register => mailed::REGISTER_LEAD,
            OpenedKind::NewPassword => mailed::NEW_PASSWORD_LEAD,
            OpenedKind::Verify => mailed::VERIFY_LEAD,
            OpenedKind::VerifyElsewhere => mailed::VERIFY_ELSEWHERE_LEAD,
            OpenedKind::ChangeEmail => mailed::CHANGE_LEAD,
            OpenedKind::UndoChange => mailed::UNDO_LEAD,
        }
    }

    fn button(&self) -> Text {
        match self.kind {
            OpenedKind::SignIn => denials::SIGN_IN,
            OpenedKind::Register => common::CREATE_ACCOUNT,
            OpenedKind::NewPassword => mailed::SAVE_PASSWORD,
            OpenedKind::Verify | OpenedKind::VerifyElsewhere => mailed::VERIFY,
            OpenedKind::ChangeEmail => common::USE_ADDRESS,
            OpenedKind::UndoChange => mailed::UNDO,
        }
    }

    fn action(&self) -> &'static str {
        match self.kind {
            OpenedKind::SignIn | OpenedKind::Register => "/auth/magic-link",
            OpenedKind::NewPassword => "/auth/reset-password",
            OpenedKind::Verify | OpenedKind::VerifyElsewhere => "/auth/verify-email",
            OpenedKind::ChangeEmail => "/auth/account/email",
            OpenedKind::UndoChange => "/auth/undo-email-change",
        }
    }

    /// Whether a program that keeps passwords is to know whose this one is.
    fn takes_password(&self) -> bool {
        self.wants_current_password() || self.takes_new_password()
    }

    fn takes_new_password(&self) -> bool {
        self.kind == OpenedKind::NewPassword
    }

    fn wants_current_password(&self) -> bool {
        self.kind == OpenedKind::VerifyElsewhere
    }
}
