//! What is in WorkOS's sealed cookie? Two tokens and the user, as its SDKs write them, so
//! that they read what we sealed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::backend::workos::UnsealedSession;
use gatelet_core::claims::{EMAIL_MAX_BYTES, USER_ID_MAX_BYTES};
use gatelet_core::secret::Secret;
use gatelet_core::session::StoredUser;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::Verified;

/// Longest refresh token, in bytes.
const REFRESH_TOKEN_MAX_BYTES: usize = 1024;

/// What a cookie holds, as whoever has the password sealed it.
#[derive(Clone, Debug)]
pub struct Content {
    pub(super) access_token: Secret,
    pub(super) refresh_token: Secret,
    /// As the SDK writes it, to be sealed again.
    pub(super) user: Value,
    /// What stands beside them: `impersonator`, `authenticationMethod`.
    pub(super) others: Map<String, Value>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    email: String,
    #[serde(rename = "emailVerified")]
    email_verified: Option<bool>,
    #[serde(rename = "firstName")]
    first_name: Option<String>,
    #[serde(rename = "lastName")]
    last_name: Option<String>,
}

impl Content {
    /// None where it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
            return None;
        };
        let mut token = |name: &str| match members.remove(name)? {
            Value::String(token) => Some(Secret::new(token)),
            _ => None,
        };
        let (access_token, refresh_token) = (token("accessToken")?, token("refreshToken")?);
        let is_token =
            !refresh_token.is_empty() && refresh_token.expose().len() <= REFRESH_TOKEN_MAX_BYTES;
        let user = members.remove("user")?;
        (is_token && user.is_object()).then_some(Self {
            access_token,
            refresh_token,
            user,
            others: members,
        })
    }

    pub(super) fn written(&self) -> Secret {
        let mut members = self.others.clone();
        let token = |secret: &Secret| Value::String(secret.expose().to_owned());
        members.insert("accessToken".to_owned(), token(&self.access_token));
        members.insert("refreshToken".to_owned(), token(&self.refresh_token));
        members.insert("user".to_owned(), self.user.clone());
        Secret::new(Value::Object(members).to_string())
    }

    /// By what an exchange of its refresh token is known: SHA-256 under a label.
    #[must_use]
    pub fn refresh_digest(&self) -> [u8; 32] {
        let digest = Sha256::new()
            .chain_update(b"gatelet workos refresh\0")
            .chain_update(self.refresh_token.expose());
        digest.finalize().into()
    }

    /// The session that the cookie `seal` is of. None where the user is none that we can
    /// hold. `replacement` is what takes the cookie's place.
    #[must_use]
    pub fn session(
        &self,
        verified: &Verified,
        seal: &str,
        replacement: Option<String>,
    ) -> Option<UnsealedSession> {
        let user: User = serde_json::from_value(self.user.clone()).ok()?;
        let fits = user.id.len() <= USER_ID_MAX_BYTES && user.email.len() <= EMAIL_MAX_BYTES;
        let names = [user.first_name, user.last_name];
        let names: Vec<String> = names.into_iter().flatten().collect();
        fits.then(|| UnsealedSession {
            seal: seal.to_owned(),
            replacement,
            user: StoredUser {
                id: verified.user_id.clone(),
                email: user.email.to_ascii_lowercase(),
                email_verified: user.email_verified == Some(true),
                name: names.join(" ").trim().to_owned(),
                created_at: 0,
            },
            issued_at: verified.issued_at,
            expires_at: verified.expires_at,
        })
    }
}

/// A claim of a token that stood in a seal: whoever has the password put it there.
pub(super) fn unverified_claim(token: &Secret, name: &str) -> Option<String> {
    let claims = token.expose().split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims.get(name)?.as_str().map(str::to_owned)
}

/// The user of an answer as the SDK writes it into a cookie: names of members in camel case.
pub(super) fn camel_user(user: &Value) -> Option<Value> {
    let members = user.as_object()?;
    let camel = |name: &str| {
        let mut words = name.split('_');
        let mut text = words.next().unwrap_or_default().to_owned();
        for word in words {
            let mut letters = word.chars();
            text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            text.push_str(letters.as_str());
        }
        text
    };
    let renamed = members.iter();
    Some(Value::Object(
        renamed
            .map(|(name, value)| (camel(name), value.clone()))
            .collect(),
    ))
}
