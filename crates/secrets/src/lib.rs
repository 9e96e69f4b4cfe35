//! What may be kept secret, by whom and how? Everything about secrets and applications'
//! variables that is decided from data alone: names, values, sealing, links, who may do
//! what, what a project declares, and what tools ask and answer. No I/O, clock, randomness.
//!
//! A value is a [`SecretValue`], which shows nothing of itself; no type of [`answers`] and
//! no message of a [`VaultError`] has one.

#![forbid(unsafe_code)]

mod actor;
pub mod answers;
mod entry_link;
mod error;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod key;
mod limits;
pub mod names;
pub mod permission;
pub mod plan;
pub mod project;
pub mod rows;
mod scope;
pub mod signature;
pub mod source;
pub mod tools;
mod value;

pub use actor::Actor;
pub use entry_link::{ENTRY_PATH, ENTRY_SECONDS, TOKEN_FIELD, entry_link};
pub use error::{Code, VaultError};
pub use gatelet_sign_in::link_token::LinkToken;
pub use key::{Context, EncryptionKeys};
pub use limits::{BINDINGS_MAX, VARIABLES_MAX};
pub use names::{ApplicationId, Binding, Bindings, DEFAULT_ORG, EnvKey, OrgName, SecretName};
pub use permission::{Kind, Operation, Role};
pub use scope::{Scope, Scopes};
pub use value::{SecretValue, VALUE_MAX_BYTES, ValueError};
