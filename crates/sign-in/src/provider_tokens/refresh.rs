//! What came of an exchange of a refresh token?

use serde::Deserialize;

use super::ProviderTokens;
use crate::provider::Provider;
use crate::refusal::{Refusal, RefusalCode};
use crate::token::TokenResponse;

/// What came of it.
#[derive(Debug)]
pub enum Refreshed {
    /// New ones.
    Renewed(Box<ProviderTokens>),
    /// The provider takes the refresh token no more.
    Ended,
    /// Nobody can say. For the log.
    Unavailable(Refusal),
}

impl Refreshed {
    /// Judges the answer to [`crate::token::TokenRequest::refresh`], at `now` in Unix
    /// seconds. Only a clear no is an end (RFC 6749 §5.2): a provider that is away, or a
    /// client that it does not know any more, is the operator's to mend.
    #[must_use]
    pub fn judge(
        provider: &Provider,
        before: &ProviderTokens,
        status: u16,
        content_type: &str,
        body: &[u8],
        now: u64,
    ) -> Self {
        let response = match TokenResponse::judge(status, content_type, body) {
            Ok(response) => response,
            Err(refusal) if refusal.code == RefusalCode::TokenRefused && is_end(status, body) => {
                return Self::Ended;
            }
            Err(refusal) => return Self::Unavailable(refusal),
        };
        match ProviderTokens::given(provider, &response, Some(before), now) {
            Some(tokens) => Self::Renewed(Box::new(tokens)),
            None => Self::Unavailable(Refusal::new(
                RefusalCode::TokenMalformed,
                "the access token is too long to be kept",
            )),
        }
    }
}

/// GitHub answers with 200, and says `bad_refresh_token`:
/// <https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens>.
fn is_end(status: u16, body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Refused<'b> {
        #[serde(borrow)]
        error: std::borrow::Cow<'b, str>,
    }
    let refused = serde_json::from_slice::<Refused<'_>>(body);
    let is_end = |error: &str| matches!(error, "invalid_grant" | "bad_refresh_token");
    matches!(status, 200 | 400 | 401 | 403) && refused.is_ok_and(|refused| is_end(&refused.error))
}
