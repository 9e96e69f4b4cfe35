//! Does any form panic, or get through that must not? Called by the fuzz target and,
//! with random bytes, by a test. What must not happen is asserted.

use gatelet_core::key::KeyRing;

use crate::csrf::{CSRF_FIELD, CsrfSeed, FormPurpose, SEED_BYTES, judge_source, judge_token};
use crate::form::{FORM_MAX_BYTES, Form, encode};

#[derive(Clone, Copy)]
struct Purpose;

impl FormPurpose for Purpose {
    fn as_str(self) -> &'static str {
        "csrf:fuzz"
    }
}

/// A form body: what parses, encodes and parses to the same; no token fits.
pub fn form_body(input: &[u8]) {
    let Ok(parsed) = Form::parse(input) else {
        return;
    };
    let encoded = encode(parsed.iter());
    match Form::parse(encoded.as_bytes()) {
        Ok(again) => assert_eq!(again, parsed),
        // Encoding can be longer than what was typed.
        Err(_) => assert!(encoded.len() > FORM_MAX_BYTES),
    }
    let keys = KeyRing::parse("k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE")
        .expect("the literal is a key");
    let token = parsed.text(CSRF_FIELD);
    let forged = judge_token(&keys, [parsed.text("cookie")], Purpose, token);
    assert!(forged.is_err(), "nobody makes our tokens");
    let seed = CsrfSeed::from_random([7; SEED_BYTES]).to_cookie();
    assert!(judge_token(&keys, [seed.as_str()], Purpose, token).is_err());
    let every = |name| -> Vec<&[u8]> {
        let found = parsed.iter().filter(move |(found, _)| *found == name);
        found.map(|(_, value)| value.as_bytes()).collect()
    };
    let _ = judge_source("https://app.example", &every("site"), &every("origin"));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::form_body;

    const SEED: &[u8] = b"email=ann%40example.com&password=x&csrf=AAAA";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn damaged_forms_are_answered(at in 0..SEED.len(), byte in any::<u8>()) {
            let mut damaged = SEED.to_vec();
            damaged[at] = byte;
            form_body(&damaged);
            form_body(&SEED[..at]);
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            form_body(&bytes);
        }
    }
}
