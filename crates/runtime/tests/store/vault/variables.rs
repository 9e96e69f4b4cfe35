//! Which values do applications have, and who changes which?

use super::{Error, ORG, Subject, at_version, bound, variable};
use crate::store::{
    on_both_engines,
    ports::vault::{SealedVariable, Variable},
};

on_both_engines! {
    a_variable_is_kept_as_it_was_put
    variables_are_listed_by_application_and_key
    a_variable_is_replaced_where_it_is_at_the_version_before
    variables_are_put_all_or_none
    what_is_put_at_once_is_each_once_and_not_too_much
    deleting_tells_the_keys_that_were_there
    a_deleted_variable_is_not_replaced
    variables_of_an_org_are_its_own
    a_variable_is_in_bounds
}

fn a_variable_is_kept_as_it_was_put(mut store: Subject) {
    let plain = variable("wiki", "PLAIN", b'a');
    let copy = bound(variable("wiki", "SECRET", b'b'), "TOKEN", 7);
    let mut overridden = bound(variable("wiki", "OVER", b'c'), "TOKEN", 6);
    overridden.variable.overridden = true;
    overridden.variable.updated_by = String::new();
    overridden.sealed = vec![1; 8_256];
    overridden.written = vec![2; 64];
    let all = vec![overridden, plain, copy];
    store.put_variables(ORG.into(), all.clone()).expect("put");
    let found = store.find_variables(ORG.into(), "wiki".into());
    assert_eq!(found, Ok(all.clone()));
    let variables: Vec<Variable> = all.into_iter().map(|one| one.variable).collect();
    for application in [None, Some("wiki".to_owned())] {
        let listed = store.list_variables(ORG.into(), application);
        assert_eq!(listed, Ok(variables.clone()));
    }
    // Bound no more.
    let free = at_version(variable("wiki", "SECRET", b'd'), 2);
    store
        .put_variables(ORG.into(), vec![free.clone()])
        .expect("put");
    let found = store
        .find_variables(ORG.into(), "wiki".into())
        .expect("an answer");
    assert_eq!(found[2], free);
}

fn variables_are_listed_by_application_and_key(mut store: Subject) {
    let places = [("b", "X"), ("a", "Y"), ("b", "A"), ("a", "X"), ("c", "A")];
    let all = places.map(|(name, key)| variable(name, key, b'a')).to_vec();
    store.put_variables(ORG.into(), all).expect("put");
    let listed = |store: &mut Subject, application: Option<&str>| {
        let listed = store.list_variables(ORG.into(), application.map(str::to_owned));
        let listed = listed.expect("an answer").into_iter();
        let places: Vec<_> = listed
            .map(|one| format!("{}.{}", one.application, one.key))
            .collect();
        places.join(" ")
    };
    assert_eq!(listed(&mut store, None), "a.X a.Y b.A b.X c.A");
    assert_eq!(listed(&mut store, Some("b")), "b.A b.X");
    assert_eq!(listed(&mut store, Some("d")), "");
    assert_eq!(store.find_variables(ORG.into(), "d".into()), Ok(vec![]));
}

fn a_variable_is_replaced_where_it_is_at_the_version_before(mut store: Subject) {
    let put = |store: &mut Subject, version, value| {
        let variable = at_version(variable("wiki", "KEY", value), version);
        store.put_variables(ORG.into(), vec![variable])
    };
    assert_eq!(
        put(&mut store, 2, b'x'),
        Err(Error::Conflict),
        "there is none"
    );
    assert_eq!(store.values("wiki"), []);
    assert_eq!(put(&mut store, 1, b'a'), Ok(()));
    assert_eq!(put(&mut store, 2, b'b'), Ok(()));
    for stale in [1, 2, 4, i64::MAX as u64] {
        assert_eq!(
            put(&mut store, stale, b'x'),
            Err(Error::Conflict),
            "{stale}"
        );
    }
    for none in [0, u64::MAX] {
        assert_eq!(put(&mut store, none, b'x'), Err(Error::Internal), "{none}");
    }
    assert_eq!(store.values("wiki"), [("KEY".into(), 2, b'b')]);
}

fn variables_are_put_all_or_none(mut store: Subject) {
    let first = ["A", "B"].map(|key| variable("wiki", key, b'a')).to_vec();
    store.put_variables(ORG.into(), first).expect("put");
    let before = store.values("wiki");
    let good = [
        at_version(variable("wiki", "A", b'x'), 2),
        variable("wiki", "C", b'x'),
        variable("zoo", "A", b'x'),
    ];
    // New where there is one, replaced where there is none, and past another version.
    for bad in [
        variable("wiki", "B", b'x'),
        at_version(variable("wiki", "D", b'x'), 2),
        at_version(variable("wiki", "B", b'x'), 3),
        at_version(variable("aaa", "B", b'x'), 2),
        variable("wiki", "", b'x'),
    ] {
        for at in 0..=good.len() {
            let mut all = good.to_vec();
            all.insert(at, bad.clone());
            let put = store.put_variables(ORG.into(), all);
            let expected = match &*bad.variable.key {
                "" => Error::Internal,
                _ => Error::Conflict,
            };
            assert_eq!(put, Err(expected), "{bad:?}");
            assert_eq!(store.values("wiki"), before, "{bad:?}");
            assert_eq!(store.values("zoo"), [], "{bad:?}");
        }
    }
    store.put_variables(ORG.into(), good.to_vec()).expect("put");
    let after = [("A", 2, b'x'), ("B", 1, b'a'), ("C", 1, b'x')];
    let after = after.map(|(key, version, value)| (key.to_owned(), version, value));
    assert_eq!(store.values("wiki"), after);
    assert_eq!(store.values("zoo"), [("A".into(), 1, b'x')]);
    assert_eq!(
        store.put_variables(ORG.into(), vec![]),
        Ok(()),
        "nothing is no conflict"
    );
}

fn what_is_put_at_once_is_each_once_and_not_too_much(mut store: Subject) {
    let twice = vec![variable("wiki", "A", b'a'), variable("wiki", "A", b'b')];
    assert_eq!(store.put_variables(ORG.into(), twice), Err(Error::Internal));
    let many = |count: usize, version| -> Vec<SealedVariable> {
        let keys = (0..count).map(|number| format!("K{number}"));
        let variables = keys.map(|key| variable("wiki", &key, b'a'));
        variables.map(|one| at_version(one, version)).collect()
    };
    assert_eq!(
        store.put_variables(ORG.into(), many(501, 1)),
        Err(Error::Internal)
    );
    assert_eq!(store.count("auth_variables"), 0);
    assert_eq!(store.put_variables(ORG.into(), many(500, 1)), Ok(()));
    assert_eq!(store.put_variables(ORG.into(), many(500, 2)), Ok(()));
    assert_eq!(
        store.put_variables(ORG.into(), many(500, 2)),
        Err(Error::Conflict)
    );
    let versions = store.value("SELECT SUM(version) FROM auth_variables");
    assert_eq!(versions.as_deref(), Some("1000"));
}

fn deleting_tells_the_keys_that_were_there(mut store: Subject) {
    let keys: Vec<_> = (0..70).map(|number| format!("K{number:02}")).collect();
    let all = keys.iter().map(|key| variable("wiki", key, b'a')).collect();
    store.put_variables(ORG.into(), all).expect("put");
    store
        .put_variables(ORG.into(), vec![variable("blog", "K00", b'a')])
        .expect("put");
    let delete = |store: &mut Subject, keys: &[String]| {
        let deleted = store.delete_variables(ORG.into(), "wiki".into(), keys.to_vec());
        deleted.expect("an answer")
    };
    let none: [String; 0] = [];
    assert_eq!(delete(&mut store, &none), none);
    assert_eq!(delete(&mut store, &["NOBODYS".into()]), none);
    let asked = ["K02", "K01", "NOBODYS", "K02"].map(str::to_owned);
    assert_eq!(delete(&mut store, &asked), ["K01", "K02"]);
    assert_eq!(delete(&mut store, &asked), none);
    let left: Vec<_> = keys
        .iter()
        .filter(|key| !asked.contains(key))
        .cloned()
        .collect();
    assert_eq!(delete(&mut store, &keys), left);
    assert_eq!(store.count("auth_variables"), 1, "another application's");
}

fn a_deleted_variable_is_not_replaced(mut store: Subject) {
    store
        .put_variables(ORG.into(), vec![variable("wiki", "KEY", b'a')])
        .expect("put");
    let keys = vec!["KEY".to_owned()];
    store
        .delete_variables(ORG.into(), "wiki".into(), keys)
        .expect("deleted");
    let late = at_version(variable("wiki", "KEY", b'b'), 2);
    assert_eq!(
        store.put_variables(ORG.into(), vec![late]),
        Err(Error::Conflict)
    );
    let anew = variable("wiki", "KEY", b'c');
    assert_eq!(store.put_variables(ORG.into(), vec![anew]), Ok(()));
    assert_eq!(store.values("wiki"), [("KEY".into(), 1, b'c')]);
}

fn variables_of_an_org_are_its_own(mut store: Subject) {
    store
        .put_variables(ORG.into(), vec![variable("wiki", "KEY", b'a')])
        .expect("put");
    assert_eq!(store.list_variables("other".into(), None), Ok(vec![]));
    assert_eq!(
        store.list_variables("other".into(), Some("wiki".into())),
        Ok(vec![])
    );
    assert_eq!(
        store.find_variables("other".into(), "wiki".into()),
        Ok(vec![])
    );
    let late = at_version(variable("wiki", "KEY", b'x'), 2);
    assert_eq!(
        store.put_variables("other".into(), vec![late]),
        Err(Error::Conflict)
    );
    let deleted = store.delete_variables("other".into(), "wiki".into(), vec!["KEY".into()]);
    assert_eq!(deleted, Ok(vec![]));
    assert_eq!(store.values("wiki"), [("KEY".into(), 1, b'a')]);
}

fn a_variable_is_in_bounds(mut store: Subject) {
    let long = "N".repeat(129);
    let good = variable("wiki", "KEY", b'a');
    let with = |change: &dyn Fn(&mut SealedVariable)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed
    };
    for bad in [
        with(&|one| one.variable.key = String::new()),
        with(&|one| one.variable.key = long.clone()),
        with(&|one| one.variable.application = String::new()),
        with(&|one| one.variable.application = long.clone()),
        with(&|one| one.variable.bound = Some((String::new(), 1))),
        with(&|one| one.variable.bound = Some((long.clone(), 1))),
        with(&|one| one.variable.bound = Some(("TOKEN".into(), u64::MAX))),
        with(&|one| one.sealed = vec![]),
        with(&|one| one.sealed = vec![1; 8_257]),
        with(&|one| one.written = vec![1; 65]),
    ] {
        let put = store.put_variables(ORG.into(), vec![bad.clone()]);
        assert_eq!(put, Err(Error::Internal), "{:?}", bad.variable);
    }
    for application in ["", &long] {
        let (org, name) = (ORG.to_owned(), application.to_owned());
        let listed = store.list_variables(org.clone(), Some(name.clone()));
        assert_eq!(listed, Err(Error::Internal));
        let found = store.find_variables(org.clone(), name.clone());
        assert_eq!(found, Err(Error::Internal));
        let deleted = store.delete_variables(org, name, vec!["KEY".into()]);
        assert_eq!(deleted, Err(Error::Internal));
    }
    let deleted = store.delete_variables(ORG.into(), "wiki".into(), vec![long]);
    assert_eq!(deleted, Err(Error::Internal));
    assert_eq!(store.count("auth_variables"), 0);
}
