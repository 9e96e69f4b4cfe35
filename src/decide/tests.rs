//! What becomes of a request? And a file each for rules, cookies, denials, grants, other origins.

use super::*;
use crate::claims::Claims;
use crate::fixture::{
    Asked, BASE_URL, BROWSER, NOW, USER_ID, claims, resumed, session_cookie, settings,
    stale_claims, stored,
};
use crate::identity::IDENTITY_FIELDS;
use crate::session::StoredSession;

mod access;
mod cookies;
mod denied;
mod granted;
mod handed;
mod inquiry;
mod order;
mod origins;
mod provenance;
mod switched;
mod tokens;
mod transport;

fn resume(asked: &Asked, settings: &GateSettings) -> Resume {
    match question(&asked.head(), settings, NOW) {
        Question::Resume(resume) => resume,
        other => panic!("nothing to resume: {other:?}"),
    }
}

fn answered(
    asked: &Asked,
    settings: &GateSettings,
    answer: Result<Option<StoredSession>, StoreError>,
) -> Verdict {
    let answer = answer.map(|session| session.map(resumed));
    resume(asked, settings).answered(answer, &asked.head(), settings, NOW)
}

#[test]
fn a_fresh_session_is_forwarded_without_asking() {
    let edits = Asked::get("/a?b=c")
        .signed_in()
        .judged(&settings(&[]))
        .edits();
    assert_eq!(edits.upstream, "http://localhost:8080");
    assert!(edits.remove.is_empty());
    assert_eq!(edits.cookies.as_deref(), Some(&b""[..]));
    let set: Vec<_> = edits.set.iter().collect();
    assert_eq!(
        set,
        [
            ("x-forwarded-user", USER_ID),
            ("x-forwarded-email", "ada@example.com"),
            ("x-forwarded-email-verified", "true"),
            ("x-forwarded-name", "Ada Lovelace"),
            ("x-forwarded-provider", "google"),
            ("x-forwarded-groups", "admins,staff"),
            ("x-forwarded-for", "192.0.2.7"),
            ("host", "app.example.com"),
            ("x-forwarded-host", "app.example.com"),
            ("x-forwarded-proto", "https"),
        ]
    );
    let response: Vec<_> = edits.response.iter().collect();
    assert_eq!(
        response,
        [
            ("strict-transport-security", "max-age=31536000"),
            ("cache-control", "private"),
        ]
    );
}

#[test]
fn an_answer_to_somebody_whom_the_app_is_told_of_is_meant_for_them() {
    let settings = settings(&[("public_paths", "/open")]);
    for (asked, meant_for) in [
        (Asked::get("/").signed_in(), Some("private")),
        // An app may greet people on a public page too.
        (Asked::get("/open").signed_in(), Some("private")),
        (Asked::get("/open"), None),
    ] {
        let edits = asked.judged(&settings).edits();
        assert_eq!(edits.response.get("cache-control"), meant_for);
    }
    let asked = Asked::get("/open").stale();
    for (row, meant_for) in [(Some(stored()), Some("private")), (None, None)] {
        let edits = answered(&asked, &settings, Ok(row)).edits();
        assert_eq!(edits.response.get("cache-control"), meant_for);
    }
}

#[test]
fn a_responses_fields_are_known_to_be_changed_only_where_they_were() {
    let edited = |edits: &Edits, fields: &[(&str, &str)]| {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), value.as_bytes().to_vec());
        let before: Vec<_> = fields.iter().map(owned).collect();
        let mut section = before.clone();
        let answer = Answer {
            status: 200,
            to_head: false,
            is_late: false,
        };
        let said = edits.edit_response(&mut section, answer);
        assert_eq!(said, section != before, "{fields:?}");
        said
    };
    let away = [("location", "http://localhost:8080/a")];
    let open = settings(&[("public_paths", "/open"), ("base_url", "http://localhost")]);
    let mut asked = Asked::get("/open");
    asked.authority = "localhost".to_owned();
    let nothing = asked.judged(&open).edits();
    assert!(!edited(&nothing, &[("location", "/a")]));
    assert!(edited(&nothing, &away));
    let with_fields = Asked::get("/").signed_in().judged(&settings(&[])).edits();
    assert!(edited(&with_fields, &[]));
    assert!(edited(&with_fields, &away));
}

#[test]
fn while_the_store_is_away_a_copy_is_believed_for_as_long_as_the_operator_says() {
    // A window of 60 seconds that ended at `NOW - late`, of a session that goes on.
    let copy = |late| Claims {
        issued_at: NOW - 60 - late,
        fresh_until: NOW - late,
        ..claims()
    };
    let judged = |grace: &str, claims: &Claims<'_>, answer| {
        let settings = settings(&[("session_grace_seconds", grace)]);
        let asked = Asked::get("/").with(&[("cookie", &session_cookie(claims))]);
        answered(&asked, &settings, answer)
    };
    let away = || Err(StoreError::Unavailable);
    for (grace, late) in [("600", 1), ("600", 599), ("86400", 86_399)] {
        let edits = judged(grace, &copy(late), away()).edits();
        let mut set = edits.set.iter();
        assert!(set.any(|field| field == ("x-forwarded-user", USER_ID)));
        assert!(
            edits.response.get("set-cookie").is_none(),
            "no new copy: nobody has confirmed it"
        );
    }
    let refused = |verdict: Verdict| verdict.reply().code;
    for (grace, late) in [("0", 1), ("600", 600), ("600", 86_000)] {
        let code = refused(judged(grace, &copy(late), away()));
        assert_eq!(code, Some(Code::StoreUnavailable), "{grace} {late}");
    }
    // Only where nobody answers: not where the session is gone, nor on any other error.
    let code = refused(judged("600", &copy(1), Ok(None)));
    assert_eq!(code, Some(Code::SessionExpired));
    for error in [StoreError::Schema, StoreError::Internal, StoreError::Full] {
        let code = refused(judged("600", &copy(1), Err(error)));
        assert_eq!(code, Some(error.into()));
    }
    // Whoever is believed may all the same not be let in, and learns why.
    let org = settings(&[
        ("session_grace_seconds", "600"),
        ("access_rules", "/* org acme.com"),
    ]);
    let asked = Asked::get("/").stale();
    let code = refused(answered(&asked, &org, away()));
    assert_eq!(code, Some(Code::AccessOrg));
    // Nor where each request asks whether the app was granted.
    let granted = settings(&[
        ("session_grace_seconds", "600"),
        ("app_access", "granted"),
        ("app_name", "wiki"),
    ]);
    let asked = Asked::get("/").stale();
    let code = refused(answered(&asked, &granted, away()));
    assert_eq!(code, Some(Code::StoreUnavailable));
}

#[test]
fn a_verdict_holds_for_a_window_and_never_past_the_session() {
    let held = |settings: &[(&str, &str)], expires_at| {
        let settings = crate::fixture::settings(settings);
        let claims = Claims {
            expires_at,
            ..claims()
        };
        let fresh = Asked::get("/").with(&[("cookie", &session_cookie(&claims))]);
        let stored = StoredSession {
            expires_at,
            ..stored()
        };
        let stale = answered(&Asked::get("/").stale(), &settings, Ok(Some(stored)));
        let nobody = Asked::get("/open").judged(&settings).edits();
        (
            fresh.judged(&settings).edits().holds_seconds,
            stale.edits().holds_seconds,
            nobody.holds_seconds,
        )
    };
    let open = ("access_rules", "/open public");
    assert_eq!(held(&[open], NOW + 9_000), (60, 60, 60));
    assert_eq!(held(&[open], NOW + 20), (20, 20, 60));
    let longer = [open, ("session_fresh_seconds", "300")];
    assert_eq!(held(&longer, NOW + 9_000), (300, 300, 300));
    let asks_always = crate::fixture::settings(&[open, ("session_fresh_seconds", "0")]);
    let nobody = Asked::get("/open").judged(&asks_always).edits();
    assert_eq!(nobody.holds_seconds, 5, "a tunnel asks every few seconds");
}

#[test]
fn what_is_open_and_silent_is_no_use_of_its_session() {
    use crate::credential::Usage;
    let settings = settings(&[]);
    let slides_to = |usage| {
        let look_up = resume(&Asked::get("/").stale(), &settings).look_up;
        look_up.inquiry(None, usage).idle_expires_at
    };
    assert!(slides_to(Usage::Active) > NOW);
    assert_eq!(slides_to(Usage::Silent), 0);
}

#[test]
fn probes_match_by_exact_path() {
    let settings = settings(&[]);
    for host in ["app.example.com", "10.0.0.1:3000", "", "not a host"] {
        let asked = |target| Asked {
            authority: host.to_owned(),
            ..Asked::get(target)
        };
        assert_eq!(
            asked("/health/live").judged(&settings).reply().status,
            200,
            "{host}"
        );
        assert_eq!(
            asked("/health/ready?x").judged(&settings),
            Verdict::Ask,
            "{host}"
        );
        assert!(matches!(
            question(&asked("/health/ready").head(), &settings, NOW),
            Question::Ready
        ));
    }
    for target in [
        "/health/live/",
        "/health/LIVE",
        "/health//live",
        "/health/live%2f",
        "/health",
        "/x/health/live",
        "/health/live;x",
    ] {
        let asked = Asked::get(target).with(&[("user-agent", "kube-probe/1.30")]);
        assert_eq!(asked.judged(&settings).reply().status, 401, "{target}");
    }
    let posted = Asked {
        method: "POST",
        ..Asked::get("/health/live")
    };
    assert_eq!(posted.judged(&settings).reply().status, 401);
    assert_eq!(ready_answered(Ok(())).reply().status, 200);
    let unready = ready_answered(Err(StoreError::Unavailable)).reply();
    assert_eq!(
        (unready.status, unready.fields.get("retry-after")),
        (503, Some("5"))
    );
}

#[test]
fn an_unknown_host_is_nobodys_whatever_the_path() {
    let settings = settings(&[("public_paths", "/*")]);
    for host in [
        "",
        "evil.example",
        "app.example.com.evil.example",
        "evilapp.example.com",
        "app.example.com:8443",
        "example.com",
        "10.0.0.1",
    ] {
        for target in ["/", "/auth/sign-in", "/health"] {
            let asked = Asked {
                authority: host.to_owned(),
                ..Asked::get(target)
            }
            .signed_in();
            let reply = asked.judged(&settings).reply();
            assert_eq!(
                (reply.status, reply.code),
                (421, Some(Code::OriginUnknown)),
                "{host}{target}"
            );
            let page = asked.with(BROWSER).judged(&settings).reply();
            assert!(String::from_utf8_lossy(&page.body).starts_with("<!doctype html>"));
            assert!(
                host.is_empty() || !String::from_utf8_lossy(&page.body).contains(host),
                "{host} is not echoed"
            );
        }
    }
}

#[test]
fn malformed_heads_are_answers_not_crashes() {
    let settings = settings(&[]);
    let host = |value: &str| Asked::get("/").with(&[("host", value)]).signed_in();
    let raw = |fields: &[u8]| Asked {
        fields: fields.to_vec(),
        ..Asked::get("/")
    };
    let to = |target: &str| Asked::get(target).signed_in();
    let at = |authority: &str| Asked {
        authority: authority.to_owned(),
        ..to("/")
    };
    let many = "x-a:b\n".repeat(crate::head::FIELDS_MAX + 1);
    for (what, asked, status) in [
        ("another host in the fields", host("evil.example"), 400),
        (
            "two hosts",
            host("app.example.com").with(&[("host", "app.example.com")]),
            400,
        ),
        ("user information", at("app.example.com@evil.example"), 400),
        ("a path in the host", at("app.example.com/x"), 400),
        ("a port that is none", at("app.example.com:x"), 400),
        ("a space in the host", at("app.example.com x"), 400),
        ("a line without colon", raw(b"cookie\n"), 400),
        ("a line without name", raw(b":x\n"), 400),
        ("a line without end", raw(b"accept:x"), 400),
        ("an empty line", raw(b"\naccept:x\n"), 400),
        ("an absolute target", to("http://app.example.com/"), 400),
        ("no target", to(""), 400),
        ("an asterisk", to("*"), 400),
        ("a target for CONNECT", to("app.example.com:443"), 400),
        ("a space in the target", to("/a b"), 400),
        ("a control character in the target", to("/a\u{1}"), 400),
        ("a fragment in the target", to("/a#b"), 400),
        (
            "a long target",
            to(&format!("/{}", "a".repeat(crate::head::TARGET_MAX_BYTES))),
            414,
        ),
        ("many fields", raw(many.as_bytes()), 431),
        (
            "large fields",
            raw(&vec![b'a'; crate::head::FIELDS_MAX_BYTES + 1]),
            431,
        ),
    ] {
        assert_eq!(asked.judged(&settings).reply().status, status, "{what}");
        assert!(
            matches!(
                question(&asked.head(), &settings, NOW),
                Question::Settled(_)
            ),
            "{what}"
        );
    }
    assert!(matches!(
        host("APP.example.COM").judged(&settings),
        Verdict::Forward(_)
    ));
    assert!(matches!(to("/über").judged(&settings), Verdict::Forward(_)));
}

#[test]
fn a_head_is_judged_up_to_the_limits() {
    use crate::head::{FIELDS_MAX, FIELDS_MAX_BYTES, TARGET_MAX_BYTES};
    let longest = ["/", &"a".repeat(TARGET_MAX_BYTES - 1)].concat();
    let with = |fields: String| Asked {
        fields: fields.into_bytes(),
        ..Asked::get("/")
    };
    for (what, asked) in [
        ("target", Asked::get(&longest)),
        ("fields", with("x-a:b\n".repeat(FIELDS_MAX))),
        (
            "bytes of fields",
            with(format!("x-a:{}\n", "b".repeat(FIELDS_MAX_BYTES - 5))),
        ),
    ] {
        let reply = asked.judged(&settings(&[])).reply();
        assert_eq!(reply.code, Some(Code::SessionNone), "{what}");
    }
}

#[test]
fn identity_fields_of_the_visitor_never_arrive_in_any_spelling() {
    let settings = settings(&[
        ("public_paths", "/open"),
        ("trusted_proxies", "198.51.100.1"),
    ]);
    let mut names: Vec<String> = Vec::new();
    for name in IDENTITY_FIELDS {
        for separator in ["-", "_", "."] {
            names.push(name.replace('-', separator));
            names.push(name.to_uppercase().replace('-', separator));
        }
        names.push(name.replacen('-', "_", 1));
    }
    names.extend(
        [
            "X_Forwarded.Access-Token",
            "spin-client-addr",
            "Spin_Full_Url",
            "spin.x",
        ]
        .map(str::to_owned),
    );
    let fields: Vec<u8> = names
        .iter()
        .flat_map(|name| format!("{name}:spoofed\n").into_bytes())
        .collect();
    for peer in ["192.0.2.7", "198.51.100.1"] {
        let asked = Asked {
            fields: fields.clone(),
            peer: peer.to_owned(),
            ..Asked::get("/open")
        };
        for (asked, who) in [(asked.clone(), "nobody"), (asked.signed_in(), "Ada")] {
            let edits = asked.judged(&settings).edits();
            for name in &names {
                assert!(
                    edits.remove.contains(name),
                    "{name} arrives for {who} from {peer}"
                );
            }
            let told = IDENTITY_FIELDS.map(|name| edits.set.get(name).is_some());
            assert_eq!(told, [who == "Ada"; 6], "{who}");
        }
    }
}

#[test]
fn forwarded_fields_count_only_from_listed_peers() {
    let said = [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-port", "1"),
        ("x-forwarded-uri", "/evil"),
        ("forwarded", "for=203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
    ];
    let untrusting = settings(&[]);
    let edits = Asked::get("/")
        .signed_in()
        .with(&said)
        .judged(&untrusting)
        .edits();
    for (name, _) in said {
        assert!(edits.remove.iter().any(|removed| removed == name), "{name}");
    }
    assert_eq!(edits.set.get("x-forwarded-for"), Some("192.0.2.7"));
    assert_eq!(edits.set.get("x-forwarded-host"), Some("app.example.com"));
    assert_eq!(edits.set.get("x-forwarded-proto"), Some("https"));

    let trusting = settings(&[("trusted_proxies", "192.0.2.0/24")]);
    let behind = |authority: &str| {
        Asked {
            authority: authority.to_owned(),
            ..Asked::get("/")
        }
        .signed_in()
    };
    let edits = behind("internal:3000")
        .with(&[
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "app.example.com"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "80"),
        ])
        .judged(&trusting)
        .edits();
    assert_eq!(
        edits.set.get("x-forwarded-for"),
        Some("203.0.113.9, 192.0.2.7")
    );
    assert_eq!(edits.set.get("x-forwarded-host"), Some("app.example.com"));
    assert_eq!(edits.set.get("x-forwarded-proto"), Some("https"));
    // What it does not set may be the visitor's, handed on.
    assert!(edits.remove.iter().any(|name| name == "x-forwarded-port"));
    // Even a proxy that is believed names no host that is not ours.
    let reply = behind("app.example.com")
        .with(&said)
        .judged(&trusting)
        .reply();
    assert_eq!(reply.code, Some(Code::OriginUnknown));
    // A chain that could be anything else is not passed on.
    let edits = behind("app.example.com")
        .with(&[("x-forwarded-for", "<script>")])
        .judged(&trusting)
        .edits();
    assert_eq!(edits.set.get("x-forwarded-for"), Some("192.0.2.7"));
    // One odd member costs itself and what stands before it; several fields are one list.
    for (fields, chain) in [
        (&["203.0.113.7%eth0, 10.0.0.1"][..], "203.0.113.7, 10.0.0.1"),
        (&["203.0.113.7", "10.0.0.1"], "203.0.113.7, 10.0.0.1"),
        (&["203.0.113.7, \u{fc}, 10.0.0.1"], "10.0.0.1"),
        (&["203.0.113.7, unknown, 10.0.0.1"], "10.0.0.1"),
        (
            &["<script>, 203.0.113.7:443,, [2001:DB8::1]:8080 ,[2001:db8::2], 2001:db8::3%1"],
            "203.0.113.7, 2001:db8::1, 2001:db8::2, 2001:db8::3",
        ),
        (
            &[&"203.0.113.7, ".repeat(1000), "10.0.0.1"],
            &format!("{}10.0.0.1", "203.0.113.7, ".repeat(31)),
        ),
    ] {
        let fields: Vec<_> = fields
            .iter()
            .map(|field| ("x-forwarded-for", *field))
            .collect();
        let edits = behind("app.example.com")
            .with(&fields)
            .judged(&trusting)
            .edits();
        let told = edits.set.get("x-forwarded-for");
        assert_eq!(
            told,
            Some(format!("{chain}, 192.0.2.7").as_str()),
            "{fields:?}"
        );
    }
    // A peer that the host could not tell is nobody's proxy.
    let edits = Asked {
        peer: String::new(),
        ..behind("app.example.com")
    }
    .judged(&trusting)
    .edits();
    assert_eq!(edits.set.get("x-forwarded-for"), None);
}

#[test]
fn a_stale_session_asks_the_store_once() {
    let settings = settings(&[]);
    let asked = Asked::get("/")
        .stale()
        .with(&[("upgrade", "websocket"), ("connection", "upgrade")]);
    assert_eq!(asked.judged(&settings), Verdict::Ask);
    let resume = resume(&asked, &settings);
    assert_eq!(resume.look_up.token_digest, stale_claims().token.digest());
    assert_eq!(resume.look_up.audience, BASE_URL);
    assert_eq!(resume.look_up.idle_expires_at, NOW + 604_800);

    // What the row says now counts, not what the stale copy said.
    let mut session = stored();
    session.user.email = "new@example.com".to_owned();
    session.user.email_verified = false;
    let edits = resume
        .answered(Ok(Some(resumed(session))), &asked.head(), &settings, NOW)
        .edits();
    assert_eq!(edits.set.get("x-forwarded-email"), Some("new@example.com"));
    assert_eq!(edits.set.get("x-forwarded-email-verified"), Some("false"));
    let cookie = edits.response.get("set-cookie").expect("a new copy");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax"),
        "{cookie}"
    );

    let pair = cookie.split(';').next().unwrap();
    let again = Asked::get("/").with(&[("cookie", pair)]);
    let edits = again.judged(&settings).edits();
    assert_eq!(edits.set.get("x-forwarded-email"), Some("new@example.com"));
    assert_eq!(edits.response.get("set-cookie"), None);
}

#[test]
fn with_no_freshness_every_request_asks() {
    let settings = settings(&[("session_fresh_seconds", "0")]);
    let asked = Asked::get("/").signed_in();
    assert_eq!(asked.judged(&settings), Verdict::Ask);
    let edits = answered(&asked, &settings, Ok(Some(stored()))).edits();
    let cookie = edits
        .response
        .get("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    assert_eq!(
        Asked::get("/")
            .with(&[("cookie", cookie)])
            .judged(&settings),
        Verdict::Ask
    );
}

#[test]
fn a_session_that_is_gone_takes_its_cookie_along() {
    let settings = settings(&[("public_paths", "/open")]);
    let foreign = StoredSession {
        audience: "https://other.example".to_owned(),
        ..stored()
    };
    let ended = StoredSession {
        expires_at: NOW,
        ..stored()
    };
    let idle = StoredSession {
        idle_expires_at: NOW,
        ..stored()
    };
    for answer in [None, Some(foreign), Some(ended), Some(idle)] {
        let reply = answered(&Asked::get("/").stale(), &settings, Ok(answer.clone())).reply();
        assert_eq!(
            (reply.status, reply.code),
            (401, Some(Code::SessionExpired)),
            "{answer:?}"
        );
        let cookie = reply.fields.get("set-cookie").expect("a cookie");
        assert!(
            cookie.starts_with("__Host-gatelet=; Path=/; Max-Age=0; "),
            "{cookie}"
        );
        let reply = answered(
            &Asked::get("/").stale().with(BROWSER),
            &settings,
            Ok(answer.clone()),
        )
        .reply();
        assert_eq!(reply.status, 303, "{answer:?}");
        let edits = answered(&Asked::get("/open").stale(), &settings, Ok(answer.clone())).edits();
        assert_eq!(edits.set.get("x-forwarded-user"), None, "{answer:?}");
        assert!(
            edits
                .response
                .get("set-cookie")
                .is_some_and(|cookie| cookie.contains("Max-Age=0"))
        );
    }
}

#[test]
fn a_store_that_fails_lets_nobody_in_and_logs_nobody_out() {
    let settings = settings(&[("public_paths", "/open")]);
    for error in [
        StoreError::Unavailable,
        StoreError::ReadOnly,
        StoreError::Full,
        StoreError::Conflict,
        StoreError::Schema,
        StoreError::Internal,
    ] {
        let reply = answered(&Asked::get("/").stale(), &settings, Err(error)).reply();
        assert_eq!(
            (reply.status, reply.code),
            (503, Some(error.into())),
            "{error:?}"
        );
        assert_eq!(reply.fields.get("retry-after"), Some("5"), "{error:?}");
        assert_eq!(reply.fields.get("set-cookie"), None, "{error:?}");
        let edits = answered(&Asked::get("/open").stale(), &settings, Err(error)).edits();
        assert_eq!(edits.set.get("x-forwarded-user"), None, "{error:?}");
    }
    // Fresh sessions need no store.
    assert!(matches!(
        Asked::get("/").signed_in().judged(&settings),
        Verdict::Forward(_)
    ));
}

#[test]
fn rules_look_at_the_path_alone() {
    let settings = settings(&[("public_paths", "/robots.txt, /assets/*")]);
    for target in [
        "/robots.txt",
        "/robots.txt?x",
        "/assets/a.css",
        "/assets/",
        "/assets/a?x=/../",
    ] {
        let edits = Asked::get(target).judged(&settings).edits();
        assert_eq!(edits.set.get("x-forwarded-user"), None, "{target}");
    }
    for target in [
        "/",
        "/x?/robots.txt",
        "/x?a=/assets/",
        "/assets",
        "/assets/../x",
        "/assets/%2e%2e/x",
        "//assets/x",
    ] {
        assert_eq!(
            Asked::get(target).judged(&settings).reply().status,
            401,
            "{target}"
        );
        // For somebody who is signed in the path is the app's to read.
        assert!(
            matches!(
                Asked::get(target).signed_in().judged(&settings),
                Verdict::Forward(_)
            ),
            "{target}"
        );
    }
    // Who is signed in is so on public paths too.
    let edits = Asked::get("/robots.txt")
        .signed_in()
        .judged(&settings)
        .edits();
    assert_eq!(edits.set.get("x-forwarded-user"), Some(USER_ID));
}

#[test]
#[ignore = "a measurement: cargo test --release -p gatelet-core --lib -- --ignored --nocapture cost"]
#[expect(clippy::disallowed_methods, reason = "it measures time")]
fn what_a_decision_costs() {
    let settings = settings(&[]);
    let browser = Asked::get("/projects/42/issues?state=open&sort=updated").with(&[
        ("host", "app.example.com"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
        ("accept-language", "en-GB,en;q=0.9,de;q=0.8"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("referer", "https://app.example.com/projects/42"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
        ("upgrade-insecure-requests", "1"),
        ("priority", "u=0, i"),
    ]);
    let session = format!("theme=dark; {}", session_cookie(&claims()));
    for (what, asked) in [
        ("forward", browser.clone().with(&[("cookie", &session)])),
        ("reject", browser),
    ] {
        let rounds = 200_000_u32;
        let start = std::time::Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(decide(std::hint::black_box(&asked.head()), &settings, NOW));
        }
        println!(
            "{what}: {} ns, {} bytes of fields, cookie {}",
            start.elapsed().as_nanos() / u128::from(rounds),
            asked.fields.len(),
            session.len()
        );
    }
}

#[test]
fn the_app_gets_the_visitors_host_unless_it_is_to_have_its_own() {
    for (setting, host) in [("visitor", Some("app.example.com")), ("upstream", None)] {
        let settings = settings(&[("upstream_host", setting), ("access_rules", "/* public")]);
        for asked in [
            Asked::get("/"),
            Asked::get("/").with(&[("host", "app.example.com")]),
            Asked::get("/").signed_in(),
        ] {
            let edits = asked.judged(&settings).edits();
            assert_eq!(edits.set.get("host"), host, "{setting}");
        }
    }
    let wrong = GateSettings::from_variables([("upstream_host", "app")]);
    assert!(wrong.is_err(), "neither");
}
