//! Is this passkey the one that was registered, and was it asked just now? The relying
//! party's part of WebAuthn level 3, judged from data alone:
//! <https://www.w3.org/TR/webauthn-3/>.
//!
//! A [`Challenge`] is signed and says what it is for. What a browser brings back is judged
//! by [`RelyingParty::register`] (§7.1) or [`RelyingParty::authenticate`] (§7.2); that a
//! challenge is used once and a counter grows is for whoever keeps them.
//!
//! Attestation is neither asked for nor looked at: nobody here would trust one maker of
//! authenticators and not another, so a statement would prove nothing.

#![forbid(unsafe_code)]

mod authenticator_data;
mod cbor;
mod ceremony;
mod challenge;
mod client_data;
mod cose;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod refusal;

pub use ceremony::{
    Assertion, Attestation, Credential, Registered, RelyingParty, UserVerification, Verified,
};
pub use challenge::{CHALLENGE_RANDOM_BYTES, CHALLENGE_SECONDS, Challenge, Purpose};
pub use cose::ALGORITHMS;
pub use refusal::Refusal;

#[cfg(test)]
mod tests;
