//! What does the provider say of the person beyond the ID token? Judges the
//! UserInfo response (OpenID Connect Core 1.0 §5.3).

mod signed;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::claim_rules::ClaimRules;
use crate::id_token::VerifiedIdToken;
use crate::refusal::{Refusal, RefusalCode, quoted};

pub use signed::{ExpectedSigned, complete_signed, is_signed};

/// Longest response, in bytes.
pub const USERINFO_MAX_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Judges the answer to `GET` `userinfo_endpoint` with the access token as
/// bearer in the `Authorization` field, and fills the token's gaps from it.
///
/// §5.3.2: `sub` must be there and be exactly the ID token's; otherwise nothing
/// of the response may be used. One that is signed is for [`complete_signed`].
pub fn complete(
    token: VerifiedIdToken,
    rules: &ClaimRules,
    status: u16,
    content_type: &str,
    body: &[u8],
) -> Result<VerifiedIdToken, Refusal> {
    let malformed = |detail: String| Refusal::new(RefusalCode::UserInfoMalformed, detail);
    if status != 200 {
        return Err(malformed(format!("answered {status}")));
    }
    if body.len() > USERINFO_MAX_BYTES {
        return Err(malformed(format!("{} bytes", body.len())));
    }
    if !may_be_json(content_type) {
        return Err(malformed(format!(
            "is not JSON but {}",
            quoted(content_type)
        )));
    }
    let said: UserInfo = serde_json::from_slice(body).map_err(|error| {
        malformed(format!(
            "not as documented at line {} column {}",
            error.line(),
            error.column()
        ))
    })?;
    said.complete(token, rules)
}

impl UserInfo {
    /// Nothing of it is used that is about somebody else.
    fn complete(
        self,
        token: VerifiedIdToken,
        rules: &ClaimRules,
    ) -> Result<VerifiedIdToken, Refusal> {
        match self.sub == token.subject() {
            true => Ok(token.completed(rules.profile(&self.others))),
            false => Err(RefusalCode::UserInfoSubject.into()),
        }
    }
}

/// A media type without its parameters, in lower case.
pub(super) fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim_matches([' ', '\t']).to_ascii_lowercase()
}

/// Whether a `Content-Type` is JSON's: `application/json` or `application/…+json`.
pub(super) fn is_json(content_type: &str) -> bool {
    let essence = essence(content_type);
    match essence.strip_prefix("application/") {
        Some(subtype) => subtype == "json" || subtype.ends_with("+json"),
        None => false,
    }
}

/// The same, or text without a type of its own, which some servers call JSON.
pub(super) fn may_be_json(content_type: &str) -> bool {
    is_json(content_type)
        || ["text/plain", "text/json", "text/javascript"].contains(&&*essence(content_type))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::{Signer, claims, key_set, oidc, padded, verify};
    use serde_json::json;

    #[test]
    fn an_answer_is_read_up_to_its_longest() {
        let signer = Signer::es256("k1");
        let token = verify(&signer.sign(&claims()), &key_set(&[&signer])).expect("a token");
        let body = json!({"sub": token.subject()}).to_string();
        for (bytes, is_read) in [(64 * 1024, true), (64 * 1024 + 1, false)] {
            let body = padded(&body, bytes);
            let rules = oidc().claims;
            let read = complete(
                token.clone(),
                &rules,
                200,
                "application/json",
                body.as_bytes(),
            );
            assert_eq!(read.is_ok(), is_read, "{bytes}");
        }
    }

    #[test]
    fn json_is_known_by_its_content_type() {
        for (content_type, expected) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("Application/JSON", true),
            ("application/jwk-set+json", true),
            ("application/jwt", false),
            ("text/html", false),
            ("text/json", false),
            ("application/jsonp", false),
            ("", false),
        ] {
            assert_eq!(is_json(content_type), expected, "{content_type}");
        }
    }

    #[test]
    fn what_is_json_may_be_called_text_and_a_page_is_none() {
        let signer = Signer::es256("k1");
        let token = verify(&signer.sign(&claims()), &key_set(&[&signer])).expect("a token");
        let body = json!({"sub": token.subject()}).to_string();
        for (content_type, is_read) in [
            ("application/json", true),
            ("text/plain; charset=utf-8", true),
            ("Text/JSON", true),
            ("text/html", false),
            ("", false),
        ] {
            let rules = oidc().claims;
            let read = complete(token.clone(), &rules, 200, content_type, body.as_bytes());
            assert_eq!(read.is_ok(), is_read, "{content_type}");
        }
    }
}
