//! What is Postgres' own about schemas: who made one, and where the search path
//! leads.

use super::{Database, Subject, places::tables_of, user};

#[test]
fn a_schema_that_was_there_before_keeps_what_is_not_ours() {
    let mut store = Subject::on(Database::postgres());
    let Database::Postgres(database) = store.database().clone() else {
        unreachable!()
    };
    database.execute(
        "CREATE SCHEMA shop; CREATE TABLE shop.orders (id BIGINT); \
         CREATE TABLE shop.auth_tokens (id BIGINT)",
    );
    store
        .at("shop")
        .migrate(1)
        .expect("beside the shop's tables");
    store.with_user(&user("ann"));
    store.drop_place().expect("dropped");
    let mut left = tables_of(&store, "shop");
    left.sort();
    assert_eq!(left, ["auth_tokens", "orders"]);
}

#[test]
fn a_schema_that_was_made_goes_with_all_that_is_in_it() {
    let mut store = Subject::on(Database::postgres()).at_new("preview_1");
    let Database::Postgres(database) = store.database().clone() else {
        unreachable!()
    };
    // The app's own, which hang on ours.
    database.execute(
        "CREATE TABLE preview_1.orders (id BIGINT, \
         user_id TEXT REFERENCES preview_1.auth_users (id))",
    );
    store.drop_place().expect("dropped");
    let left = database.value("SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'preview_1'");
    assert_eq!(left.as_deref(), Some("0"));
}

/// Made there, its tables would hide the main origin's from then on.
#[test]
fn no_place_is_made_or_dropped_on_the_search_path() {
    let Database::Postgres(mut database) = Database::postgres() else {
        unreachable!()
    };
    let role = database.value("SELECT current_user").expect("a role");
    database.execute("CREATE SCHEMA main_tables");
    let (address, _) = database.url.split_once('?').unwrap_or((&database.url, ""));
    database.url =
        format!("{address}?options=-csearch_path%3D%22%24user%22%2Cmain_tables%2Clater%2Cpublic");
    let mut store = Subject::on(Database::Postgres(database));
    store.with_user(&user("ann"));
    for schema in [role.as_str(), "main_tables", "later"] {
        for line in [
            store
                .at(schema)
                .migrate(1)
                .map(drop)
                .expect_err("on the path"),
            store.drop_place().expect_err("on the path"),
        ] {
            assert!(line.contains("search path"), "{line}");
        }
    }
    let mut store = store.at_new("main");
    store.with_user(&user("ann"));
    assert_eq!(store.at("").count("main_tables.auth_users").min(9), 1);
}

#[test]
fn a_role_that_may_make_no_schema_is_told_so_and_nothing_is_left() {
    let store = Subject::on(Database::postgres());
    let Database::Postgres(mut database) = store.database().clone() else {
        unreachable!()
    };
    let role = format!("lesser_{}", std::process::id());
    database.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'lesser'"));
    let mut url = url::Url::parse(&database.url).expect("a URL");
    url.set_username(&role).expect("a host");
    url.set_password(Some("lesser")).expect("a host");
    let owners = std::mem::replace(&mut database.url, url.into());
    let mut lesser = Subject::unprepared(Database::Postgres(database.clone()));
    let line = lesser.at("a").migrate(1).expect_err("a lesser role");
    assert!(line.contains("permission denied"), "{line}");
    database.url = owners;
    assert!(tables_of(&store, "a").is_empty());
    database.execute(&format!("DROP ROLE {role}"));
}
