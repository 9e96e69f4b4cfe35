//! `gatelet preview`, as a pipeline and as people call it.

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::postgres::Database;
use gatelet_tests::secrets;
use gatelet_tests::visitor::Visitor;
use serde_json::{Value, json};

use super::{name_of, preview, production, refused, run, wait_for};

/// What a call says to programs.
#[track_caller]
fn created(gatelet: &Gatelet, more: &[&str]) -> Value {
    let arguments = [&["preview", "create", "feat/login", "--json"][..], more].concat();
    let said = run(gatelet, &arguments);
    assert_eq!(said.lines().count(), 1, "{said}");
    serde_json::from_str(&said).expect("JSON")
}

/// Who is signed in at a preview has an account there, and sessions, and another at home.
#[test]
fn an_account_of_a_preview_is_changed_there_alone() {
    let gatelet = production(Engine::Postgres).start();
    let url = created(&gatelet, &[])["url"]
        .as_str()
        .expect("a URL")
        .to_owned();
    let there = gatelet.visitor_at(&url);
    wait_for(&there, true);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&there, "/").expect(303);
    let home = gatelet.visitor();
    account.sign_up(&home, "/").expect(303);

    let name = |visitor: &Visitor, name: &str| {
        let page = visitor.visit("/auth/account/profile").send().expect(200);
        let form = page.form("/auth/account/profile").fill("name", name);
        visitor.submit(&form, &page.url).send().expect(303);
    };
    name(&there, "Of the preview");
    let page = there.visit("/auth/account/sessions").send().expect(200);
    assert_eq!(page.text().matches("This session").count(), 1);
    assert!(page.text().contains("Preview.") && !page.text().contains("End session"));
    let form = there.visit("/auth/account/delete").send().expect(200);
    let filled = form
        .form("/auth/account/delete")
        .fill("confirmation", &account.email);
    there.submit(&filled, &form.url).send().expect(303);
    there.visit("/auth/account/profile").send().expect(303);

    let at_home = home.visit("/auth/account/profile").send().expect(200);
    let at_home = at_home.form("/auth/account/profile");
    assert_eq!(at_home.value("name"), Some("Ada Lovelace"));
}

#[test]
fn a_preview_is_made_brought_up_to_date_extended_and_revived_and_says_which() {
    let gatelet = production(Engine::Postgres).start();
    let made = created(&gatelet, &["--ttl", "14d", "--override", "site_name=One"]);
    let url = made["url"].as_str().expect("a URL").to_owned();
    assert_eq!(made["action"], "created");
    assert_eq!(made["name"], name_of(&url));
    assert_eq!(
        (&made["branch"], &made["parent"]),
        (&"feat/login".into(), &"main".into())
    );
    let visitor = gatelet.visitor_at(&url);
    wait_for(&visitor, true);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&visitor, "/").expect(303);

    let listed = run(&gatelet, &["preview", "list"]);
    assert!(
        listed.contains("in 14 days") && listed.contains(&url),
        "{listed}"
    );
    assert!(
        listed.lines().all(|line| line.chars().count() <= 100),
        "{listed}"
    );

    assert_eq!(created(&gatelet, &[])["action"], "unchanged");
    let extended = created(&gatelet, &["--ttl", "20d"]);
    assert_eq!(extended["action"], "extended");
    assert!(extended["expires_at"].as_u64() > made["expires_at"].as_u64());
    let updated = created(&gatelet, &["--override", "site_name=Two", "--ttl", "14d"]);
    assert_eq!(updated["action"], "updated");
    let page = || visitor.visit("/auth/sign-up").send().text();
    let start = std::time::Instant::now();
    while !page().contains("Two") {
        assert!(start.elapsed().as_secs() < 20, "the setting did not arrive");
    }
    let elsewhere = refused(
        &gatelet,
        &["preview", "create", "feat/login", "--share-database"],
    );
    assert!(
        elsewhere.contains("its users are schema preview_"),
        "{elsewhere}"
    );

    // Its time is over, and nobody has swept it yet.
    gatelet.database().execute(
        "UPDATE auth_origins SET expires_at = extract(epoch from now())::bigint - 1; \
         UPDATE auth_origins_revision SET revision = revision + 1",
    );
    wait_for(&visitor, false);
    let revived = created(&gatelet, &["--ttl", "14d"]);
    assert_eq!(revived["action"], "revived");
    assert_eq!(revived["url"], url.as_str());
    wait_for(&visitor, true);
    account.sign_up(&visitor, "/").expect(303);

    // Somebody began to delete it, and stopped.
    gatelet
        .database()
        .execute("UPDATE auth_origins SET state = 'deleting'");
    assert_eq!(created(&gatelet, &[])["action"], "created");
    wait_for(&visitor, true);
    account.sign_in(&visitor, "/").expect(401);
}

#[test]
fn a_branch_is_enough_to_delete_its_preview_and_twice_is_no_error() {
    let gatelet = production(Engine::Sqlite).start();
    let (_, visitor) = preview(&gatelet, &["feat/login"]);
    let said = run(&gatelet, &["preview", "delete", "feat/login"]);
    assert!(
        said.ends_with(": removed, and its users with it."),
        "{said}"
    );
    wait_for(&visitor, false);
    let said = run(&gatelet, &["preview", "delete", "feat/login", "--yes"]);
    assert_eq!(said, "feat/login: it has no preview.");
    assert_eq!(run(&gatelet, &["preview", "list", "--json"]), "[]");
}

#[test]
fn to_delete_a_preview_says_what_becomes_of_its_users() {
    let gatelet = production(Engine::Postgres).start();
    preview(&gatelet, &["shared", "--share-database"]);
    let said = run(&gatelet, &["preview", "delete", "shared"]);
    assert!(
        said.ends_with("removed; its users are main's, and stay."),
        "{said}"
    );

    let other = Database::fresh();
    let arguments = ["preview", "create", "own", "--own-database"];
    let made = gatelet
        .setup()
        .run_with(&arguments, &[("GATELET_PREVIEW_DATABASE_URL", &other.url)]);
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let said = run(&gatelet, &["preview", "delete", "own"]);
    assert!(
        said.contains("its users stay") && said.contains("a database of its own"),
        "{said}"
    );
    let left = other.value("SELECT COUNT(*) FROM pg_tables WHERE tablename = 'auth_users'");
    assert_eq!(left.as_deref(), Some("1"));
}

#[test]
fn tokens_of_a_provider_are_in_the_tables_of_the_preview_that_somebody_signed_in_at() {
    let provider = IdentityProvider::start();
    let grants = json!({ "grant_types": ["authorization_code", "refresh_token"] });
    let entry = ("acme", &provider, json!({ "keep_tokens": true }), grants);
    let (setup, _) = production(Engine::Postgres).providers_with(&[entry]);
    let gatelet = setup.variable("forward_access_token", "acme").start();
    let (_, there) = preview(&gatelet, &["feat"]);
    let start = there.visit("/auth/start/acme").send().expect(303);
    let back = provider.sign_in(&there, start.header("location"), "ada");
    let onwards = there.visit(back.header("location")).send();
    there.follow(onwards);
    let seen = there.get("/headers").send().expect(200).json().to_string();
    let (_, token) = seen
        .split_once("\"x-forwarded-access-token\"")
        .expect("its app got one");
    let token = token.trim_start_matches([':', ',', ' ', '[', '"']);
    let token = token.split('"').next().expect("a value");
    secrets::remember(token);
    assert!(provider.takes(token), "{seen}");

    let database = gatelet.database();
    let of = |schema: &str| {
        let count = "SELECT COUNT(*) FROM";
        let kept = "auth_accounts WHERE sealed_tokens IS NOT NULL";
        database.value(&format!("{count} {schema}.{kept}"))
    };
    let schema = database
        .value(
            "SELECT table_schema FROM information_schema.tables \
             WHERE table_name = 'auth_accounts' AND table_schema <> 'public'",
        )
        .expect("the preview's own");
    assert_eq!(of(&schema).as_deref(), Some("1"));
    assert_eq!(of("public").as_deref(), Some("0"), "nothing at home");
}
