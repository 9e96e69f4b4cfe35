//! Several origins at one Gatelet: previews with users of their own, and nothing of
//! one that is good at another.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::{refused, run};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use url::Url;

mod hosts;
mod letters;
mod lifetime;
mod operator;
mod previews;
mod relay;
mod store_away;
mod sweep;

on_both_engines! {
    a_preview_has_users_and_sessions_of_its_own,
    a_deleted_preview_is_nobodys_and_its_users_are_gone,
    a_preview_that_shares_the_database_says_so_and_knows_its_parents_users,
    creations_of_one_branch_at_once_make_one_preview,
}

/// Production at its base URL, previews below `previews.localhost`.
fn production(engine: Engine) -> Setup {
    production_of(Setup::new(engine))
}

pub(crate) fn production_of(setup: Setup) -> Setup {
    let port = Url::parse(setup.base_url()).expect("a URL").port();
    let port = port.expect("a port of its own");
    setup
        .variable("app_name", "shop")
        .variable(
            "preview_domain",
            &format!("http://previews.localhost:{port}"),
        )
        .variable("origins_refresh_seconds", "1")
}

/// Until what was changed has been learnt of.
#[track_caller]
fn wait_for(visitor: &Visitor, served: bool) {
    let start = Instant::now();
    while (visitor.get("/auth/session").send().status.as_u16() == 200) != served
        || (visitor.get("/headers").send().status.as_u16() != 421) != served
    {
        assert!(start.elapsed() < Duration::from_secs(20), "still not");
        std::thread::sleep(Duration::from_millis(50));
    }
    if !served {
        wait_for_every_instance(start);
    }
}

/// Where one instance has learnt of a change that was made before `start`, every other one does
/// within the second that it goes by its own list, by a clock of whole ones.
fn wait_for_every_instance(start: Instant) {
    std::thread::sleep(Duration::from_secs(2).saturating_sub(start.elapsed()));
}

#[track_caller]
pub(crate) fn preview(gatelet: &Gatelet, arguments: &[&str]) -> (String, Visitor) {
    let arguments: Vec<&str> = ["preview", "create"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let url = run(gatelet, &arguments);
    let visitor = gatelet.visitor_at(&url);
    wait_for(&visitor, true);
    (url, visitor)
}

fn name_of(url: &str) -> String {
    let url = Url::parse(url).expect("a URL");
    let host = url.host_str().expect("a host");
    host.split('.').next().expect("a label").to_owned()
}

/// The page of a refusal.
#[track_caller]
fn expect_code(answer: Response, status: u16, code: &str) -> Response {
    let answer = answer.expect(status);
    assert!(answer.says_code(code), "{}", answer.description());
    answer
}

fn id(visitor: &Visitor) -> String {
    let me = visitor.get("/auth/me").send().expect(200).json();
    me["id"].as_str().expect("an id").to_owned()
}

fn a_preview_has_users_and_sessions_of_its_own(engine: Engine) {
    let gatelet = production(engine).start();
    let (one_url, one) = preview(&gatelet, &["feat/login"]);
    let (two_url, two) = preview(&gatelet, &["feat/Login", "--ttl", "2h"]);
    assert_ne!(one_url, two_url, "distinct branches are distinct");
    assert_eq!(
        run(&gatelet, &["preview", "url", "feat/login"]),
        one_url,
        "the name follows from the branch"
    );

    let main = gatelet.visitor();
    let account = Account::new("Ada Lovelace");
    let everybody = [&main, &one, &two];
    for visitor in everybody {
        account.sign_up(visitor, "/").expect(303);
        visitor.visit("/headers").send().expect(200);
    }
    let ids: BTreeSet<String> = everybody.iter().map(|visitor| id(visitor)).collect();
    assert_eq!(ids.len(), 3, "one address, three users");

    for theirs in everybody {
        let stolen = theirs.cookie("gatelet").expect("signed in").value;
        for visitor in everybody {
            let answer = visitor
                .get("/headers")
                .without_cookies()
                .header("cookie", &format!("gatelet={stolen}"))
                .send();
            if std::ptr::eq(theirs, visitor) {
                answer.expect(200);
            } else {
                answer.expect_denial(401, "session.invalid");
            }
        }
    }

    let page = one.visit("/auth/sign-in").send().expect(200).text();
    assert!(page.contains("Preview"), "{page}");
    let page = main.visit("/auth/sign-in").send().expect(200).text();
    assert!(!page.contains("Preview"), "{page}");
}

fn a_deleted_preview_is_nobodys_and_its_users_are_gone(engine: Engine) {
    let gatelet = production(engine).start();
    let (kept_url, kept) = preview(&gatelet, &["kept"]);
    let (url, visitor) = preview(&gatelet, &["gone"]);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&visitor, "/").expect(303);
    account.sign_up(&kept, "/").expect(303);

    let name = name_of(&url);
    let wrong = refused(
        &gatelet,
        &[
            "preview",
            "delete",
            "gone",
            "--confirm",
            &name_of(&kept_url),
        ],
    );
    assert!(wrong.contains("--confirm"), "{wrong}");
    visitor.visit("/headers").send().expect(200);

    run(&gatelet, &["preview", "delete", "gone", "--confirm", &name]);
    wait_for(&visitor, false);
    visitor
        .get("/headers")
        .send()
        .expect_denial(421, "origin.unknown");
    kept.visit("/headers").send().expect(200);

    let (again, visitor) = preview(&gatelet, &["gone"]);
    assert_eq!(again, url, "the same branch has the same host");
    account.sign_in(&visitor, "/").expect(401);
}

fn a_preview_that_shares_the_database_says_so_and_knows_its_parents_users(engine: Engine) {
    let gatelet = production(engine).start();
    let account = Account::new("Ada Lovelace");
    account.sign_up(&gatelet.visitor(), "/").expect(303);
    let (_, visitor) = preview(&gatelet, &["shared", "--share-database"]);
    let listed = run(&gatelet, &["preview", "list"]);
    assert!(listed.contains("SHARED with main"), "{listed}");
    let page = visitor.visit("/auth/sign-in").send().expect(200).text();
    assert!(page.contains("shares"), "{page}");
    account.sign_in(&visitor, "/").expect(303);
    visitor.visit("/headers").send().expect(200);
    // Its users are its parent's; its sessions are not.
    let stolen = visitor.cookie("gatelet").expect("signed in").value;
    let answer = gatelet
        .visitor()
        .get("/headers")
        .header("cookie", &format!("gatelet={stolen}"))
        .send();
    answer.expect_denial(401, "session.invalid");
}

#[test]
fn a_preview_within_the_shared_domain_has_no_session_in_common_with_production() {
    let setup = Setup::new(Engine::Sqlite);
    let port = Url::parse(setup.base_url()).expect("a URL").port();
    let port = port.expect("a port of its own");
    let production = format!("http://app.stack.localhost:{port}");
    let gatelet = setup
        .variable("base_url", &production)
        .variable("cookie_domain", "stack.localhost")
        .variable("app_name", "shop")
        .variable("preview_domain", &format!("http://stack.localhost:{port}"))
        .variable("origins_refresh_seconds", "1")
        .start();
    let account = Account::new("Ada Lovelace");
    let main = gatelet.visitor();
    account.sign_up(&main, "/").expect(303);
    let bold = ["preview", "create", "bold", "--override"];
    let said = refused(
        &gatelet,
        &[&bold[..], &["cookie_domain=stack.localhost"]].concat(),
    );
    assert!(said.contains("cookie_domain"), "{said}");

    let (url, preview) = preview(&gatelet, &["hostile", "--share-database"]);
    let began = account.sign_in(&preview, "/").expect(303);
    let cookie = began.set_cookie("gatelet=").expect("a session");
    assert!(!cookie.contains("Domain"), "{cookie}");
    let minted = preview.cookie("gatelet").expect("signed in").value;
    let own = main.cookie("gatelet").expect("signed in").value;
    for (there, stolen) in [(&production, &minted), (&url, &own)] {
        let answer = main
            .get(&format!("{there}/headers"))
            .without_cookies()
            // By the name of a shared domain, and by that of one host.
            .header_bytes(
                "cookie",
                format!("gatelet={stolen}; gatelet-{port}={stolen}").as_bytes(),
            )
            .send();
        answer.expect_denial(401, "session.invalid");
    }
}

fn creations_of_one_branch_at_once_make_one_preview(engine: Engine) {
    let gatelet = production(engine).start();
    let urls: BTreeSet<String> = std::thread::scope(|scope| {
        let creations: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| run(&gatelet, &["preview", "create", "race"])))
            .collect();
        let joined = creations.into_iter().map(|one| one.join());
        joined.map(|url| url.expect("it works")).collect()
    });
    assert_eq!(urls.len(), 1, "{urls:?}");
    let listed = run(&gatelet, &["preview", "list"]);
    assert_eq!(listed.lines().count(), 2, "a heading and one: {listed}");
    let visitor = gatelet.visitor_at(urls.first().expect("one"));
    wait_for(&visitor, true);
    Account::new("Ada").sign_up(&visitor, "/").expect(303);
}

#[test]
fn an_override_has_the_previews_url_where_it_says_so() {
    let gatelet = production(Engine::Sqlite).start();
    let (url, visitor) = preview(
        &gatelet,
        &["x", "--override", "site_name=At ${PREVIEW_URL}!"],
    );
    let page = visitor.visit("/auth/sign-in").send().expect(200).text();
    assert!(page.contains(&format!("At {url}!")), "{page}");
}

#[test]
fn what_may_be_no_origin_is_refused_with_the_mend_and_leaves_nothing() {
    let gatelet = production(Engine::Sqlite).start();
    let base_url = format!("base_url={}", gatelet.base_url());
    for (arguments, says) in [
        (&["preview", "create", ""][..], "no name"),
        (
            &["preview", "create", "x", "--override", "site_name=${HOME}"],
            "${PREVIEW_URL} is all",
        ),
        (
            &[
                "preview",
                "create",
                "x",
                "--override",
                "base_url=http://a.localhost",
            ],
            "follows from its branch",
        ),
        (
            &[
                "preview",
                "create",
                "x",
                "--override",
                "session_keys=k1:AAAA",
            ],
            "session_keys",
        ),
        (
            &[
                "preview",
                "create",
                "x",
                "--override",
                "upstream=http://10.1.2.3:80",
            ],
            "upstream_hosts: ",
        ),
        (
            &["preview", "create", "x", "--parent", "nobody"],
            "there is no origin nobody",
        ),
        (
            &["origins", "set", "main", "base_url=http://a.localhost"],
            "main",
        ),
        (&["origins", "set", "twin", &base_url], "is main's already"),
        (&["origins", "set", "twin", "base_url=http://*"], "base_url"),
        (
            &["origins", "set", "twin", "base_url=http://app.example.com"],
            "plain HTTP",
        ),
        (&["origins", "set", "twin"], "base_url"),
        (&["origins", "rm", "nobody"], "there is no origin nobody"),
    ] {
        let said = refused(&gatelet, arguments);
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
    let listed = run(&gatelet, &["origins", "list"]);
    assert_eq!(listed.lines().count(), 2, "a heading and main: {listed}");
}

#[test]
fn a_preview_signs_in_with_a_provider_that_knows_production_alone() {
    let provider = IdentityProvider::start();
    let (setup, _) = production(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let (url, visitor) = preview(&gatelet, &["feat"]);

    let start = visitor
        .visit("/auth/start/acme?return_to=/headers")
        .send()
        .expect(303);
    let sent_back = provider.sign_in(&visitor, start.header("location"), "ada");
    let to_production = sent_back.header("location").to_owned();
    assert!(
        to_production.starts_with(gatelet.base_url()),
        "{to_production}"
    );
    let relayed = visitor.visit(&to_production).send().expect(303);
    assert!(
        relayed.headers.get("set-cookie").is_none(),
        "production keeps nothing"
    );
    let to_preview = relayed.header("location").to_owned();
    assert!(
        to_preview.starts_with(&format!("{url}/auth/callback/acme?")),
        "{to_preview}"
    );

    // Altered on the way, or in another browser, it is worth nothing.
    let stranger = gatelet.visitor_at(&url);
    let answer = stranger.visit(&to_preview).send();
    expect_code(answer, 400, "oauth.state_mismatch");
    let altered = to_production.replace("state=relay.", "state=relay.x");
    assert_ne!(altered, to_production);
    let answer = visitor.visit(&altered).send();
    expect_code(answer, 400, "relay.state_invalid");

    visitor.visit(&to_preview).send().expect(303);
    let at_preview = id(&visitor);
    visitor.visit("/headers").send().expect(200);
    // Again, it leads on whoever is signed in, and begins nothing; nobody else anywhere.
    let replayed = visitor.visit(&to_preview).send();
    let replayed = replayed.expect_redirect("/headers");
    assert!(replayed.set_cookie("gatelet=").is_none());
    let answer = gatelet.visitor_at(&url).visit(&to_preview).send();
    expect_code(answer, 400, "oauth.state_mismatch");

    let at_home = gatelet.visitor();
    let start = at_home.visit("/auth/start/acme").send().expect(303);
    let back = provider.sign_in(&at_home, start.header("location"), "ada");
    at_home.visit(back.header("location")).send().expect(303);
    assert_ne!(
        id(&at_home),
        at_preview,
        "one account there, two users here"
    );
}

#[test]
fn production_sends_nothing_on_to_a_preview_that_is_gone() {
    let provider = IdentityProvider::start();
    let (setup, _) = production(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let (url, visitor) = preview(&gatelet, &["feat"]);
    let start = visitor.visit("/auth/start/acme").send().expect(303);
    let sent_back = provider.sign_in(&visitor, start.header("location"), "ada");
    let name = name_of(&url);
    run(&gatelet, &["preview", "delete", "feat", "--confirm", &name]);
    wait_for(&visitor, false);
    let answer = visitor.visit(sent_back.header("location")).send();
    let answer = expect_code(answer, 400, "relay.target_unknown");
    assert!(answer.headers.get("location").is_none());
}
