//! Which cookies reach the app, and which of several is the session's?

use crate::decide::*;
use crate::fixture::{Asked, claims, session_cookie, settings, stale_claims};

#[test]
fn our_own_cookies_never_reach_the_app() {
    let settings = settings(&[]);
    let session = session_cookie(&claims());
    for (cookies, arrives) in [
        (vec![format!("a=1; {session}; b=2")], "a=1; b=2"),
        (vec![session.clone()], ""),
        (
            vec![format!(
                "{session}; __Host-gatelet-csrf=x; __Secure-gatelet=y; gatelet=z; gatelet-attempt-12345678=w"
            )],
            "",
        ),
        (
            vec!["a=1".to_owned(), session.clone(), "b=2; c=3".to_owned()],
            "a=1; b=2; c=3",
        ),
        (
            vec![format!("{session}; gateletish=1; x=a=b")],
            "gateletish=1; x=a=b",
        ),
    ] {
        let fields: Vec<_> = cookies
            .iter()
            .map(|value| ("cookie", value.as_str()))
            .collect();
        let edits = Asked::get("/").with(&fields).judged(&settings).edits();
        assert_eq!(kept(&edits), Some(arrives), "{cookies:?}");
    }
    // Cookies that are the app's alone stay as they are.
    let open = crate::fixture::settings(&[("public_paths", "/")]);
    let edits = Asked::get("/")
        .with(&[("cookie", "a=1;b")])
        .judged(&open)
        .edits();
    assert_eq!(kept(&edits), None);
}

/// What the app gets in the place of the cookies.
fn kept(edits: &Edits) -> Option<&str> {
    let cookies = edits.cookies.as_deref()?;
    Some(str::from_utf8(cookies).expect("text here"))
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
        ("a=1; word", "a=1; word"),
        ("word", "word"),
        ("=word; =x=y", "word; =x=y"),
        ("; ;", ""),
        ("=gatelet=x; gatelet-x", "=gatelet=x; gatelet-x"),
    ] {
        let cookies = format!("{others}; {session}");
        let asked = Asked::get("/").with(&[("cookie", &cookies)]);
        let edits = asked.judged(&settings(&[])).edits();
        assert_eq!(kept(&edits), Some(stay), "{others}");
    }
}

/// Servers have set cookies in Latin-1, and browsers send back whatever they were given.
#[test]
fn cookies_that_are_no_text_stay_beside_ours() {
    let session = session_cookie(&claims());
    let line = [
        b"cookie:na\xefve=caf\xe9; ",
        session.as_bytes(),
        b"; gatelet-\xff=x; b=2\n",
    ];
    let mut asked = Asked::get("/");
    asked.fields = line.concat();
    let edits = asked.judged(&settings(&[])).edits();
    assert_eq!(
        edits.cookies.as_deref(),
        Some(&b"na\xefve=caf\xe9; b=2"[..])
    );
}
