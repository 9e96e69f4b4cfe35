//! What is MySQL's alone: rights one by one, how a server is set, and what is
//! left where a change of the schema was cut short.

use super::{Database, Subject, held::Held, session, types::Error, user};
use crate::mariadb::Server;

#[test]
fn whoever_waits_too_long_for_a_row_is_told_and_nothing_is_changed() {
    let server = Server::start_with(&["--innodb-lock-wait-timeout=1"]);
    let mut store = Subject::on(Database::MySql(server.database()));
    let ann = user("ann");
    store.with_user(&ann);
    let held = Held::begin(store.database(), "SELECT id FROM auth_users FOR UPDATE");
    assert!(matches!(
        store.sign_in(&ann, session(1)),
        Err(Error::Unavailable)
    ));
    held.end("ROLLBACK");
    assert_eq!(store.count("auth_sessions"), 0);
    store
        .sign_in(&ann, session(1))
        .expect("nobody is in the way");
    will_not_do(&server);
}

/// By settings of a server that is running already: another takes seconds to start.
fn will_not_do(server: &Server) {
    for (setting, mend) in [
        ("sql_mode = ''", "add it in the server's configuration"),
        (
            "sql_mode = 'STRICT_ALL_TABLES,EMPTY_STRING_IS_NULL'",
            "has EMPTY_STRING_IS_NULL",
        ),
    ] {
        let database = server.database();
        database.execute(&format!("SET GLOBAL {setting}"));
        let mut store = Subject::unprepared(Database::MySql(database.clone()));
        let line = store.migrate(1).expect_err("it would cut values short");
        assert!(line.contains(mend), "{line}");
        let steps = store.check();
        let last = steps.last().expect("a step");
        assert_eq!(last.name, "server");
        assert!(
            last.error
                .as_ref()
                .is_some_and(|error| error.contains(mend)),
            "{steps:?}"
        );
        let tables =
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()";
        assert_eq!(database.value(tables).as_deref(), Some("0"));
    }
}

/// MySQL asks for `REFERENCES` besides, MariaDB for nothing of that name.
#[test]
fn a_right_that_migrations_need_is_missed_by_name() {
    let rights = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "INDEX", "DROP",
    ];
    for missing in rights {
        let Database::MySql(database) = Database::mysql() else {
            unreachable!("it was made so")
        };
        let granted: Vec<_> = rights
            .into_iter()
            .filter(|right| *right != missing)
            .collect();
        let database = database.of_user_with(&granted.join(", "));
        let steps = Subject::unprepared(Database::MySql(database)).check();
        let mut errors = steps.iter().filter_map(|step| step.error.as_ref());
        // Of a table that does not go, what was told first is what counts.
        let error = errors.next().expect(missing);
        assert!(
            error.contains(&format!("{missing} command denied")),
            "{missing}: {steps:?}"
        );
    }
    let Database::MySql(database) = Database::mysql() else {
        unreachable!("it was made so")
    };
    let plain = database.of_user_with(&rights.join(", "));
    let mut store = Subject::on(Database::MySql(plain));
    assert!(store.check().iter().all(|step| step.error.is_none()));
    store.with_user(&user("ann"));
}

/// As when a program ends in the middle of making it.
#[test]
fn what_is_left_of_a_place_that_was_never_whole_is_not_its_next_ones() {
    let mut store = Subject::on(Database::mysql_with_tables(""));
    store.at("a").migrate(1).expect("a place");
    store.with_user(&user("ann"));
    store.execute("DELETE FROM auth_migrations");
    let mut again = store.another();
    assert!(matches!(again.resume(1, 200), Err(Error::Schema)));
    again.migrate(2).expect("made anew");
    assert_eq!(again.count("auth_users"), 0, "nobody's users come with it");

    again.execute("DELETE FROM auth_migrations");
    again.drop_place().expect("nothing is there");
    let left = "SELECT COUNT(*) FROM information_schema.tables \
                WHERE table_schema = DATABASE() AND table_name LIKE 'a\\_\\_%'";
    assert_eq!(again.database().value(left).as_deref(), Some("0"));
}
