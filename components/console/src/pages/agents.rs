//! Tokens of agents.

use askama::Template;
use gatelet_secrets::Scope;
use gatelet_texts::{Text, account, common, console};
use gatelet_web::access_tokens::{NewToken, TokenRow};
use gatelet_web::{Faults, Frame};

use super::Around;

/// Those there are, one more, and the one that was just made.
#[derive(Template)]
#[template(path = "agents.html")]
pub(crate) struct AgentsPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// Where agents call tools.
    pub endpoint: String,
    /// Shown this once.
    pub made: Option<NewToken>,
    /// Newest first.
    pub tokens: Vec<TokenRow<Vec<Scope>>>,
    /// What was typed.
    pub name: String,
    /// In characters.
    pub name_limit: usize,
    /// For how many a token may be made.
    pub days: Vec<u64>,
    /// What was ticked.
    pub scopes: Vec<Scope>,
    /// For the forms.
    pub csrf: String,
}

impl AgentsPage {
    fn is_ticked(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// What a scope lets an agent do.
    fn words(&self, scope: Scope) -> Text {
        match scope {
            Scope::SecretsNames => console::SCOPE_SECRETS_NAMES,
            Scope::SecretsRequest => console::SCOPE_SECRETS_REQUEST,
            Scope::EnvWrite => console::SCOPE_ENV_WRITE,
            Scope::OriginsWrite => console::SCOPE_ORIGINS_WRITE,
        }
    }
}
