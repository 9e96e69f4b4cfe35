//! Which cookies reach the app, and which of several is the session's?

use crate::decide::*;
use crate::fixture::{Asked, claims, session_cookie, settings, stale_claims};

#[test]
fn our_own_cookies_never_reach_the_app() {
    let settings = settings(&[]);
    let session = session_cookie(&claims());
    for (cookies, arrives) in [
        (vec![format!("a=1; {session}; b=2")], Some("a=1; b=2")),
        (vec![session.clone()], None),
        (
            vec![format!(
                "{session}; __Host-gatelet-csrf=x; __Secure-gatelet=y; gatelet=z; gatelet-attempt-12345678=w"
            )],
            None,
        ),
        (
            vec!["a=1".to_owned(), session.clone(), "b=2; c=3".to_owned()],
            Some("a=1; b=2; c=3"),
        ),
        (
            vec![format!("{session}; gateletish=1; x=a=b")],
            Some("gateletish=1; x=a=b"),
        ),
    ] {
        let fields: Vec<_> = cookies
            .iter()
            .map(|value| ("cookie", value.as_str()))
            .collect();
        let edits = Asked::get("/").with(&fields).judged(&settings).edits();
        assert_eq!(edits.set.get("cookie"), arrives, "{cookies:?}");
        assert_eq!(edits.remove, ["cookie"], "{cookies:?}");
    }
    // Cookies that are the app's alone stay as they are.
    let open = crate::fixture::settings(&[("public_paths", "/")]);
    let edits = Asked::get("/")
        .with(&[("cookie", "a=1;b")])
        .judged(&open)
        .edits();
    assert!(edits.remove.is_empty() && edits.set.get("cookie").is_none());
}

#[test]
fn a_bad_copy_does_not_hide_the_good_cookie() {
    let settings = settings(&[]);
    let good = session_cookie(&claims());
    let bad = format!("{}A", good.strip_suffix(|_| true).unwrap());
    let stale = session_cookie(&stale_claims());
    for cookies in [
        format!("{bad}; {good}"),
        format!("{good}; {bad}"),
        format!("{stale}; {good}"),
        format!("__Host-gatelet=; __Host-gatelet=nonsense; __Host-gatelet; {good}"),
    ] {
        assert!(
            matches!(
                Asked::get("/")
                    .with(&[("cookie", &cookies)])
                    .judged(&settings),
                Verdict::Forward(_)
            ),
            "{cookies}"
        );
        let split: Vec<_> = cookies
            .split("; ")
            .map(|cookie| ("cookie", cookie))
            .collect();
        assert!(
            matches!(
                Asked::get("/").with(&split).judged(&settings),
                Verdict::Forward(_)
            ),
            "{cookies}"
        );
    }
}

/// What has no name, or no sign of one, is somebody's cookie all the same.
#[test]
fn cookies_without_a_name_stay_beside_ours() {
    let session = session_cookie(&claims());
    for (others, stay) in [
        ("a=1; word", Some("a=1; word")),
        ("word", Some("word")),
        ("=word; =x=y", Some("word; =x=y")),
        ("; ;", None),
        ("=gatelet=x; gatelet-x", Some("=gatelet=x; gatelet-x")),
    ] {
        let cookies = format!("{others}; {session}");
        let asked = Asked::get("/").with(&[("cookie", &cookies)]);
        let edits = asked.judged(&settings(&[])).edits();
        assert_eq!(edits.set.get("cookie"), stay, "{others}");
        assert!(edits.remove.contains(&"cookie".to_owned()), "{others}");
    }
}
