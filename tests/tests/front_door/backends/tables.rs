//! Where its tables are, and what happens where they are not.

use gatelet_tests::better_auth::{BetterAuthApp, SECRET};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::postgres::Database;
use gatelet_tests::secrets;
use serde_json::json;

use super::{TOKEN, is_nobody, started, told};

#[test]
fn tables_that_are_dropped_are_a_clear_error_and_never_a_pass() {
    let grace = |setup: Setup| setup.variable("session_grace_seconds", "600");
    let (gatelet, app) = started(grace, &json!({}));
    let ann = app.sign_up("Ann");
    let visitor = gatelet.visitor();
    ann.sign_in(&visitor);
    told(&visitor);
    let doctor = |gatelet: &gatelet_tests::gatelet::Gatelet| {
        let output = gatelet.setup().run(&["doctor"]);
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    let (well, said) = doctor(&gatelet);
    assert!(well, "{said}");
    for line in [
        "✓ backend          better-auth: its sessions count",
        "✓ sign-in page     /login?next=%2F",
        "✓ better-auth      users and sessions can be read",
    ] {
        assert!(said.contains(line), "{said}");
    }

    let log = gatelet.log();
    assert!(
        !log.contains("first administrator"),
        "nobody is one by us: {log}"
    );
    let invited = gatelet.setup().run(&["users", "invite", "ben@example.com"]);
    let said = String::from_utf8_lossy(&invited.stderr).into_owned();
    assert!(
        !invited.status.success() && said.contains("auth_backend is better-auth"),
        "{said}"
    );

    gatelet.database().execute("DROP TABLE \"session\"");
    for _ in 0..2 {
        let answer = visitor.get("/a").send();
        let answer = answer.expect_denial(503, "store.schema");
        assert!(
            !answer.text().contains("relation"),
            "{}",
            answer.description()
        );
    }
    visitor.get("/auth/me").send().expect(503);
    // What is open stays so, and is nobody's.
    let open = visitor.get("/open").send().expect(200).json();
    assert!(open.get("x-forwarded-user").is_none(), "{open}");
    gatelet.wait_for_line(&["better-auth.find", "better_auth_tables", "42P01", "session"]);
    let (well, said) = doctor(&gatelet);
    assert!(
        !well && said.contains("✗ better-auth") && said.contains("better_auth_tables"),
        "{said}"
    );
}

#[test]
fn tables_and_columns_as_prisma_maps_them_are_read_in_a_schema_of_their_own() {
    let mapped = json!({ "mapped": true, "schema": "theirs" });
    let set = |setup: Setup| {
        setup
            .variable(
                "better_auth_tables",
                "theirs.auth_users, theirs.auth_sessions",
            )
            .variable("better_auth_columns", "snake")
    };
    let (gatelet, app) = started(set, &mapped);
    let ann = app.sign_up("Ann");
    let visitor = gatelet.visitor();
    ann.sign_in(&visitor);
    assert_eq!(told(&visitor)["x-forwarded-user"], ann.id);
    app.ban(&ann, Some(3600));
    is_nobody(&visitor, "session.expired");
    app.unban(&ann);
    // A column without a time zone, which Prisma makes, is UTC.
    let database = gatelet.database();
    database.execute(
        "ALTER TABLE theirs.auth_sessions ALTER expires_at TYPE timestamp(3) USING expires_at AT TIME ZONE 'UTC';
         ALTER TABLE theirs.auth_users ALTER ban_expires TYPE timestamp(3) USING ban_expires AT TIME ZONE 'UTC';
         ALTER DATABASE CURRENT_DATABASE SET timezone TO 'Asia/Kolkata'"
            .replace("CURRENT_DATABASE", &name(database))
            .as_str(),
    );
    let ends = |when: &str| {
        database.execute(&format!(
            "UPDATE theirs.auth_sessions SET expires_at = now() AT TIME ZONE 'UTC' + interval '{when}'"
        ));
    };
    ends("1 minute");
    told(&visitor);
    ends("-1 minute");
    is_nobody(&visitor, "session.expired");
    ends("1 hour");
    let until = |when: &str| {
        database.execute(&format!(
            "UPDATE theirs.auth_users SET banned = true, ban_expires = now() AT TIME ZONE 'UTC' + interval '{when}'"
        ));
    };
    until("1 minute");
    is_nobody(&visitor, "session.expired");
    until("-1 minute");
    told(&visitor);
}

/// The name of a database, by its URL.
fn name(database: &Database) -> String {
    let (_, name) = database.url.rsplit_once('/').expect("a path");
    name.to_owned()
}

#[test]
fn tables_are_read_by_a_user_who_may_do_nothing_else_while_ours_are_embedded() {
    const PASSWORD: &str = "r3ader-secret-of-tests";
    secrets::remember(PASSWORD);
    let theirs = Database::fresh();
    let setup = Setup::new(Engine::Sqlite);
    // Without the admin plugin, whose columns are then not there.
    let app = BetterAuthApp::start(&setup, &theirs, &json!({ "admin": false }));
    let ann = app.sign_up("Ann");
    let role = format!("reader_of_{}", name(&theirs));
    theirs.execute(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}';
         GRANT SELECT ON \"user\", \"session\" TO {role}"
    ));
    let mut url = url::Url::parse(&theirs.url).expect("a URL");
    url.set_username(&role).expect("a URL with a host");
    url.set_password(Some(PASSWORD)).expect("a URL with a host");
    let gatelet = setup
        .variable("auth_backend", "better-auth")
        .variable("better_auth_secret", SECRET)
        .variable("better_auth_database_url", url.as_str())
        .variable("upstream", app.url())
        .variable("public_paths", "/api/auth/*")
        .variable("session_fresh_seconds", "0")
        .start();
    let visitor = gatelet.visitor();
    ann.sign_in(&visitor);
    let before = theirs.dump();
    assert_eq!(told(&visitor)["x-forwarded-user"], ann.id);
    visitor.get("/auth/me").send().expect(200);
    assert_eq!(theirs.dump(), before, "nothing of theirs is written");
    assert!(visitor.cookie(TOKEN).is_some());

    // A user who may not even do that is told apart from a table that is gone.
    theirs.execute(&format!("REVOKE SELECT ON \"session\" FROM {role}"));
    visitor
        .get("/a")
        .send()
        .expect_denial(503, "store.internal");
    gatelet.wait_for_line(&["better-auth.find", "42501"]);
    theirs.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[test]
fn settings_that_cannot_work_are_refused_at_the_start() {
    let ours = |engine| {
        Setup::new(engine)
            .variable("auth_backend", "better-auth")
            .variable("better_auth_secret", SECRET)
    };
    let refused = ours(Engine::Sqlite).refuse();
    assert!(
        refused.contains("better_auth_database_url: is not set, database_url is SQLite"),
        "{refused}"
    );
    let refused = ours(Engine::Postgres)
        .without("better_auth_secret")
        .refuse();
    assert!(
        refused.contains("better_auth_secret: is not set"),
        "{refused}"
    );
    let refused = ours(Engine::Postgres)
        .variable("sign_in_url", "/login")
        .refuse();
    assert!(
        refused.contains("sign_in_url: /login is not open"),
        "{refused}"
    );
    let refused = ours(Engine::Postgres)
        .variable("access_rules", "/admin/* signed-in with passkey")
        .refuse();
    assert!(refused.contains("access_rules: asks how"), "{refused}");
}
