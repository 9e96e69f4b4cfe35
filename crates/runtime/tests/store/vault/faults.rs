//! What does the vault's port answer when the database cannot, or is another
//! program's?

use super::{Error, ORG, Subject, at_version, digest, new, request, variable};
use crate::store::{on_both_engines, ports::vault::AnythingSealed, types::Place};

on_both_engines! {
    a_database_without_writes_still_tells_and_takes_nothing
    a_table_that_is_not_there_is_missed_as_schema
    tables_of_before_get_a_vault_at_first_use_and_older_programs_go_on
    the_vault_is_the_main_origins_wherever_one_is
}

/// A secret, a link, an application and a variable.
fn filled(store: &mut Subject) {
    store.put_secret(new("TOKEN", 0, b'a'), 100).expect("put");
    store.with_link("TOKEN", 1);
    store
        .add_application(ORG.into(), "wiki".into(), 100)
        .expect("added");
    store
        .put_variables(ORG.into(), vec![variable("wiki", "KEY", b'a')])
        .expect("put");
}

fn sealed(store: &mut Subject) -> Vec<AnythingSealed> {
    store
        .list_sealed(ORG.into(), Default::default(), 10)
        .expect("an answer")
}

fn a_database_without_writes_still_tells_and_takes_nothing(mut store: Subject) {
    filled(&mut store);
    let org = || ORG.to_owned();
    let mut store = store.read_only();

    assert_eq!(store.list_secrets(org()).map(|all| all.len()), Ok(1));
    assert_eq!(store.kept("TOKEN"), Some((1, Some(b'a'))));
    assert!(!store.is_used(1));
    let id = "request-1-for-TOKEN".to_owned();
    assert!(store.find_request(org(), id).expect("an answer").is_some());
    assert_eq!(store.list_requests(org(), 0).map(|all| all.len()), Ok(1));
    assert_eq!(store.list_applications(org()).map(|all| all.len()), Ok(1));
    assert_eq!(
        store.list_variables(org(), None).map(|all| all.len()),
        Ok(1)
    );
    assert_eq!(store.values("wiki").len(), 1);
    let all = sealed(&mut store);
    assert_eq!(all.len(), 2);

    let refused = Err(Error::ReadOnly);
    assert_eq!(store.put_secret(new("OTHER", 0, b'b'), 200), refused);
    assert_eq!(store.put_secret(new("TOKEN", 1, b'b'), 200), refused);
    assert_eq!(store.fulfil(digest(1), new("OTHER", 0, b'b'), 200), refused);
    assert_eq!(store.fulfil(digest(1), new("TOKEN", 1, b'b'), 200), refused);
    assert_eq!(
        store.add_request(org(), request("r", "TOKEN"), digest(2)),
        refused
    );
    assert_eq!(
        store.put_variables(org(), vec![variable("wiki", "NEW", b'b')]),
        refused
    );
    let replaced = vec![at_version(variable("wiki", "KEY", b'b'), 2)];
    assert_eq!(store.put_variables(org(), replaced), refused);

    let refused = Err(Error::ReadOnly);
    assert_eq!(store.delete_secret(org(), "TOKEN".into(), 200), refused);
    assert_eq!(store.add_application(org(), "blog".into(), 200), refused);
    assert_eq!(store.remove_application(org(), "wiki".into()), refused);
    for one in all.clone() {
        let from = one.sealed.clone();
        assert_eq!(store.reseal(org(), one, from), refused);
    }
    let deleted = store.delete_variables(org(), "wiki".into(), vec!["KEY".into()]);
    assert_eq!(deleted, Err(Error::ReadOnly));
    assert_eq!(sealed(&mut store), all);
}

fn a_table_that_is_not_there_is_missed_as_schema(mut store: Subject) {
    filled(&mut store);
    store.execute("DROP TABLE auth_variables");
    assert_eq!(store.list_variables(ORG.into(), None), Err(Error::Schema));
    assert_eq!(store.list_applications(ORG.into()), Err(Error::Schema));
    let put = store.put_variables(ORG.into(), vec![variable("wiki", "KEY", b'a')]);
    assert_eq!(put, Err(Error::Schema));
    store.execute("DROP TABLE auth_secrets");
    assert_eq!(store.list_secrets(ORG.into()), Err(Error::Schema));
    let entered = store.fulfil(digest(1), new("TOKEN", 1, b'b'), 200);
    assert_eq!(entered, Err(Error::Schema));
    assert!(!store.is_used(1));
}

fn tables_of_before_get_a_vault_at_first_use_and_older_programs_go_on(store: Subject) {
    store.execute(
        "DROP TABLE auth_secrets; DROP TABLE auth_secret_requests; \
         DROP TABLE auth_applications; DROP TABLE auth_variables; \
         DELETE FROM auth_migrations WHERE name = 'vault'",
    );
    let oldest = |store: &Subject| store.value("SELECT oldest_program FROM auth_compatibility");
    let before = oldest(&store);
    let mut newer = store.another();
    assert_eq!(newer.list_secrets(ORG.into()), Ok(vec![]));
    filled(&mut newer);
    assert_eq!(oldest(&store), before, "programs from before it go on");
    assert_eq!(before.as_deref(), Some("26"));
}

fn the_vault_is_the_main_origins_wherever_one_is(mut store: Subject) {
    filled(&mut store);
    let mut beside = store.another().at_new("a");
    assert_eq!(beside.kept("TOKEN"), Some((1, Some(b'a'))));
    beside.put_secret(new("TOKEN", 1, b'b'), 200).expect("put");
    assert_eq!(store.kept("TOKEN"), Some((2, Some(b'b'))));
    let Place { url: _, schema } = crate::store::place("a");
    let tables = crate::store::places::tables_of(&store, &schema);
    assert!(
        tables.iter().all(|table| !table.contains("secret")),
        "{tables:?}"
    );
}
