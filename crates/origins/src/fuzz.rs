//! Does any branch panic, or get another's host? Called by a fuzz target and, with
//! what is kept for it and random text, by a test. What must not happen is asserted; the
//! answer is whether the door let the input in.

use gatelet_core::fuzz::Door;
use gatelet_sign_in::preview_domain::PreviewDomain;

use crate::preview::{AppName, Branch, Preview};

/// Every door.
pub const DOORS: [Door; 1] = [("branch", branch, include!("../../../fuzz/corpus/branch.rs"))];

/// Two branches, a line each. Lets in two that have a preview each.
fn branch(input: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(input) else {
        return false;
    };
    let app = AppName::parse("shop").expect("the literal is a name");
    let domain = PreviewDomain::required("previews.example.com").expect("the literal is a domain");
    let mut previews = text.splitn(2, '\n').filter_map(|branch| {
        let branch = Branch::parse(branch).ok()?;
        let preview = Preview::of(&branch, &app, &domain).expect("any branch has a preview");
        let label = preview.name();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(label.len() <= 63 && label.ends_with("--shop"), "{label}");
        assert!(label.bytes().all(plain), "{label}");
        assert!(preview.schema().len() <= 48, "{}", preview.schema());
        Some((branch, preview))
    });
    let (Some((one, first)), Some((other, second))) = (previews.next(), previews.next()) else {
        return false;
    };
    let alike = one == other;
    assert_eq!(first.name() == second.name(), alike, "{text}");
    assert_eq!(first.schema() == second.schema(), alike, "{text}");
    true
}

#[cfg(test)]
mod tests {
    use gatelet_core::fuzz::assert_both_ways;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_kept_gets_names_of_its_own() {
        assert_both_ways(&DOORS);
        for (_, door, kept) in DOORS {
            for input in kept {
                for cut in 0..input.len() {
                    door(&input[..cut]);
                    let mut changed = input.to_vec();
                    changed[cut] ^= 1 << (cut % 8);
                    door(&changed);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn random_bytes_get_names_of_their_own(input in proptest::collection::vec(any::<u8>(), 0..300), text in "[ -~\\n%./\\\\;:=_-]{0,200}") {
            branch(&input);
            branch(text.as_bytes());
        }
    }
}
