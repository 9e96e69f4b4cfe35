//! Who may use which app?

use super::{ORIGIN, Subject, digest, on_both_engines_in_every_place, types::Error, user};

on_both_engines_in_every_place! {
    an_app_is_granted_to_a_user_until_it_is_revoked
    a_session_tells_whether_the_app_that_was_asked_for_is_granted
    a_database_without_writes_still_knows_grants
    nobody_is_granted_anything
    a_grant_goes_with_its_user
    every_grant_is_listed_however_many
}

fn is_granted(store: &mut Subject, name: &str, app: &str) -> bool {
    let granted = store.is_granted(format!("id-of-{name}"), app.into());
    granted.expect("an answer")
}

fn an_app_is_granted_to_a_user_until_it_is_revoked(mut store: Subject) {
    store.with_user(&user("ann"));
    store.with_user(&user("bob"));
    let ann = || "ann@example.com".to_owned();
    for now in [1, 2] {
        store
            .grant_app(ann(), "wiki".into(), now)
            .expect("twice is once");
    }
    assert_eq!(store.count("auth_app_grants"), 1);
    assert!(is_granted(&mut store, "ann", "wiki"));
    for other in ["Wiki", "wik", "wiki ", "%", ""] {
        assert!(!is_granted(&mut store, "ann", other), "{other:?}");
    }
    assert!(!is_granted(&mut store, "bob", "wiki"));

    store.grant_app(ann(), "shop".into(), 3).expect("a grant");
    let grants = store.granted_apps().expect("an answer");
    assert_eq!(grants, [(ann(), "shop".into()), (ann(), "wiki".into())]);
    assert!(store.revoke_app(ann(), "wiki".into()).expect("an answer"));
    assert!(!store.revoke_app(ann(), "wiki".into()).expect("an answer"));
    assert!(!is_granted(&mut store, "ann", "wiki"));
    assert!(is_granted(&mut store, "ann", "shop"));
}

fn a_session_tells_whether_the_app_that_was_asked_for_is_granted(mut store: Subject) {
    store.with_user(&user("ann"));
    store.with_session(&user("ann"), 1);
    let ann = || "ann@example.com".to_owned();
    store.grant_app(ann(), "wiki".into(), 1).expect("a grant");
    for (app, granted) in [
        (Some("wiki"), Some(true)),
        (Some("Wiki"), Some(true)),
        (Some("shop"), Some(false)),
        (Some("wik"), Some(false)),
        (Some(""), Some(false)),
        (None, None),
    ] {
        let app_asked = app.map(str::to_owned);
        let found = store.resume_for(digest(1), ORIGIN.into(), app_asked, 200, 500);
        let found = found.expect("an answer").expect("a session");
        assert_eq!(found.granted, granted, "{app:?}");
        assert_eq!(found.session.user.id, "id-of-ann");
    }
    store.revoke_app(ann(), "wiki".into()).expect("an answer");
    let found = store.resume_for(digest(1), ORIGIN.into(), Some("wiki".into()), 200, 500);
    assert_eq!(
        found.expect("an answer").expect("a session").granted,
        Some(false)
    );
}

fn a_database_without_writes_still_knows_grants(mut store: Subject) {
    store.with_user(&user("ann"));
    store.with_session(&user("ann"), 1);
    store
        .grant_app("ann@example.com".into(), "wiki".into(), 1)
        .expect("a grant");
    let mut store = store.read_only();
    for (app, granted) in [("wiki", true), ("shop", false)] {
        let found = store.resume_for(digest(1), ORIGIN.into(), Some(app.into()), 200, 500);
        let found = found.expect("an answer").expect("a session");
        assert_eq!(found.granted, Some(granted), "{app}");
    }
}

fn nobody_is_granted_anything(mut store: Subject) {
    let granted = store.grant_app("nobody@example.com".into(), "wiki".into(), 1);
    assert!(matches!(granted, Err(Error::Conflict)));
    assert!(!is_granted(&mut store, "nobody", "wiki"));
    let revoked = store.revoke_app("nobody@example.com".into(), "wiki".into());
    assert!(!revoked.expect("an answer"));
    assert!(store.granted_apps().expect("an answer").is_empty());
}

fn a_grant_goes_with_its_user(mut store: Subject) {
    store.with_user(&user("ann"));
    store
        .grant_app("ann@example.com".into(), "wiki".into(), 1)
        .expect("a grant");
    store.execute("DELETE FROM auth_users");
    assert_eq!(store.count("auth_app_grants"), 0);
    store.with_user(&user("ann"));
    assert!(!is_granted(&mut store, "ann", "wiki"));
}

fn every_grant_is_listed_however_many(mut store: Subject) {
    for name in ["ann", "bob", "cat"] {
        store.with_user(&user(name));
    }
    store.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) \
         INSERT INTO auth_app_grants (user_id, app, created_at) \
         SELECT id, 'app-' || i, 1 FROM auth_users, n",
    );
    let grants = store.granted_apps().expect("an answer");
    assert_eq!(grants.len(), 3 * 999);
    let mut sorted = grants.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted, grants, "each once, by email and app");
}
