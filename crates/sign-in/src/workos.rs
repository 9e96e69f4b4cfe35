//! Whose session is in WorkOS's sealed cookie, and is it still one? AuthKit's SDKs seal an
//! access token, a refresh token and the user into one cookie. The access token is checked
//! against the keys of the client; where it has run out, the refresh token is exchanged for
//! another pair, once.

mod content;
mod replacement;

use gatelet_core::secret::Secret;
use gatelet_settings::{Setting, SettingError, Values};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::endpoint::EndpointUrl;
use crate::id_token::{JWT, authentic_claims};
use crate::iron::{self, SealError};
use crate::jwks::KeySet;
use crate::provider::SigningAlgorithm;
use crate::refusal::{Refusal, RefusalCode};

pub use content::Content;
use content::{camel_user, unverified_claim};
pub use replacement::REPLACEMENT_RANDOM_BYTES;

/// How far WorkOS's clock may be ahead of ours, in seconds.
const SKEW_SECONDS: i64 = 60;
/// Longest answer to a refresh, in bytes.
const ANSWER_MAX_BYTES: usize = 64 * 1024;
/// Longest id of a session, in bytes.
const SESSION_ID_MAX_BYTES: usize = 128;

/// The client at WorkOS.
#[derive(Clone, Debug)]
pub struct WorkOs {
    client_id: String,
    api_key: Secret,
    password: Secret,
    /// `https://api.workos.com`, without a slash at the end.
    api: String,
    /// Where the client's keys are.
    pub keys_url: EndpointUrl,
    /// Where refresh tokens are exchanged.
    pub refresh_url: EndpointUrl,
}

/// What a verified access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    user_id: String,
    issued_at: u64,
    expires_at: u64,
}

/// Whether an access token counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It does.
    Live(Verified),
    /// It was one and has run out: the refresh token may be exchanged.
    Expired,
}

#[derive(Clone, Deserialize)]
struct AccessClaims {
    sub: Option<String>,
    sid: Option<String>,
    client_id: Option<String>,
}

/// What came of a refresh.
#[derive(Debug)]
pub enum Refreshed {
    /// Another pair of tokens.
    Renewed(Content),
    /// The session has ended: the token is spent, revoked or unknown.
    Ended,
    /// Nobody can say.
    Unavailable(String),
}

impl WorkOs {
    /// `workos_client_id` and the settings beside it; all of them must be there.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let refused = |setting, why: &str| Err(SettingError::new(setting, why));
        let client_id = values.get(Setting::WorkosClientId);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if client_id.is_empty() || client_id.len() > 128 || !client_id.bytes().all(plain) {
            return refused(
                Setting::WorkosClientId,
                "is missing or none, and auth_backend is workos: set it to the client's id, client_…",
            );
        }
        let api_key = values.get(Setting::WorkosApiKey);
        if api_key.is_empty() {
            return refused(
                Setting::WorkosApiKey,
                "is not set, and auth_backend is workos: set it to a key of the environment, sk_…",
            );
        }
        let password = values.get(Setting::WorkosCookiePassword);
        if password.len() < iron::PASSWORD_MIN_BYTES {
            return refused(
                Setting::WorkosCookiePassword,
                "is missing or shorter than 32 bytes, and auth_backend is workos: set it to the app's own WORKOS_COOKIE_PASSWORD",
            );
        }
        let api = values.get(Setting::WorkosUrl).trim_end_matches('/');
        let endpoint = |path: &str| {
            EndpointUrl::parse(&format!("{api}{path}"))
                .map_err(|error| SettingError::new(Setting::WorkosUrl, error))
        };
        Ok(Self {
            keys_url: endpoint(&format!("/sso/jwks/{client_id}"))?,
            refresh_url: endpoint("/user_management/authenticate")?,
            client_id: client_id.to_owned(),
            api_key: Secret::new(api_key.to_owned()),
            password: Secret::new(password.to_owned()),
            api: api.to_owned(),
        })
    }

    /// Opens a cookie at `now`, in Unix seconds.
    pub fn open(&self, seal: &str, now: u64) -> Result<Content, SealError> {
        let text = iron::unseal(seal, &self.password, now)?;
        Content::read(text.expose()).ok_or(SealError::Malformed)
    }

    /// Seals it as the SDKs do. `random` is for [`iron::seal`].
    #[must_use]
    pub fn seal(&self, content: &Content, random: &[u8; 80]) -> String {
        iron::seal(&content.written(), &self.password, random)
    }

    /// Judges the access token of a cookie by the client's keys, at `now` in Unix seconds.
    ///
    /// 1. RS256, by a key of the client's set; `crit` and `b64` are refused.
    /// 2. `client_id` is the client, where the token says one.
    /// 3. `sub` is the user that the cookie names, `sid` is there.
    /// 4. `iat` is not in the future; `exp` is there, and is past for [`Judged::Expired`].
    ///
    /// Where [`RefusalCode::may_be_old_keys`] says so, it is worth a fetch of the keys.
    pub fn judge(&self, content: &Content, keys: &KeySet, now: u64) -> Result<Judged, Refusal> {
        let malformed = |what: &str| Refusal::new(RefusalCode::IdTokenMalformed, what);
        let token = content.access_token.expose();
        let (claims, _) =
            authentic_claims::<AccessClaims>(token, JWT, keys, &[SigningAlgorithm::Rs256])?;
        let AccessClaims {
            sub,
            sid,
            client_id,
        } = &claims.custom;
        if client_id
            .as_ref()
            .is_some_and(|said| *said != self.client_id)
        {
            return Err(malformed("an access token of another client"));
        }
        let user_id = sub.clone().unwrap_or_default();
        if user_id.is_empty() || content.user.get("id").and_then(Value::as_str) != Some(&user_id) {
            return Err(malformed(
                "an access token of another user than the cookie's",
            ));
        }
        if sid.as_ref().is_none_or(String::is_empty) {
            return Err(malformed("an access token of no session"));
        }
        let seconds = |time: i64| u64::try_from(time).unwrap_or_default();
        let expires = claims.expiration.ok_or_else(|| malformed("no exp"))?;
        let issued = claims.issued_at.ok_or_else(|| malformed("no iat"))?;
        let soon = i64::try_from(now)
            .unwrap_or(i64::MAX)
            .saturating_add(SKEW_SECONDS);
        if issued.timestamp() > soon {
            return Err(malformed("iat is in the future"));
        }
        let expires_at = seconds(expires.timestamp());
        if now >= expires_at {
            return Ok(Judged::Expired);
        }
        Ok(Judged::Live(Verified {
            user_id,
            issued_at: seconds(issued.timestamp()),
            expires_at,
        }))
    }

    /// The body that exchanges a cookie's refresh token, as JSON.
    #[must_use]
    pub fn refresh_body(&self, content: &Content) -> Secret {
        let mut body = json!({
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.api_key.expose(),
            "refresh_token": content.refresh_token.expose(),
        });
        if let Some(org) = unverified_claim(&content.access_token, "org_id") {
            body["organization_id"] = org.into();
        }
        Secret::new(body.to_string())
    }

    /// `Authorization` beside it.
    #[must_use]
    pub fn authorization(&self) -> Secret {
        Secret::new(["Bearer ", self.api_key.expose()].concat())
    }

    /// Judges the answer. What is not said clearly is no end of a session.
    #[must_use]
    pub fn refreshed(&self, content: &Content, status: u16, body: &[u8]) -> Refreshed {
        if body.len() > ANSWER_MAX_BYTES {
            return Refreshed::Unavailable(format!("answered {} bytes", body.len()));
        }
        let answer = serde_json::from_slice::<Value>(body).unwrap_or_default();
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        if (400..404).contains(&status) {
            let why = text("error").or(text("code")).unwrap_or_default();
            return match why {
                // What the SDK takes for the end of a session.
                "invalid_grant" | "mfa_enrollment" | "sso_required" => Refreshed::Ended,
                _ => Refreshed::Unavailable(format!(
                    "answered {status}: are workos_client_id and workos_api_key right?"
                )),
            };
        }
        let (Some(access), Some(refresh), Some(user)) = (
            text("access_token"),
            text("refresh_token"),
            answer.get("user").and_then(camel_user),
        ) else {
            return Refreshed::Unavailable(format!("answered {status} without tokens"));
        };
        if status != 200 && status != 201 {
            return Refreshed::Unavailable(format!("answered {status}"));
        }
        Refreshed::Renewed(Content {
            access_token: Secret::new(access.to_owned()),
            refresh_token: Secret::new(refresh.to_owned()),
            user,
            others: content.others.clone(),
        })
    }

    /// Where a session is ended, and what the browser comes back to: an absolute URL.
    #[must_use]
    pub fn logout_url(&self, content: &Content, return_to: &str) -> Option<String> {
        let session = unverified_claim(&content.access_token, "sid")?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if session.len() > SESSION_ID_MAX_BYTES || !session.bytes().all(plain) {
            return None;
        }
        let query = gatelet_forms::encode([("session_id", &*session), ("return_to", return_to)]);
        Some(format!(
            "{}/user_management/sessions/logout?{query}",
            self.api
        ))
    }
}

#[cfg(test)]
mod tests;
