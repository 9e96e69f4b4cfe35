//! What does the vault answer? The records of `wit/vault` as their bindings write them
//! with serde: the console reads them off the wire. Times are Unix seconds.

use serde::Deserialize;

use crate::plan::Step;
use crate::source::Source;
use gatelet_sign_in::link_token::LinkToken;

/// An application that has a copy of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Usage {
    /// Its id.
    pub application: String,
    /// The variable.
    pub env_key: String,
    /// Whether the application has a value of its own instead.
    pub overridden: bool,
}

/// A secret, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// When a value was entered last.
    pub updated_at: u64,
    /// By which user; empty for an operator.
    pub updated_by: String,
    /// Who has copies.
    pub used_by: Vec<Usage>,
}

/// A link by which a secret is entered.
#[derive(Clone, Debug, Deserialize)]
pub struct EntryLink {
    /// By which whoever asked knows it.
    pub request_id: String,
    /// What stands in the link.
    pub token: LinkToken,
    /// Until when it is good.
    pub expires_at: u64,
}

/// What has become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum RequestState {
    /// Nobody has entered the secret yet.
    Pending,
    /// Somebody has.
    Fulfilled,
    /// Nobody has, and the link is good no longer.
    Expired,
    /// There is no such request.
    NotFound,
}

/// A request, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Request {
    /// By which whoever asked knows it.
    pub request_id: String,
    /// The secret.
    pub name: String,
    /// What has become of it.
    pub state: RequestState,
    /// When it was made.
    pub created_at: u64,
    /// Until when its link is good.
    pub expires_at: u64,
    /// On behalf of which user; empty for an operator.
    pub created_by: String,
}

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// The secret.
    pub name: String,
    /// Until when the link is good.
    pub expires_at: u64,
    /// Whether the secret is there already.
    pub rotates: bool,
    /// Who has copies.
    pub used_by: Vec<Usage>,
}

/// What was entered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Stored {
    /// The secret.
    pub name: String,
    /// Whether it was there already.
    pub rotated: bool,
}

/// A variable, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Variable {
    /// Its key.
    pub key: String,
    /// Where its value comes from.
    pub source: Source,
    /// The secret that is bound to it, if one is.
    pub secret: Option<String>,
    /// Whether that is another by now.
    pub stale: bool,
    /// When it was written last.
    pub updated_at: u64,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Application {
    /// Its id.
    pub name: String,
    /// Whether it was made by hand.
    pub added: bool,
    /// How many variables it has.
    pub variables: u32,
}

/// A secret under a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Binding {
    /// The secret.
    pub name: String,
    /// The key.
    pub env_key: String,
}

/// A binding, and what is done about it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Planned {
    /// What is declared.
    pub binding: Binding,
    /// What is done.
    pub step: Step,
}

/// What was sealed anew.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Resealed {
    /// Secrets.
    pub secrets: u64,
    /// Variables.
    pub variables: u64,
    /// Those that were under the first key already.
    pub kept: u64,
    /// Those that no key here opens.
    pub unopened: Vec<String>,
}
