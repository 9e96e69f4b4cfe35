//! When does an app get a provider's access token?

use super::*;
use crate::claims::SessionToken;
use crate::handed::{FIELD, HandedToken, WantedToken};
use crate::secret::Secret;

const ASKS: &[(&str, &str)] = &[
    ("forward_access_token", "acme"),
    ("public_paths", "/open"),
    ("access_rules", "GET /read public"),
];

fn handed(answer: Result<Option<&str>, Code>, asked: &Asked) -> Verdict {
    let settings = settings(ASKS);
    let verdict = answered(asked, &settings, Ok(Some(stored())));
    let answer = answer.map(|token| {
        token.map(|token| HandedToken {
            access_token: Secret::new(token.to_owned()),
            expires_at: None,
            scope: String::new(),
        })
    });
    WantedToken::answered(answer, verdict.edits(), &asked.head(), &settings, NOW)
}

#[test]
fn a_fresh_session_asks_for_it_on_paths_that_are_not_public_where_the_origin_wants_it() {
    let wants = settings(ASKS);
    let post = |target| Asked {
        method: "POST",
        ..Asked::get(target)
    };
    for (asked, is_asked) in [
        (Asked::get("/a").signed_in(), true),
        (Asked::get("/a").stale(), true),
        (post("/a").signed_in(), true),
        (Asked::get("/open").signed_in(), false),
        (Asked::get("/read").signed_in(), false),
        (post("/read").signed_in(), true),
    ] {
        let verdict = asked.judged(&wants);
        assert_eq!(verdict == Verdict::Ask, is_asked, "{asked:?}");
        if is_asked {
            let wanted = resume(&asked, &wants).wanted.expect("it is");
            let expected = WantedToken {
                authority: "app.example.com".to_owned(),
                provider: "acme".to_owned(),
                session: SessionToken::from_random([7; 32]),
            };
            assert_eq!(wanted, expected);
        }
    }
    // On a public path somebody who has to be looked up is, and no token for it.
    assert!(
        resume(&Asked::get("/open").stale(), &wants)
            .wanted
            .is_none()
    );
    let off = settings(&[]);
    assert!(matches!(
        Asked::get("/a").signed_in().judged(&off),
        Verdict::Forward(_)
    ));
    assert!(resume(&Asked::get("/a").stale(), &off).wanted.is_none());
    // Nobody is asked about.
    assert!(matches!(
        Asked::get("/a").judged(&wants),
        Verdict::Respond(_)
    ));
}

#[test]
fn it_is_asked_for_where_a_request_arrives_and_is_part_of_the_verdict() {
    use crate::inquiry::{Finding, Inquiry, SessionFinding};
    let wants = settings(ASKS);
    let asked = Asked::get("/a").signed_in();
    let wanted = |usage| match question(&asked.head(), &wants, NOW).inquiry(usage) {
        Some(Inquiry::Session(session)) => session.wanted,
        _ => panic!("a session is asked about"),
    };
    assert!(wanted(Usage::Arriving).is_some());
    assert!(wanted(Usage::Active).is_none() && wanted(Usage::Silent).is_none());
    let answered = |handed| {
        let found = SessionFinding {
            resumed: resumed(stored()),
            handed,
        };
        let finding = Finding::Session(Ok(Some(found)));
        let question = question(&asked.head(), &wants, NOW);
        question.answered(finding, &asked.head(), &wants, NOW)
    };
    let token = HandedToken {
        access_token: Secret::new("at-1".to_owned()),
        expires_at: None,
        scope: String::new(),
    };
    let edits = answered(Some(Ok(Some(token)))).edits();
    assert_eq!(edits.set.get(FIELD), Some("at-1"));
    assert_eq!(answered(None).edits().set.get(FIELD), None);
    let revoked = answered(Some(Err(Code::ProviderRevoked))).reply();
    assert_eq!(revoked.code, Some(Code::ProviderRevoked));
}

#[test]
fn the_app_gets_the_token_that_was_handed_over_or_no_field_at_all() {
    let asked = Asked::get("/a")
        .signed_in()
        .with(&[("x-forwarded-access-token", "forged")]);
    let edits = handed(Ok(Some("at-1")), &asked).edits();
    assert!(edits.remove.contains(&FIELD.to_owned()));
    assert_eq!(edits.set.get(FIELD), Some("at-1"));
    assert_eq!(edits.set.get("x-forwarded-user"), Some(USER_ID));
    for none in [Ok(None), Err(Code::StoreUnavailable), Err(Code::Internal)] {
        let edits = handed(none, &asked).edits();
        assert!(edits.remove.contains(&FIELD.to_owned()));
        assert_eq!(edits.set.get(FIELD), None);
        assert_eq!(edits.set.get("x-forwarded-user"), Some(USER_ID));
    }
    let edits = handed(Ok(Some("a\r\nx: y")), &asked).edits();
    assert_eq!(edits.set.get("x"), None, "one field, or none");
}

#[test]
fn what_the_provider_has_taken_back_is_a_page_with_a_link_and_no_redirect() {
    let taken_back = Err(Code::ProviderRevoked);
    let page = handed(taken_back, &Asked::get("/a").signed_in().with(BROWSER)).reply();
    assert_eq!((page.status, page.code), (401, Some(Code::ProviderRevoked)));
    assert_eq!(page.fields.get("location"), None);
    let html = String::from_utf8(page.body).expect("a page");
    assert!(html.contains("href=\"/auth/sign-in\""), "{html}");
    let gone = page.fields.get("set-cookie").expect("the cookie goes");
    assert!(gone.starts_with("__Host-gatelet=;"), "{gone}");
    let program = handed(taken_back, &Asked::get("/a").signed_in()).reply();
    assert_eq!(program.fields.get("content-type"), Some("application/json"));
}

#[test]
fn whom_another_program_signs_in_has_no_provider_of_ours() {
    let refused = GateSettings::from_variables([
        ("session_keys", crate::fixture::KEY),
        ("auth_backend", "better-auth"),
        ("better_auth_secret", "0123456789abcdef0123456789abcdef"),
        ("forward_access_token", "acme"),
    ]);
    let refused = refused.expect_err("nobody would get one").to_string();
    assert!(refused.starts_with("forward_access_token"), "{refused}");
    for wrong in ["Acme", "a,b", &"a".repeat(33)] {
        let refused = GateSettings::from_variables([
            ("session_keys", crate::fixture::KEY),
            ("forward_access_token", wrong),
        ]);
        assert!(refused.is_err(), "{wrong}");
    }
}
