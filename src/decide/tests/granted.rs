//! Where an app is for those who were granted it, who gets through?

use crate::decide::*;
use crate::fixture::{Asked, BROWSER, NOW, PASSPHRASE_HASH, settings, stored};
use crate::identity::IDENTITY_FIELDS;

const GRANTED: [(&str, &str); 4] = [
    ("app_access", "granted"),
    ("app_name", "Codex"),
    (
        "access_rules",
        "/open/* public; /pass/* passphrase or signed-in; /org/* org example.com",
    ),
    ("passphrase_hash", PASSPHRASE_HASH),
];

/// Asks the store, and has it answer with the fixture's user.
fn judged(asked: &Asked, changes: &[(&str, &str)], granted: bool) -> Verdict {
    let settings = settings(changes);
    let Question::Resume(resume) = question(&asked.head(), &settings, NOW) else {
        panic!("a signed copy knows no grants, however fresh it is");
    };
    assert_eq!(resume.app.as_deref(), Some("Codex"));
    let found = Resumed {
        session: stored(),
        granted: Some(granted),
    };
    resume.answered(Ok(Some(found)), &asked.head(), &settings, NOW)
}

#[test]
fn who_was_not_granted_the_app_is_refused_and_the_app_learns_nothing_of_them() {
    for (target, granted, refused) in [
        ("/", true, None),
        ("/org/a", true, None),
        ("/open/a", true, None),
        ("/", false, Some(Code::AppNotGranted)),
        ("/auth/x", false, Some(Code::AppNotGranted)),
        ("/org/a", false, Some(Code::AppNotGranted)),
        ("/pass/a", false, Some(Code::AccessPassphrase)),
        ("/open/a", false, None),
    ] {
        for asked in [Asked::get(target).signed_in(), Asked::get(target).stale()] {
            match (judged(&asked, &GRANTED, granted), refused) {
                (Verdict::Forward(edits), None) => {
                    let known = IDENTITY_FIELDS
                        .iter()
                        .any(|name| edits.set.get(name).is_some());
                    assert_eq!(known, granted, "{target}");
                    assert!(edits.response.get("set-cookie").is_some(), "{target}");
                }
                (Verdict::Respond(reply), Some(code)) => {
                    assert_eq!(reply.code, Some(code), "{target}");
                    assert!(reply.fields.get("set-cookie").is_some(), "still signed in");
                }
                (verdict, _) => panic!("{target}: {verdict:?}"),
            }
        }
    }
}

#[test]
fn a_person_learns_which_account_it_is_and_is_not_sent_in_circles() {
    let asked = Asked::get("/a?b").with(BROWSER).signed_in();
    let reply = judged(&asked, &GRANTED, false).reply();
    assert_eq!((reply.status, reply.fields.get("location")), (403, None));
    let page = String::from_utf8(reply.body).expect("text");
    assert!(page.contains("app.not_granted") && page.contains("ada@example.com"));
    assert!(page.contains("/auth/sign-out?return_to=%2Fa%3Fb"), "{page}");
}

#[test]
fn an_app_is_granted_only_where_access_is_by_grant() {
    for changes in [
        &[("app_access", "all"), ("app_name", "codex")][..],
        &[("app_name", "codex")],
    ] {
        let settings = settings(changes);
        let asked = Asked::get("/").signed_in();
        assert!(
            matches!(decide(&asked.head(), &settings, NOW), Verdict::Forward(_)),
            "{changes:?}"
        );
    }
}
