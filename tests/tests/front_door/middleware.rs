//! Login before an app by one line of its `spin.toml`: the example's own manifest.

use std::time::{Duration, Instant};

use gatelet_tests::account::{Account, sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Setup, session_key};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::postgres::Cluster;
use gatelet_tests::raw_socket::{RawSocket, spoofed_trailers};
use gatelet_tests::repository;
use gatelet_tests::secrets;
use gatelet_tests::session_cookie::{aged, stale};
use gatelet_tests::spin_template::render;
use gatelet_tests::visitor::Visitor;
use http::Method;
use serde_json::json;

const EXAMPLE: &str = "examples/hello";

on_both_engines! {
    an_app_without_sign_in_code_greets_who_signs_in_before_it,
}

/// The example as it stands.
fn example(engine: Engine) -> Setup {
    Setup::new(engine).application(EXAMPLE, |manifest| manifest)
}

/// The demo app in its place, which shows what arrives.
fn showing() -> Setup {
    Setup::new(Engine::Sqlite).application(EXAMPLE, |manifest| {
        replaced(&manifest, "components/hello.wasm", "components/demo.wasm")
    })
}

#[track_caller]
fn replaced(manifest: &str, this: &str, that: &str) -> String {
    assert!(manifest.contains(this), "{this}: {manifest}");
    manifest.replace(this, that)
}

fn an_app_without_sign_in_code_greets_who_signs_in_before_it(engine: Engine) {
    let mut gatelet = example(engine).start();
    let (visitor, account) = (gatelet.visitor(), Account::new("Zoë <b>"));
    visitor.get("/").send().expect_denial(401, "session.none");
    let away = visitor.visit("/a?b=c").send();
    away.expect_redirect("/auth/sign-in?return_to=%2Fa%3Fb%3Dc");
    let landed = visitor.follow(account.sign_up(&visitor, "/a?b=c"));
    assert!(landed.url.as_str().ends_with("/a?b=c"), "{}", landed.url);
    let greeting = format!("Hello Zoë <b>, you are {}.\n", account.email);
    assert_eq!(landed.text(), greeting);

    gatelet.restart();
    assert_eq!(visitor.get("/").send().expect(200).text(), greeting);
    sign_out(&visitor);
    visitor.get("/").send().expect_denial(401, "session.none");
}

#[test]
fn what_a_visitor_says_of_himself_never_reaches_the_app_behind_middleware() {
    let mut gatelet = showing().start();
    let (visitor, account) = signed_in(&gatelet);
    let mut request = visitor
        .get("/headers")
        .header("x-forwarded-email", "root@example.com")
        .header("X-Forwarded-User", "root")
        .header("x-forwarded-for", "192.0.2.7")
        .header("x-kept", "yes");
    // Other fields in the same spellings arrive.
    let spellings = "!#$%&'*+.^_`|~".chars().map(|between| between.to_string());
    let spellings: Vec<String> = spellings.collect();
    for between in &spellings {
        request = request
            .header(&"x-forwarded-user".replace('-', between), "root")
            .header(&"x-said-otherwise".replace('-', between), "kept");
    }
    let seen = request.send().expect(200).json();
    let all = seen.to_string();
    assert!(!all.contains("root") && !all.contains("192.0.2.7"), "{all}");
    assert_eq!(all.matches("\"kept\"").count(), spellings.len(), "{all}");
    assert!(
        all.contains("x-kept") && all.contains(&account.email),
        "{all}"
    );
    // The session stays with us.
    let cookie = visitor.cookie("gatelet").expect("signed in").value;
    assert!(!all.contains(&cookie), "{all}");

    // Nor where nobody is asked who he is.
    gatelet.restart_with(&[("public_paths", "/headers")]);
    let public = visitor
        .get("/headers")
        .without_cookies()
        .header("x-forwarded-user", "root")
        .header("x_forwarded_user", "root")
        .header("x-kept", "yes");
    let public = public.send().expect(200).text();
    assert!(!public.contains("root"), "{public}");
    assert!(public.contains(r#"["x-kept","yes"]"#), "{public}");
}

#[test]
fn the_app_behind_middleware_gets_the_hosts_own_fields_and_no_forged_ones() {
    let gatelet = showing().start();
    let (visitor, _) = signed_in(&gatelet);
    let mut request = visitor.get("/headers?a=b");
    for name in [
        "spin-path-info",
        "spin-matched-route",
        "spin-path-match-id",
        "spin-client-addr",
        "Spin_Full_Url",
        "spin-anything",
    ] {
        request = request.header(name, "/:forged/...");
    }
    let seen = request.send().expect(200).text();
    assert!(!seen.contains("forged"), "{seen}");
    let url = format!("{}/headers?a=b", gatelet.base_url());
    for own in [
        r#"["spin-path-info","/headers"]"#,
        r#"["spin-matched-route","/..."]"#,
        r#"["spin-client-addr","127.0.0.1:"#,
        &format!(r#"["spin-full-url","{url}"]"#),
    ] {
        assert!(seen.contains(own), "{own}: {seen}");
    }
}

#[test]
fn trailers_and_offers_of_other_protocols_do_not_get_past_middleware() {
    let gatelet = showing().start();
    let (visitor, _) = signed_in(&gatelet);
    let host = gatelet.base_url().trim_start_matches("http://");
    let cookie = visitor.cookie("gatelet").expect("signed in");
    let cookie = format!("{}={}", cookie.name, cookie.value);
    let head = |method: &str| {
        format!(
            "{method} /headers HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}; a=1\r\nCookie: b=2\r\n"
        )
    };
    let answer = RawSocket::exchange(gatelet.address(), spoofed_trailers(&head("POST")));
    assert!(answer.contains(r#"["x-digest","123"]"#), "{answer}");
    assert!(!answer.contains("spoofed"), "{answer}");
    // Cookies in one field, without ours.
    assert!(answer.contains(r#"["cookie","a=1; b=2"]"#), "{answer}");

    let offer = "Connection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
    let answer = RawSocket::exchange(gatelet.address(), head("GET") + offer);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!answer.contains("h2c"), "{answer}");
}

#[test]
fn a_public_path_needs_no_session_and_its_neighbours_do() {
    let gatelet = example(Engine::Sqlite).start();
    let visitor = gatelet.visitor();
    let open = visitor.get("/welcome").send().expect(200);
    assert_eq!(open.text(), "Hello, whoever you are.\n");
    for target in ["/welcome/", "/Welcome", "/welcome/../x", "/%77elcome"] {
        let answer = visitor.get("/").exact_target(target).send();
        answer.expect_denial(401, "session.none");
    }
}

#[test]
fn a_stale_session_is_renewed_on_the_apps_answer_and_an_ended_one_is_refused() {
    let key = session_key("k1");
    let gatelet = example(Engine::Sqlite)
        .variable("session_keys", &key)
        .start();
    let (visitor, _) = signed_in(&gatelet);
    let stale = stale(&visitor, &key);
    let with_stale = || {
        let request = visitor.get("/").without_cookies();
        request.header("cookie", &stale).send()
    };
    let renewed = with_stale().expect(200);
    assert!(
        renewed.text().starts_with("Hello Ada"),
        "{}",
        renewed.text()
    );
    assert!(renewed.set_cookie("gatelet=").is_some(), "{renewed:?}");
    let caching = renewed.header("cache-control");
    assert!(caching.starts_with("private"), "{caching}");
    // A cache would add the cookie to what it has stored.
    let request = visitor.request(Method::HEAD, "/").without_cookies();
    let fields = request.header("cookie", &stale).send().expect(200);
    assert_eq!(fields.set_cookie("gatelet="), None);
    let fresh = visitor.get("/").send().expect(200);
    assert_eq!(fresh.set_cookie("gatelet="), None);

    sign_out(&visitor);
    let refused = with_stale().expect_denial(401, "session.expired");
    let cleared = refused.set_cookie("gatelet=").expect("it is cleared");
    assert!(cleared.contains("Max-Age=0"), "{cleared}");
}

#[test]
fn an_unknown_host_is_misdirected_by_middleware_too() {
    let gatelet = example(Engine::Sqlite).start();
    for host in ["evil.example", "auth.spin.internal", "localhost"] {
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = RawSocket::exchange(gatelet.address(), request);
        assert!(answer.starts_with("HTTP/1.1 421"), "{host}: {answer}");
    }
}

#[test]
fn nobody_outside_asks_the_private_route() {
    let gatelet = example(Engine::Sqlite).start();
    let visitor = gatelet.visitor();
    let ask = |target: &str| {
        visitor
            .request(Method::POST, "/")
            .exact_target(target)
            .header("gatelet-question-1", "AA")
            .send()
    };
    // It is a path of the app's, and the app has login before it.
    ask("/gate/judge").expect_denial(401, "session.none");
    for target in [
        "/auth/gate/judge",
        "/auth/../gate/judge",
        "/auth//gate/judge",
    ] {
        let answer = ask(target).expect(404);
        assert!(answer.headers.get("gatelet-answer-2").is_none(), "{target}");
    }
}

#[test]
fn middleware_that_may_not_ask_lets_nobody_in() {
    let gatelet = Setup::new(Engine::Sqlite)
        .application(EXAMPLE, |manifest| {
            replaced(&manifest, r#"["http://auth.spin.internal"]"#, "[]")
        })
        .start_unready();
    gatelet.wait_for_line(&["serving"]);
    let visitor = gatelet.visitor();
    for target in ["/", "/welcome"] {
        visitor
            .get(target)
            .send()
            .expect_denial(500, "settings.invalid");
    }
    gatelet.wait_for_line(&["middleware: may not ask auth", "allowed_outbound_hosts"]);
}

#[test]
fn an_answer_that_is_not_auths_lets_nobody_in() {
    // A component that says 200 to anything, under the name that middleware asks.
    let gatelet = Setup::new(Engine::Sqlite)
        .application(EXAMPLE, |manifest| {
            let manifest = replaced(
                &manifest,
                "component = \"auth\"",
                "component = \"accounts\"",
            );
            let manifest = replaced(&manifest, "[component.auth", "[component.accounts");
            manifest
                + "[[trigger.http]]\nroute = { private = true }\ncomponent = \"auth\"\n\
                   [component.auth]\nsource = \"target/components/hello.wasm\"\n"
        })
        .start_unready();
    gatelet.wait_for_line(&["serving"]);
    let visitor = gatelet.visitor();
    visitor
        .get("/")
        .send()
        .expect_denial(500, "settings.invalid");
    gatelet.wait_for_line(&["middleware:", "/gate/judge", "answers 200"]);
}

#[test]
fn without_the_database_middleware_passes_fresh_sessions_and_no_stale_ones() {
    let cluster = Cluster::start_new();
    let key = session_key("k1");
    let gatelet = example(Engine::Sqlite)
        .on(cluster.database())
        .variable("session_keys", &key)
        .start();
    let (visitor, _) = signed_in(&gatelet);
    visitor.get("/").send().expect(200);
    let stale = stale(&visitor, &key);
    cluster.stop();
    visitor.get("/").send().expect(200);
    let refused = visitor
        .get("/")
        .without_cookies()
        .header("cookie", &stale)
        .send()
        .expect_denial(503, "store.unavailable");
    assert!(!refused.header("retry-after").is_empty());
    cluster.start();
}

/// The operator says so to `auth`; middleware has no settings.
#[test]
fn through_an_outage_middleware_believes_sessions_for_as_long_as_auth_is_told() {
    const GRACE: &str = "session_grace_seconds";
    let cluster = Cluster::start_new();
    let key = session_key("k1");
    let gatelet = Setup::new(Engine::Sqlite)
        .application(EXAMPLE, |manifest| {
            let (variables, own) = ("\n[variables]\n", "\n[component.auth.variables]\n");
            let declared = format!("{variables}{GRACE} = {{ default = \"0\" }}\n");
            let given = format!("{own}{GRACE} = \"{{{{ {GRACE} }}}}\"\n");
            replaced(&replaced(&manifest, variables, &declared), own, &given)
        })
        .on(cluster.database())
        .variable("session_keys", &key)
        .variable(GRACE, "7200")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let (gone, gones) = signed_in(&gatelet);
    let [within, ended] = [&visitor, &gone].map(|whose| stale(whose, &key));
    let beyond = aged(&visitor, &key, 3 * 3600);
    let with = |cookie: &str| {
        let request = visitor.get("/").without_cookies();
        request.header("cookie", cookie).send()
    };
    sign_out(&gone).expect(303);
    with(&ended).expect_denial(401, "session.expired");
    with(&beyond).expect(200);

    cluster.stop();
    let passed = with(&within).expect(200);
    assert!(passed.text().contains(&account.email), "{}", passed.text());
    assert_eq!(passed.header("set-cookie"), "", "nothing is prolonged");
    with(&beyond).expect_denial(503, "store.unavailable");
    // What it costs: that this one is over, only the database knows.
    let passed = with(&ended).expect(200);
    assert!(passed.text().contains(&gones.email), "{}", passed.text());

    cluster.start();
    let back = Instant::now();
    while with(&ended).status != 401 {
        assert!(back.elapsed() < Duration::from_secs(20), "still believed");
        std::thread::sleep(Duration::from_millis(100));
    }
    with(&beyond).expect(200);
}

#[test]
fn a_head_at_its_limits_passes_and_one_beyond_is_refused() {
    let gatelet = example(Engine::Sqlite).start();
    let (visitor, _) = signed_in(&gatelet);
    let with = |bytes: usize| {
        let request = visitor.get("/").header("x-long", &"a".repeat(bytes));
        request.send().status.as_u16()
    };
    assert_eq!(with(60 * 1024), 200);
    assert_eq!(with(70 * 1024), 431);
}

/// No key and no database: `tests/imports/middleware.txt` says what it could ask for, and
/// this what it would be given.
#[test]
fn the_app_is_given_the_way_to_auth_and_nothing_else() {
    let example = std::fs::read_to_string(repository().join(EXAMPLE).join("spin.toml"));
    let template = repository().join("templates/gatelet-hello/content/spin.toml");
    let values = [
        ("project-name", "hello"),
        ("project-description", "Greets"),
        ("authors", "Ada <ada@example.com>"),
        ("gatelet-components", "target/components"),
    ];
    for manifest in [example.expect("the example"), render(&template, &values)] {
        let manifest: toml::Table = manifest.parse().expect("TOML");
        let triggers = manifest["trigger"]["http"].as_array().expect("triggers");
        let middleware = triggers[0]["dependencies"]["middleware"].as_array();
        let [middleware] = middleware.expect("before the app").as_slice() else {
            panic!("one, and no other: {manifest:?}");
        };
        let way = toml::Value::from(vec!["http://auth.spin.internal"]);
        // What it is and how it is built gives a component nothing.
        let given = |name: &toml::Value| {
            let component = &manifest["component"][name.as_str().expect("a name")];
            let fields = component.as_table().expect("a component").iter();
            let given = fields.filter(|(field, _)| *field != "source" && *field != "build");
            given
                .map(|(field, value)| (field.clone(), value.clone()))
                .collect::<Vec<_>>()
        };
        let app = given(&triggers[0]["component"]);
        assert_eq!(app, [("allowed_outbound_hosts".to_owned(), way)]);
        assert_eq!(given(&middleware["component"]), []);
        let inherited = toml::Value::from(vec!["allowed_outbound_hosts"]);
        assert_eq!(middleware["inherit_configuration"], inherited);
    }
    let reaches = std::fs::read_to_string(repository().join("tests/imports/middleware.txt"));
    let reaches = reaches.expect("the list");
    let imports: Vec<_> = reaches
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert!(!imports.is_empty());
    for import in imports {
        let is_http = import.starts_with("wasi:http/") || import.starts_with("wasi:clocks/");
        assert!(is_http, "{import}");
    }
}

#[test]
fn a_preview_of_an_app_behind_middleware_has_users_of_its_own() {
    let setup = example(Engine::Sqlite);
    let port = url::Url::parse(setup.base_url()).expect("a URL").port();
    let port = port.expect("a port of its own");
    let gatelet = setup
        .variable("preview_domain", &format!("http://localhost:{port}"))
        .variable("origins_refresh_seconds", "1")
        .start();
    let (production, _) = signed_in(&gatelet);
    let created = gatelet.setup().run(&["preview", "create", "fix-1"]);
    assert!(created.status.success(), "{created:?}");
    let base = String::from_utf8(created.stdout).expect("a URL");
    let base = base.trim();
    assert_eq!(base, format!("http://fix-1--hello.localhost:{port}"));
    let at_preview = Visitor::new(base).served_at(base, gatelet.address());
    let learnt = Instant::now();
    while at_preview.get("/welcome").send().status != 200 {
        assert!(learnt.elapsed() < Duration::from_secs(20), "still not");
        std::thread::sleep(Duration::from_millis(50));
    }
    // Another instance of `auth` looks when its own time is over.
    std::thread::sleep(Duration::from_secs(2));
    let cookie = production.cookie("gatelet").expect("signed in").value;
    at_preview
        .get("/")
        .header("cookie", &format!("gatelet={cookie}"))
        .send()
        .expect_denial(401, "session.invalid");
    let account = Account::new("Grace");
    let landed = at_preview.follow(account.sign_up(&at_preview, "/"));
    assert_eq!(
        landed.text(),
        format!("Hello Grace, you are {}.\n", account.email)
    );
    account.sign_in(&gatelet.visitor(), "/").expect(401);
}

#[test]
fn an_app_behind_middleware_gets_a_providers_access_token_and_no_forged_one() {
    let provider = IdentityProvider::start();
    let named = "app_name = { default = \"hello\" }";
    let given = "app_name = \"{{ app_name }}\"";
    let names = [
        "oidc_providers",
        "oidc_client_secrets",
        "forward_access_token",
    ];
    let setup = Setup::new(Engine::Sqlite).application(EXAMPLE, |manifest| {
        let declared = names.map(|name| format!("\n{name} = {{ default = \"\" }}"));
        let manifest = replaced(&manifest, named, &(named.to_owned() + &declared.concat()));
        let handed = names.map(|name| format!("\n{name} = \"{{{{ {name} }}}}\""));
        let manifest = replaced(&manifest, given, &(given.to_owned() + &handed.concat()));
        let manifest = replaced(
            &manifest,
            "[\"https://*:443\",",
            "[\"http://127.0.0.1:*\", \"http://auth.spin.internal\",",
        );
        replaced(&manifest, "components/hello.wasm", "components/demo.wasm")
    });
    let grants = json!({ "grant_types": ["authorization_code", "refresh_token"] });
    let fields = json!({ "keep_tokens": true });
    let (setup, _) = setup.providers_with(&[("acme", &provider, fields, grants)]);
    let gatelet = setup.variable("forward_access_token", "acme").start();
    let visitor = gatelet.visitor();
    let start = visitor.visit("/auth/start/acme").send().expect(303);
    let back = provider.sign_in(&visitor, start.header("location"), "ada");
    visitor.visit(back.header("location")).send().expect(303);
    let request = visitor.get("/headers");
    let request = request.header("x-forwarded_access-token", "forged");
    let seen = request.send().expect(200).json();
    let seen = seen.to_string();
    let (_, token) = seen
        .split_once("\"x-forwarded-access-token\"")
        .expect("the app got one");
    let token = token.trim_start_matches([':', ',', ' ', '[', '"']);
    let token = token.split('"').next().expect("a value");
    secrets::remember(token);
    assert!(provider.takes(token) && !seen.contains("forged"), "{seen}");
    let (password, _) = signed_in(&gatelet);
    let seen = password.get("/headers").send().expect(200).text();
    assert!(!seen.contains("access-token"), "{seen}");
}
