//! The sign-up page.

use super::ProviderLink;
use crate::work;
use askama::Template;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::work::Challenge;
use gatelet_texts::{common, denials, sign_in};
use gatelet_web::{Faults, Frame, with_return_to};

/// Name, email and password, and a link for each provider.
#[derive(Template)]
#[template(path = "sign_up.html")]
pub(crate) struct SignUpPage {
    frame: Frame,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// What is to be met first, where anything is.
    pub challenge: Option<Challenge>,
    providers: Vec<ProviderLink>,
    password: bool,
    name_limit: usize,
    csrf: String,
    return_to: String,
    /// What was typed.
    pub name: String,
    /// What was typed. A password never comes back.
    pub email: String,
    sign_in_href: String,
    invitation: String,
    invited_email: String,
}

impl SignUpPage {
    /// An empty form. `name_limit` is in characters.
    pub(crate) fn new(
        frame: Frame,
        providers: Vec<ProviderLink>,
        password: bool,
        name_limit: usize,
        csrf: String,
        return_to: &ReturnTarget,
    ) -> Self {
        Self {
            frame,
            faults: Faults::default(),
            challenge: None,
            providers,
            password,
            name_limit,
            csrf,
            return_to: return_to.as_str().to_owned(),
            name: String::new(),
            email: String::new(),
            sign_in_href: with_return_to("/auth/sign-in", return_to),
            invitation: String::new(),
            invited_email: String::new(),
        }
    }

    /// The same by an invitation, which may name the address.
    pub(crate) fn invited(self, token: &str, email: &str) -> Self {
        Self {
            invitation: token.to_owned(),
            invited_email: email.to_owned(),
            email: email.to_owned(),
            ..self
        }
    }

    /// The address that was invited; empty where none was named.
    pub(crate) fn invited_email(&self) -> &str {
        &self.invited_email
    }

    fn script_href(&self) -> String {
        work::SCRIPT.href()
    }

    fn focus(&self) -> &'static str {
        match self.faults.first_field() {
            Some(field) => field,
            None if self.challenge.is_some() => "password",
            None if self.providers.is_empty() => "name",
            None => "",
        }
    }
}
