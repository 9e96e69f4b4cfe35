//! Secrets by their names: never a value.

use askama::Template;
use gatelet_secrets::rows::Usage;
use gatelet_texts::{Moment, console};
use gatelet_web::{Faults, Frame};

use super::Around;

/// Those there are, one more, and a link that was just made.
#[derive(Template)]
#[template(path = "secrets.html")]
pub(crate) struct SecretsPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// Shown this once.
    pub made: Option<NewLink>,
    /// By name.
    pub secrets: Vec<SecretRow>,
    /// What was typed to be asked for.
    pub asked: String,
    /// What was typed to be entered, but for the value.
    pub name: String,
    /// For the forms.
    pub csrf: String,
}

/// A link that nobody has seen before.
pub(crate) struct NewLink {
    /// The secret.
    pub name: String,
    /// To be handed on.
    pub url: String,
    /// Good until then.
    pub expires_at: Moment,
}

/// A secret.
pub(crate) struct SecretRow {
    /// Its name.
    pub name: String,
    /// When a value was entered last.
    pub updated_at: Moment,
    /// By whom; an operator where it is none.
    pub updated_by: Option<String>,
    /// Who has copies.
    pub used_by: Vec<Usage>,
}

impl SecretRow {
    fn copies(&self) -> u64 {
        self.used_by.len() as u64
    }
}

/// One of them.
#[derive(Template)]
#[template(path = "secret.html")]
pub(crate) struct SecretPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// Shown this once.
    pub made: Option<NewLink>,
    /// The secret.
    pub secret: SecretRow,
    /// For the forms.
    pub csrf: String,
}

/// Its end.
#[derive(Template)]
#[template(path = "delete_secret.html")]
pub(crate) struct DeleteSecretPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// The secret, and who keeps copies.
    pub secret: SecretRow,
    /// For the form.
    pub csrf: String,
}
