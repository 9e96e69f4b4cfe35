//! What may be wrong with an access token, with what stands beside it, and with an answer.

use super::*;
use gatelet_core::key::KeyRing;

use crate::tests::test_provider::{NOW, Signer, key_set};

const PASSWORD: &str = "iron-password-of-tests-0123456789-abcdef";

fn workos() -> WorkOs {
    read(&[]).expect("settings that fit")
}

fn read(changes: &[(Setting, &'static str)]) -> Result<WorkOs, String> {
    let standard = [
        (Setting::WorkosClientId, "client_1"),
        (Setting::WorkosApiKey, "sk_hunter2"),
        (Setting::WorkosCookiePassword, PASSWORD),
    ];
    let mut values = Values::default();
    for (setting, value) in changes.iter().copied().chain(standard) {
        values.push(setting, value);
    }
    WorkOs::from_values(&values).map_err(|error| error.to_string())
}

fn claims() -> Value {
    json!({
        "sub": "user_1", "sid": "session_1", "client_id": "client_1",
        "iat": NOW - 10, "exp": NOW + 290, "org_id": "org_1",
    })
}

fn content(token: &Secret) -> Content {
    let text = json!({
        "accessToken": token.expose(),
        "refreshToken": "refresh_1",
        "user": { "id": "user_1", "email": "Ann@Example.com", "emailVerified": true,
            "firstName": "Ann", "lastName": null },
        "authenticationMethod": "Password",
    });
    Content::read(&text.to_string()).expect("a content")
}

fn judged(signer: &Signer, claims: &Value) -> Result<Judged, RefusalCode> {
    let keys = key_set(&[&Signer::rs256("k1")]);
    let judged = workos().judge(&content(&signer.sign(claims)), &keys, NOW);
    judged.map_err(|refusal| refusal.code)
}

#[test]
fn an_access_token_counts_by_a_key_of_the_client_and_for_its_own_user() {
    let signer = Signer::rs256("k1");
    let live = Judged::Live(Verified {
        user_id: "user_1".to_owned(),
        issued_at: NOW - 10,
        expires_at: NOW + 290,
    });
    assert_eq!(judged(&signer, &claims()), Ok(live.clone()));
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        judged(&signer, &claims)
    };
    assert_eq!(
        with("client_id", Value::Null),
        Ok(live),
        "not every token says it"
    );
    assert_eq!(
        with("exp", (NOW + 1).into()).map(|one| one != Judged::Expired),
        Ok(true)
    );
    assert_eq!(with("exp", NOW.into()), Ok(Judged::Expired));
    assert!(
        with("iat", (NOW + 60).into()).is_ok(),
        "a clock that is ahead"
    );
    for (name, value, why) in [
        ("sub", json!("user_2"), "another user than the cookie's"),
        ("sub", Value::Null, "nobody"),
        ("sid", Value::Null, "no session"),
        ("sid", json!(""), "an empty one"),
        ("client_id", json!("client_2"), "another client"),
        ("iat", json!(NOW + 61), "from the future"),
        ("iat", Value::Null, "from whenever"),
        ("exp", Value::Null, "for ever"),
    ] {
        assert_eq!(
            with(name, value),
            Err(RefusalCode::IdTokenMalformed),
            "{why}"
        );
    }
    let other = judged(&Signer::other_rs256("k1"), &claims());
    assert_eq!(other, Err(RefusalCode::IdTokenSignature));
    let unknown = judged(&Signer::rs256("k2"), &claims());
    assert_eq!(unknown, Err(RefusalCode::IdTokenKeyUnknown));
    for signer in [Signer::es256("k1"), Signer::eddsa("k1")] {
        let judged = judged(&signer, &claims());
        assert_eq!(judged, Err(RefusalCode::IdTokenAlgorithm));
    }
}

#[test]
fn what_was_sealed_is_a_session_and_seals_again_as_it_was() {
    let (workos, signer) = (workos(), Signer::rs256("k1"));
    let content = content(&signer.sign(&claims()));
    let seal = workos.seal(&content, &[7; 80]);
    let opened = workos.open(&seal, NOW).expect("our own");
    assert_eq!(opened.written().expose(), content.written().expose());
    let Ok(Judged::Live(verified)) = workos.judge(&opened, &key_set(&[&signer]), NOW) else {
        panic!("it is live");
    };
    let session = opened.session(&verified, &seal, None).expect("a user");
    let user = &session.user;
    assert_eq!(
        (&*user.id, &*user.email, user.email_verified, &*user.name),
        ("user_1", "ann@example.com", true, "Ann")
    );
    assert_eq!(
        (session.issued_at, session.expires_at),
        (NOW - 10, NOW + 290)
    );
    let shown = format!("{opened:?} {session:?} {workos:?}");
    for secret in ["refresh_1", PASSWORD, "sk_hunter2", "ann@example.com"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    for text in [
        "",
        "[]",
        "{}",
        r#"{"accessToken":"a","refreshToken":"","user":{}}"#,
        r#"{"accessToken":"a","refreshToken":"b"}"#,
        r#"{"accessToken":1,"refreshToken":"b","user":{}}"#,
    ] {
        assert!(Content::read(text).is_none(), "{text}");
    }
}

#[test]
fn a_replacement_opens_for_whoever_brings_the_cookie_before_and_for_nobody_else() {
    let keys = |ids: &[&str]| {
        let entry = |id: &&str| {
            let seed = id.as_bytes()[0];
            let bytes: [u8; 32] = core::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ seed);
            KeyRing::entry(id, &bytes)
        };
        let entries: Vec<String> = ids.iter().map(entry).collect();
        KeyRing::parse(&entries.join(",")).expect("keys")
    };
    let spent = |refresh: &str| {
        let mut spent = content(&Signer::rs256("k1").sign(&claims()));
        spent.refresh_token = Secret::new(refresh.to_owned());
        spent
    };
    let (before, seal) = (spent("refresh_1"), "Fe26.2*1*a~2");
    let sealed = before.seal_replacement(seal, &keys(&["a"]), [7; 24]);
    assert!(!sealed.contains("Fe26"), "{sealed}");
    let opened = |by: &Content, ids: &[&str]| by.open_replacement(&sealed, &keys(ids));
    assert_eq!(opened(&before, &["a"]).as_deref(), Some(seal));
    assert_eq!(opened(&before, &["b", "a"]).as_deref(), Some(seal));
    assert_eq!(opened(&before, &["b"]), None, "a key that is gone");
    assert_eq!(opened(&spent("refresh_2"), &["a"]), None, "another's row");
    for at in 0..sealed.len() {
        let mut bytes = sealed.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("ASCII");
        assert_eq!(
            before.open_replacement(&changed, &keys(&["a"])),
            None,
            "{at}"
        );
    }
    for nothing in ["", "A", seal] {
        assert_eq!(before.open_replacement(nothing, &keys(&["a"])), None);
    }
}

#[test]
fn a_refresh_token_is_brought_with_what_belongs_to_it() {
    let content = content(&Signer::rs256("k1").sign(&claims()));
    let body: Value = serde_json::from_str(workos().refresh_body(&content).expose()).unwrap();
    assert_eq!(
        body,
        json!({ "grant_type": "refresh_token", "client_id": "client_1",
            "client_secret": "sk_hunter2", "refresh_token": "refresh_1",
            "organization_id": "org_1" })
    );
    let url = workos().logout_url(&content, "https://app.example.com/bye");
    assert_eq!(
        url.as_deref(),
        Some(
            "https://api.workos.com/user_management/sessions/logout?session_id=session_1&return_to=https%3A%2F%2Fapp.example.com%2Fbye"
        )
    );
}

#[test]
fn only_a_clear_no_is_the_end_of_a_session() {
    let (workos, content) = (workos(), content(&Signer::rs256("k1").sign(&claims())));
    let said = |status, body: &str| match workos.refreshed(&content, status, body.as_bytes()) {
        Refreshed::Renewed(content) => content.written().expose().to_owned(),
        Refreshed::Ended => "ended".to_owned(),
        Refreshed::Unavailable(_) => "unavailable".to_owned(),
    };
    let good = r#"{"access_token":"a","refresh_token":"b","user":{"id":"user_1","first_name":"Ann","metadata":{"a_b":"c"}}}"#;
    let renewed: Value = serde_json::from_str(&said(200, good)).unwrap();
    assert_eq!(
        renewed,
        json!({ "accessToken": "a", "refreshToken": "b", "authenticationMethod": "Password",
            "user": { "id": "user_1", "firstName": "Ann", "metadata": { "a_b": "c" } } })
    );
    let long = format!("{{\"access_token\":\"{}\"}}", "a".repeat(ANSWER_MAX_BYTES));
    for (status, body, expected) in [
        (400, r#"{"error":"invalid_grant"}"#, "ended"),
        (403, r#"{"code":"sso_required"}"#, "ended"),
        (400, r#"{"error":"invalid_request"}"#, "unavailable"),
        (401, r#"{"error":"unauthorized_client"}"#, "unavailable"),
        (400, "", "unavailable"),
        (404, r#"{"error":"invalid_grant"}"#, "unavailable"),
        (429, r#"{"error":"invalid_grant"}"#, "unavailable"),
        (500, good, "unavailable"),
        (302, good, "unavailable"),
        (200, "{}", "unavailable"),
        (
            200,
            r#"{"access_token":"a","refresh_token":"b"}"#,
            "unavailable",
        ),
        (200, &long, "unavailable"),
    ] {
        assert_eq!(said(status, body), expected, "{status} {body:.40}");
    }
}

#[test]
fn settings_that_are_missing_are_named() {
    for (setting, value, says) in [
        (Setting::WorkosClientId, "client 1", "workos_client_id: is"),
        (Setting::WorkosClientId, "../x", "workos_client_id: is"),
        (
            Setting::WorkosCookiePassword,
            "short",
            "workos_cookie_password: is",
        ),
        (Setting::WorkosUrl, "http://api.example.com", "workos_url: "),
        (Setting::WorkosUrl, "nowhere", "workos_url: "),
    ] {
        let line = read(&[(setting, value)]).expect_err(says);
        assert!(
            line.starts_with(says) && !line.contains("hunter2"),
            "{line}"
        );
    }
    let keys = read(&[(Setting::WorkosUrl, "http://localhost:4000/")]).unwrap();
    assert_eq!(
        keys.keys_url.as_str(),
        "http://localhost:4000/sso/jwks/client_1"
    );
}
