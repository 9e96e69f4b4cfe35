//! What has become of a link by which a secret is entered?

use super::{Error, ORG, Request, Subject, digest, new, request};
use crate::store::on_both_engines;

/// As long as one is kept after it has expired.
const DAY: u64 = 86_400;

on_both_engines! {
    a_request_is_found_by_its_id_and_its_link_whatever_became_of_it
    another_orgs_request_is_not_found
    no_two_requests_have_one_id_or_one_link
    requests_are_listed_newest_first
    a_request_is_swept_a_day_after_it_expired
    what_is_left_of_a_deleted_secret_is_swept_a_day_later_where_no_variable_is_bound_to_it
    a_place_of_its_own_is_swept_without_a_vault
    a_request_has_a_digest_and_names_that_are_in_bounds
}

fn a_request_is_found_by_its_id_and_its_link_whatever_became_of_it(mut store: Subject) {
    let asked = request("r", "TOKEN");
    assert_eq!(store.find_request(ORG.into(), "r".into()), Ok(None));
    let not_yet = Request {
        fulfilled_at: Some(7),
        ..asked.clone()
    };
    store
        .add_request(ORG.into(), not_yet, digest(1))
        .expect("a request");
    for found in [
        store.find_request(ORG.into(), "r".into()),
        store.find_request_by_token(ORG.into(), digest(1)),
    ] {
        assert_eq!(found, Ok(Some(asked.clone())), "nobody has fulfilled it");
    }
    assert_eq!(store.find_request_by_token(ORG.into(), digest(2)), Ok(None));
    store
        .fulfil(digest(1), new("TOKEN", 0, b'a'), 999)
        .expect("entered");
    let used = Request {
        fulfilled_at: Some(999),
        ..asked
    };
    for found in [
        store.find_request(ORG.into(), "r".into()),
        store.find_request_by_token(ORG.into(), digest(1)),
    ] {
        assert_eq!(found, Ok(Some(used.clone())));
    }
    assert_eq!(store.list_requests(ORG.into(), 99), Ok(vec![used]));
}

fn another_orgs_request_is_not_found(mut store: Subject) {
    store.with_link("TOKEN", 1);
    let id = request("request-1-for-TOKEN", "").id;
    assert!(
        store
            .find_request(ORG.into(), id.clone())
            .expect("an answer")
            .is_some()
    );
    for org in ["other", "defaul", "default2"] {
        assert_eq!(
            store.find_request(org.into(), id.clone()),
            Ok(None),
            "{org}"
        );
        let found = store.find_request_by_token(org.into(), digest(1));
        assert_eq!(found, Ok(None), "{org}");
        assert_eq!(store.list_requests(org.into(), 0), Ok(vec![]), "{org}");
    }
}

fn no_two_requests_have_one_id_or_one_link(mut store: Subject) {
    store
        .add_request(ORG.into(), request("r", "TOKEN"), digest(1))
        .expect("a request");
    for (org, id, token) in [
        (ORG, "r", 2),
        (ORG, "s", 1),
        ("other", "r", 2),
        ("other", "s", 1),
    ] {
        let added = store.add_request(org.into(), request(id, "OTHER"), digest(token));
        assert_eq!(added, Err(Error::Conflict), "{org} {id} {token}");
    }
    assert_eq!(store.count("auth_secret_requests"), 1);
}

fn requests_are_listed_newest_first(mut store: Subject) {
    for (id, created_at) in [("b", 200), ("a", 200), ("c", 100), ("d", 300)] {
        let asked = Request {
            created_at,
            ..request(id, "TOKEN")
        };
        let token = digest(id.as_bytes()[0]);
        store
            .add_request(ORG.into(), asked, token)
            .expect("a request");
    }
    for (after, expected) in [
        (0, &["d", "a", "b", "c"][..]),
        (99, &["d", "a", "b", "c"]),
        (100, &["d", "a", "b"]),
        (200, &["d"]),
        (300, &[]),
    ] {
        let listed = store.list_requests(ORG.into(), after).expect("an answer");
        let listed: Vec<_> = listed.iter().map(|one| &*one.id).collect();
        assert_eq!(listed, expected, "{after}");
    }
}

fn a_request_is_swept_a_day_after_it_expired(mut store: Subject) {
    for (token, expires_at) in [(1, 1_000), (2, 1_000), (3, 1_000), (4, 1_001)] {
        let asked = Request {
            expires_at,
            ..request(&token.to_string(), "TOKEN")
        };
        store
            .add_request(ORG.into(), asked, digest(token))
            .expect("a request");
    }
    // What became of it makes no difference.
    store
        .fulfil(digest(3), new("TOKEN", 0, b'a'), 200)
        .expect("entered");
    assert_eq!(store.sweep(DAY + 999, 10), Ok(0));
    assert_eq!(store.sweep(DAY + 1_000, 2), Ok(2), "no more than asked");
    assert_eq!(store.sweep(DAY + 1_000, 10), Ok(1));
    let listed = store.list_requests(ORG.into(), 0).expect("an answer");
    assert_eq!((listed.len(), &*listed[0].id), (1, "4"));
    assert_eq!(store.kept("TOKEN"), Some((1, Some(b'a'))), "that stays");
}

fn what_is_left_of_a_deleted_secret_is_swept_a_day_later_where_no_variable_is_bound_to_it(
    mut store: Subject,
) {
    let copy = super::bound(super::variable("wiki", "KEY", b'a'), "BOUND", 1);
    store
        .put_variables(ORG.into(), vec![copy.clone()])
        .expect("put");
    // Of another org's secret of the name, which is nobody's here.
    let theirs = super::bound(super::variable("wiki", "KEY", b'a'), "FREE", 1);
    store
        .put_variables("other".into(), vec![theirs])
        .expect("put");
    for name in ["BOUND", "FREE", "THERE"] {
        store.put_secret(new(name, 0, b'a'), 100).expect("put");
    }
    for name in ["BOUND", "FREE"] {
        let deleted = store.delete_secret(ORG.into(), name.into(), 1_000);
        assert_eq!(deleted, Ok(true));
    }
    assert_eq!(store.sweep(DAY + 999, 10), Ok(0));
    assert_eq!(store.sweep(DAY + 1_000, 10), Ok(1));
    assert_eq!(store.kept("FREE"), None);
    assert_eq!(store.kept("BOUND"), Some((2, None)));
    assert_eq!(store.kept("THERE"), Some((1, Some(b'a'))));
    let keys = vec!["KEY".to_owned()];
    assert_eq!(
        store.delete_variables(ORG.into(), "wiki".into(), keys.clone()),
        Ok(keys)
    );
    assert_eq!(store.sweep(DAY + 1_000, 10), Ok(1));
    assert_eq!(store.kept("BOUND"), None);
    // From the beginning: nobody remembers.
    store.put_secret(new("FREE", 0, b'b'), 100).expect("put");
    assert_eq!(store.kept("FREE"), Some((1, Some(b'b'))));
}

fn a_place_of_its_own_is_swept_without_a_vault(mut store: Subject) {
    store.with_link("TOKEN", 1);
    let mut store = store.at_new("a");
    assert_eq!(store.sweep(DAY + 1_000, 10), Ok(0));
    assert_eq!(store.at("").sweep(DAY + 1_000, 10), Ok(1));
}

fn a_request_has_a_digest_and_names_that_are_in_bounds(mut store: Subject) {
    let long = "N".repeat(129);
    for length in [0, 31, 33] {
        let token = vec![1; length];
        let added = store.add_request(ORG.into(), request("r", "TOKEN"), token.clone());
        assert_eq!(added, Err(Error::Internal), "{length}");
        let found = store.find_request_by_token(ORG.into(), token.clone());
        assert_eq!(found, Err(Error::Internal), "{length}");
        let entered = store.fulfil(token, new("TOKEN", 0, b'a'), 200);
        assert_eq!(entered, Err(Error::Internal), "{length}");
    }
    for (org, id, name) in [
        ("", "r", "TOKEN"),
        (ORG, "", "TOKEN"),
        (ORG, "r", ""),
        (ORG, &long, "TOKEN"),
        (ORG, "r", &long),
    ] {
        let added = store.add_request(org.into(), request(id, name), digest(1));
        assert_eq!(added, Err(Error::Internal));
    }
    assert_eq!(store.count("auth_secret_requests"), 0);
}
