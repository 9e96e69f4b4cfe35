//! The sign-in page, and what it shows to somebody who is signed in already.

use super::{PasskeyForm, PasskeySignal, ProviderLink};
use askama::Template;
use gatelet_core::return_target::ReturnTarget;
use gatelet_texts::{Text, common, denials, sign_in};
use gatelet_web::{Faults, Frame, Person, with_return_to};

/// Email and password, and a link for each provider.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    frame: Frame,
    /// What went before, in a sentence: "You are signed out."
    pub notice: Option<Text>,
    /// What is wrong with what was typed.
    pub faults: Faults,
    providers: Vec<ProviderLink>,
    password: bool,
    csrf: String,
    return_to: String,
    /// What was typed. A password never comes back.
    pub email: String,
    sign_up_href: Option<String>,
    /// What asks the browser for a passkey, where it can have one.
    pub passkey: Option<PasskeyForm>,
    /// That the one that was tried is of no use.
    pub signal: Option<PasskeySignal>,
    /// Where a letter to sign in with is asked for, if it is.
    pub magic_link_href: Option<String>,
    /// The same of one to choose a new password.
    pub forgot_password_href: Option<String>,
}

impl SignInPage {
    /// An empty form. `password` says whether passwords are in use, `sign_up`
    /// whether there is a form to create an account with.
    pub(crate) fn new(
        frame: Frame,
        providers: Vec<ProviderLink>,
        password: bool,
        sign_up: bool,
        csrf: String,
        return_to: &ReturnTarget,
    ) -> Self {
        Self {
            frame,
            notice: None,
            faults: Faults::default(),
            providers,
            password,
            csrf,
            return_to: return_to.as_str().to_owned(),
            email: String::new(),
            passkey: None,
            signal: None,
            magic_link_href: None,
            forgot_password_href: None,
            sign_up_href: sign_up.then(|| with_return_to("/auth/sign-up", return_to)),
        }
    }

    /// Where the cursor goes. Not past buttons that nobody has seen or heard yet.
    fn focus(&self) -> &'static str {
        match self.faults.first_field() {
            Some(field) => field,
            // Whatever was wrong, the password is to be typed again.
            None if !self.faults.is_empty() => "password",
            None if self.providers.is_empty() && self.email.is_empty() => "email",
            None => "",
        }
    }
}

/// Somebody signed in already opens the sign-in page. A page and not a redirect:
/// two parts that disagree about a session could send a browser in circles.
#[derive(Template)]
#[template(path = "signed_in.html")]
pub(crate) struct SignedInPage {
    /// Around the page.
    pub frame: Frame,
    /// Who.
    pub person: Person,
    /// For the sign-out form.
    pub csrf: String,
    /// Where "Continue" leads.
    pub return_to: String,
}
