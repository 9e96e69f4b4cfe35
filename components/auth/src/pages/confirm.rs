//! The page on which somebody who is signed in proves it again.

use super::{PasskeyForm, ProviderLink};
use crate::account::Section;
use askama::Template;
use gatelet_texts::{Text, common, denials, problems, sign_in};
use gatelet_web::{Faults, Frame, Person};

/// Who is signed in, and by what they prove it.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage {
    /// Around the page.
    pub frame: Frame,
    /// Who.
    pub person: Person,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// Where the forms post to.
    pub action: &'static str,
    /// What they cannot meet that is asked of them, the page of the account that mends
    /// it, and the way there and back.
    pub lacking: Option<(Text, Section, String)>,
    /// Whether they have a password.
    pub password: bool,
    /// The provider that they came by, where they did.
    pub providers: Vec<ProviderLink>,
    /// What asks the browser for a passkey, where they have one.
    pub passkey: Option<PasskeyForm>,
    /// For the form.
    pub csrf: String,
    /// What they were about to do.
    pub return_to: String,
}
