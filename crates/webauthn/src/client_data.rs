//! On which page was it, and for what? What the browser says (§5.8.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::refusal::Refusal;

/// What is looked at of `clientDataJSON`. More members may come.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    challenge: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    origin: std::borrow::Cow<'a, str>,
    #[serde(default)]
    cross_origin: bool,
    #[serde(borrow, default)]
    top_origin: Option<std::borrow::Cow<'a, str>>,
}

/// The challenge that the browser was given, where the page was at this origin, by itself,
/// and for this kind of ceremony.
pub(crate) fn challenge(json: &[u8], kind: &str, origin: &str) -> Result<Vec<u8>, Refusal> {
    let members: Members<'_> = serde_json::from_slice(json).map_err(|_| Refusal::ClientData)?;
    if members.kind != kind {
        return Err(Refusal::Type);
    }
    if members.origin != origin || members.cross_origin || members.top_origin.is_some() {
        return Err(Refusal::Origin);
    }
    URL_SAFE_NO_PAD
        .decode(members.challenge.as_bytes())
        .map_err(|_| Refusal::Challenge)
}
