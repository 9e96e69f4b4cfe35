//! Programs show a personal access token in place of a session.

use crate::access_token::AccessToken;
use crate::decide::*;
use crate::fixture::{Asked, BROWSER, NOW, USER_ID, settings, stored_token};
use crate::identity::IDENTITY_FIELDS;

fn token() -> AccessToken {
    AccessToken::from_random([7; 20])
}

fn shown() -> String {
    format!("Bearer {}", token().expose())
}

fn asked(target: &str) -> Asked {
    Asked::get(target).with(&[("authorization", &shown())])
}

/// Asks the store, and has it answer so.
fn judged(
    asked: &Asked,
    changes: &[(&str, &str)],
    answer: Result<Option<StoredToken>, StoreError>,
) -> Verdict {
    let settings = settings(changes);
    assert_eq!(decide(&asked.head(), &settings, NOW), Verdict::Ask);
    let Question::Token(resume) = question(&asked.head(), &settings, NOW) else {
        panic!("whoever shows a token is known by the store alone");
    };
    assert_eq!(resume.look_up.digest, token().digest());
    resume.answered(answer, &asked.head(), &settings, NOW)
}

#[test]
fn a_token_says_who_is_asking_and_does_not_reach_the_app() {
    for scheme in ["Bearer ", "bearer ", "BEARER  "] {
        let value = format!("{scheme}{}", token().expose());
        let asked = Asked::get("/a").with(&[("authorization", &value)]);
        let edits = judged(&asked, &[], Ok(Some(stored_token()))).edits();
        assert_eq!(edits.remove, ["authorization"]);
        for (name, value) in [
            ("x-forwarded-user", USER_ID),
            ("x-forwarded-email", "ada@example.com"),
            ("x-forwarded-provider", "token"),
            ("x-forwarded-groups", "admins,staff"),
        ] {
            assert_eq!(edits.set.get(name), Some(value), "{name}");
        }
        assert!(
            edits.response.get("set-cookie").is_none(),
            "a token is no session"
        );
        assert!(edits.response.get("cache-control").is_some());
    }
}

#[test]
fn a_token_counts_whatever_cookie_comes_with_it() {
    let with_cookie = asked("/a").signed_in();
    let verdict = judged(&with_cookie, &[], Ok(None));
    let reply = verdict.reply();
    assert_eq!((reply.status, reply.code), (401, Some(Code::TokenInvalid)));
    assert!(
        reply.fields.get("set-cookie").is_none(),
        "the session stays"
    );
}

#[test]
fn what_the_store_does_not_confirm_lets_nobody_in() {
    let row = stored_token();
    let wrong = [
        ("nobody's", None),
        (
            "another origin's",
            Some(StoredToken {
                audience: "https://other.example".into(),
                ..row.clone()
            }),
        ),
        (
            "run out",
            Some(StoredToken {
                expires_at: NOW,
                ..row.clone()
            }),
        ),
        (
            "another app's",
            Some(StoredToken {
                scopes: "blog".into(),
                ..row.clone()
            }),
        ),
        (
            "no app's",
            Some(StoredToken {
                scopes: String::new(),
                ..row.clone()
            }),
        ),
    ];
    for (why, found) in wrong {
        let asked = asked("/a").with(BROWSER);
        let reply = judged(&asked, &[("app_name", "wiki")], Ok(found)).reply();
        assert_eq!(reply.code, Some(Code::TokenInvalid), "{why}");
    }
    let scoped = StoredToken {
        scopes: "blog Wiki".into(),
        ..row.clone()
    };
    judged(
        &asked("/a"),
        &[("app_name", "wiki")],
        Ok(Some(scoped.clone())),
    )
    .edits();
    let reply = judged(&asked("/a"), &[], Ok(Some(scoped))).reply();
    assert_eq!(
        reply.code,
        Some(Code::TokenInvalid),
        "an origin without a name"
    );
    for error in [StoreError::Unavailable, StoreError::Schema] {
        let reply = judged(
            &asked("/a"),
            &[("session_grace_seconds", "600")],
            Err(error),
        )
        .reply();
        assert_eq!((reply.status, reply.code), (503, Some(error.into())));
    }
}

#[test]
fn what_is_no_token_of_ours_is_told_without_asking_or_is_the_apps() {
    let settings = settings(&[]);
    for (value, ours) in [
        ("Bearer gat_", true),
        (
            "Bearer gat_00000000000000000000000000000000000000000000000",
            true,
        ),
        ("Bearer gat_\u{fc}", true),
        ("Bearer eyJhbGciOiJFUzI1NiJ9.e30.x", false),
        ("Bearer ghp_x", false),
        ("Basic Z2F0Xw==", false),
        ("gat_", false),
        ("", false),
    ] {
        let asked = Asked::get("/a").with(&[("authorization", value)]);
        let reply = asked.clone().judged(&settings).reply();
        let code = if ours {
            Code::TokenInvalid
        } else {
            Code::SessionNone
        };
        assert_eq!(reply.code, Some(code), "{value}");
        if !ours {
            let edits = asked.signed_in().judged(&settings).edits();
            assert!(
                !edits.remove.contains(&"authorization".to_owned()),
                "{value}"
            );
        }
    }
    let twice = asked("/a").with(&[("authorization", &shown())]);
    assert_eq!(twice.judged(&settings).reply().status, 400);
}

#[test]
fn public_paths_are_open_to_a_bad_token_and_the_app_sees_none_of_it() {
    let public = [("public_paths", "/open")];
    let edits = judged(&asked("/open"), &public, Ok(None)).edits();
    assert_eq!(edits.remove, ["authorization"]);
    let malformed = Asked::get("/open").with(&[("authorization", "Bearer gat_x")]);
    let edits = malformed.judged(&settings(&public)).edits();
    assert_eq!(edits.remove, ["authorization"]);
    for name in IDENTITY_FIELDS {
        assert_eq!(edits.set.get(name), None);
    }
}

#[test]
fn rules_and_grants_hold_for_tokens_too() {
    let rules = [(
        "access_rules",
        "/a group admins; /b group ops; /c signed-in within 10m; /d org other.example",
    )];
    for (target, code) in [
        ("/a", None),
        ("/b", Some(Code::AccessGroup)),
        ("/c", Some(Code::AccessRecent)),
        ("/d", Some(Code::AccessOrg)),
    ] {
        match judged(&asked(target), &rules, Ok(Some(stored_token()))) {
            Verdict::Forward(_) => assert_eq!(code, None, "{target}"),
            verdict => assert_eq!(verdict.reply().code, code, "{target}"),
        }
    }
    let by_grant = [("app_access", "granted"), ("app_name", "wiki")];
    for (granted, code) in [
        (Some(true), None),
        (Some(false), Some(Code::AppNotGranted)),
        (None, Some(Code::AppNotGranted)),
    ] {
        let row = StoredToken {
            granted,
            ..stored_token()
        };
        match judged(&asked("/"), &by_grant, Ok(Some(row))) {
            Verdict::Forward(_) => assert_eq!(code, None),
            verdict => assert_eq!(verdict.reply().code, code),
        }
    }
}
