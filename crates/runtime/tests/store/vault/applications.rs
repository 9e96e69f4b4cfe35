//! Which applications were made by hand, and what goes with one?

use super::{Error, ORG, Subject, variable};
use crate::store::{on_both_engines, ports::vault::Application};

on_both_engines! {
    an_application_is_new_once_and_says_how_many_variables_it_has
    an_application_goes_with_its_variables_and_no_others
    variables_go_with_an_application_that_was_not_made_by_hand
    applications_of_an_org_are_its_own
    an_application_has_a_name_that_is_in_bounds
}

fn an_application_is_new_once_and_says_how_many_variables_it_has(mut store: Subject) {
    assert_eq!(store.list_applications(ORG.into()), Ok(vec![]));
    for (name, now, is_new) in [
        ("wiki", 100, true),
        ("blog", 200, true),
        ("wiki", 300, false),
    ] {
        let added = store.add_application(ORG.into(), name.into(), now);
        assert_eq!(added, Ok(is_new), "{name}");
    }
    let variables = ["A", "B"].map(|key| variable("wiki", key, b'a')).to_vec();
    store.put_variables(ORG.into(), variables).expect("put");
    let others = vec![variable("wiki", "A", b'a'), variable("blog", "A", b'a')];
    store.put_variables("other".into(), others).expect("put");
    let application = |name: &str, created_at, variables| Application {
        name: name.into(),
        created_at,
        variables,
    };
    let expected = vec![application("blog", 200, 0), application("wiki", 100, 2)];
    assert_eq!(store.list_applications(ORG.into()), Ok(expected));
}

fn an_application_goes_with_its_variables_and_no_others(mut store: Subject) {
    let remove =
        |store: &mut Subject, name: &str| store.remove_application(ORG.into(), name.into());
    assert_eq!(remove(&mut store, "wiki"), Ok(false));
    for name in ["wiki", "wiki2", "empty"] {
        store
            .add_application(ORG.into(), name.into(), 100)
            .expect("added");
    }
    let variables = [("wiki", "A"), ("wiki", "B"), ("wiki2", "A")];
    let variables = variables
        .map(|(name, key)| variable(name, key, b'a'))
        .to_vec();
    store.put_variables(ORG.into(), variables).expect("put");
    store
        .put_variables("other".into(), vec![variable("wiki", "A", b'a')])
        .expect("put");
    assert_eq!(remove(&mut store, "wiki"), Ok(true));
    assert_eq!(remove(&mut store, "wiki"), Ok(false));
    assert_eq!(remove(&mut store, "empty"), Ok(true));
    let left = store.list_applications(ORG.into()).expect("an answer");
    let left: Vec<_> = left.iter().map(|one| (&*one.name, one.variables)).collect();
    assert_eq!(left, [("wiki2", 1)]);
    assert_eq!(store.values("wiki"), []);
    assert_eq!(store.values("wiki2").len(), 1);
    let theirs = store.list_variables("other".into(), None);
    assert_eq!(theirs.map(|all| all.len()), Ok(1));
    assert_eq!(
        store.add_application(ORG.into(), "wiki".into(), 200),
        Ok(true),
        "anew"
    );
}

fn variables_go_with_an_application_that_was_not_made_by_hand(mut store: Subject) {
    store
        .put_variables(ORG.into(), vec![variable("origins", "A", b'a')])
        .expect("put");
    assert_eq!(store.list_applications(ORG.into()), Ok(vec![]));
    assert_eq!(
        store.remove_application(ORG.into(), "origins".into()),
        Ok(true)
    );
    assert_eq!(
        store.remove_application(ORG.into(), "origins".into()),
        Ok(false)
    );
    assert_eq!(store.count("auth_variables"), 0);
}

fn applications_of_an_org_are_its_own(mut store: Subject) {
    assert_eq!(
        store.add_application(ORG.into(), "wiki".into(), 100),
        Ok(true)
    );
    assert_eq!(
        store.add_application("other".into(), "wiki".into(), 100),
        Ok(true)
    );
    assert_eq!(
        store.remove_application("third".into(), "wiki".into()),
        Ok(false)
    );
    assert_eq!(
        store.remove_application("other".into(), "wiki".into()),
        Ok(true)
    );
    assert_eq!(store.list_applications("other".into()), Ok(vec![]));
    assert_eq!(
        store.list_applications(ORG.into()).map(|all| all.len()),
        Ok(1)
    );
}

fn an_application_has_a_name_that_is_in_bounds(mut store: Subject) {
    let long = "n".repeat(129);
    for name in ["", &long, "a\0"] {
        let added = store.add_application(ORG.into(), name.into(), 100);
        assert_eq!(added, Err(Error::Internal), "{name:?}");
        let removed = store.remove_application(ORG.into(), name.into());
        assert_eq!(removed, Err(Error::Internal), "{name:?}");
    }
    assert_eq!(
        store.add_application(ORG.into(), "n".repeat(128), 100),
        Ok(true)
    );
    let nobodys = store.add_application(String::new(), "wiki".into(), 100);
    assert_eq!(nobodys, Err(Error::Internal));
}
