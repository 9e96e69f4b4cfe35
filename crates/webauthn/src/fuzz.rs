//! Does anything that a browser could send break the reader, or get through unsigned?

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::fuzz::Door;
use gatelet_verifying::Claim;

use crate::authenticator_data::AuthenticatorData;
use crate::ceremony::{Assertion, Attestation, Credential, RelyingParty, UserVerification};

/// Every door.
pub const DOORS: [Door; 1] = [(
    "passkey",
    passkey,
    include!("../../../fuzz/corpus/passkey.rs"),
)];

/// An attestation object, which registers a key or does not; what it registers is a key
/// that verifies nothing that it has not signed.
fn passkey(input: &[u8]) -> bool {
    let party = RelyingParty::new("https://example.org", None).expect("a domain");
    let client_data =
        br#"{"type":"webauthn.create","challenge":"AA","origin":"https://example.org"}"#;
    let attestation = Attestation {
        client_data,
        object: input,
    };
    let _ = AuthenticatorData::parse(input);
    let Ok(registered) = party.register(&attestation, UserVerification::NotRequired) else {
        return false;
    };
    let id = URL_SAFE_NO_PAD.decode(&registered.id).expect("as encoded");
    assert!((1..=1023).contains(&id.len()));
    assert!(registered.backup_eligible || !registered.backed_up);
    let get = br#"{"type":"webauthn.get","challenge":"AA","origin":"https://example.org"}"#;
    let credential = Credential {
        user_id: "ann",
        public_key: &registered.public_key,
        backup_eligible: registered.backup_eligible,
    };
    let assertion = Assertion {
        client_data: get,
        authenticator_data: input,
        signature: input,
        user_handle: None,
    };
    let judged = party.authenticate(
        &credential,
        &assertion,
        UserVerification::NotRequired,
        |claim: &Claim<'_>| claim.holds(),
    );
    assert!(judged.is_err(), "nobody has signed");
    true
}

#[cfg(test)]
mod tests {
    use gatelet_core::fuzz::{assert_both_ways, assert_hold_out};

    use super::DOORS;

    #[test]
    fn what_is_kept_goes_through_as_before() {
        assert_both_ways(&DOORS);
    }

    #[test]
    fn what_is_kept_goes_through_cut_off_and_altered() {
        assert_hold_out(&DOORS);
    }
}
