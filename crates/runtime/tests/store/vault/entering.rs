//! Is what somebody enters kept, and the link used up by it, both or neither?

use super::{Error, NewSecret, ORG, Request, Subject, digest, new, request};
use crate::store::on_both_engines;

on_both_engines! {
    what_is_entered_is_kept_and_uses_up_the_link
    a_used_link_keeps_nothing_more
    a_link_whose_time_is_over_keeps_nothing
    a_link_is_good_in_its_org_for_its_secret_alone
    a_link_stays_good_where_the_secret_was_replaced_meanwhile
    a_link_stays_good_where_the_secret_was_deleted_meanwhile
    of_two_links_of_one_secret_the_second_is_good_for_the_next_version
    what_cannot_be_kept_uses_up_no_link
}

fn what_is_entered_is_kept_and_uses_up_the_link(mut store: Subject) {
    store.with_link("TOKEN", 1);
    store.with_link("TOKEN", 2);
    for (token, replaces, value) in [(1, 0, b'a'), (2, 1, b'b')] {
        assert!(!store.is_used(token));
        store
            .fulfil(digest(token), new("TOKEN", replaces, value), 200)
            .expect("entered");
        assert!(store.is_used(token));
        assert_eq!(store.kept("TOKEN"), Some((replaces + 1, Some(value))));
    }
    let listed = store.list_secrets(ORG.into()).expect("an answer");
    assert_eq!(
        (listed[0].updated_at, &*listed[0].updated_by),
        (200, "id-of-ann")
    );
}

fn a_used_link_keeps_nothing_more(mut store: Subject) {
    store.with_link("TOKEN", 1);
    store
        .fulfil(digest(1), new("TOKEN", 0, b'a'), 200)
        .expect("entered");
    for replaces in [0, 1, 2] {
        let again = store.fulfil(digest(1), new("TOKEN", replaces, b'x'), 200);
        assert_eq!(again, Err(Error::Conflict), "{replaces}");
    }
    assert_eq!(store.kept("TOKEN"), Some((1, Some(b'a'))));
    // Also where the secret is not there any more.
    store
        .delete_secret(ORG.into(), "TOKEN".into(), 300)
        .expect("deleted");
    for replaces in [0, 1, 2] {
        let again = store.fulfil(digest(1), new("TOKEN", replaces, b'x'), 300);
        assert_eq!(again, Err(Error::Conflict), "{replaces}");
    }
    assert_eq!(store.kept("TOKEN"), Some((2, None)));
}

fn a_link_whose_time_is_over_keeps_nothing(mut store: Subject) {
    store.with_link("NEW", 1);
    store.with_link("OLD", 2);
    store.put_secret(new("OLD", 0, b'a'), 100).expect("put");
    for now in [1_000, 1_001, 1_000_000] {
        let entered = store.fulfil(digest(1), new("NEW", 0, b'x'), now);
        assert_eq!(entered, Err(Error::Conflict), "{now}");
        let entered = store.fulfil(digest(2), new("OLD", 1, b'x'), now);
        assert_eq!(entered, Err(Error::Conflict), "{now}");
    }
    assert_eq!(store.kept("NEW"), None);
    assert_eq!(store.kept("OLD"), Some((1, Some(b'a'))));
    assert!(!store.is_used(1) && !store.is_used(2));
    store
        .fulfil(digest(1), new("NEW", 0, b'b'), 999)
        .expect("in time");
    store
        .fulfil(digest(2), new("OLD", 1, b'b'), 999)
        .expect("in time");
}

fn a_link_is_good_in_its_org_for_its_secret_alone(mut store: Subject) {
    store.with_link("TOKEN", 1);
    let theirs = Request {
        id: "theirs".into(),
        ..request("", "TOKEN")
    };
    store
        .add_request("other".into(), theirs, digest(2))
        .expect("a request");
    for name in ["TOKEN", "OTHER"] {
        store.put_secret(new(name, 0, b'a'), 100).expect("put");
    }
    let to = |org: &str, name: &str, replaces| NewSecret {
        org: org.into(),
        ..new(name, replaces, b'x')
    };
    for (token, secret) in [
        (1, to("other", "TOKEN", 0)),
        (1, to(ORG, "OTHER", 1)),
        (1, to(ORG, "THIRD", 0)),
        (2, to(ORG, "TOKEN", 1)),
        (3, to(ORG, "TOKEN", 1)),
    ] {
        let entered = store.fulfil(digest(token), secret.clone(), 200);
        assert_eq!(entered, Err(Error::Conflict), "{token} {secret:?}");
    }
    assert!(!store.is_used(1));
    let theirs = store.find_request("other".into(), "theirs".into());
    assert_eq!(
        theirs.expect("an answer").expect("a request").fulfilled_at,
        None
    );
    assert_eq!(store.count("auth_secrets"), 2);
    for name in ["TOKEN", "OTHER"] {
        assert_eq!(store.kept(name), Some((1, Some(b'a'))));
    }
}

fn a_link_stays_good_where_the_secret_was_replaced_meanwhile(mut store: Subject) {
    store.with_link("TOKEN", 1);
    store.put_secret(new("TOKEN", 0, b'a'), 100).expect("put");
    let first = store.fulfil(digest(1), new("TOKEN", 0, b'b'), 200);
    assert_eq!(first, Err(Error::Conflict), "there is one by now");
    store.put_secret(new("TOKEN", 1, b'c'), 200).expect("put");
    let second = store.fulfil(digest(1), new("TOKEN", 1, b'b'), 200);
    assert_eq!(second, Err(Error::Conflict), "it is another by now");
    assert!(!store.is_used(1));
    assert_eq!(store.kept("TOKEN"), Some((2, Some(b'c'))));
    store
        .fulfil(digest(1), new("TOKEN", 2, b'b'), 200)
        .expect("looked again");
    assert_eq!(store.kept("TOKEN"), Some((3, Some(b'b'))));
    assert!(store.is_used(1));
}

fn a_link_stays_good_where_the_secret_was_deleted_meanwhile(mut store: Subject) {
    store.with_link("TOKEN", 1);
    store.put_secret(new("TOKEN", 0, b'a'), 100).expect("put");
    store
        .delete_secret(ORG.into(), "TOKEN".into(), 200)
        .expect("deleted");
    let entered = store.fulfil(digest(1), new("TOKEN", 1, b'b'), 200);
    assert_eq!(entered, Err(Error::Conflict));
    assert!(!store.is_used(1));
    store
        .fulfil(digest(1), new("TOKEN", 2, b'b'), 200)
        .expect("looked again");
    assert_eq!(store.kept("TOKEN"), Some((3, Some(b'b'))));
    assert!(store.is_used(1));
}

fn of_two_links_of_one_secret_the_second_is_good_for_the_next_version(mut store: Subject) {
    store.with_link("TOKEN", 1);
    store.with_link("TOKEN", 2);
    store
        .fulfil(digest(1), new("TOKEN", 0, b'a'), 200)
        .expect("entered");
    let second = store.fulfil(digest(2), new("TOKEN", 0, b'b'), 200);
    assert_eq!(second, Err(Error::Conflict));
    assert!(!store.is_used(2));
    assert_eq!(store.kept("TOKEN"), Some((1, Some(b'a'))));
    store
        .fulfil(digest(2), new("TOKEN", 1, b'b'), 200)
        .expect("entered");
    assert_eq!(store.kept("TOKEN"), Some((2, Some(b'b'))));
}

fn what_cannot_be_kept_uses_up_no_link(mut store: Subject) {
    store.with_link("TOKEN", 1);
    for sealed in [vec![], vec![1; 8_257]] {
        let secret = NewSecret {
            sealed,
            ..new("TOKEN", 0, b'a')
        };
        assert_eq!(store.fulfil(digest(1), secret, 200), Err(Error::Internal));
    }
    assert!(!store.is_used(1));
    assert_eq!(store.count("auth_secrets"), 0);
}
