use gatelet_core::key::KeyRing;
use gatelet_core::origin_record::Place;
use gatelet_core::secret::Secret;
use serde_json::{Value, json};

use super::{Owner, ProviderTokens, Refreshed, SEAL_RANDOM_BYTES};
use crate::provider::{KeepsTokens, Offline, Provider};
use crate::tests::test_provider::{NOW, discover, document, keys, provider};
use crate::token::{TokenRequest, TokenResponse};

const RANDOM: [u8; SEAL_RANDOM_BYTES] = [7; SEAL_RANDOM_BYTES];
const JSON: &str = "application/json";

fn keeping() -> Provider {
    Provider {
        keeps_tokens: KeepsTokens::Yes(Offline::Standard),
        ..provider()
    }
}

fn response(more: &Value) -> TokenResponse {
    let mut body = json!({"access_token": "at-1", "token_type": "Bearer"});
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    TokenResponse::judge(200, JSON, body.to_string().as_bytes()).expect("tokens")
}

fn given(more: &Value) -> ProviderTokens {
    ProviderTokens::given(&keeping(), &response(more), None, NOW).expect("kept")
}

fn usual() -> ProviderTokens {
    given(&json!({"refresh_token": "rt-1", "expires_in": 3600, "scope": "openid mail"}))
}

fn place(schema: &str) -> Place {
    Place {
        url: Secret::new(String::new()),
        schema: schema.to_owned(),
    }
}

#[test]
fn nothing_is_kept_where_nobody_asked_for_it() {
    let tokens = response(&json!({"refresh_token": "rt-1"}));
    assert_eq!(ProviderTokens::given(&provider(), &tokens, None, NOW), None);
    let long = response(&json!({"access_token": "a".repeat(8 * 1024 + 1)}));
    assert_eq!(ProviderTokens::given(&keeping(), &long, None, NOW), None);
    let longest = response(&json!({"access_token": "a".repeat(8 * 1024)}));
    assert!(ProviderTokens::given(&keeping(), &longest, None, NOW).is_some());
    let debug = format!("{:?}", usual());
    assert!(
        !debug.contains("at-1") && !debug.contains("rt-1"),
        "{debug}"
    );
}

#[test]
fn what_a_provider_says_of_its_tokens_is_read_as_it_may_be_written() {
    for (expires_in, expected) in [
        (json!(3600), Some(NOW + 3600)),
        (json!("3599"), Some(NOW + 3599)),
        (json!(u64::MAX), Some(NOW + 400 * 86_400)),
        (json!(-1), None),
        (json!("soon"), None),
        (json!(null), None),
    ] {
        let tokens = given(&json!({"expires_in": expires_in}));
        assert_eq!(tokens.expires_at, expected, "{expires_in}");
    }
    for (scope, expected) in [
        (json!("a b"), "a b"),
        (json!(null), keeping().scopes.as_str()),
        (json!("a\n"), ""),
    ] {
        assert_eq!(given(&json!({"scope": scope})).scope, expected, "{scope}");
    }
    for (refresh, expected) in [
        (json!("rt"), Some("rt")),
        (json!(""), None),
        (json!("a b"), None),
        (json!(7), None),
        (json!("r".repeat(4 * 1024 + 1)), None),
    ] {
        let tokens = given(&json!({"refresh_token": refresh}));
        let kept = tokens.refresh_token.as_ref().map(Secret::expose);
        assert_eq!(kept, expected, "{refresh}");
    }
}

#[test]
fn a_token_is_renewed_ahead_of_its_end_and_good_until_then() {
    for (lifetime, due_from) in [(3600, 3480), (480, 360), (60, 45), (4, 3), (0, 0)] {
        let tokens = given(&json!({"refresh_token": "rt", "expires_in": lifetime}));
        for second in 0..=lifetime {
            let now = NOW + second;
            assert_eq!(
                tokens.is_due(now),
                second >= due_from,
                "{lifetime} {second}"
            );
            assert_eq!(
                tokens.is_good(now),
                second < lifetime,
                "{lifetime} {second}"
            );
        }
    }
    let alone = given(&json!({"expires_in": 10}));
    assert!(!alone.is_due(NOW + 20) && !alone.is_good(NOW + 20));
    let endless = given(&json!({"refresh_token": "rt"}));
    assert!(!endless.is_due(u64::MAX) && endless.is_good(u64::MAX));
}

#[test]
fn a_refresh_token_stays_where_no_other_comes_and_only_of_the_same_client() {
    let before = usual();
    let plain = response(&json!({"access_token": "at-2"}));
    let next = ProviderTokens::given(&keeping(), &plain, Some(&before), NOW + 9).expect("kept");
    assert_eq!(next.access_token.expose(), "at-2");
    assert_eq!(next.refresh_token, before.refresh_token);
    assert_eq!(next.scope, "openid mail", "as it was granted");
    assert_eq!((next.obtained_at, next.expires_at), (NOW + 9, None));
    let rotated = response(&json!({"refresh_token": "rt-2"}));
    let next = ProviderTokens::given(&keeping(), &rotated, Some(&before), NOW).expect("kept");
    assert_eq!(
        next.refresh_token.as_ref().map(Secret::expose),
        Some("rt-2")
    );
    assert_ne!(next.refresh_digest(), before.refresh_digest());
    let other = Provider {
        client_id: "other".to_owned(),
        ..keeping()
    };
    assert!(before.is_of(&keeping()) && !before.is_of(&other) && !before.is_of(&provider()));
    let next = ProviderTokens::given(&other, &plain, Some(&before), NOW).expect("kept");
    assert_eq!(next.refresh_token, None);
}

#[test]
fn sealed_tokens_open_for_their_account_alone_and_show_nothing() {
    let (tokens, main) = (usual(), Place::main());
    let owner = |place, issuer, subject| Owner {
        place,
        issuer,
        subject,
    };
    let ann = owner(&main, "https://id.example", "ann");
    let sealed = tokens.seal(&keys(), ann, RANDOM);
    for part in [&b"at-1"[..], b"rt-1", b"client", b"mail"] {
        assert!(!sealed.windows(part.len()).any(|window| window == part));
    }
    let open = |owner, sealed: &[u8]| ProviderTokens::open(&keys(), owner, sealed);
    assert_eq!(open(ann, &sealed), Some(tokens));
    let preview = place("preview");
    for other in [
        owner(&main, "https://id.example", "bob"),
        owner(&main, "https://id.exampl", "eann"),
        owner(&preview, "https://id.example", "ann"),
    ] {
        assert_eq!(open(other, &sealed), None, "{other:?}");
    }
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(open(ann, &changed), None, "{at}");
    }
    for length in 0..SEAL_RANDOM_BYTES + 17 {
        assert_eq!(open(ann, &sealed[..length]), None, "{length}");
    }
}

#[test]
fn sealed_tokens_live_through_a_rotation_of_keys_and_not_through_the_end_of_theirs() {
    let entry = |seed: u8| {
        let bytes = std::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ seed);
        KeyRing::entry(&format!("k{seed}"), &bytes)
    };
    let ring = |entries: &[String]| KeyRing::parse(&entries.join(",")).expect("keys");
    let main = Place::main();
    let owner = Owner {
        place: &main,
        issuer: "https://id.example",
        subject: "ann",
    };
    let sealed = usual().seal(&ring(&[entry(1)]), owner, RANDOM);
    let opened = |entries: &[String]| ProviderTokens::open(&ring(entries), owner, &sealed);
    assert_eq!(opened(&[entry(2), entry(1)]), Some(usual()));
    assert_eq!(opened(&[entry(2)]), None);
}

#[test]
fn only_a_clear_no_ends_what_is_kept() {
    let before = usual();
    let judged = |status, body: &str| {
        let provider = keeping();
        Refreshed::judge(&provider, &before, status, JSON, body.as_bytes(), NOW)
    };
    for (status, body) in [
        (
            400,
            r#"{"error":"invalid_grant","error_description":"revoked"}"#,
        ),
        (401, r#"{"error":"invalid_grant"}"#),
        (200, r#"{"error":"bad_refresh_token"}"#),
    ] {
        assert!(matches!(judged(status, body), Refreshed::Ended), "{body}");
    }
    for (status, body) in [
        (503, r#"{"error":"invalid_grant"}"#),
        (400, r#"{"error":"invalid_client"}"#),
        (400, r#"{"error":"temporarily_unavailable"}"#),
        (400, "invalid_grant"),
        (400, r#"{"error":7}"#),
        (500, ""),
        (200, "{}"),
        (200, r#"{"access_token":"","token_type":"Bearer"}"#),
    ] {
        let judged = judged(status, body);
        assert!(matches!(judged, Refreshed::Unavailable(_)), "{body}");
    }
    let body =
        r#"{"access_token":"at-2","token_type":"Bearer","expires_in":60,"refresh_token":"rt-2"}"#;
    let Refreshed::Renewed(tokens) = judged(200, body) else {
        panic!("new ones");
    };
    assert_eq!(tokens.access_token.expose(), "at-2");
    assert_eq!(
        tokens.refresh_token.as_ref().map(Secret::expose),
        Some("rt-2")
    );
}

#[test]
fn a_refresh_and_a_revocation_say_who_we_are_as_the_code_did() {
    let mut said = document();
    said["revocation_endpoint"] = "https://id.example/revoke".into();
    for (auth, in_body) in [("client_secret_basic", false), ("client_secret_post", true)] {
        said["token_endpoint_auth_methods_supported"] = json!([auth]);
        let endpoints = discover(&said).expect("a document").endpoints;
        let token = Secret::new("rt-1".to_owned());
        let refresh = TokenRequest::refresh(&keeping(), &endpoints, &token, NOW);
        assert_eq!(refresh.url, endpoints.token);
        let revocation =
            TokenRequest::revocation(&keeping(), &endpoints, &token, "refresh_token", NOW);
        let revocation = revocation.expect("an endpoint");
        assert_eq!(revocation.url.as_str(), "https://id.example/revoke");
        for (request, fields) in [
            (&refresh, "grant_type=refresh_token&refresh_token=rt-1"),
            (&revocation, "token=rt-1&token_type_hint=refresh_token"),
        ] {
            let body = request.body.expose();
            assert!(body.starts_with(fields), "{body}");
            assert_eq!(body.contains("client_secret="), in_body);
            assert_eq!(request.authorization.is_none(), in_body);
        }
    }
    for elsewhere in ["http://id.example/revoke", "https://evil.example/revoke"] {
        said["revocation_endpoint"] = elsewhere.into();
        let endpoints = discover(&said)
            .expect("people sign in all the same")
            .endpoints;
        let token = Secret::new("rt-1".to_owned());
        let none = TokenRequest::revocation(&keeping(), &endpoints, &token, "refresh_token", NOW);
        assert!(none.is_none(), "{elsewhere}");
    }
}
