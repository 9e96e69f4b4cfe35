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
    for (variable, value) in [
        ("session_keys", ""),
        ("session_keys", "hello"),
        ("session_keys", short),
        ("session_keys", weak.as_str()),
        ("session_keys", twice.as_str()),
        (
            "session_keys",
            "k1:not*base64*not*base64*not*base64*not*base64",
        ),
        ("base_url", ""),
        ("base_url", "localhost:3000"),
        ("base_url", "ftp://localhost"),
        ("base_url", "http://localhost/path"),
        ("base_url", "http://user:pw@localhost"),
        ("base_url", "https://"),
        ("base_url", "http://localhost:99999"),
        ("session_fresh_seconds", "-1"),
        ("session_fresh_seconds", "soon"),
        ("session_idle_seconds", "0"),
        ("session_lifetime_seconds", "1e9"),
        ("cookie_domain", "com"),
        ("cookie_domain", "other.example"),
        ("insecure_http", "yes"),
        ("trusted_proxies", "10.0.0.0/33"),
        ("trusted_proxies", "proxy.example"),
        ("public_paths", "no-slash"),
        ("public_paths", "/a/../b"),
        ("app_access", "some"),
        ("app_access", "granted"),
        ("sign_up", "maybe"),
        ("password_sign_in", "true"),
        ("database_url", "mysql://localhost/x"),
        ("database_url", "postgres:///"),
        ("upstream", "not a url"),
        ("upstream", "ftp://localhost"),
        ("google_client_id", "only-the-id"),
        ("github_client_secret", other_secret),
        ("oidc_providers", "{}"),
        ("oidc_providers", "[{\"id\":\"UPPER\"}]"),
        (
            "oidc_providers",
            "[{\"id\":\"a\",\"issuer\":\"http://issuer.example\",\"client_id\":\"x\"}]",
        ),
        (
            "oidc_providers",
            "[{\"id\":\"a\",\"issuer\":\"https://issuer.example\",\"client_id\":\"x\",\"algorithms\":[\"none\"]}]",
        ),
        (
            "oidc_providers",
            "[{\"id\":\"a\",\"issuer\":\"https://issuer.example\",\"client_id\":\"x\",\"misspelt\":1}]",
        ),
        ("oidc_client_secrets", not_json.as_str()),
        ("oidc_client_secrets", unknown_provider.as_str()),
    ] {
        let log = Setup::new(Engine::Sqlite)
            .variable(variable, value)
            .refuse();
        let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
        let telling: Vec<&&str> = lines
            .iter()
            .filter(|line| line.to_lowercase().contains(variable))
            .collect();
        let pair = variable.replace("_id", "_secret");
        let named = !telling.is_empty()
            || lines.iter().any(|line| line.contains(&pair))
            || (variable == "github_client_secret" && log.contains("github_client_id"));
        assert!(named, "{variable}={value:?} is not named:\n{log}");
        assert!(
            lines.len() <= 2,
            "{variable}={value:?} takes {} lines:\n{log}",
            lines.len()
        );
        assert!(
            !log.contains("panicked") && !log.contains("backtrace"),
            "{log}"
        );
    }
}

#[test]
fn access_by_grant_without_an_app_is_refused_at_the_start_on_saving_and_by_doctor() {
    const SAYS: &str = "app_access: is granted and app_name is not set";
    let granted = Setup::new(Engine::Sqlite).variable("app_access", "granted");
    let report = granted.run(&["doctor"]);
    let said = String::from_utf8_lossy(&report.stdout);
    assert!(!report.status.success() && said.contains(SAYS), "{said}");
    let log = granted.refuse();
    assert!(log.contains(SAYS), "{log}");

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
        log.contains("session_keys") && log.contains("gatelet keys new"),
        "{log}"
    );
}

#[test]
fn plain_http_on_a_public_name_is_refused_until_it_is_knowingly_allowed() {
    for base_url in [
        "http://app.example.com",
        "http://192.0.2.7:3000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
    ] {
        let log = Setup::new(Engine::Sqlite)
            .variable("base_url", base_url)
            .refuse();
        assert!(log.contains("insecure_http"), "the mend is named: {log}");
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
    for (what, line) in [
        (
            "a trigger",
            "\n[[trigger.redis]]\naddress = \"redis://localhost\"\nchannel = \"x\"\ncomponent = \"demo\"\n",
        ),
        (
            "a key-value store",
            "\n[component.extra]\nsource = \"target/components/demo.wasm\"\nkey_value_stores = [\"default\"]\n[[trigger.http]]\nroute = \"/extra\"\ncomponent = \"extra\"\n",
        ),
        (
            "an AI model",
            "\n[component.extra]\nsource = \"target/components/demo.wasm\"\nai_models = [\"llama\"]\n[[trigger.http]]\nroute = \"/extra\"\ncomponent = \"extra\"\n",
        ),
        (
            "a component that is not there",
            "\n[[trigger.http]]\nroute = \"/extra\"\ncomponent = \"nowhere\"\n",
        ),
    ] {
        let setup = Setup::new(Engine::Sqlite);
        let manifest = setup.folder().join("spin.toml");
        let text = std::fs::read_to_string(&manifest).expect("the copy") + line;
        std::fs::write(&manifest, text).expect("a folder of ours");
        let log = setup.refuse();
        let word = ["redis", "key_value_stores", "ai_models", "nowhere"]
            .iter()
            .any(|word| log.contains(word));
        assert!(word, "{what}: {log}");
    }
}

#[test]
fn a_port_that_is_taken_is_one_line() {
    let gatelet = Setup::new(Engine::Sqlite).start();
    let port = gatelet.address().port();
    let log = Setup::new(Engine::Sqlite)
        .arguments(&["--listen", &format!("127.0.0.1:{port}")])
        .refuse();
    assert!(log.contains(&port.to_string()), "{log}");
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
        for part in [
            "connect",
            "clean up",
            "acme",
            &redirect_uri,
            "google",
            "github",
        ] {
            assert!(
                text.to_lowercase().contains(&part.to_lowercase()),
                "{part}: {text}"
            );
        }
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
    assert!(
        text.contains("acme") && text.contains("127.0.0.1:9"),
        "{text}"
    );
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
    for name in variables
        .lines()
        .filter_map(|line| line.split_once(" ="))
        .map(|(name, _)| name.trim())
    {
        assert!(text.contains(name), "{name} is not in:\n{text}");
    }
}

#[test]
fn migrate_makes_the_tables_and_does_nothing_the_second_time() {
    let setup = Setup::new(Engine::Postgres);
    let first = setup.run(&["migrate"]);
    assert!(first.status.success(), "{first:?}");
    let database = setup.database().expect("Postgres");
    for table in [
        "auth_users",
        "auth_sessions",
        "auth_accounts",
        "auth_verifications",
    ] {
        let found = database.value(&format!("SELECT to_regclass('{table}')::text"));
        assert_eq!(found.as_deref(), Some(table));
    }
    assert!(setup.run(&["migrate"]).status.success());
}
