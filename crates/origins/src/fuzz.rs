//! Does any branch panic, or get another's host? Called by a fuzz target and, with
//! seeds and random text, by a test. What must not happen is asserted.

use gatelet_sign_in::preview_domain::PreviewDomain;

use crate::preview::{AppName, Branch, Preview};

/// Two branches, a line each.
pub fn branch(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
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
    if let (Some((one, first)), Some((other, second))) = (previews.next(), previews.next())
        && one != other
    {
        assert_ne!(first.name(), second.name());
        assert_ne!(first.schema(), second.schema());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seeds_get_names_of_their_own() {
        for seed in [
            "feat/x\nfeat-x",
            "a\nA",
            "feat-x-234567abcdef\nfeat-x",
            "xn\nxn-",
            "\u{65e5}\n\u{672c}",
        ] {
            branch(seed.as_bytes());
            for cut in 0..seed.len() {
                branch(&seed.as_bytes()[..cut]);
                let mut changed = seed.as_bytes().to_vec();
                changed[cut] ^= 1 << (cut % 8);
                branch(&changed);
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
