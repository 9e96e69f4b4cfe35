//! Do access rules open what they do not name?

use super::lines;
use crate::access::{AccessRules, Denied, Person, Rule, Visitor};
use crate::path::CanonicalPath;

/// Rules: a path and a method, a line each, then the rules. Lets in whom nobody knows.
pub(super) fn rules(input: &[u8]) -> bool {
    let Some([path, method, text]) = lines(input) else {
        return false;
    };
    if let Err(error) = Rule::parse_public_paths(text) {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let rules = match Rule::parse_all(text).and_then(AccessRules::new) {
        Ok(rules) => rules,
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            return false;
        }
    };
    let written = rules.to_string();
    let again = Rule::parse_all(&written).and_then(AccessRules::new);
    assert_eq!(again.as_ref(), Ok(&rules), "{written}");

    let nobody = Visitor {
        person: None,
        knows_passphrase: false,
    };
    let everything = Visitor {
        person: Some(Person {
            email: "ada@acme.com",
            email_verified: true,
            groups: "admins,staff",
            amr: "swk mfa",
            age: Some(0),
        }),
        knows_passphrase: true,
    };
    let judged = rules.judge(method, path, &nobody);
    if judged.is_ok() {
        assert!(CanonicalPath::parse(path).is_some(), "{path} is open");
        assert!(is_named(text, path), "{path} is open by {written}");
        assert_eq!(rules.judge(method, path, &everything), Ok(()));
    }
    assert!(
        matches!(judged, Ok(()) | Err(Denied::SignIn | Denied::Passphrase)),
        "nobody has an account that is wrong, or old: {judged:?}"
    );
    if !written.contains("org ") && !written.contains("group ") {
        assert_eq!(rules.judge(method, path, &everything), Ok(()), "{written}");
    }
    judged.is_ok()
}

/// Whether a public rule names the path, as a reader would take it: whole, or up to the
/// `*` that it ends in.
fn is_named(rules: &str, path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    rules
        .to_ascii_lowercase()
        .split([';', '\n'])
        .filter(|rule| rule.trim_end().ends_with("public"))
        .flat_map(|rule| {
            let words = rule.split_whitespace().map(str::to_owned);
            words.collect::<Vec<_>>()
        })
        .any(|word| match word.strip_suffix('*') {
            Some(before) => path.starts_with(before) || format!("{path}/") == before,
            None => word == path || format!("{word}/") == path || word == format!("{path}/"),
        })
}
