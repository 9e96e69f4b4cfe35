//! How much may an org have in the vault?

use super::{Error, NewSecret, ORG, Subject, at_version, digest, literal, new, request, variable};
use crate::store::on_both_engines;

on_both_engines! {
    an_org_has_ten_thousand_of_each_and_no_more
    a_thousand_of_each_are_listed_whole
}

/// So many rows with a number each, in one statement.
fn with_rows(store: &Subject, count: u32, into: &str, values: &str) {
    store.execute(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers \
         WHERE n < {count}) INSERT INTO {into} SELECT 'default', {values} FROM numbers"
    ));
}

fn with_secrets(store: &Subject, count: u32) {
    let sealed = literal(store.database(), b's', 60);
    with_rows(
        store,
        count,
        "auth_secrets (org, name, version, sealed, updated_at, updated_by)",
        &format!("'S' || n, 1, {sealed}, 100, ''"),
    );
}

fn with_applications(store: &Subject, count: u32) {
    let into = "auth_applications (org, name, created_at)";
    with_rows(store, count, into, "'a' || n, 100");
}

fn with_variables(store: &Subject, count: u32) {
    let sealed = literal(store.database(), b'v', 60);
    with_rows(
        store,
        count,
        "auth_variables (org, application, key, version, sealed, overridden, updated_at, \
         updated_by)",
        &format!("'a' || n, 'KEY', 1, {sealed}, FALSE, 100, ''"),
    );
}

fn an_org_has_ten_thousand_of_each_and_no_more(mut store: Subject) {
    let org = || ORG.to_owned();
    store.with_link("LATE", 1);
    with_secrets(&store, 9_999);
    store
        .put_secret(new("LAST", 0, b'a'), 100)
        .expect("the last");
    assert_eq!(
        store.put_secret(new("LATE", 0, b'a'), 100),
        Err(Error::Full)
    );
    let entered = store.fulfil(digest(1), new("LATE", 0, b'a'), 200);
    assert_eq!(entered, Err(Error::Full));
    assert!(!store.is_used(1));
    assert_eq!(
        store.put_secret(new("LAST", 1, b'b'), 100),
        Ok(()),
        "no more than before"
    );
    assert_eq!(store.list_secrets(org()).map(|all| all.len()), Ok(10_000));
    let theirs = NewSecret {
        org: "other".into(),
        ..new("TOKEN", 0, b'a')
    };
    assert_eq!(store.put_secret(theirs, 100), Ok(()), "another's");

    with_applications(&store, 9_999);
    assert_eq!(store.add_application(org(), "last".into(), 100), Ok(true));
    assert_eq!(
        store.add_application(org(), "late".into(), 100),
        Err(Error::Full)
    );
    assert_eq!(store.remove_application(org(), "last".into()), Ok(true));
    assert_eq!(store.add_application(org(), "late".into(), 100), Ok(true));

    with_variables(&store, 9_998);
    let three = ["A", "B", "C"].map(|key| variable("wiki", key, b'a'));
    assert_eq!(store.put_variables(org(), three.to_vec()), Err(Error::Full));
    assert_eq!(store.values("wiki"), []);
    assert_eq!(store.put_variables(org(), three[..2].to_vec()), Ok(()));
    assert_eq!(
        store.put_variables(org(), three[2..].to_vec()),
        Err(Error::Full)
    );
    let replaced = vec![at_version(three[0].clone(), 2)];
    assert_eq!(store.put_variables(org(), replaced), Ok(()));
    assert_eq!(
        store.list_variables(org(), None).map(|all| all.len()),
        Ok(10_000)
    );

    store.execute("DELETE FROM auth_secret_requests");
    let digest_of_n = match store.database() {
        super::Database::Postgres(_) => "decode(lpad(to_hex(n), 64, '0'), 'hex')",
        super::Database::MySql(_) => "LPAD(n, 32, '0')",
        super::Database::Sqlite(_) => "CAST(printf('%032d', n) AS BLOB)",
    };
    with_rows(
        &store,
        10_000,
        "auth_secret_requests (org, id, token_digest, name, created_at, expires_at, created_by)",
        &format!("'r' || n, {digest_of_n}, 'TOKEN', n, 20000, ''"),
    );
    let added = store.add_request(org(), request("late", "TOKEN"), digest(1));
    assert_eq!(added, Err(Error::Full));
    let listed = store.list_requests(org(), 0).expect("an answer");
    let ends = (listed.len(), listed[0].created_at, listed[999].created_at);
    assert_eq!(ends, (1_000, 10_000, 9_001));
}

fn a_thousand_of_each_are_listed_whole(mut store: Subject) {
    let org = || ORG.to_owned();
    with_secrets(&store, 1_000);
    with_applications(&store, 1_000);
    with_variables(&store, 1_000);
    let secrets = store.list_secrets(org()).expect("an answer");
    assert!(secrets.len() == 1_000 && secrets.is_sorted_by_key(|one| one.name.clone()));
    let applications = store.list_applications(org()).expect("an answer");
    assert_eq!(applications.len(), 1_000);
    assert!(applications.iter().all(|one| one.variables == 1));
    let variables = store.list_variables(org(), None).expect("an answer");
    assert_eq!(variables.len(), 1_000);
    let first = store.list_sealed(org(), Default::default(), u32::MAX);
    assert_eq!(first.map(|page| page.len()), Ok(500), "a page");
}
