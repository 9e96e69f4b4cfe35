//! The pages around letters with a link: asking for one, looking into the mailbox, and
//! what the link leads to.

use super::Moment;
use crate::mailed::Presented;
use crate::work;
use askama::Template;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::work::Challenge;
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
        work::script_href()
    }

    fn title(&self) -> &'static str {
        match self.kind {
            AskKind::MagicLink => "Sign in by email",
            AskKind::NewPassword => "Choose a new password",
        }
    }

    fn lead(&self) -> &'static str {
        match self.kind {
            AskKind::MagicLink => "You get a letter with a link that signs you in.",
            AskKind::NewPassword => "You get a letter with a link to choose a new password.",
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
    pub lead: &'static str,
    /// What was typed.
    pub email: String,
    /// Where the code goes.
    pub action: &'static str,
    /// For that form.
    pub csrf: String,
    /// Of a new password, where one is typed with the code: what is asked of it.
    pub password_hint: Option<String>,
    /// What is wrong with what was typed.
    pub faults: Faults,
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
    /// Of a new password: what is asked of it.
    pub password_hint: Option<String>,
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
    fn title(&self) -> &'static str {
        match self.kind {
            OpenedKind::SignIn => "Sign in",
            OpenedKind::Register => "Create an account",
            OpenedKind::NewPassword => "Choose a new password",
            OpenedKind::Verify | OpenedKind::VerifyElsewhere => "Confirm your address",
            OpenedKind::ChangeEmail => "Use this address",
            OpenedKind::UndoChange => "Take your address back",
        }
    }

    fn lead(&self) -> &'static str {
        match self.kind {
            OpenedKind::SignIn => "This signs you in here, in this browser, as:",
            OpenedKind::Register => "This makes an account with this address and signs you in:",
            OpenedKind::NewPassword => {
                "With a new password you are signed in here, and signed out everywhere else."
            }
            OpenedKind::Verify => "This confirms that you read mail at this address:",
            OpenedKind::VerifyElsewhere => {
                "Nobody signed up in this browser. If it was you, type the password that you chose. If it was not, \
                 close this page: without the password nothing happens."
            }
            OpenedKind::ChangeEmail => "Your account has this address from now on:",
            OpenedKind::UndoChange => {
                "The account gets this address again, and everybody is signed out of it:"
            }
        }
    }

    fn button(&self) -> &'static str {
        match self.kind {
            OpenedKind::SignIn => "Sign in",
            OpenedKind::Register => "Create account",
            OpenedKind::NewPassword => "Save password",
            OpenedKind::Verify | OpenedKind::VerifyElsewhere => "Confirm address",
            OpenedKind::ChangeEmail => "Use this address",
            OpenedKind::UndoChange => "Take it back",
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
        self.wants_current_password() || self.password_hint.is_some()
    }

    fn wants_current_password(&self) -> bool {
        self.kind == OpenedKind::VerifyElsewhere
    }
}
