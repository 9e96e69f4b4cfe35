//! Whom do the rules let through, as whom, and what are the others told?

use crate::claims::Claims;
use crate::decide::*;
use crate::fixture::{
    Asked, BASE_URL, BROWSER, KEY, NOW, OTHER_KEY, PASSPHRASE_HASH, claims, resumed,
    session_cookie, settings, stale_claims, stored,
};
use crate::identity::IDENTITY_FIELDS;
use crate::passphrase;
use crate::session::StoredSession;

const RULES: &str = "GET /public/* public; /in/* signed-in; /org/* org example.com, example.net; \
    /pass/* passphrase; /either/* passphrase or org example.com; /any/* signed-in or passphrase; \
    GET /mixed/* public; POST /mixed/* org example.com; /mixed/* passphrase";
const WEEK: u64 = 7 * 86_400;

fn ruled(changes: &[(&str, &str)]) -> GateSettings {
    let standard = [
        ("access_rules", RULES),
        ("passphrase_hash", PASSPHRASE_HASH),
    ];
    let changes: Vec<_> = changes.iter().copied().chain(standard).collect();
    settings(&changes)
}

/// The cookie that a right passphrase got at `then`.
fn shown(settings: &GateSettings, then: u64) -> String {
    let origin = settings.origins.main();
    let set = passphrase::set_cookie(origin, &settings.keys, then).expect("a passphrase is set");
    set.split_once(';').expect("attributes").0.to_owned()
}

fn session(email: &str, email_verified: bool) -> String {
    session_cookie(&Claims {
        email,
        email_verified,
        ..claims()
    })
}

fn flipped(cookie: &str) -> String {
    let last = if cookie.ends_with('A') { 'B' } else { 'A' };
    format!("{}{last}", &cookie[..cookie.len() - 1])
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Forwarded on somebody's behalf.
    As(&'static str),
    /// Forwarded, and the app is told of nobody.
    Nobody,
    Denied(Code),
}

use End::{As, Denied, Nobody};

const NONE: End = Denied(Code::SessionNone);
const ORG: End = Denied(Code::AccessOrg);
const PASS: End = Denied(Code::AccessPassphrase);

fn end(asked: &Asked, settings: &GateSettings) -> (End, Option<String>) {
    match asked.judged(settings) {
        Verdict::Forward(edits) => match edits.set.get("x-forwarded-email") {
            Some(email) => (As(""), Some(email.to_owned())),
            None => {
                for name in IDENTITY_FIELDS {
                    assert_eq!(edits.set.get(name), None, "{name}");
                }
                (Nobody, None)
            }
        },
        Verdict::Respond(reply) => (Denied(reply.code.expect("a denial")), None),
        Verdict::Ask => panic!("{} has to be asked for", asked.target),
    }
}

#[test]
fn every_kind_of_rule_lets_in_whom_it_names_by_every_method() {
    const ADA: &str = "ada@example.com";
    const BOB: &str = "bob@other.example";
    let settings = ruled(&[]);
    let (ada, bob) = (session(ADA, true), session(BOB, true));
    let unverified = session(ADA, false);
    let known = shown(&settings, NOW);
    let elsewhere = ruled(&[("base_url", "https://other.example.com")]);
    let yesterdays = PASSPHRASE_HASH.replace("$Bw", "$Cw");
    let other_keys = ruled(&[("session_keys", OTHER_KEY)]);
    // A passphrase cookie that is no good is as none at all.
    let bad: Vec<(&str, String)> = vec![
        ("a tampered passphrase cookie", flipped(&known)),
        ("one that has run out", shown(&settings, NOW - WEEK)),
        ("one of another origin", shown(&elsewhere, NOW)),
        (
            "one for another passphrase",
            shown(
                &crate::fixture::settings(&[("passphrase_hash", &yesterdays)]),
                NOW,
            ),
        ),
        ("one under another key", shown(&other_keys, NOW)),
        ("an empty one", "__Host-gatelet-passphrase=".to_owned()),
        (
            "the hash itself",
            format!("__Host-gatelet-passphrase={PASSPHRASE_HASH}"),
        ),
    ];
    let ada_is = As(ADA);
    let bob_is = As(BOB);
    // By columns: nobody, Ada, Bob, Ada unverified, passphrase, Bob and passphrase.
    type Row = (&'static str, &'static [&'static str], [End; 6]);
    let reads: &[&str] = &["GET", "HEAD", "get"];
    let writes: &[&str] = &["POST", "post"];
    let all: &[&str] = &[
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW",
    ];
    let rest: &[&str] = &["PUT", "OPTIONS", "DELETE", "BREW"];
    let rows: [Row; 11] = [
        (
            "/public/a",
            reads,
            [Nobody, ada_is, bob_is, ada_is, Nobody, bob_is],
        ),
        (
            "/public/a",
            writes,
            [NONE, ada_is, bob_is, ada_is, NONE, bob_is],
        ),
        (
            "/public/a",
            rest,
            [NONE, ada_is, bob_is, ada_is, NONE, bob_is],
        ),
        ("/in/a", all, [NONE, ada_is, bob_is, ada_is, NONE, bob_is]),
        (
            "/unnamed",
            all,
            [NONE, ada_is, bob_is, ada_is, NONE, bob_is],
        ),
        ("/org/a", all, [NONE, ada_is, ORG, ORG, NONE, ORG]),
        ("/pass/a", all, [PASS, PASS, PASS, PASS, Nobody, bob_is]),
        ("/either/a", all, [PASS, ada_is, PASS, PASS, Nobody, bob_is]),
        (
            "/any/a",
            all,
            [PASS, ada_is, bob_is, ada_is, Nobody, bob_is],
        ),
        ("/mixed/a", writes, [NONE, ada_is, ORG, ORG, NONE, ORG]),
        ("/mixed/a", rest, [PASS, PASS, PASS, PASS, Nobody, bob_is]),
    ];
    let both = format!("{bob}; {known}");
    let visitors = [
        String::new(),
        ada.clone(),
        bob.clone(),
        unverified,
        known.clone(),
        both,
    ];
    let mut judged = 0;
    for (path, methods, ends) in rows {
        for method in methods {
            let ask = |cookie: &str| {
                let asked = Asked {
                    method,
                    ..Asked::get(path)
                };
                end(&asked.with(&[("cookie", cookie)]), &settings)
            };
            for (cookie, expected) in visitors.iter().zip(ends) {
                let (mut came, email) = ask(cookie);
                if let (As(_), As(who)) = (came, expected) {
                    assert_eq!(email.as_deref(), Some(who), "{method} {path}");
                    came = expected;
                }
                assert_eq!(came, expected, "{method} {path} {cookie}");
                judged += 1;
            }
            for (what, cookie) in &bad {
                assert_eq!(ask(cookie), ask(""), "{method} {path} with {what}");
                let good_too = format!("{cookie}; {known}");
                assert_eq!(ask(&good_too), ask(&known), "{method} {path} before {what}");
                let with_ada = format!("{ada}; {cookie}");
                assert_eq!(ask(&with_ada), ask(&ada), "{method} {path} with {what}");
                judged += 3;
            }
            // A session that is no good makes no account.
            let tampered = flipped(&ada);
            let (came, _) = ask(&tampered);
            let invalid = match ends[0] {
                Denied(Code::SessionNone) => Denied(Code::SessionInvalid),
                other => other,
            };
            assert_eq!(came, invalid, "{method} {path} with a tampered session");
        }
    }
    assert!(judged > 1000, "{judged}");
}

#[test]
fn no_trick_of_the_path_gets_past_a_rule() {
    let open = "/* public; /org/* org example.com; /pass/* passphrase";
    let settings = ruled(&[("access_rules", open)]);
    let known = shown(&settings, NOW);
    let bob = session("bob@other.example", true);
    let everything = format!("{}; {known}", session("ada@example.com", true));
    for target in [
        "/x/../org/a",
        "/x/%2e%2e/org/a",
        "/x/..%2forg/a",
        "/x//org/a",
        "//org/a",
        "/./org/a",
        "/org;x/a",
        "/x\\..\\org/a",
        "/org/%2561",
        "/or%67%2fa",
        "/é",
    ] {
        let ask = |cookie: &str| end(&Asked::get(target).with(&[("cookie", cookie)]), &settings).0;
        // Every rule must let it in, whichever servers take it for.
        assert!(matches!(ask(""), Denied(_)), "{target}");
        assert_eq!(ask(&known), NONE, "{target}");
        assert_eq!(ask(&bob), PASS, "{target}");
        assert_eq!(ask(&format!("{bob}; {known}")), ORG, "{target}");
        assert_eq!(ask(&everything), As(""), "{target}");
    }
    for (target, without) in [
        ("/org/a", NONE),
        ("/org", NONE),
        ("/ORG/a", NONE),
        ("/%6frg/a", NONE),
        ("/%4Frg", NONE),
        ("/org/a?/public", NONE),
        ("/pass", PASS),
        ("/Pass/", PASS),
        ("/p%61ss/x", PASS),
        ("/organ", Nobody),
        ("/a?/org/", Nobody),
    ] {
        assert_eq!(end(&Asked::get(target), &settings).0, without, "{target}");
    }
    // A site that is open to everybody is not so by paths that are not what they seem.
    let all_open = ruled(&[("access_rules", "/* public")]);
    assert_eq!(end(&Asked::get("/a/../b"), &all_open).0, NONE);
}

/// RFC 4918 §9.8 and §9.9: what `COPY` and `MOVE` do to a second path is that path's affair.
#[test]
fn what_is_put_elsewhere_needs_the_right_to_be_there() {
    let open = "/* public; /org/* org example.com";
    let settings = ruled(&[("access_rules", open)]);
    let (ada, bob) = (
        session("ada@example.com", true),
        session("bob@other.example", true),
    );
    for there in [
        "https://app.example.com/org/a",
        "http://app.example.com:1/ORG/a",
        "/org/a",
        // Apps look at the path alone.
        "https://elsewhere.example/org/a",
        // Whatever servers take these for.
        "/x/../org/a",
        "//app.example.com/org/a",
        "http://app.example.com:1?/org/a",
        "http://app.example.com%2Forg/mine",
        "%2Forg%2Fx://h/mine",
        "/mine#/../org/a",
        "/mine?/../org/a",
        "org/a",
        "",
    ] {
        let ask = |cookie: &str| {
            let asked = Asked {
                method: "MOVE",
                ..Asked::get("/mine")
            };
            let asked = asked.with(&[("cookie", cookie), ("destination", there)]);
            end(&asked, &settings).0
        };
        assert_eq!(ask(""), NONE, "{there}");
        assert_eq!(ask(&bob), ORG, "{there}");
        assert_eq!(ask(&ada), As(""), "{there}");
    }
    let put = |from: &str, there: &[(&str, &str)]| {
        let asked = Asked {
            method: "COPY",
            ..Asked::get(from)
        };
        end(&asked.with(there), &settings).0
    };
    assert_eq!(put("/mine", &[("destination", "/theirs")]), Nobody);
    assert_eq!(put("/org/a", &[("destination", "/mine")]), NONE);
    let two = [("destination", "/mine"), ("destination", "/mine")];
    assert_eq!(put("/mine", &two), Denied(Code::RequestMalformed));
    // Others may call something else so.
    let travels = Asked {
        method: "POST",
        ..Asked::get("/mine")
    };
    let travels = travels.with(&[("destination", "Berlin"), ("destination", "/org")]);
    assert_eq!(end(&travels, &settings).0, Nobody);
}

/// An app behind plain HTTP takes `https:` for another server (RFC 4918 §9.8.5: 502).
#[test]
fn a_destination_here_is_told_without_scheme_and_host() {
    let settings = ruled(&[("access_rules", "/* public")]);
    for (there, told) in [
        ("https://app.example.com/b%20c", Some("/b%20c")),
        ("http://App.Example.com/b", Some("/b")),
        ("https://app.example.com:443/b", Some("/b")),
        ("https://elsewhere.example/b", None),
        ("/b", None),
    ] {
        let asked = Asked {
            method: "MOVE",
            ..Asked::get("/a")
        };
        let edits = asked
            .with(&[("destination", there)])
            .judged(&settings)
            .edits();
        assert_eq!(edits.set.get("destination"), told, "{there}");
    }
}

#[test]
fn who_lacks_the_passphrase_is_sent_to_type_it_or_told_where() {
    let settings = ruled(&[]);
    for target in ["/pass/a?b=c", "/either/a?b=c"] {
        let reply = Asked::get(target).with(BROWSER).judged(&settings).reply();
        assert_eq!(
            (reply.status, reply.code),
            (303, Some(Code::AccessPassphrase))
        );
        let location = reply.fields.get("location").expect("somewhere to go");
        let wanted = target
            .replace('/', "%2F")
            .replace('?', "%3F")
            .replace('=', "%3D");
        assert_eq!(location, format!("/auth/passphrase?return_to={wanted}"));
        assert_eq!(reply.fields.get("cache-control"), Some("no-store"));
    }
    let reply = Asked::get("/pass/a").judged(&settings).reply();
    assert_eq!(reply.status, 401);
    assert_eq!(
        std::str::from_utf8(&reply.body).unwrap(),
        "{\"error\":\"access.passphrase\",\"message\":\"This page is for those who know its passphrase.\",\"signInUrl\":\"/auth/passphrase\"}\n"
    );
    let posted = Asked {
        method: "POST",
        ..Asked::get("/pass/a")
    };
    assert_eq!(posted.with(BROWSER).judged(&settings).reply().status, 401);
    // Were the passphrase page routed here, it would lead to itself.
    let all = ruled(&[("access_rules", "/* passphrase")]);
    let reply = Asked::get("/auth/passphrase")
        .with(BROWSER)
        .judged(&all)
        .reply();
    assert_eq!((reply.status, reply.fields.get("location")), (401, None));
}

#[test]
fn somebody_of_another_organisation_learns_which_account_it_is_and_how_to_leave() {
    let settings = ruled(&[("site_name", "A & B")]);
    let bob = session("b&<i>ob@other.example", true);
    let asked = |method| {
        Asked {
            method,
            ..Asked::get("/org/a?b=c")
        }
        .with(&[("cookie", &bob)])
    };
    let reply = asked("GET").with(BROWSER).judged(&settings).reply();
    assert_eq!((reply.status, reply.code), (403, Some(Code::AccessOrg)));
    assert_eq!(reply.fields.get("location"), None, "no circles");
    assert_eq!(reply.fields.get("cache-control"), Some("no-store"));
    let page = String::from_utf8(reply.body).unwrap();
    assert!(
        page.contains("You are signed in as b&amp;&lt;i&gt;ob@other.example."),
        "{page}"
    );
    let out = "<a href=\"/auth/sign-out?return_to=%2Forg%2Fa%3Fb%3Dc\">Sign out</a>";
    assert!(page.contains(out) && page.contains("A &amp; B"), "{page}");
    assert!(
        !page.contains("example.com"),
        "whom it is for is not told: {page}"
    );

    // A form comes back to no form.
    let reply = asked("POST").with(BROWSER).judged(&settings).reply();
    let page = String::from_utf8(reply.body).unwrap();
    assert!(
        page.contains("<a href=\"/auth/sign-out?return_to=%2F\">"),
        "{page}"
    );

    let reply = asked("GET").judged(&settings).reply();
    assert_eq!(reply.fields.get("content-type"), Some("application/json"));
    assert_eq!(
        std::str::from_utf8(&reply.body).unwrap(),
        "{\"error\":\"access.org\",\"message\":\"This page is for people with a verified email address at certain organisations.\"}\n"
    );
}

#[test]
fn with_the_passphrase_alone_the_app_is_told_of_nobody() {
    let settings = ruled(&[]);
    let known = shown(&settings, NOW);
    let cookies = format!("theme=dark; {known}; x=y");
    let edits = Asked::get("/pass/a")
        .with(&[
            ("cookie", &cookies),
            ("x-forwarded-user", "root"),
            ("X_Forwarded_Provider", "passphrase"),
        ])
        .judged(&settings)
        .edits();
    for name in IDENTITY_FIELDS {
        assert_eq!(edits.set.get(name), None, "{name}");
    }
    for name in ["x-forwarded-user", "x_forwarded_provider"] {
        assert!(edits.remove.iter().any(|removed| removed == name), "{name}");
    }
    assert_eq!(edits.cookies.as_deref(), Some(&b"theme=dark; x=y"[..]));
    assert_eq!(edits.response.get("set-cookie"), None);
    // What it opens is not for everybody.
    assert_eq!(edits.response.get("cache-control"), Some("private"));
}

#[test]
fn for_a_stale_session_the_row_decides_and_its_copy_goes_back_in_any_case() {
    let settings = ruled(&[]);
    let stale = session_cookie(&stale_claims());
    let known = shown(&settings, NOW);
    let asked = |target: &str, cookies: &str| Asked::get(target).with(&[("cookie", cookies)]);
    let answered = |asked: &Asked, answer: Result<Option<StoredSession>, _>| match question(
        &asked.head(),
        &settings,
        NOW,
    ) {
        Question::Resume(resume) => {
            let answer = answer.map(|session| session.map(resumed));
            resume.answered(answer, &asked.head(), &settings, NOW)
        }
        other => panic!("nothing to resume: {other:?}"),
    };
    let row = |email: &str, verified| {
        let mut row = stored();
        row.user.email = email.to_owned();
        row.user.email_verified = verified;
        Some(row)
    };
    for (email, verified, passes) in [
        ("ada@example.com", true, true),
        ("ada@example.net", true, true),
        ("ada@example.com", false, false),
        ("ada@other.example", true, false),
    ] {
        let verdict = answered(&asked("/org/a", &stale), Ok(row(email, verified)));
        let (fields, came) = match &verdict {
            Verdict::Forward(edits) => (&edits.response, As("")),
            Verdict::Respond(reply) => (&reply.fields, Denied(reply.code.unwrap())),
            Verdict::Ask => panic!("it was answered"),
        };
        assert_eq!(
            came,
            if passes { As("") } else { ORG },
            "{email} {verified}"
        );
        let cookie = fields.get("set-cookie").expect("the row's copy");
        assert!(cookie.starts_with("__Host-gatelet=v1."), "{cookie}");
    }
    let both = format!("{stale}; {known}");
    let down = || Err(StoreError::Unavailable);
    for (target, cookies, without_store, without_row) in [
        (
            "/org/a",
            &stale,
            Code::StoreUnavailable,
            Code::SessionExpired,
        ),
        (
            "/org/a",
            &both,
            Code::StoreUnavailable,
            Code::SessionExpired,
        ),
        (
            "/pass/a",
            &stale,
            Code::StoreUnavailable,
            Code::AccessPassphrase,
        ),
        (
            "/either/a",
            &stale,
            Code::StoreUnavailable,
            Code::AccessPassphrase,
        ),
    ] {
        let asked = asked(target, cookies);
        let reply = answered(&asked, down()).reply();
        assert_eq!(reply.code, Some(without_store), "{target}");
        assert_eq!(reply.fields.get("set-cookie"), None, "nobody is logged out");
        let reply = answered(&asked, Ok(None)).reply();
        assert_eq!(reply.code, Some(without_row), "{target}");
        assert!(
            reply
                .fields
                .get("set-cookie")
                .unwrap()
                .contains("Max-Age=0")
        );
    }
    for target in ["/pass/a", "/either/a", "/any/a"] {
        let asked = asked(target, &both);
        for answer in [down(), Ok(None)] {
            let edits = answered(&asked, answer).edits();
            assert_eq!(edits.set.get("x-forwarded-user"), None, "{target}");
        }
    }
}

#[test]
fn where_accounts_open_everything_rules_cost_nothing() {
    // Not even a path that is not what it seems is looked at.
    let settings = ruled(&[("access_rules", "/a/* public; GET /b public")]);
    let (came, _) = end(&Asked::get("/a/../b").signed_in(), &settings);
    assert_eq!(came, As(""));
}

#[test]
fn an_account_of_another_origin_or_key_opens_no_rule() {
    let settings = ruled(&[]);
    let foreign = session_cookie(&Claims {
        audience: "https://other.example.com",
        ..claims()
    });
    let expired = session_cookie(&Claims {
        issued_at: NOW - 600,
        fresh_until: NOW - 540,
        expires_at: NOW,
        ..claims()
    });
    for (cookie, code) in [
        (foreign, Code::SessionInvalid),
        (expired, Code::SessionExpired),
    ] {
        for target in ["/in/a", "/org/a"] {
            let (came, _) = end(&Asked::get(target).with(&[("cookie", &cookie)]), &settings);
            assert_eq!(came, Denied(code), "{target}");
        }
        let (came, _) = end(
            &Asked::get("/pass/a").with(&[("cookie", &cookie)]),
            &settings,
        );
        assert_eq!(came, PASS);
    }
}

#[test]
fn mistakes_in_the_rules_stop_the_start_with_one_line() {
    let line = |changes: &[(&str, &str)]| {
        let standard = [("base_url", BASE_URL), ("session_keys", KEY)];
        let pairs = changes.iter().copied().chain(standard);
        let error = GateSettings::from_variables(pairs).expect_err("a mistake");
        let line = error.to_string();
        assert!(!line.contains('\n') && !line.contains("hunter2"), "{line}");
        line
    };
    for (changes, begins, says) in [
        (&[("access_rules", "/a")][..], "access_rules: ", "signed-in"),
        (&[("access_rules", "a public")], "access_rules: ", "methods"),
        (
            &[("access_rules", "/a/.. public")],
            "access_rules: ",
            "/assets/*",
        ),
        (
            &[("access_rules", "/a org acme")],
            "access_rules: ",
            "acme.com",
        ),
        (
            &[("access_rules", "/* passphrase")],
            "access_rules: ",
            "passphrase_hash is not set",
        ),
        (
            &[("access_rules", "/a signed-in"), ("public_paths", "/a")],
            "access_rules: ",
            "two rules",
        ),
        (
            &[
                ("access_rules", "/* passphrase"),
                ("passphrase_hash", "hunter2"),
            ],
            "passphrase_hash: ",
            "gatelet keys passphrase",
        ),
        (
            &[("public_paths", "/a public")],
            "public_paths: ",
            "/assets/*",
        ),
    ] {
        let line = line(changes);
        assert!(line.starts_with(begins) && line.contains(says), "{line}");
    }
}
