//! Was a call of the vault's private route made by a component of ours? An origin's app may
//! be any component that the gateway reaches, the vault itself by a slip: what a visitor
//! sends is then no call.

use gatelet_core::key::KeyRing;
use sha2::{Digest as _, Sha256};

/// The request field that holds the signature.
pub const FIELD: &str = "gatelet-vault-1";

const PURPOSE: &str = "vault-call";
/// How long a call is on its way at most, and how far two clocks differ.
const VALID_SECONDS: u64 = 60;

/// For the field: a call of this function with this body, made at `now` in Unix seconds.
#[must_use]
pub fn sign(keys: &KeyRing, function: &str, body: &[u8], now: u64) -> String {
    keys.seal(PURPOSE, &payload(function, body, now))
}

/// Whether the field says that one of ours made this call, not long ago.
#[must_use]
pub fn is_signed(keys: &KeyRing, field: &str, function: &str, body: &[u8], now: u64) -> bool {
    let opened = keys.open(PURPOSE, field);
    let made_at = opened.as_deref().and_then(|opened| {
        let (made_at, _) = opened.split_first_chunk::<8>()?;
        let made_at = u64::from_be_bytes(*made_at);
        (opened == payload(function, body, made_at)).then_some(made_at)
    });
    made_at.is_some_and(|made_at| made_at.abs_diff(now) <= VALID_SECONDS)
}

fn payload(function: &str, body: &[u8], made_at: u64) -> Vec<u8> {
    let digest = Sha256::digest(body);
    [&made_at.to_be_bytes()[..], &digest, function.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(seed: u8) -> KeyRing {
        let bytes: [u8; 32] = core::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ seed);
        KeyRing::parse(&KeyRing::entry("k1", &bytes)).unwrap()
    }

    #[test]
    fn a_call_is_good_for_a_minute_for_one_function_and_body() {
        let field = sign(&keys(1), "put-secret", b"{}", 1000);
        let good =
            |seed, function, body: &[u8], now| is_signed(&keys(seed), &field, function, body, now);
        assert!(good(1, "put-secret", b"{}", 1000));
        assert!(good(1, "put-secret", b"{}", 1060));
        assert!(good(1, "put-secret", b"{}", 940));
        assert!(!good(1, "put-secret", b"{}", 1061), "its time is over");
        assert!(!good(1, "put-secret", b"{}", 939), "from the future");
        assert!(!good(1, "put-secret", b"{ }", 1000), "another body");
        assert!(!good(1, "list-secrets", b"{}", 1000), "another function");
        assert!(!good(2, "put-secret", b"{}", 1000), "another's keys");
    }

    #[test]
    fn what_was_signed_for_something_else_is_no_call() {
        let keys = keys(1);
        for field in [
            "",
            "x",
            &keys.seal("csrf:sign-in", &payload("f", b"", 0)),
            &keys.seal(PURPOSE, b"short"),
        ] {
            assert!(!is_signed(&keys, field, "f", b"", 0), "{field}");
        }
    }
}
