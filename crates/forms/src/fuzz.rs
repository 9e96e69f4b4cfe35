//! Does any form panic, or get through that must not? Called by the fuzz target and,
//! with what is kept for it and random bytes, by a test. What must not happen is
//! asserted; the answer is whether the door let the input in.

use gatelet_core::fuzz::Door;
use gatelet_core::key::KeyRing;

use crate::csrf::{CSRF_FIELD, CsrfSeed, FormPurpose, SEED_BYTES, judge_source, judge_token};
use crate::form::{FORM_MAX_BYTES, Form, encode};

/// Every door.
pub const DOORS: [Door; 1] = [(
    "form_body",
    form_body,
    include!("../../../fuzz/corpus/form_body.rs"),
)];

#[derive(Clone, Copy)]
struct Purpose;

impl FormPurpose for Purpose {
    fn as_str(self) -> &'static str {
        "csrf:fuzz"
    }
}

/// A form body: what parses is what browsers mean by it, encodes and parses to the same;
/// no token fits.
fn form_body(input: &[u8]) -> bool {
    let Ok(parsed) = Form::parse(input) else {
        return false;
    };
    let meant: Vec<_> = url::form_urlencoded::parse(input).collect();
    assert!(
        parsed
            .iter()
            .eq(meant.iter().map(|(name, value)| (&**name, &**value)))
    );
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
    let (sites, origins) = (every("site"), every("origin"));
    if judge_source("https://app.example", &sites, &origins).is_ok() {
        let is_own_site = |site: &&[u8]| [&b"same-origin"[..], b"none"].contains(site);
        let is_ours = |origin: &&[u8]| *origin == b"https://app.example";
        let is_nobodys = |origin: &&[u8]| *origin == b"null" && !sites.is_empty();
        assert!(sites.iter().all(is_own_site));
        assert!(
            origins
                .iter()
                .all(|origin| is_ours(origin) || is_nobodys(origin))
        );
    }
    true
}

#[cfg(test)]
mod tests {
    use gatelet_core::fuzz::assert_both_ways;
    use proptest::prelude::*;

    use super::DOORS;

    #[test]
    fn what_is_kept_is_let_in_and_refused_at_every_door() {
        assert_both_ways(&DOORS);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn damaged_forms_are_answered(one in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            for (_, door, kept) in DOORS {
                let mut damaged = kept[one.index(kept.len())].to_vec();
                if !damaged.is_empty() {
                    let at = at.index(damaged.len());
                    door(&damaged[..at]);
                    damaged[at] = byte;
                    door(&damaged);
                }
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for (_, door, _) in DOORS {
                door(&bytes);
            }
        }
    }
}
