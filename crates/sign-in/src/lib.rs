//! May this person in, and as whom? Everything about signing in that is decided
//! from data alone: providers, attempts, callbacks, tokens, passwords.
//!
//! Judging is here, sending is the `auth` component's: it fetches what these
//! modules name and hands the answers back to be judged. A sign-in with a
//! provider goes so:
//!
//! 1. [`attempt::Attempt::begin`], its cookie, and
//!    [`authorization::authorization_url`] to send the visitor to.
//! 2. The callback: [`callback::AuthorizationResponse::parse`],
//!    [`attempt::Attempt::find`], then
//!    [`callback::AuthorizationResponse::judge`] for the code.
//! 3. [`token::TokenRequest`], [`token::TokenResponse::judge`].
//! 4. OpenID Connect: [`jwks::KeySet::judge`],
//!    [`id_token::VerifiedIdToken::verify`], and [`userinfo::complete`] where the
//!    token lacks an address. GitHub: [`github::GitHubUser`].
//! 5. [`linking::decide`] on the [`identity::ProviderIdentity`].
//!
//! Whatever was proved, a session begins by its `judge`, which says whether a second
//! factor is needed ([`second_factor`]); [`pending::Pending`] is the memory in between.

#![forbid(unsafe_code)]

pub mod apps;
pub mod attempt;
pub mod audit;
pub mod authenticator;
pub mod authorization;
pub mod breached;
pub mod browser;
pub mod callback;
pub mod callback_path;
pub mod claim_path;
pub mod claim_rules;
pub mod client_secret;
mod common_password;
pub mod demands;
pub mod derivation;
pub mod device;
mod digits;
pub mod discovery;
pub mod email;
pub mod end_session;
pub mod endpoint;
mod endpoint_hosts;
mod es384;
pub mod foreign_hash;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod github;
pub mod group;
pub mod id_token;
pub mod identity;
pub mod invitation;
pub mod iron;
pub mod jwks;
pub mod limits;
pub mod link_token;
pub mod linking;
pub mod login_hint;
pub mod logout_token;
pub mod mailed;
pub mod name;
pub mod passphrase;
pub mod password;
pub mod pending;
pub mod preset;
pub mod preview_domain;
pub mod proof;
pub mod provider;
pub mod provider_groups;
mod provider_settings;
pub mod provider_tokens;
pub mod recovery_code;
pub mod refusal;
pub mod relay;
pub mod second_factor;
pub mod service;
pub mod settings;
pub mod sign_up;
pub mod site;
pub mod sites;
pub mod token;
pub mod user_id;
pub mod userinfo;
pub mod vault_reference;
pub mod ways;
pub mod work;
pub mod workos;

#[cfg(test)]
mod tests;
