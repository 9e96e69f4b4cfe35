//! Which secrets are there, and who replaces which value?

use super::{Database, Error, NewSecret, ORG, Subject, bound, new, variable};
use crate::store::{
    on_both_engines,
    ports::vault::{SealedSecret, Secret},
};

on_both_engines! {
    a_secret_is_kept_as_it_was_put_and_goes_through_versions
    nobody_replaces_a_version_that_is_not_there
    a_deleted_secret_is_gone_and_its_versions_do_not_come_again
    whoever_saw_a_secret_before_it_was_deleted_does_not_bring_it_back
    copies_of_a_secret_stay_when_it_is_deleted
    secrets_of_an_org_are_its_own
    as_many_as_are_asked_for_are_found
    secrets_come_in_the_order_of_their_bytes_under_any_collation
    nothing_is_kept_that_is_empty_or_too_long
}

fn a_secret_is_kept_as_it_was_put_and_goes_through_versions(mut store: Subject) {
    assert_eq!(store.list_secrets(ORG.into()), Ok(vec![]));
    for (replaces, value, now) in [(0, b'a', 100), (1, b'b', 200), (2, b'c', 150)] {
        store
            .put_secret(new("TOKEN", replaces, value), now)
            .expect("put");
        let secret = Secret {
            name: "TOKEN".into(),
            version: replaces + 1,
            updated_at: now,
            updated_by: "id-of-ann".into(),
        };
        assert_eq!(store.list_secrets(ORG.into()), Ok(vec![secret.clone()]));
        let sealed = Some(vec![value; 40]);
        let found = store.find_secrets(ORG.into(), vec!["TOKEN".into()]);
        assert_eq!(found, Ok(vec![SealedSecret { secret, sealed }]));
    }
    let longest = NewSecret {
        sealed: vec![7; 8_256],
        name: "N".repeat(128),
        org: "o".repeat(63),
        by: String::new(),
        replaces: 0,
    };
    store.put_secret(longest.clone(), 1).expect("put");
    let found = store
        .find_secrets(longest.org, vec![longest.name])
        .expect("an answer");
    assert_eq!(found[0].sealed, Some(longest.sealed));
}

fn nobody_replaces_a_version_that_is_not_there(mut store: Subject) {
    assert_eq!(
        store.put_secret(new("TOKEN", 1, b'x'), 100),
        Err(Error::Conflict)
    );
    assert_eq!(store.kept("TOKEN"), None);
    store.put_secret(new("TOKEN", 0, b'a'), 100).expect("put");
    store.put_secret(new("TOKEN", 1, b'b'), 100).expect("put");
    for stale in [0, 1, 3, i64::MAX as u64 - 1] {
        let put = store.put_secret(new("TOKEN", stale, b'x'), 100);
        assert_eq!(put, Err(Error::Conflict), "{stale}");
    }
    assert_eq!(store.kept("TOKEN"), Some((2, Some(b'b'))));
    let put = store.put_secret(new("TOKEN", u64::MAX, b'x'), 100);
    assert_eq!(put, Err(Error::Internal), "no version");
}

fn a_deleted_secret_is_gone_and_its_versions_do_not_come_again(mut store: Subject) {
    let delete = |store: &mut Subject| store.delete_secret(ORG.into(), "TOKEN".into(), 300);
    assert_eq!(delete(&mut store), Ok(false));
    store.put_secret(new("TOKEN", 0, b'a'), 100).expect("put");
    assert_eq!(delete(&mut store), Ok(true));
    assert_eq!(delete(&mut store), Ok(false));
    assert_eq!(store.list_secrets(ORG.into()), Ok(vec![]));
    let sealed = store.list_sealed(ORG.into(), Default::default(), 10);
    assert_eq!(sealed, Ok(vec![]));
    assert_eq!(store.kept("TOKEN"), Some((2, None)));
    let left = store.value("SELECT COUNT(sealed) FROM auth_secrets");
    assert_eq!(
        left.as_deref(),
        Some("0"),
        "the value is not there any more"
    );

    let first = store.put_secret(new("TOKEN", 0, b'b'), 400);
    assert_eq!(
        first,
        Err(Error::Conflict),
        "it would have a version that was"
    );
    store.put_secret(new("TOKEN", 2, b'b'), 400).expect("put");
    assert_eq!(store.kept("TOKEN"), Some((3, Some(b'b'))));
    assert_eq!(store.list_secrets(ORG.into()).map(|all| all.len()), Ok(1));
    assert_eq!(delete(&mut store), Ok(true));
    assert_eq!(store.kept("TOKEN"), Some((4, None)));
}

fn whoever_saw_a_secret_before_it_was_deleted_does_not_bring_it_back(mut store: Subject) {
    store.put_secret(new("TOKEN", 0, b'a'), 100).expect("put");
    let deleted = store.delete_secret(ORG.into(), "TOKEN".into(), 200);
    assert_eq!(deleted, Ok(true));
    assert_eq!(
        store.put_secret(new("TOKEN", 1, b'b'), 300),
        Err(Error::Conflict)
    );
    assert_eq!(store.kept("TOKEN"), Some((2, None)));
}

fn copies_of_a_secret_stay_when_it_is_deleted(mut store: Subject) {
    store.put_secret(new("TOKEN", 0, b'a'), 100).expect("put");
    let copy = bound(variable("wiki", "API_TOKEN", b'a'), "TOKEN", 1);
    store
        .put_variables(ORG.into(), vec![copy.clone()])
        .expect("put");
    assert_eq!(
        store.delete_secret(ORG.into(), "TOKEN".into(), 200),
        Ok(true)
    );
    let found = store.find_variables(ORG.into(), "wiki".into());
    assert_eq!(found, Ok(vec![copy]));
}

fn secrets_of_an_org_are_its_own(mut store: Subject) {
    let of = |org: &str, value| NewSecret {
        org: org.into(),
        ..new("TOKEN", 0, value)
    };
    store.put_secret(of("ours", b'a'), 100).expect("put");
    store.put_secret(of("theirs", b'b'), 100).expect("put");
    for org in ["our", "ours2", "OURS"] {
        assert_eq!(store.list_secrets(org.into()), Ok(vec![]), "{org}");
        let found = store.find_secrets(org.into(), vec!["TOKEN".into()]);
        assert_eq!(found, Ok(vec![]), "{org}");
        let deleted = store.delete_secret(org.into(), "TOKEN".into(), 200);
        assert_eq!(deleted, Ok(false), "{org}");
    }
    store
        .delete_secret("ours".into(), "TOKEN".into(), 200)
        .expect("deleted");
    let theirs = store.find_secrets("theirs".into(), vec!["TOKEN".into()]);
    assert_eq!(theirs.expect("an answer")[0].sealed, Some(vec![b'b'; 40]));
}

fn as_many_as_are_asked_for_are_found(mut store: Subject) {
    let names: Vec<_> = (0..70).map(|number| format!("S{number:02}")).collect();
    for name in &names {
        store.put_secret(new(name, 0, b'a'), 100).expect("put");
    }
    for asked in [0, 1, 31, 32, 33, 64, 65, 70] {
        let mut wanted = names[..asked].to_vec();
        wanted.reverse();
        wanted.extend(["NOBODYS".into(), "S00".into()]);
        let found = store.find_secrets(ORG.into(), wanted).expect("an answer");
        let found: Vec<_> = found.into_iter().map(|one| one.secret.name).collect();
        assert_eq!(found, names[..asked.max(1)], "{asked}");
    }
    assert_eq!(store.find_secrets(ORG.into(), vec![]), Ok(vec![]));
}

fn secrets_come_in_the_order_of_their_bytes_under_any_collation(mut store: Subject) {
    if let Database::Postgres(_) = store.database() {
        // One that looks at letters first.
        for column in [
            "auth_secrets.name",
            "auth_variables.key",
            "auth_applications.name",
        ] {
            let (table, column) = column.split_once('.').expect("a column of a table");
            store.execute(&format!(
                "ALTER TABLE {table} ALTER COLUMN {column} TYPE TEXT COLLATE \"en-x-icu\""
            ));
        }
    }
    let names = ["A", "A0", "AB", "A_B", "B", "Z", "a", "ab", "é"];
    for name in names.iter().rev() {
        store.put_secret(new(name, 0, b'a'), 100).expect("put");
        let added = store.add_application(ORG.into(), (*name).into(), 100);
        assert_eq!(added, Ok(true));
        let variables = vec![variable("wiki", name, b'a'), variable(name, "KEY", b'a')];
        store.put_variables(ORG.into(), variables).expect("put");
    }
    let secrets = store.list_secrets(ORG.into()).expect("an answer");
    let secrets: Vec<_> = secrets.iter().map(|one| &*one.name).collect();
    assert_eq!(secrets, names);
    let asked = names.map(str::to_owned).to_vec();
    let found = store
        .find_secrets(ORG.into(), asked.clone())
        .expect("an answer");
    let found: Vec<_> = found.iter().map(|one| &*one.secret.name).collect();
    assert_eq!(found, names);
    let applications = store.list_applications(ORG.into()).expect("an answer");
    let applications: Vec<_> = applications.iter().map(|one| &*one.name).collect();
    assert_eq!(applications, names);
    let found = store
        .find_variables(ORG.into(), "wiki".into())
        .expect("an answer");
    let found: Vec<_> = found.iter().map(|one| &*one.variable.key).collect();
    assert_eq!(found, names);
    let all = store.list_variables(ORG.into(), None).expect("an answer");
    let all: Vec<_> = all
        .iter()
        .map(|one| (&*one.application, &*one.key))
        .collect();
    assert!(all.len() == 18 && all.is_sorted(), "{all:?}");

    // Pages are in the database's order, and leave nothing out.
    let mut paged = Vec::new();
    let mut after = (String::new(), String::new());
    loop {
        let page = store.list_sealed(ORG.into(), after, 4).expect("an answer");
        let Some(last) = page.last() else { break };
        after = (last.application.clone(), last.name.clone());
        paged.extend(page.into_iter().map(|one| (one.application, one.name)));
    }
    assert_eq!(paged.len(), 27);
    paged.sort();
    paged.dedup();
    assert_eq!(paged.len(), 27, "each once");
    let deleted = store.delete_variables(ORG.into(), "wiki".into(), asked);
    assert_eq!(deleted.expect("an answer"), names);
}

fn nothing_is_kept_that_is_empty_or_too_long(mut store: Subject) {
    let good = new("TOKEN", 0, b'a');
    let long = |length| "N".repeat(length);
    for bad in [
        NewSecret {
            org: String::new(),
            ..good.clone()
        },
        NewSecret {
            org: long(64),
            ..good.clone()
        },
        NewSecret {
            name: String::new(),
            ..good.clone()
        },
        NewSecret {
            name: long(129),
            ..good.clone()
        },
        NewSecret {
            name: "A\0".into(),
            ..good.clone()
        },
        NewSecret {
            sealed: vec![],
            ..good.clone()
        },
        NewSecret {
            sealed: vec![1; 8_257],
            ..good.clone()
        },
        NewSecret {
            by: long(4_097),
            ..good.clone()
        },
    ] {
        assert_eq!(store.put_secret(bad, 100), Err(Error::Internal));
    }
    assert_eq!(store.put_secret(good, u64::MAX), Err(Error::Internal));
    assert_eq!(store.count("auth_secrets"), 0);
    assert_eq!(store.list_secrets(String::new()), Err(Error::Internal));
    assert_eq!(store.list_secrets(long(64)), Err(Error::Internal));
    let names = vec!["GOOD".into(), String::new()];
    assert_eq!(store.find_secrets(ORG.into(), names), Err(Error::Internal));
}
