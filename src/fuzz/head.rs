//! Does a head get past the gate that must not, or say what is not the visitor's to say?

use super::{BASE_URL, HOST, KEY, NOW, marked};
use crate::cookie::{RawCookies, is_ours_raw};
use crate::decide::{self, Question, Verdict};
use crate::head::{Fields, Head};
use crate::hop_by_hop;
use crate::identity::IDENTITY_FIELDS;
use crate::key::KeyRing;
use crate::section::{self, Onward};
use crate::settings::GateSettings;
use crate::{claims::Claims, claims::SessionToken, cookie};

/// A whole head: method, target, authority and peer, a line each, then the fields. The
/// first byte there is stands for Ada's session. Lets in what is forwarded.
pub(super) fn head(input: &[u8]) -> bool {
    let session = session(BASE_URL, NOW + 60, NOW + 600);
    let input = marked(input, &[(1, &session)]);
    let mut lines = input.splitn(5, |byte| *byte == b'\n');
    let mut text = || core::str::from_utf8(lines.next().unwrap_or_default()).unwrap_or_default();
    let (method, target, authority, peer) = (text(), text(), text(), text());
    let fields = lines.next().unwrap_or_default();
    let head = Head {
        method,
        target,
        authority,
        tls: false,
        peer,
        fields,
    };
    let settings = settings();
    let verdict = decide::decide(&head, &settings, NOW);
    match decide::question(&head, &settings, NOW) {
        Question::Settled(again) => assert_eq!(again, verdict, "both doors judge alike"),
        Question::Unusable(_) => unreachable!("there is one origin, and it is good"),
        Question::Ready => assert_eq!(head.path(), decide::READY_PATH),
        Question::Token(_) => {
            assert_eq!(verdict, Verdict::Ask);
            assert!(contains(fields, b"gat_"), "no token is shown");
        }
        Question::Foreign(_) => unreachable!("nobody else keeps its sessions"),
        Question::Resume(_) => unreachable!("ours is fresh, and no other is guessed"),
    }
    let Verdict::Forward(edits) = &verdict else {
        check(&verdict, fields);
        return false;
    };
    let host = authority.to_ascii_lowercase();
    let host = host.split(':').next().unwrap_or_default();
    assert_eq!(host.strip_suffix('.').unwrap_or(host), HOST);
    let shows_session = Fields::new(fields)
        .any(|field| field.name == b"cookie" && contains(field.value, session.as_bytes()));
    let open = head.path() == "/open" || head.path().starts_with("/open/");
    assert!(open || shows_session, "{} is not open", head.path());
    let is_told = IDENTITY_FIELDS
        .iter()
        .any(|name| edits.set.get(name).is_some());
    assert!(!is_told || shows_session, "nobody is signed in");
    assert!(open || is_told, "the app is told who comes");
    check(&verdict, fields);
    true
}

/// What no request may bring about.
pub(super) fn check(verdict: &Verdict, fields: &[u8]) {
    let edits = match verdict {
        Verdict::Forward(edits) => edits,
        Verdict::Respond(reply) => {
            assert!((200..600).contains(&reply.status));
            for (name, value) in reply.fields.iter() {
                assert!(!value.contains(['\r', '\n', '\0']), "{name}");
            }
            if let Some(location) = reply.fields.get("location") {
                assert!(
                    location.starts_with("/auth/sign-in?return_to=%2F"),
                    "{location}"
                );
            }
            return;
        }
        Verdict::Ask => return,
    };
    let mut section = pairs(fields);
    let hop = edits.edit_request(&mut section, Onward::Handle);
    for (name, value) in &section {
        assert!(
            name != "cookie" || !RawCookies::new(value).any(|(name, _)| is_ours_raw(name)),
            "a cookie of ours arrives"
        );
        let told = edits.set.get(name);
        let ours =
            told.is_some_and(|told| told.as_bytes() == value) || name == "te" && hop.trailers;
        assert!(ours || !is_ours_to_say(name), "{name} arrives");
        assert!(
            ours || hop_by_hop::position(name).is_none(),
            "{name} arrives"
        );
    }
    let mut trailers = pairs(fields);
    section::edit_trailers(&mut trailers);
    for (name, _) in &trailers {
        assert_eq!(edits.set.get(name), None, "{name} arrives as a trailer");
    }
}

/// What no visitor tells an app, whatever stands for the hyphen: said here in other
/// words than where it is enforced.
pub(super) fn is_ours_to_say(name: &str) -> bool {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [
            "x",
            "forwarded" | "ssl" | "webauth" | "authentik" | "pomerium" | "remote",
            _,
            ..,
        ]
        | ["x", "auth", "request", _, ..]
        | ["spin" | "remote" | "iv" | "shib" | "tailscale", _, ..]
        | ["cf", "access", _, ..]
        | ["oidc", "claim", _, ..]
        | ["ssl", "client", _, ..] => true,
        ["forwarded" | "proxy"] | ["x", "real", "ip"] | ["true", "client", "ip"] => true,
        ["x", "original" | "rewrite", "url"] | ["x", "http", "method", "override"] => true,
        ["transfer", "encoding"] | ["content", "length" | "type"] => name
            .bytes()
            .any(|byte| !byte.is_ascii_alphanumeric() && byte != b'-'),
        _ => false,
    }
}

/// What stands between all bytes that some server takes for a hyphen, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    name.as_bytes()
        .split(|byte| !byte.is_ascii_alphanumeric())
        .map(|word| String::from_utf8_lossy(word).to_ascii_lowercase())
        .collect()
}

/// The fields of a block, as `wasi:http` hands them over.
pub(super) fn pairs(fields: &[u8]) -> Vec<(String, Vec<u8>)> {
    Fields::new(fields)
        .map(|field| {
            let name = String::from_utf8_lossy(field.name).into_owned();
            (name, field.value.to_vec())
        })
        .collect()
}

pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

pub(super) fn settings() -> GateSettings {
    let pairs = [
        ("base_url", BASE_URL),
        ("session_keys", KEY),
        ("public_paths", "/open,/open/*"),
    ];
    GateSettings::from_variables(pairs).expect("the literals are settings")
}

pub(super) fn keys() -> KeyRing {
    KeyRing::parse(KEY).expect("the literal is a key")
}

/// The session cookie's value.
pub(super) fn session(audience: &str, fresh_until: u64, expires_at: u64) -> String {
    let claims = Claims {
        token: SessionToken::from_random([1; 32]),
        user_id: "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c11",
        email: "ada@example.com",
        email_verified: true,
        name: "Ada",
        provider: "password",
        audience,
        amr: "pwd",
        auth_time: fresh_until - 60,
        groups: "",
        issued_at: fresh_until - 60,
        fresh_until,
        expires_at,
    };
    cookie::sign(&claims, &keys()).expect("the claims are small")
}
