//! What of an origin whose users are in another database?

use super::{
    Database, Subject,
    migrations::{newest, of_a_place},
    origins::preview,
    places::tables_of,
    types::{Error, Place},
    user,
};

/// As `on_both_engines`, with the URL of another database of the engine's.
macro_rules! with_another_database {
    ($($claim:ident)*) => {
        mod on_sqlite {
            use crate::store::{Database, Subject};
            $(#[test] fn $claim() {
                super::$claim(Subject::on(Database::sqlite()), "sqlite:other".into());
            })*
        }
        mod on_postgres {
            use crate::store::{Database, Subject};
            $(#[test] fn $claim() {
                super::$claim(Subject::on(Database::postgres()), Database::postgres().url());
            })*
        }
        mod on_mysql {
            use crate::store::{Database, Subject};
            $(#[test] fn $claim() {
                super::$claim(Subject::on(Database::mysql()), Database::mysql().url());
            })*
        }
    };
}

with_another_database! {
    users_of_another_database_are_invisible_in_the_main_one
    a_database_of_its_own_is_made_ready_and_never_dropped
    another_database_has_schemas_too
}

impl Subject {
    fn in_database(&mut self, url: &str, schema: &str) -> &mut Self {
        self.place = Place {
            url: url.into(),
            schema: schema.into(),
        };
        self
    }
}

fn users_of_another_database_are_invisible_in_the_main_one(mut store: Subject, url: String) {
    store.with_user(&user("ann"));
    store.with_session(&user("ann"), 1);
    store.in_database(&url, "").migrate(1).expect("migrated");
    assert!(
        store
            .find_by_email("ann@example.com".into())
            .expect("an answer")
            .is_none()
    );
    assert!(store.resume(1, 200).expect("an answer").is_none());
    store.with_user(&user("bob"));
    store.with_user(&user("ann"));
    store.with_session(&user("ann"), 2);

    store.at("");
    assert!(
        store
            .find_by_email("bob@example.com".into())
            .expect("an answer")
            .is_none()
    );
    assert!(store.resume(2, 200).expect("an answer").is_none());
    assert!(store.resume(1, 200).expect("an answer").is_some());
}

fn a_database_of_its_own_is_made_ready_and_never_dropped(mut store: Subject, url: String) {
    assert!(matches!(
        store.in_database(&url, "").resume(1, 200),
        Err(Error::Schema)
    ));
    let report = store.migrate(1).expect("migrated");
    assert_eq!(report.applied.len(), of_a_place().len());
    store.with_user(&user("ann"));
    for schema in ["", "a"] {
        let line = store
            .in_database(&url, schema)
            .drop_place()
            .expect_err("not ours");
        assert!(line.contains("its own"), "{line}");
    }
    let found = store
        .in_database(&url, "")
        .find_by_email("ann@example.com".into());
    assert!(found.expect("an answer").is_some());
}

fn another_database_has_schemas_too(mut store: Subject, url: String) {
    store.in_database(&url, "a").migrate(1).expect("migrated");
    store.with_user(&user("ann"));
    assert!(tables_of(&store, "a").is_empty(), "not in the main one");
    assert!(
        store
            .find_by_email("ann@example.com".into())
            .expect("an answer")
            .is_some()
    );
}

#[test]
fn a_place_that_becomes_the_main_one_gets_its_origins() {
    let mut store = Subject::on(Database::postgres());
    let other = Database::postgres();
    store
        .in_database(&other.url(), "")
        .migrate(1)
        .expect("migrated");
    store.with_user(&user("ann"));

    let mut store = Subject::unprepared(other);
    let report = store.migrate(2).expect("migrated");
    let applied: Vec<_> = report.applied.iter().map(|one| one.version).collect();
    let of_a_place = of_a_place();
    let mains = (1..=newest()).filter(|version| !of_a_place.contains(version));
    assert_eq!(applied, mains.collect::<Vec<_>>());
    assert!(
        store
            .insert_origin(preview("a", None))
            .expect("an answer")
            .is_none()
    );
    assert_eq!(store.count("auth_users"), 1);
}

#[test]
fn a_place_in_a_database_that_cannot_be_reached_leaves_nothing() {
    let mut store = Subject::on(Database::postgres());
    let port = crate::free_port();
    let nobody_listens = format!("postgres://gatelet:hunter2@127.0.0.1:{port}/preview");
    for (url, told) in [
        (nobody_listens.as_str(), Error::Unavailable),
        (
            "postgres://gatelet:hunter2@db.invalid/preview",
            Error::Unavailable,
        ),
        ("postgres://gatelet:hun@ter2@/preview", Error::Unavailable),
        (
            "mysql://gatelet:hunter2@127.0.0.1:1/preview",
            Error::Unavailable,
        ),
        (
            "mongodb://gatelet:hunter2@127.0.0.1/preview",
            Error::Internal,
        ),
        ("sqlite:nobody-granted-it", Error::Internal),
    ] {
        for schema in ["", "a"] {
            let line = store
                .in_database(url, schema)
                .migrate(1)
                .expect_err("out of reach");
            assert!(!line.contains("ter2") && !line.contains('\n'), "{line}");
            let refused = store.resume(1, 200).expect_err("out of reach");
            assert_eq!(refused, told, "{url}");
            let steps = store.check();
            assert_eq!(steps.len(), 1, "{steps:?}");
            assert!(!format!("{steps:?}").contains("ter2"), "{steps:?}");
        }
    }
    store.at("");
    assert!(tables_of(&store, "a").is_empty());
    assert!(store.all_origins().expect("an answer").is_empty());
    store.ready().expect("the main tables are well");
}
