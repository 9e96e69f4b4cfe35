//! Does any input panic, or get through that must not? One function for each
//! door to the outside, called by the fuzz targets and, with seeds and random
//! bytes, by a test. What must not happen is asserted.

use core::net::IpAddr;

use crate::access::{AccessRules, Denied, Person, Rule, Visitor};
use crate::base_url::Authority;
use crate::claims::{Claims, Scratch, SessionToken};
use crate::cookie::{self, Cookies, RawCookies};
use crate::crossing;
use crate::decide::{self, Edits, Question, Verdict};
use crate::error::Code;
use crate::forwarded::{ClientAddress, Provenance, TrustedProxies, peer_of};
use crate::head::{Fields, Head};
use crate::hop_by_hop;
use crate::identity::IDENTITY_FIELDS;
use crate::key::KeyRing;
use crate::origin_record::{MAIN, OriginRecord, Place};
use crate::path::CanonicalPath;
use crate::remote;
use crate::reply::Reply;
use crate::return_target::ReturnTarget;
use crate::section::{self, Onward};
use crate::settings::{Base, GateSettings};

const NOW: u64 = 1_800_000_000;
const KEY: &str = "k1:vY3q0mXo2R8k6QmJ9c1wZtUe5LhSgDf7N4bPpAxKiTs";
const HOST: &str = "app.example.com";
const BASE_URL: &str = "https://app.example.com";

/// A `Cookie` field.
pub fn cookie_header(input: &[u8]) {
    let keys = KeyRing::parse(KEY).expect("the literal is a key");
    let good = cookie::sign(&claims(), &keys).expect("the claims are small");
    let named = "__Host-gatelet";
    for (name, value) in Cookies::new(input) {
        assert!(!name.contains(['=', ';']) && !value.contains([';', '\n']));
        assert!(value != good, "a signature is not guessed");
    }
    let mut scratch = Scratch::new();
    let found = cookie::find(
        RawCookies::new(input),
        named,
        &keys,
        BASE_URL,
        NOW,
        &mut scratch,
    );
    assert!(found.is_err(), "nothing that we did not sign passes");
    // What comes before hides a good cookie only by sheer number.
    let tries = input.windows(3).filter(|window| *window == b"v1.").count();
    let pairs = input.split(|byte| *byte == b';').count();
    if tries < cookie::TRIES_MAX && pairs < cookie::COOKIES_MAX {
        let both = [input, b"; ", named.as_bytes(), b"=", good.as_bytes()].concat();
        assert!(
            cookie::find(
                RawCookies::new(&both),
                named,
                &keys,
                BASE_URL,
                NOW,
                &mut scratch
            )
            .is_ok()
        );
    }
}

/// A whole head: method, target, authority and peer, a line each, then the fields.
pub fn head(input: &[u8]) {
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
        Question::Ready => assert_eq!(head.path(), decide::READY_PATH),
        Question::Resume(_) => unreachable!("a signature was guessed"),
    }
    check(&verdict, fields);
}

/// A return target.
pub fn return_target(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let Some(target) = ReturnTarget::parse(text) else {
        return;
    };
    let rebuilt = target.as_str();
    assert!(
        rebuilt.starts_with('/') && !rebuilt.starts_with("//"),
        "{rebuilt}"
    );
    assert!(
        rebuilt
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#'),
        "{rebuilt}"
    );
    assert_eq!(
        ReturnTarget::parse(rebuilt).as_ref(),
        Some(&target),
        "it is its own form"
    );
}

/// A path without query.
pub fn path(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let Some(path) = CanonicalPath::parse(text) else {
        return;
    };
    let segments = || path.as_str().split('/').skip(1);
    assert!(
        segments().all(|segment| !matches!(segment, "." | "..")),
        "{text}"
    );
    let last = segments().count() - 1;
    assert!(
        segments().take(last).all(|segment| !segment.is_empty()),
        "{text}"
    );
    let lower = path.as_str().to_ascii_lowercase();
    for odd in [
        "%2e", "%2f", "%5c", "%25", "%3b", "%0", "%1", "%7f", "\\", ";", "?", "#",
    ] {
        assert!(!lower.contains(odd), "{text}");
    }
}

/// Rules: a path and a method, a line each, then the rules.
pub fn access_rules(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (path, method, text) = (line(), line(), line());
    if let Err(error) = Rule::parse_public_paths(text) {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let rules = match Rule::parse_all(text).and_then(AccessRules::new) {
        Ok(rules) => rules,
        Err(error) => return assert!(!error.to_string().contains('\n'), "{error}"),
    };
    let written = rules.to_string();
    let again = Rule::parse_all(&written).and_then(AccessRules::new);
    assert_eq!(again.as_ref(), Ok(&rules), "{written}");

    let nobody = Visitor {
        person: None,
        knows_passphrase: false,
    };
    let everything = Visitor {
        person: Some(Person {
            email: "ada@acme.com",
            email_verified: true,
        }),
        knows_passphrase: true,
    };
    let judged = rules.judge(method, path, &nobody);
    if judged.is_ok() {
        assert!(CanonicalPath::parse(path).is_some(), "{path} is open");
        assert!(written.contains("public"), "{path} is open by {written}");
        assert_eq!(rules.judge(method, path, &everything), Ok(()));
    }
    assert_ne!(
        judged,
        Err(Denied::OtherAccount),
        "nobody has the wrong account"
    );
    if !written.contains("org ") {
        assert_eq!(rules.judge(method, path, &everything), Ok(()), "{written}");
    }
}

/// An authority, looked up among origins of all kinds.
pub fn authority(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let settings = many();
    match settings.origins.resolve(text, NOW) {
        Ok(origin) => {
            let url = origin.base_url();
            let read = Authority::parse(text).expect("what resolves is an authority");
            assert!(url.matches(&read), "{text} is not {url}");
            let again = settings.origins.resolve(url.authority(), NOW);
            assert!(again.is_ok_and(|again| again.base_url() == url), "{url}");
            assert!(url.is_within("example.com") || url.host() == "[2001:db8::1]");
        }
        Err(none) => assert_ne!(none.code, Code::SettingsInvalid, "{text}"),
    }
}

/// Settings: name and value a line each.
pub fn settings_values(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let pairs = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .take(64);
    let standard = [("session_keys", KEY)];
    match GateSettings::from_variables(pairs.chain(standard)) {
        Ok(settings) => {
            for origin in settings.origins.iter(NOW) {
                let origin = origin.expect("the main origin is parsed");
                let authority = origin.base_url().authority();
                assert!(settings.origins.resolve(authority, NOW).is_ok());
                let set = origin.cookies().clear_session();
                assert!(!set.contains(['\r', '\n']), "{set:?}");
            }
        }
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
}

/// A list of proxies, a peer and its chain, a line each.
pub fn forwarded(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (list, peer, chain) = (line(), line(), line());
    let _ = peer_of(peer);
    let believed = TrustedProxies::parse(list).is_ok_and(|proxies| proxies.trusts(peer));
    let mut settings = settings();
    settings.trusted_proxies = TrustedProxies::parse(list).unwrap_or_default();
    let chain = chain.lines().next().unwrap_or_default();
    let fields = format!("x-forwarded-for:{chain}\n");
    let head = Head {
        method: "GET",
        target: "/open",
        authority: HOST,
        tls: true,
        peer,
        fields: fields.as_bytes(),
    };
    let Verdict::Forward(edits) = decide::decide(&head, &settings, NOW) else {
        unreachable!("the path is open to everybody")
    };
    let told = edits.set.get("x-forwarded-for");
    if !believed {
        let told = told.and_then(|told| told.parse::<IpAddr>().ok());
        let peer = peer.parse::<IpAddr>().ok().map(|peer| peer.to_canonical());
        assert!(told.is_none() || told == peer, "{peer:?}");
    }
    let client = Provenance::of(&head, &settings.trusted_proxies).client();
    if !believed {
        let peer = peer.parse::<IpAddr>().ok().map(|peer| peer.to_canonical());
        assert_eq!(client.map(ClientAddress::ip), peer, "nobody else's word");
    }
    assert!(edits.remove.iter().any(|name| name == "x-forwarded-for"));
    check(&Verdict::Forward(edits), fields.as_bytes());
}

/// What no request may bring about.
fn check(verdict: &Verdict, fields: &[u8]) {
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
    // Nobody is signed in, so nothing says that anybody is.
    for name in IDENTITY_FIELDS {
        assert_eq!(edits.set.get(name), None);
    }
    let mut section: Vec<(String, Vec<u8>)> = Fields::new(fields)
        .map(|field| {
            let name = String::from_utf8_lossy(field.name).into_owned();
            (name, field.value.to_vec())
        })
        .collect();
    let mut trailers = section.clone();
    let hop = edits.edit_request(&mut section, Onward::Handle);
    section::edit_trailers(&mut trailers);
    for (name, _) in &section {
        let ours = edits.set.get(name).is_some() || name == "te" && hop.trailers;
        assert!(ours || !is_ours_to_say(name), "{name} arrives");
        assert!(
            ours || hop_by_hop::position(name).is_none(),
            "{name} arrives"
        );
    }
    for (name, _) in &trailers {
        assert!(!is_ours_to_say(name), "{name} arrives as a trailer");
        assert_eq!(edits.set.get(name), None, "{name} arrives as a trailer");
    }
}

/// What no visitor tells an app, whatever stands for the hyphen: said here in other
/// words than where it is enforced.
fn is_ours_to_say(name: &str) -> bool {
    let words: Vec<String> = name
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(str::to_ascii_lowercase)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["x", "forwarded" | "ssl" | "webauth" | "authentik", ..] | ["spin" | "remote", _, ..] => {
            true
        }
        ["forwarded" | "proxy"] | ["x", "real", "ip"] | ["true", "client", "ip"] => true,
        ["x", "original" | "rewrite", "url"] | ["x", "http", "method", "override"] => true,
        ["transfer", "encoding"] | ["content", "length" | "type"] => name
            .bytes()
            .any(|byte| !byte.is_ascii_alphanumeric() && byte != b'-'),
        _ => false,
    }
}

fn settings() -> GateSettings {
    let pairs = [
        ("base_url", BASE_URL),
        ("session_keys", KEY),
        ("public_paths", "/open,/open/*"),
    ];
    GateSettings::from_variables(pairs).expect("the literals are settings")
}

/// Origins by host, by pattern, and one that is over.
fn many() -> GateSettings {
    let record = |name: &str, base_url: &str, expires_at| OriginRecord {
        name: name.to_owned(),
        parent: MAIN.to_owned(),
        is_preview: false,
        values: vec![("base_url".to_owned(), base_url.to_owned())],
        place: Place::main(),
        created_at: 0,
        expires_at,
    };
    let base = [("base_url", BASE_URL), ("session_keys", KEY)];
    let records = vec![
        record("shop", "https://shop.example.com:8443", None),
        record("over", "https://over.example.com", Some(NOW)),
        record("apps", "https://*.apps.example.com", None),
        record("shops", "https://*--shop.apps.example.com", None),
        record("v6", "https://[2001:db8::1]", None),
    ];
    GateSettings::new(Base::of_variables(base), records, true).expect("the literals are settings")
}

fn claims() -> Claims<'static> {
    Claims {
        token: SessionToken::from_random([1; 32]),
        user_id: "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c11",
        email: "ada@example.com",
        email_verified: true,
        name: "Ada",
        provider: "password",
        audience: BASE_URL,
        amr: "pwd",
        auth_time: NOW,
        issued_at: NOW,
        fresh_until: NOW + 60,
        expires_at: NOW + 600,
    }
}

/// What crosses from one side to another: a field that middleware and `auth` say to
/// each other, or what one holds.
pub fn crossing(input: &[u8]) {
    for held in [remote::open(input), Some(input.to_vec())]
        .into_iter()
        .flatten()
    {
        if let Some(head) = crossing::read_head(&held) {
            let again = crossing::write_head(&head, Vec::new());
            let again = crossing::read_head(&again).expect("ours");
            assert_eq!((head.method, head.fields), (again.method, again.fields));
        }
        if let Some((base, records, complete)) = crossing::read_settings(&held) {
            let again = crossing::write_settings(&base, &records, complete);
            assert!(crossing::read_settings(&again).is_some());
        }
        if let Some(verdict) = crossing::read_verdict(&held) {
            let lines = match &verdict {
                Verdict::Forward(Edits { set: lines, .. })
                | Verdict::Respond(Reply { fields: lines, .. }) => lines,
                Verdict::Ask => continue,
            };
            assert!(
                lines
                    .iter()
                    .all(|(_, value)| !value.contains(char::is_control) || value.contains('\t'))
            );
            let again = crossing::write_verdict(&verdict);
            assert_eq!(
                crossing::read_verdict(&again),
                Some(verdict),
                "it goes back"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Door = (fn(&[u8]), &'static [&'static str]);

    /// Every door with some input that gets far.
    const DOORS: [Door; 9] = [
        (
            authority,
            &[
                "app.example.com:443",
                "SHOP.example.com.:8443",
                "over.example.com",
                "x--shop.apps.example.com",
                "a.b.apps.example.com",
                "[2001:DB8::1]:443",
                "--shop.apps.example.com:",
            ],
        ),
        (
            cookie_header,
            &[
                "a=1; b=2",
                "__Host-gatelet=v1.k1.AAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                ";;=;",
                "\u{0}=\u{1}; __Host-gatelet=",
            ],
        ),
        (
            head,
            &[
                "GET\n/open\napp.example.com\n192.0.2.7\naccept:text/html\nX_Forwarded_User:x\nspin+a:b\nte:trailers\nconnection:x\n",
                "GET\n/a?b=c\napp.example.com\n\naccept:text/html\ncookie:__Host-gatelet=x\n",
                "POST\n/open/%2e%2e/x\nAPP.example.com:443\n::1\nhost:app.example.com\ncookie:a=b\ncookie:gatelet=c\n",
                "GET\n/health/ready\n\n\n\n",
                "\n\n\n\n\n",
            ],
        ),
        (
            return_target,
            &["/", "/a?b#c", "//evil", "/%2e%2e%2f", "/%25252f/x", "/ü?ü"],
        ),
        (path, &["/", "/a/b", "/a/../b", "/%2e", "/a;b", "/a%20b"]),
        (
            access_rules,
            &[
                "/assets/a\nGET\nGET /assets/* public; /admin/* org acme.com, acme.org; /* signed-in",
                "/a/../b\nPOST\n/* public",
                "/%61dmin\nhead\n/* public\nGET,POST /admin passphrase or org acme.com",
                "/\nX\n/a public; /A signed-in; /b/ public",
            ],
        ),
        (
            settings_values,
            &[
                "base_url=https://app.example.com\ncookie_domain=example.com",
                "base_url=http://x\ninsecure_http=allow\npublic_paths=/*",
                "session_fresh_seconds=0\ntrusted_proxies=::/0\nupstream=http://[::1]:80",
                "session_keys=k:AAAA\nsite_name=\u{1b}",
            ],
        ),
        (
            crossing,
            &[
                "\u{3}GET\u{2}/a\u{1}h\u{1}\u{0}\u{4}a:b\n",
                "\u{0}\u{1}\u{6}cookie\u{4}a:b\n\u{0}",
                "\u{1}\u{48}\u{4}a:b\n\u{2}ok",
                "A0dFVAIvYQFoAQAEYTpiCg",
            ],
        ),
        (
            forwarded,
            &[
                "10.0.0.0/8\n10.1.2.3\n203.0.113.9",
                "::/0\n::1\n<x>",
                "\n192.0.2.7:80\n1",
                "x\n\n",
            ],
        ),
    ];

    #[test]
    fn seeds_get_through_no_door() {
        for (door, seeds) in DOORS {
            door(b"");
            for seed in seeds {
                door(seed.as_bytes());
                for cut in 0..seed.len() {
                    door(&seed.as_bytes()[..cut]);
                    let mut changed = seed.as_bytes().to_vec();
                    changed[cut] ^= 1 << (cut % 8);
                    door(&changed);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn random_bytes_get_through_no_door(input in proptest::collection::vec(any::<u8>(), 0..300), text in "[ -~\\n%./\\\\;:=_-]{0,200}") {
            for (door, _) in DOORS {
                door(&input);
                door(text.as_bytes());
            }
        }

        #[test]
        fn spliced_seeds_get_through_no_door(splices in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4)) {
            for (door, seeds) in DOORS {
                let mut input = Vec::new();
                for (seed, from, to) in &splices {
                    let seed = seeds[seed.index(seeds.len())].as_bytes();
                    let (from, to) = (from.index(seed.len() + 1), to.index(seed.len() + 1));
                    input.extend_from_slice(&seed[from.min(to)..from.max(to)]);
                }
                door(&input);
            }
        }
    }
}
