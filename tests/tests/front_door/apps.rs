//! Several apps on hosts of one domain: one sign-in, and who may know of it.

use std::fs;
use std::time::{Duration, Instant};

use gatelet_tests::account::{Account, sign_out};
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;
use http::Method;
use serde_json::{Value, json};
use url::Url;

on_both_engines! {
    one_sign_in_serves_every_app_of_the_domain,
    an_app_is_told_whether_this_user_may_use_it,
    a_grant_takes_effect_at_once_and_so_does_its_revocation,
    somebody_without_the_grant_is_refused_at_the_apps_gateway,
    signing_out_of_one_app_signs_out_of_all,
}

/// `auth`, two apps that share its login, and hosts on the domain that do not.
struct Stack {
    gatelet: Gatelet,
    armory: Upstream,
    codex: Upstream,
    port: u16,
}

impl Stack {
    fn start(engine: Engine, variables: &[(&str, &str)]) -> Self {
        Self::start_with(engine, variables, |setup| setup)
    }

    /// The same, and what more there is to set up.
    fn start_with(
        engine: Engine,
        variables: &[(&str, &str)],
        more: impl FnOnce(Setup) -> Setup,
    ) -> Self {
        let (armory, codex) = (Upstream::start(), Upstream::start());
        let setup = Setup::new(engine);
        let port = Url::parse(setup.base_url()).expect("a URL").port();
        let port = port.expect("a port of its own");
        let url = |name: &str| url_at(name, port);
        let origin = |name: &str, app: &str, upstream: &str| json!({ "name": name, "values": { "base_url": url(name), "app_name": app, "upstream": upstream } });
        let mut apart = origin("apart", "apart", &codex.url());
        apart["schema"] = json!("apart");
        let mut nameless = origin("nameless", "", &codex.url());
        nameless["values"]["app_access"] = json!("all");
        let origins = json!([
            origin("armory", "armory", &armory.url()),
            origin("codex", "Codex", &codex.url()),
            origin("rogue", "rogue", &codex.url()),
            nameless,
            apart,
        ]);
        let mut setup = setup
            .variable("base_url", &url("auth"))
            .variable("cookie_domain", ".stack.localhost")
            .variable("app_name", "auth")
            .variable("app_list", "Armory, codex, ARMORY, unserved, apart")
            .variable("upstream_hosts", "http://127.0.0.1:*")
            .variable("origins", &origins.to_string());
        for (name, value) in variables {
            setup = setup.variable(name, value);
        }
        Self {
            gatelet: more(setup).start(),
            armory,
            codex,
            port,
        }
    }

    /// A base URL on the domain.
    fn url(&self, name: &str) -> String {
        url_at(name, self.port)
    }

    fn at(&self, name: &str, path: &str) -> String {
        self.url(name) + path
    }

    /// Somebody with an account that `auth` has just made.
    fn signed_in(&self) -> (Visitor, Account) {
        let (visitor, account) = (self.gatelet.visitor(), Account::new("Ada Lovelace"));
        account.sign_up(&visitor, "/").expect(303);
        (visitor, account)
    }

    /// `auth`'s answer about an app.
    fn check(&self, visitor: &Visitor, app: &str) -> Response {
        visitor.get(&format!("/auth/check?app={app}")).send()
    }

    /// The same, asked by a page of this origin.
    fn check_from(&self, visitor: &Visitor, app: &str, origin: &str) -> Response {
        let request = visitor.get(&format!("/auth/check?app={app}"));
        request.header("origin", origin).send()
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        run(&self.gatelet, arguments)
    }
}

fn url_at(name: &str, port: u16) -> String {
    format!("http://{name}.stack.localhost:{port}")
}

/// What lets a page read an answer; nothing of it where it may not.
fn leave(answer: &Response) -> (&str, &str) {
    (
        answer.header("access-control-allow-origin"),
        answer.header("access-control-allow-credentials"),
    )
}

fn one_sign_in_serves_every_app_of_the_domain(engine: Engine) {
    let stack = Stack::start(engine, &[]);
    let (visitor, account) = (stack.gatelet.visitor(), Account::new("Ada Lovelace"));
    let wanted = stack.at("armory", "/private?x=1");
    let nobody = visitor.visit(&wanted).send().expect(303);
    assert!(
        nobody.header("location").contains("/auth/sign-in"),
        "{}",
        nobody.description()
    );

    let signed_up = account.sign_up(&visitor, &wanted).expect(303);
    let cookie = signed_up.set_cookie("gatelet=").expect("a session");
    assert!(cookie.contains("Domain=stack.localhost"), "{cookie}");
    let arrived = visitor.follow(signed_up).expect(200);
    assert_eq!(arrived.url.as_str(), wanted, "sent back to where it began");
    visitor.visit(&stack.at("codex", "/")).send().expect(200);

    let me = visitor.get("/auth/me").send().expect(200).json();
    for (app, target) in [(&stack.armory, "/private?x=1"), (&stack.codex, "/")] {
        let seen = app.seen_at(target);
        assert_eq!(seen.len(), 1, "nobody got past before: {seen:?}");
        let headers = &seen[0].headers;
        assert_eq!(headers["x-forwarded-user"], me["id"].as_str().expect("id"));
        assert_eq!(headers["x-forwarded-email"], account.email.as_str());
    }
}

fn an_app_is_told_whether_this_user_may_use_it(engine: Engine) {
    let stack = Stack::start(engine, &[("app_access", "granted")]);
    let (visitor, account) = stack.signed_in();
    stack.run(&["apps", "grant", &account.email, "Armory"]);
    let events = stack.run(&["audit", "--user", &account.email, "--event", "app.granted"]);
    assert!(events.contains("armory"), "{events}");

    let yes = stack.check(&visitor, "armory").expect(200).json();
    let user = &yes["user"];
    assert_eq!(
        (&yes["active"], &yes["allowed"], &yes["app"]),
        (&json!(true), &json!(true), &json!("armory"))
    );
    assert_eq!(user["email"], account.email.as_str(), "{yes}");

    // It is signed in, and not this app's business who it is.
    let no = stack.check(&visitor, "codex");
    let no = no.expect_denial(403, "app.not_granted");
    let body = no.json();
    assert_eq!(
        (&body["active"], &body["allowed"], &body["user"]),
        (&json!(true), &json!(false), &Value::Null)
    );
    assert!(
        !no.text().contains(&account.email) && !no.text().contains(&account.name),
        "{}",
        no.description()
    );

    for unknown in ["rogue", "", "codex2", "codex,armory", "cod%00ex", "*"] {
        stack
            .check(&visitor, unknown)
            .expect_denial(404, "app.unknown");
    }

    let stranger = stack.gatelet.visitor();
    let nobody = stack.check(&stranger, "armory");
    let nobody = nobody.expect_denial(401, "session.none").json();
    assert_eq!(nobody["active"], false);
    assert_eq!(
        nobody["signInUrl"],
        stack.at("auth", "/auth/sign-in").as_str()
    );
    // A server that passes the visitor's cookies on gets the same answers.
    let cookie = visitor.cookie("gatelet").expect("signed in").value;
    for (cookie, status) in [(cookie.as_str(), 200), ("", 401), ("v1.k1.x.y", 401)] {
        let asked = stranger.get("/auth/check?app=armory").without_cookies();
        let asked = asked.header_bytes("cookie", format!("gatelet={cookie}").as_bytes());
        asked.send().expect(status);
    }
}

fn a_grant_takes_effect_at_once_and_so_does_its_revocation(engine: Engine) {
    // However fresh the cookie is.
    let stack = Stack::start(
        engine,
        &[("app_access", "granted"), ("session_fresh_seconds", "3600")],
    );
    let (visitor, account) = stack.signed_in();
    let (other, _) = stack.signed_in();
    stack.check(&visitor, "codex").expect(403);
    stack.run(&["apps", "grant", &account.email, "codex"]);
    stack.check(&visitor, "codex").expect(200);
    stack.check(&visitor, "armory").expect(403);
    stack.check(&other, "codex").expect(403);
    let listed = stack.run(&["apps", "list"]);
    assert!(
        listed.contains(&account.email) && listed.contains("codex"),
        "{listed}"
    );
    stack.run(&["apps", "revoke", &account.email, "codex"]);
    stack.check(&visitor, "codex").expect(403);
}

fn somebody_without_the_grant_is_refused_at_the_apps_gateway(engine: Engine) {
    // However fresh the cookie is, and whichever of the hosts signed it.
    let variables = [
        ("app_access", "granted"),
        ("session_fresh_seconds", "3600"),
        ("public_paths", "/open"),
    ];
    let stack = Stack::start(engine, &variables);
    let (visitor, account) = stack.signed_in();
    stack.run(&["apps", "grant", &account.email, "armory"]);
    let (armory, codex) = (stack.at("armory", "/x"), stack.at("codex", "/x"));
    for _ in 0..2 {
        visitor.get(&armory).send().expect(200);
        let answer = visitor.get(&codex).send();
        answer.expect_denial(403, "app.not_granted");
    }
    // Nor does that app learn who it is by asking.
    for call in ["session", "me"] {
        let path = format!("/api/v1/auth/{call}");
        let told = visitor.get(&stack.at("armory", &path)).send().expect(200);
        assert_eq!(told.json()["authenticated"], true);
        let refused = visitor.get(&stack.at("codex", &path)).send().expect(403);
        assert_eq!(refused.json()["data"]["reason"], "app.not_granted");
        assert!(!refused.text().contains(&account.email), "{call}");
    }
    for call in ["session", "me"] {
        let at = |app: &str| visitor.get(&stack.at(app, &format!("/auth/{call}"))).send();
        assert!(at("armory").expect(200).text().contains(&account.email));
        let told = at("codex");
        assert!(!told.text().contains(&account.email), "{call}");
        match call {
            "session" => assert_eq!(told.expect(200).json(), json!({ "active": false })),
            _ => drop(told.expect_denial(403, "app.not_granted")),
        }
    }
    assert_eq!(stack.armory.seen_at("/x").len(), 2);
    assert!(stack.codex.seen().is_empty(), "{:?}", stack.codex.seen());

    // A person is told which account it is, and not sent in circles.
    let page = visitor.visit(&codex).send().expect(403).text();
    assert!(
        page.contains(&account.email) && page.contains("/auth/sign-out"),
        "{page}"
    );
    // What is open to anybody is, and the app does not learn who it is.
    visitor.get(&stack.at("codex", "/open")).send().expect(200);
    let seen = stack.codex.seen_at("/open");
    assert!(seen[0].headers.get("x-forwarded-user").is_none());

    stack.run(&["apps", "grant", &account.email, "codex"]);
    visitor.get(&codex).send().expect(200);
    stack.run(&["apps", "revoke", &account.email, "codex"]);
    visitor
        .get(&codex)
        .send()
        .expect_denial(403, "app.not_granted");
    assert_eq!(stack.codex.seen_at("/x").len(), 1);
}

fn signing_out_of_one_app_signs_out_of_all(engine: Engine) {
    let stack = Stack::start(engine, &[("session_fresh_seconds", "0")]);
    let (visitor, _) = stack.signed_in();
    let copy = stack.gatelet.visitor().with_cookies_of(&visitor);
    let hosts = ["auth", "armory", "codex"];
    for host in hosts {
        copy.get(&stack.at(host, "/headers")).send().expect(200);
    }
    let at_codex = Visitor::new(&stack.url("codex")).with_cookies_of(&visitor);
    let signed_out = sign_out(&at_codex).expect(303);
    let cleared = signed_out.set_cookie("gatelet=;").expect("cleared");
    assert!(
        cleared.contains("Domain=stack.localhost") && cleared.contains("Max-Age=0"),
        "{cleared}"
    );
    for host in hosts {
        // This browser, and a copy of its cookies elsewhere.
        at_codex
            .get(&stack.at(host, "/headers"))
            .send()
            .expect_denial(401, "session.none");
        let copied = stack.gatelet.visitor().with_cookies_of(&copy);
        copied
            .get(&stack.at(host, "/headers"))
            .send()
            .expect_denial(401, "session.expired");
    }
    stack
        .check(&copy, "armory")
        .expect_denial(401, "session.none");
}

/// One form, and one registration at each provider: `auth`'s.
#[test]
fn people_of_an_app_sign_in_where_its_login_is_shared_and_come_back() {
    let provider = IdentityProvider::shared();
    let stack = Stack::start_with(Engine::Sqlite, &[], |setup| {
        setup.providers(&[("acme", &provider)]).0
    });
    let wanted = stack.at("armory", "/private?x=1");
    let visitor = stack.gatelet.visitor();
    let led = visitor.visit(&wanted).send().expect(303);
    let page = visitor.follow(led).expect(200);
    assert!(
        page.url
            .as_str()
            .starts_with(&stack.at("auth", "/auth/sign-in?return_to=http")),
        "{}",
        page.url
    );
    let form = page.form("/auth/sign-in");
    assert_eq!(form.value("return_to"), Some(wanted.as_str()));

    // An app's own button is led there as well, and the provider knows that one alone.
    let start = stack.at("armory", "/auth/start/acme?return_to=%2Fprivate%3Fx%3D1");
    let at_auth = visitor.visit(&start).send().expect(303);
    let asked = visitor.visit(at_auth.header("location")).send().expect(303);
    let back = provider.sign_in(&visitor, asked.header("location"), "ada");
    let landed = visitor.visit(back.header("location")).send();
    let arrived = visitor.follow(landed).expect(200);
    assert_eq!(arrived.url.as_str(), wanted);

    // Who is to prove it again is asked there too.
    let start = stack.at("armory", "/auth/start/acme?return_to=%2F&anew=1");
    let at_auth = visitor.visit(&start).send().expect(303);
    assert!(at_auth.header("location").contains("&anew=1"));
    let asked = visitor.visit(at_auth.header("location")).send().expect(303);
    assert!(asked.header("location").contains("max_age=0&"));

    // Out again: here, for this host's cache is cleared, and then on to `auth`.
    let at_armory = Visitor::new(&stack.url("armory")).with_cookies_of(&visitor);
    let signed_out = sign_out(&at_armory).expect(303);
    // A page, not a redirect: the policy holds what follows a form to this host.
    let on = at_armory.visit(signed_out.header("location")).send();
    let on = on.expect(200);
    let there = on.refresh().expect("it leads on");
    assert!(
        there.starts_with(&stack.at("auth", "/auth/sign-in?return_to=")),
        "{there}"
    );
    let page = at_armory.visit(there).send().expect(200).text();
    assert!(page.contains("You are signed out."), "{page}");
}

/// The provider knows the addresses of the origin that people sign in at, and no app's.
#[test]
fn who_signs_out_of_an_app_is_led_to_the_provider_and_back_by_way_of_the_shared_login() {
    let provider = IdentityProvider::shared();
    let stack = Stack::start_with(Engine::Sqlite, &[], |setup| {
        let fields = json!({ "end_session": true });
        setup
            .providers_with(&[("acme", &provider, fields, json!({}))])
            .0
    });
    let visitor = stack.gatelet.visitor();
    let start = visitor.visit(&stack.at("auth", "/auth/start/acme")).send();
    let asked = start.expect(303);
    let back = provider.sign_in(&visitor, asked.header("location"), "ada");
    visitor.visit(back.header("location")).send().expect(303);
    let at_armory = Visitor::new(&stack.url("armory")).with_cookies_of(&visitor);
    let page = at_armory.visit("/auth/sign-out?return_to=/here").send();
    let page = page.expect(200);
    let answer = at_armory
        .submit(&page.form("/auth/sign-out"), &page.url)
        .send();
    let on = answer.expect(200);
    let there = Url::parse(on.refresh().expect("it leads on")).expect("a URL");
    let said: std::collections::HashMap<_, _> = there.query_pairs().into_owned().collect();
    let home = stack.at("auth", "/auth/signed-out");
    assert_eq!(said["post_logout_redirect_uri"], home);
    assert_eq!(said["state"], stack.at("armory", "/here"));
    let mut home = Url::parse(&home).expect("a URL");
    home.query_pairs_mut().append_pair("state", &said["state"]);
    let led = at_armory.visit(home.as_str()).send().expect(303);
    let form = at_armory.follow(led).expect(200);
    let form = form.form("/auth/sign-in");
    assert_eq!(form.value("return_to"), Some(said["state"].as_str()));
}

#[test]
fn an_app_that_is_not_listed_or_wants_its_own_pages_keeps_them() {
    let stack = Stack::start(Engine::Sqlite, &[]);
    let visitor = stack.gatelet.visitor();
    for name in ["auth", "rogue", "nameless", "apart"] {
        let page = visitor.visit(&stack.at(name, "/auth/sign-in")).send();
        page.expect(200).form("/auth/sign-in");
    }
    for hostile in ["https://evil.example/", "//evil.example", "/auth/sign-out"] {
        let target: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
        let path = format!("/auth/sign-in?return_to={target}");
        let led = visitor.visit(&stack.at("armory", &path)).send().expect(303);
        let expected: String =
            url::form_urlencoded::byte_serialize(stack.at("armory", "/").as_bytes()).collect();
        let location = led.header("location").to_owned();
        assert_eq!(
            location,
            stack.at("auth", &format!("/auth/sign-in?return_to={expected}"))
        );
    }
}

#[test]
fn a_copied_cookie_outlives_a_sign_out_by_its_freshness_and_no_longer() {
    const FRESH_SECONDS: u64 = 5;
    let fresh_seconds = FRESH_SECONDS.to_string();
    let variables = [("session_fresh_seconds", fresh_seconds.as_str())];
    let stack = Stack::start(Engine::Sqlite, &variables);
    let (visitor, _) = stack.signed_in();
    let signed = Instant::now();
    let copied = visitor.cookie("gatelet").expect("signed in").value;
    let with_copy = |url: &str| {
        let asked = stack.gatelet.visitor();
        let asked = asked.get(url).without_cookies();
        asked
            .header_bytes("cookie", format!("gatelet={copied}").as_bytes())
            .send()
    };
    sign_out(&visitor).expect(303);
    // The browser that signed out is out at once, at every app.
    for host in ["auth", "armory", "codex"] {
        let answer = visitor.get(&stack.at(host, "/headers")).send();
        answer.expect_denial(401, "session.none");
    }
    // Who asks whether it is valid is told the truth at once as well.
    with_copy("/auth/check?app=armory").expect_denial(401, "session.none");
    // The gateway believes what it signed, for as long as it said.
    let codex = stack.at("codex", "/headers");
    let mut believed = 0;
    while with_copy(&codex).status == 200 {
        believed += 1;
        // A second each for clocks that count whole ones, and for a busy machine.
        let limit = Duration::from_secs(FRESH_SECONDS + 2);
        assert!(signed.elapsed() < limit, "it is stale");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(believed > 0, "asked every time, or not signed in at all");
    with_copy(&codex).expect(401);
}

#[test]
fn only_pages_of_listed_apps_may_read_whether_somebody_is_signed_in() {
    let stack = Stack::start(Engine::Sqlite, &[("app_access", "granted")]);
    let (visitor, account) = stack.signed_in();
    stack.run(&["apps", "grant", &account.email, "armory"]);
    let stranger = stack.gatelet.visitor();
    for app in ["armory", "codex"] {
        let origin = stack.url(app);
        // Whatever it says, a listed app may read it.
        for (visitor, asked, status) in [
            (&visitor, "armory", 200),
            (&visitor, "codex", 403),
            (&visitor, "rogue", 404),
            (&stranger, "armory", 401),
        ] {
            let answer = stack.check_from(visitor, asked, &origin).expect(status);
            assert_eq!(leave(&answer), (origin.as_str(), "true"));
            assert_eq!(answer.every("access-control-allow-origin").len(), 1);
            assert_eq!(answer.header("vary").to_lowercase(), "origin");
        }
    }
    let (armory, port) = (stack.url("armory"), stack.port);
    for origin in [
        "null".to_owned(),
        "*".to_owned(),
        String::new(),
        "https://evil.example".to_owned(),
        // Look-alikes.
        format!("http://armory.stack.localhost.evil.example:{port}"),
        format!("http://evilarmory.stack.localhost:{port}"),
        format!("http://armory.stack.localhost.:{port}"),
        format!("http://armory-stack.localhost:{port}"),
        format!("http://xarmory.stack.localhost:{port}"),
        format!("http://armory.xstack.localhost:{port}"),
        format!("http://stack.localhost:{port}"),
        format!("http://armоry.stack.localhost:{port}"),
        format!("http://ARMORY.stack.localhost:{port}"),
        format!("http://user@armory.stack.localhost:{port}"),
        format!("{armory}/"),
        format!("{armory}, https://evil.example"),
        // Another scheme or port.
        format!("https://armory.stack.localhost:{port}"),
        format!("http://armory.stack.localhost:{}", port ^ 1),
        "http://armory.stack.localhost".to_owned(),
        // Served here, and not listed; listed, and with users of its own; listed, and
        // nowhere served.
        stack.url("rogue"),
        stack.url("nameless"),
        stack.url("apart"),
        stack.url("unserved"),
    ] {
        let answer = stack.check_from(&visitor, "armory", &origin);
        assert_eq!(leave(&answer), ("", ""), "{origin:?}");
        assert_eq!(answer.header("vary").to_lowercase(), "origin", "{origin:?}");
        let asked = visitor.request(Method::OPTIONS, "/auth/check?app=armory");
        let asked = asked.header("access-control-request-method", "GET");
        let answer = asked.header("origin", &origin).send();
        assert_eq!(leave(&answer), ("", ""), "{origin:?}");
        assert_eq!(
            answer.header("access-control-allow-methods"),
            "",
            "{origin:?}"
        );
    }
}

#[test]
fn a_preflight_gives_a_listed_app_leave_to_ask_and_nothing_more() {
    let stack = Stack::start(Engine::Sqlite, &[]);
    let (visitor, _) = stack.signed_in();
    let armory = stack.url("armory");
    let preflight = |path: &str, method: &str| {
        let asked = visitor.request(Method::OPTIONS, path);
        let asked = asked.header("access-control-request-method", method);
        asked.header("origin", &armory).without_cookies().send()
    };
    let answer = preflight("/auth/check?app=armory", "GET").expect(204);
    assert_eq!(leave(&answer), (armory.as_str(), "true"));
    assert_eq!(answer.header("access-control-allow-methods"), "GET");
    assert_eq!(answer.header("access-control-allow-headers"), "");
    for path in [
        "/auth/me",
        "/auth/session",
        "/auth/sign-out",
        "/auth/account",
    ] {
        let answer = preflight(path, "POST");
        assert_eq!(leave(&answer), ("", ""), "{path}");
        let answer = visitor.get(path).header("origin", &armory).send();
        assert_eq!(leave(&answer), ("", ""), "{path}");
    }
    let posted = visitor.request(Method::POST, "/auth/check?app=armory");
    let answer = posted.header("origin", &armory).send().expect(405);
    assert_eq!(leave(&answer), ("", ""));
}

#[test]
fn people_are_sent_back_to_listed_apps_and_nowhere_else() {
    let stack = Stack::start(Engine::Sqlite, &[]);
    let (_, account) = stack.signed_in();
    let lands = |target: &str| {
        let visitor = stack.gatelet.visitor();
        let answer = account.sign_in(&visitor, target).expect(303);
        let between = visitor.visit(answer.header("location")).send().expect(200);
        between.refresh().expect("it leads on").to_owned()
    };
    for (path, landed) in [
        ("/a?b=c", "/a?b=c"),
        ("/", "/"),
        ("/y%20z#/top", "/y%20z#/top"),
    ] {
        for app in ["armory", "codex"] {
            assert_eq!(lands(&stack.at(app, path)), stack.at(app, landed));
        }
    }
    let port = stack.port;
    for target in [
        "https://evil.example/".to_owned(),
        format!("//armory.stack.localhost:{port}/"),
        format!("https://armory.stack.localhost:{port}/"),
        "http://armory.stack.localhost/".to_owned(),
        format!("http://armory.stack.localhost:{}/", port ^ 1),
        format!("http://armory.stack.localhost:{port}@evil.example/"),
        format!("http://evil.example\\@armory.stack.localhost:{port}/"),
        format!("http://armory.stack.localhost.evil.example:{port}/"),
        format!("http://evilarmory.stack.localhost:{port}/"),
        format!("javascript:location='http://armory.stack.localhost:{port}'"),
        stack.at("rogue", "/"),
        stack.at("nameless", "/"),
        stack.at("apart", "/"),
        stack.at("unserved", "/"),
    ] {
        assert_eq!(lands(&target), "/", "{target}");
    }
}

#[test]
fn a_preview_of_an_app_speaks_for_no_app() {
    let stack = Stack::start(Engine::Sqlite, &[("origins_refresh_seconds", "1")]);
    let previews = format!("http://previews.stack.localhost:{}", stack.port);
    let mut stack = stack;
    stack.gatelet.restart_with(&[("preview_domain", &previews)]);
    let (visitor, _) = stack.signed_in();
    // Its parent does.
    let armory = stack.url("armory");
    let answer = stack.check_from(&visitor, "armory", &armory).expect(200);
    assert_eq!(leave(&answer), (armory.as_str(), "true"));
    let arguments = ["preview", "create", "feat", "--parent", "armory"];
    for share in [&[][..], &["--share-database"]] {
        let mut arguments = arguments.to_vec();
        arguments[2] = if share.is_empty() { "feat" } else { "shared" };
        arguments.extend(share);
        let url = stack.run(&arguments);
        let start = Instant::now();
        while visitor.get(&format!("{url}/auth/session")).send().status != 200 {
            assert!(start.elapsed() < Duration::from_secs(20), "not served");
            std::thread::sleep(Duration::from_millis(50));
        }
        let answer = stack.check_from(&visitor, "armory", &url).expect(200);
        assert_eq!(leave(&answer), ("", ""), "{url}");
        let page = visitor
            .visit(&format!("/auth/continue?return_to={url}/"))
            .send();
        assert_eq!(page.refresh(), Some("/"), "{url}");
    }
}

#[test]
fn an_app_that_left_the_list_is_nobody_again() {
    let mut stack = Stack::start(Engine::Sqlite, &[]);
    let (visitor, _) = stack.signed_in();
    let codex = stack.url("codex");
    let answer = stack.check_from(&visitor, "codex", &codex).expect(200);
    assert_eq!(leave(&answer), (codex.as_str(), "true"));
    let onwards = |visitor: &Visitor| {
        let page = visitor.visit(&format!("/auth/continue?return_to={codex}/"));
        page.send().refresh().expect("it leads on").to_owned()
    };
    assert_eq!(onwards(&visitor), format!("{codex}/"));
    stack.gatelet.restart_with(&[("app_list", "armory")]);
    let answer = stack.check_from(&visitor, "codex", &codex);
    let answer = answer.expect_denial(404, "app.unknown");
    assert_eq!(leave(&answer), ("", ""));
    assert_eq!(onwards(&visitor), "/");
}

#[test]
fn a_stack_of_another_auth_service_moves_over_by_its_env_file() {
    let setup = Setup::new(Engine::Sqlite);
    let port = Url::parse(setup.base_url()).expect("a URL").port();
    let port = port.expect("a port of its own");
    let secret = "Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";
    gatelet_tests::secrets::remember(secret);
    let env = setup.folder().join("theirs.env");
    let text = format!(
        "BASE_DOMAIN=stack.localhost:{port}\nBASE_PROTOCOL=http\nAPP_LIST=Armory,armory\n\
         CENTRAL_DB_PATH=central/central.db\nSESSION_SECRET={secret}\nAUTH_API_RATE_LIMIT_MAX=100\nPORT=1\n"
    );
    fs::write(&env, text).expect("a file in a folder of ours");
    // The harness wants to know where it is; everything else is theirs.
    let base_url = url_at("auth", port);
    let setup = setup
        .variable("base_url", &base_url)
        .arguments(&["--env-file", "theirs.env"]);
    let gatelet = setup.start();
    let line = gatelet.wait_for_line(&["another stack's", "app_list"]);
    assert!(
        line.contains("AUTH_API_RATE_LIMIT_MAX as rate_limit_max")
            && !line.contains("NOT ENFORCED"),
        "{line}"
    );
    let (visitor, account) = (gatelet.visitor(), Account::new("Ada"));
    let answer = account.sign_up(&visitor, "/").expect(303);
    let cookie = answer.set_cookie("gatelet=").expect("a session");
    assert!(cookie.contains("Domain=stack.localhost"), "{cookie}");
    let answer = visitor.get("/auth/check?app=armory").send();
    answer.expect(200);
    let database = gatelet.setup().folder().join("central/sqlite_db.db");
    assert!(database.exists(), "beside the file that they had");

    let folder = gatelet.setup().folder().to_owned();
    let translate = |arguments: &[&str]| {
        let output = gatelet_tests::server::gatelet()
            .args(["config", "translate"])
            .args(arguments)
            .current_dir(&folder)
            .output()
            .expect("it is built");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        for said in [&text, &error] {
            gatelet_tests::secrets::assert_none_in("a translation", said);
            assert!(!said.contains("SPIN_VARIABLE_SESSION_KEYS="), "{said}");
        }
        (output.status.success(), text, error)
    };
    let arguments = ["--env-file", "theirs.env", "--write", "ours.env"];
    let (done, text, _) = translate(&arguments);
    assert!(done);
    let says = format!("SPIN_VARIABLE_BASE_URL={base_url}\n");
    assert!(text.contains(&says), "{text}");
    let written = fs::read_to_string(folder.join("ours.env")).expect("it was written");
    assert!(written.contains(&says) && written.contains("SPIN_VARIABLE_SESSION_KEYS=k"));
    let (again, _, error) = translate(&arguments);
    assert!(!again, "a key would be lost");
    assert_eq!(error.trim().lines().count(), 1, "{error}");
    // What it advises works as it stands, and with it the start.
    let advised = |begins: &str| {
        let lines = written.lines().filter_map(|line| line.strip_prefix("# "));
        let found = lines.filter_map(|line| Some(line.split_once(begins)?.1.to_owned()));
        found.collect::<Vec<_>>()
    };
    let origins = advised("gatelet origins set ");
    assert_eq!(origins.len(), 1, "{written}");
    for line in origins {
        let line = line.replace("PORT", "8080");
        let arguments = line.split_whitespace();
        let output = gatelet_tests::server::gatelet()
            .args(["origins", "set"])
            .args(arguments)
            .current_dir(&folder)
            .output()
            .expect("it is built");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
    }
    assert!(
        written.contains("# PORT: is a flag: `gatelet up --listen "),
        "{written}"
    );
    assert!(written.contains("GATELET_STATE_DIR=central\n"), "{written}");
    let kept = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(kept.path(), written).expect("a file of ours");
    drop(gatelet);
    let serves = Setup::new(Engine::Sqlite)
        .without("session_keys")
        .variable("base_url", &base_url)
        .arguments(&["--env-file", &kept.path().display().to_string()]);
    drop(serves.start());
}
