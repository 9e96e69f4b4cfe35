//! The sheet for developers of the app: it says what is so, to everybody, and each of its
//! examples runs.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::neighbour::{Neighbour, example};
use serde_json::Value;

/// A gateway before this app, with what is below `/open` public.
fn before(upstream: &str) -> Gatelet {
    Setup::new(Engine::Sqlite)
        .variable("upstream", upstream)
        .variable("public_paths", "/open/*")
        .start()
}

/// The app greets by name and id whoever is signed in, and leads all others to the
/// sign-in page, whatever they say of themselves.
#[track_caller]
fn greets(gatelet: &Gatelet) {
    let stranger = gatelet.visitor();
    let spoofed = stranger
        .get("/open/a")
        .header("x-forwarded-user", "root")
        .header("x_forwarded_user", "root")
        .header("x-forwarded-name", "root");
    let away = spoofed.send().expect(303);
    // Some servers make a whole URL of it.
    let there = away.header("location");
    let there = there.strip_prefix(gatelet.base_url()).unwrap_or(there);
    assert_eq!(there, "/auth/sign-in?return_to=/");

    let visitor = gatelet.visitor();
    // With all that could be read wrongly: a plus, a percent sign, what is no ASCII.
    let name = "Ada Łovelace 100% + <b>";
    Account::new(name).sign_up(&visitor, "/").expect(303);
    let id = visitor.get("/auth/me").send().expect(200).json()["id"].clone();
    let id = id.as_str().expect("an id");
    let page = visitor.visit("/").send().expect(200);
    let kind = page.header("content-type").to_ascii_lowercase();
    assert_eq!(kind, "text/plain; charset=utf-8");
    assert_eq!(page.text(), format!("Hello {name}, your id is {id}.\n"));
    let spoofed = visitor.get("/").header("x-forwarded-user", "root").send();
    assert_eq!(spoofed.text(), format!("Hello {name}, your id is {id}.\n"));
}

#[track_caller]
fn greets_behind(app: Option<Neighbour>) {
    let Some(app) = app else { return };
    greets(&before(&app.url()));
}

#[test]
fn the_node_example_greets_its_user() {
    greets_behind(example::run("Node.js"));
}

#[test]
fn the_python_example_greets_its_user() {
    greets_behind(example::run("Python"));
}

#[test]
fn the_go_example_greets_its_user() {
    greets_behind(example::run("Go"));
}

#[test]
fn the_ruby_example_greets_its_user() {
    greets_behind(example::run("Ruby, Rack"));
}

#[test]
fn the_php_example_greets_its_user() {
    greets_behind(example::run("PHP"));
}

#[test]
fn the_rust_example_greets_its_user() {
    let app = example::compiled(env!("CARGO_BIN_EXE_greeting"));
    greets_behind(Some(app));
}

/// As a component of the same application: what `examples/greeting` is compiled from.
#[test]
fn the_spin_example_greets_its_user() {
    let gatelet = Setup::new(Engine::Sqlite)
        .application(".", |manifest| {
            let (shown, own) = ("components/demo.wasm", "components/greeting.wasm");
            assert!(manifest.contains(shown), "{manifest}");
            manifest.replace(shown, own)
        })
        .variable("upstream", "http://demo.spin.internal")
        .variable("public_paths", "/open/*")
        .start();
    greets(&gatelet);
}

#[test]
fn every_example_has_its_test() {
    let titles = gatelet_guide::EXAMPLES.map(|example| example.title);
    let tests = include_str!("docs.rs");
    for title in titles {
        let is_run = match title {
            "Rust, axum" => tests.contains("CARGO_BIN_EXE_greeting"),
            "Spin" => tests.contains("components/greeting.wasm"),
            title => tests.contains(&format!("example::run({title:?})")),
        };
        assert!(is_run, "{title}");
    }
}

#[test]
fn the_sheet_is_everybodys_and_names_this_origin_and_no_secret() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("site_name", "Shop")
        .variable("access_rules", "/* group staff")
        .variable("google_client_id", "id-of-the-client")
        .variable("google_client_secret", "secret-of-the-client")
        .start();
    let base_url = gatelet.base_url();
    let page = gatelet.visitor().visit("/auth/docs").send().expect(200);
    let text = gatelet.visitor().get("/auth/llms.txt").send().expect(200);
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    let command = run(
        &gatelet,
        &["docs", "--variable", &format!("base_url={base_url}")],
    );
    let (page, text) = (page.text(), text.text());
    assert_eq!(text.trim(), command, "one source");
    let address = format!("{base_url}/auth/sign-in?return_to=/here");
    for shown in [&page, &text] {
        assert!(shown.contains(&address), "{shown}");
        for field in [
            "User",
            "Email",
            "Email-Verified",
            "Name",
            "Provider",
            "Groups",
        ] {
            assert!(shown.contains(&format!("X-Forwarded-{field}")), "{field}");
        }
        for hidden in ["of-the-client", "group staff", "Google", "sqlite"] {
            assert!(!shown.contains(hidden), "{hidden}");
        }
    }
    // Who is signed in changes nothing about it but the way in.
    let (visitor, account) = signed_in(&gatelet);
    assert_eq!(visitor.get("/auth/llms.txt").send().text(), text);
    let mine = visitor.visit("/auth/docs").send().expect(200).text();
    assert!(!mine.contains(&account.email), "{mine}");
    assert_eq!(mine, page);
    let policy = visitor.visit("/auth/docs").send();
    let policy = policy.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("script"),
        "{policy}"
    );
}

#[test]
fn the_sheet_is_in_the_language_of_its_reader_and_the_text_in_english() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let asked = |path: &str, language: &str| {
        let visitor = gatelet.visitor();
        let asked = visitor.visit(path).header("accept-language", language);
        asked.send().expect(200).text()
    };
    for (language, said) in [
        ("de", "Für die Entwicklung dieser App"),
        ("es", "Para quienes desarrollan esta aplicación"),
        ("ar", "لمطوّري هذا التطبيق"),
    ] {
        let page = asked("/auth/docs", language);
        assert!(page.contains(said), "{language}");
        assert!(page.contains("request.headers["), "{language}: code stays");
        let english = "# For developers of this app\n";
        assert!(asked("/auth/llms.txt", language).starts_with(english));
        let text = run(&gatelet, &["docs", "--language", language]);
        assert!(text.starts_with(&format!("# {said}\n")), "{text}");
    }
}

#[test]
fn the_sheet_shows_of_a_session_what_a_session_has() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let text = gatelet.visitor().get("/auth/llms.txt").send().text();
    let (_, shown) = text.split_once("```json\n").expect("an answer");
    let (shown, _) = shown.split_once("```").expect("it ends");
    let shown: Value = serde_json::from_str(shown).expect("JSON");
    let (visitor, _) = signed_in(&gatelet);
    let real = visitor.get("/auth/session").send().expect(200).json();
    let shape = |value: &Value| -> Vec<(String, std::mem::Discriminant<Value>)> {
        let fields = value.as_object().expect("an object").iter();
        let mut fields: Vec<_> = fields
            .map(|(name, value)| (name.clone(), std::mem::discriminant(value)))
            .collect();
        fields.sort_by(|one, other| one.0.cmp(&other.0));
        fields
    };
    assert_eq!(shape(&shown), shape(&real));
    assert_eq!(shape(&shown["user"]), shape(&real["user"]));
}
