//! A mistake in the configuration stops the start with one line that names the
//! variable; the operator's tools say what works.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Setup, session_key};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::secrets;
use gatelet_tests::upstream::Upstream;

#[test]
fn a_mistake_is_one_line_that_names_the_variable() {
    let short = "k1:c2hvcnQ";
    let weak = format!("k1:{}", "A".repeat(43));
    let (one, two) = (session_key("k1"), session_key("k1"));
    let twice = format!("{one},{two}");
    let other_secret = "a-client-secret-that-is-in-the-wrong-place";
    secrets::remember(other_secret);
    let not_json = format!("{{\"acme\": {other_secret}}}");
    let unknown_provider = format!("{{\"acme\": \"{other_secret}\"}}");
    let provider = |more: &str| {
        format!(
            "[{{\"id\":\"a\",\"issuer\":\"https://issuer.example\",\"client_id\":\"x\"{more}}}]"
        )
    };
    let upper = provider("").replace("\"a\"", "\"UPPER\"");
    let plain = provider("").replace("https:", "http:");
    let unsigned = provider(",\"algorithms\":[\"none\"]");
    let misspelt = provider(",\"misspelt\":1");
    // What is beside it is as it has to be: the same with a good value starts, which
    // every other test does.
    for (variable, value, says) in [
        ("session_keys", "", "is not set: make a key"),
        ("session_keys", "hello", "an entry is not id:base64url"),
        ("session_keys", short, "a key has not 32 to 64 bytes"),
        ("session_keys", weak.as_str(), "a key is not random"),
        ("session_keys", twice.as_str(), "two keys have the same id"),
        (
            "session_keys",
            "k1:not*base64*not*base64*not*base64*not*base64",
            "an entry is not id:base64url",
        ),
        ("base_url", "", "is empty"),
        ("base_url", "localhost:3000", "does not begin with http"),
        ("base_url", "ftp://localhost", "does not begin with http"),
        ("base_url", "http://localhost/path", "has a path"),
        ("base_url", "http://user:pw@localhost", "has a user name"),
        ("base_url", "https://", "has no valid host name"),
        ("base_url", "http://localhost:99999", "has no valid port"),
        ("session_fresh_seconds", "-1", "is not a whole number"),
        ("session_fresh_seconds", "soon", "is not a whole number"),
        (
            "session_idle_seconds",
            "0",
            "is not a whole number of seconds from 60 ",
        ),
        ("session_lifetime_seconds", "1e9", "is not a whole number"),
        ("cookie_domain", "com", "localhost is not within it"),
        (
            "cookie_domain",
            "other.example",
            "localhost is not within it",
        ),
        ("insecure_http", "yes", "is neither refuse nor allow"),
        (
            "trusted_proxies",
            "10.0.0.0/33",
            "\"10.0.0.0/33\" is not an address",
        ),
        (
            "trusted_proxies",
            "proxy.example",
            "\"proxy.example\" is not an address",
        ),
        (
            "public_paths",
            "no-slash",
            "\"no-slash\" is not a plain path",
        ),
        ("public_paths", "/a/../b", "\"/a/../b\" is not a plain path"),
        ("app_access", "some", "is neither all nor granted"),
        (
            "app_access",
            "granted",
            "is granted and app_name is not set",
        ),
        (
            "sign_up",
            "maybe",
            "is \"maybe\": write open, invited or closed",
        ),
        ("password_sign_in", "true", "is neither on nor off"),
        (
            "database_url",
            "mongodb://localhost/x",
            "is none of sqlite:default, ",
        ),
        ("database_url", "mysql://localhost/x", "names no user"),
        ("database_url", "mysql://u:p@localhost", "names no database"),
        ("database_url", "postgres:///", "names no host"),
        ("upstream", "not a url", "does not begin with http"),
        ("upstream", "ftp://localhost", "does not begin with http"),
        ("oidc_providers", "{}", "is no JSON array of providers"),
        (
            "oidc_providers",
            upper.as_str(),
            "provider “UPPER”: `id` must be ",
        ),
        (
            "oidc_providers",
            plain.as_str(),
            "provider “a”: `issuer` must begin with https:// ",
        ),
        (
            "oidc_providers",
            unsigned.as_str(),
            "provider “a”: `algorithms` must be some of ",
        ),
        (
            "oidc_providers",
            misspelt.as_str(),
            "is no JSON array of providers: unknown field `misspelt`",
        ),
        (
            "oidc_client_secrets",
            not_json.as_str(),
            "is no JSON object",
        ),
        (
            "oidc_client_secrets",
            unknown_provider.as_str(),
            "has a secret for “acme”, which is no provider",
        ),
    ] {
        let setup = Setup::new(Engine::Sqlite).variable(variable, value);
        is_one_line(setup, &format!("{variable}: {says}"));
    }
    // Of a pair, the one that is missing.
    for (set, value, missing) in [
        ("google_client_id", "only-the-id", "google_client_secret"),
        ("github_client_secret", other_secret, "github_client_id"),
    ] {
        let setup = Setup::new(Engine::Sqlite).variable(set, value);
        is_one_line(setup, &format!("{missing}: is not set, while {set} is"));
    }
}

/// Starting it says this, and nothing before or after it.
#[track_caller]
fn is_one_line(setup: Setup, says: &str) {
    let log = setup.refuse();
    let begins = format!("gatelet: {says}");
    assert!(log.starts_with(&begins), "{says}:\n{log}");
    assert_eq!(log.trim_end().lines().count(), 1, "{says}:\n{log}");
}

#[test]
fn access_by_grant_without_an_app_is_refused_at_the_start_on_saving_and_by_doctor() {
    const SAYS: &str = "app_access: is granted and app_name is not set";
    let granted = Setup::new(Engine::Sqlite).variable("app_access", "granted");
    let report = granted.run(&["doctor"]);
    let said = String::from_utf8_lossy(&report.stdout);
    assert!(!report.status.success() && said.contains(SAYS), "{said}");
    is_one_line(granted, SAYS);

    let family = Setup::new(Engine::Sqlite);
    let set = |values: &[&str]| {
        let start = [
            "origins",
            "set",
            "shop",
            "base_url=http://shop.localhost:3000",
        ];
        let output = family.run(&[&start[..], values].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then_some(()).ok_or(said)
    };
    let refused = set(&["app_access=granted"]).expect_err("no app is named");
    assert!(refused.contains(SAYS), "{refused}");
    assert_eq!(set(&["app_access=granted", "app_name=shop"]), Ok(()));
}

#[test]
fn a_missing_key_is_named_with_its_mend() {
    let log = Setup::new(Engine::Sqlite).without("session_keys").refuse();
    assert!(
        log.starts_with("gatelet: session_keys is not set "),
        "{log}"
    );
    for mend in [
        "`gatelet keys new`",
        "`gatelet up --init`",
        "SPIN_VARIABLE_SESSION_KEYS",
    ] {
        assert!(log.contains(mend), "{mend}: {log}");
    }
}

#[test]
fn plain_http_on_a_public_name_is_refused_until_it_is_knowingly_allowed() {
    for base_url in [
        "http://app.example.com",
        "http://192.0.2.7:3000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
    ] {
        let setup = Setup::new(Engine::Sqlite).variable("base_url", base_url);
        let log = setup.refuse();
        let why = format!("gatelet: base_url: {base_url} is plain HTTP, ");
        assert!(log.starts_with(&why), "{log}");
        assert!(log.contains("set insecure_http=allow "), "the mend: {log}");
    }
    for base_url in [
        "http://127.0.0.1:3999",
        "http://[::1]:3999",
        "http://app.localhost:3999",
    ] {
        drop(
            Setup::new(Engine::Sqlite)
                .variable("base_url", base_url)
                .start(),
        );
    }
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("base_url", "http://app.example.com")
        .variable("insecure_http", "allow")
        .start();
    let page = gatelet.visitor().visit("/auth/sign-in").send().expect(200);
    assert!(
        page.text().contains("Not encrypted"),
        "every page says so: {}",
        page.text()
    );
}

#[test]
fn an_unsupported_thing_in_the_manifest_is_named() {
    let component = |more: &str| {
        format!(
            "\n[component.extra]\nsource = \"target/components/demo.wasm\"\n{more}[[trigger.http]]\nroute = \"/extra\"\ncomponent = \"extra\"\n"
        )
    };
    let with = |more: &str| {
        let setup = Setup::new(Engine::Sqlite);
        let manifest = setup.folder().join("spin.toml");
        let text = std::fs::read_to_string(&manifest).expect("the copy") + more;
        std::fs::write(&manifest, text).expect("a folder of ours");
        setup
    };
    for (what, more, says) in [
        (
            "a trigger",
            "\n[[trigger.redis]]\naddress = \"redis://localhost\"\nchannel = \"x\"\ncomponent = \"demo\"\n".to_owned(),
            "unknown field `redis`",
        ),
        (
            "an AI model",
            component("ai_models = [\"llama\"]\n"),
            "component.extra: ai_models is not supported",
        ),
        (
            "a component that is not there",
            "\n[[trigger.http]]\nroute = \"/extra\"\ncomponent = \"nowhere\"\n".to_owned(),
            "there is no [component.nowhere]",
        ),
    ] {
        let log = with(&more).refuse();
        let named = log.starts_with("gatelet: spin.toml: ") && log.contains(says);
        assert!(named, "{what}: {log}");
    }
    drop(with(&component("")).start());
}

#[test]
fn a_port_that_is_taken_is_one_line() {
    let gatelet = Setup::new(Engine::Sqlite).start();
    let port = gatelet.address().port();
    let log = Setup::new(Engine::Sqlite)
        .arguments(&["--listen", &format!("127.0.0.1:{port}")])
        .refuse();
    let says = format!("gatelet: 127.0.0.1:{port} is taken: ");
    assert!(log.starts_with(&says), "{log}");
    assert_eq!(log.trim_end().lines().count(), 1, "{log}");
}

#[test]
fn keys_new_prints_a_key_that_works() {
    let setup = Setup::new(Engine::Sqlite);
    let output = setup.run(&["keys", "new"]);
    let key = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let again = setup.run(&["keys", "new"]);
    assert_ne!(key, String::from_utf8_lossy(&again.stdout).trim());
    let gatelet = setup.variable("session_keys", &key).start();
    signed_in(&gatelet).0.visit("/").send().expect(200);
}

#[test]
fn doctor_says_what_works_and_what_is_off() {
    let provider = IdentityProvider::start();
    let upstream = Upstream::start();
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let (setup, _) = Setup::new(engine)
            .upstream(&upstream)
            .providers(&[("acme", &provider)]);
        let redirect_uri = setup.redirect_uri("acme");
        let output = setup.run(&["doctor"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        let row = |name: &str| {
            let row = text
                .lines()
                .find(|line| line.get(6..).is_some_and(|rest| rest.starts_with(name)));
            row.unwrap_or_default().trim().to_owned()
        };
        for works in [
            "connect", "server", "create", "write", "read", "clean up", "acme", "upstream",
        ] {
            assert!(row(works).starts_with("✓ "), "{works}: {text}");
        }
        assert!(row("acme").contains(&redirect_uri), "{text}");
        for off in ["google", "github"] {
            assert!(row(off).starts_with("– "), "{off}: {text}");
        }
        assert!(!text.contains('✗'), "{text}");
    }
}

#[test]
fn doctor_fails_when_something_is_broken_and_says_what() {
    let provider = IdentityProvider::start();
    let (setup, _) = Setup::new(Engine::Sqlite)
        .variable("upstream", "http://127.0.0.1:9")
        .providers(&[("acme", &provider)]);
    drop(provider);
    let output = setup.run(&["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{text}");
    let broken: Vec<_> = text.lines().filter(|line| line.contains("✗ ")).collect();
    let names = ["✗ acme ", "✗ upstream  "];
    let found = broken
        .iter()
        .zip(names)
        .all(|(row, name)| row.contains(name));
    assert!(found && broken.len() == 3, "the rows, and how many: {text}");
    assert!(text.contains("\n2 things are broken"), "{text}");
}

#[test]
fn config_documents_every_variable_of_the_manifest() {
    let setup = Setup::new(Engine::Sqlite);
    let output = setup.run(&["config"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let manifest = std::fs::read_to_string(setup.folder().join("spin.toml")).expect("the manifest");
    let variables = manifest
        .split("[variables]")
        .nth(1)
        .and_then(|rest| rest.split("\n[").next())
        .expect("a section");
    let names = variables.lines().filter_map(|line| line.split_once(" ="));
    let names: Vec<_> = names.map(|(name, _)| name.trim()).collect();
    assert!(names.contains(&"session_keys"), "{variables}");
    let lines: Vec<_> = text.lines().collect();
    let entries = lines.windows(2).filter_map(|pair| {
        let (name, _) = pair[0].split_once(" =")?;
        let says = pair[1].strip_prefix("    ")?;
        (!name.starts_with(' ') && !says.is_empty()).then_some(name)
    });
    let documented: Vec<_> = entries.collect();
    for name in &names {
        let times = documented.iter().filter(|known| *known == name).count();
        assert_eq!(times, 1, "{name} in:\n{text}");
    }
    assert_eq!(documented.len(), names.len(), "{documented:?}");
}

#[test]
fn migrate_makes_the_tables_and_does_nothing_the_second_time() {
    let setup = Setup::new(Engine::Postgres);
    let database = setup.database().expect("Postgres");
    let migrate = || {
        let output = setup.run(&["migrate"]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    // Whatever changes a table changes the catalogue, and whatever changes a row of
    // the record of migrations is another transaction's.
    let state = || {
        database.value(
            "SELECT md5(string_agg(c.xmin::text || c.relname, ',' ORDER BY c.relname)) || \
             (SELECT string_agg(m.xmin::text || m::text, ',' ORDER BY m::text) FROM auth_migrations m) \
             FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace",
        )
    };
    let first = migrate();
    assert!(first.contains("applied 0001 users, "), "{first}");
    for table in [
        "auth_users",
        "auth_sessions",
        "auth_accounts",
        "auth_verifications",
    ] {
        let found = database.value(&format!("SELECT to_regclass('{table}')::text"));
        assert_eq!(found.as_deref(), Some(table));
    }
    let before = state();
    assert!(before.is_some());
    let second = migrate();
    assert!(second.contains("nothing to do"), "{second}");
    assert_eq!(state(), before);
}
