//! By which rows is it known what is over at a provider, for sign-ins that have had their
//! first step and no session yet? By what the provider named: its session, or an account, or
//! that session of this account. A sign-in looks for all that may have meant it.

use sha2::{Digest as _, Sha256};

use crate::{
    bindings::exports::gatelet::store::{types::Identity, user_sessions::Over},
    value::Value,
};

/// What the rows are for.
pub(crate) const PURPOSE: &str = "provider-over";

/// Whose session or account it is.
#[derive(Clone, Copy)]
enum Whose<'a> {
    Issuer(&'a str),
    /// By its id, where it is of many issuers and did not say which.
    Provider(&'a str),
}

/// Of what a provider has said: none where that ends nothing. Where it names account and
/// session, sign-ins of the account that know no session's name may be the one.
pub(crate) fn said(over: &Over) -> Vec<Value> {
    let whose = match &over.issuer {
        Some(issuer) => Whose::Issuer(issuer),
        None => Whose::Provider(&over.provider),
    };
    let session = over.session.as_deref().filter(|name| !name.is_empty());
    match (over.subject.as_deref(), session) {
        (None, None) => Vec::new(),
        (None, session) => vec![row(whose, None, session)],
        (subject, None) => vec![row(whose, subject, None)],
        (subject, session) => vec![row(whose, subject, session), row(whose, subject, Some(""))],
    }
}

/// That may mean a sign-in of this account, in a session of the provider's that it calls so;
/// empty where it gave no name.
pub(crate) fn meaning(account: &Identity, session: &str) -> [Value; 4] {
    let (issuer, subject) = (Whose::Issuer(&account.issuer), Some(&*account.subject));
    let all = row(issuer, subject, None);
    let named = |whose| match session {
        "" => all.clone(),
        session => row(whose, None, Some(session)),
    };
    [
        named(issuer),
        named(Whose::Provider(&account.provider)),
        row(issuer, subject, Some(session)),
        all.clone(),
    ]
}

/// Each part with its length before it, so that none runs into the next.
fn row(whose: Whose<'_>, subject: Option<&str>, session: Option<&str>) -> Value {
    let (issuer, provider) = match whose {
        Whose::Issuer(issuer) => (Some(issuer), None),
        Whose::Provider(provider) => (None, Some(provider)),
    };
    let mut hasher = Sha256::new();
    for part in [issuer, provider, subject, session] {
        hasher.update([u8::from(part.is_some())]);
        let part = part.unwrap_or_default();
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Value::Bytes(hasher.finalize().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(issuer: Option<&str>, subject: Option<&str>, session: Option<&str>) -> Over {
        Over {
            provider: "acme".to_owned(),
            issuer: issuer.map(str::to_owned),
            subject: subject.map(str::to_owned),
            session: session.map(str::to_owned),
            until: 0,
            first_step_until: 0,
            known_until: None,
        }
    }

    #[test]
    fn a_sign_in_is_meant_as_a_session_would_be() {
        let account = |subject: &str| Identity {
            issuer: "https://acme.example".to_owned(),
            subject: subject.to_owned(),
            provider: "acme".to_owned(),
        };
        let (acme, other) = (Some("https://acme.example"), Some("https://other.example"));
        let sign_ins = [
            ("a", "s-1"),
            ("a", "s-2"),
            ("a", ""),
            ("b", "s-1"),
            ("b", ""),
        ];
        for (over, meant) in [
            (over(acme, None, Some("s-1")), &[0, 3][..]),
            (over(None, None, Some("s-1")), &[0, 3]),
            (over(acme, Some("a"), None), &[0, 1, 2]),
            (over(acme, Some("a"), Some("s-1")), &[0, 2]),
            (over(acme, Some("b"), Some("")), &[3, 4]),
            (over(other, None, Some("s-1")), &[]),
            (over(other, Some("a"), None), &[]),
            (over(acme, Some("s-1"), None), &[]),
            (over(acme, None, Some("a")), &[]),
            (over(acme, None, Some("")), &[]),
            (over(acme, None, None), &[]),
        ] {
            let said = said(&over);
            let is_meant = |(subject, session): &(&str, &str)| {
                let meaning = meaning(&account(subject), session);
                said.iter().any(|row| meaning.contains(row))
            };
            let found: Vec<usize> = (0..sign_ins.len())
                .filter(|at| is_meant(&sign_ins[*at]))
                .collect();
            assert_eq!(found, meant, "{over:?}");
        }
    }
}
