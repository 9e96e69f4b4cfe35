//! Where does a provider end its session with whoever signs out here? OpenID Connect
//! RP-Initiated Logout 1.0.

use crate::authorization::Endpoints;
use crate::provider::Provider;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::return_target::ReturnTarget;

/// The path that the provider leads back to, which it has to know.
pub const SIGNED_OUT_PATH: &str = "/auth/signed-out";

/// The URL to send the visitor to (§2); None where the provider ends no session this way.
///
/// `back` is the base URL that the provider leads back to, where it knows one, and a return
/// target as `state`, which is judged like any other when it comes back. There is no
/// `id_token_hint`: ID tokens are not kept. A provider that wants one asks the visitor.
#[must_use]
pub fn end_session_url(
    provider: &Provider,
    endpoints: &Endpoints,
    back: Option<(&BaseUrl, &ReturnTarget)>,
) -> Option<String> {
    let endpoint = endpoints.end_session.as_ref()?;
    let mut parameters = vec![("client_id", provider.client_id.clone())];
    if let Some((base_url, return_to)) = back {
        let address = format!(
            "{}{SIGNED_OUT_PATH}",
            base_url.as_str().trim_end_matches('/')
        );
        parameters.push(("post_logout_redirect_uri", address));
        parameters.push(("state", return_to.as_str().to_owned()));
    }
    let parameters = parameters.iter();
    let parameters = parameters.map(|(name, value)| (*name, value.as_str()));
    Some(endpoint.with_parameters(&gatelet_forms::encode(parameters)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::{CLIENT, discover, document, provider};
    use serde_json::json;

    #[test]
    fn whoever_signs_out_is_led_there_and_back() {
        let mut document = document();
        let target = ReturnTarget::parse("/board?x=1").expect("a path");
        let base_url = BaseUrl::parse("https://app.example").expect("a base URL");
        let url = |document: &serde_json::Value, back| {
            let endpoints = discover(document).expect("a document").endpoints;
            let url = end_session_url(&provider(), &endpoints, back)?;
            let url = url::Url::parse(&url).expect("a URL");
            let all: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            Some((url.path().to_owned(), all))
        };
        let said = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            pairs.iter().map(owned).collect()
        };
        let here = Some((&base_url, &target));
        assert_eq!(url(&document, here), None, "it has none");
        document["end_session_endpoint"] = json!("https://id.example/end?tenant=1");
        let client = [("tenant", "1"), ("client_id", CLIENT)];
        assert_eq!(
            url(&document, None),
            Some(("/end".to_owned(), said(&client)))
        );
        let back = [
            (
                "post_logout_redirect_uri",
                "https://app.example/auth/signed-out",
            ),
            ("state", "/board?x=1"),
        ];
        assert_eq!(
            url(&document, here),
            Some((
                "/end".to_owned(),
                said(&[client.as_slice(), &back].concat())
            ))
        );
        // One that may not be asked is none: signing in needs it not.
        document["end_session_endpoint"] = json!("https://evil.example/end");
        assert_eq!(url(&document, here), None);
    }
}
