//! The console: pages for admins, and how a secret is handed over by a link.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::on_both_engines;
use gatelet_tests::secrets;
use gatelet_tests::section::Section;
use gatelet_tests::visitor::Visitor;

mod agents;
mod applications;
mod entry;
mod looks;
mod people;

on_both_engines! {
    every_page_is_for_admins_alone,
    whoever_is_no_admin_any_more_is_told_so_at_once,
    a_form_of_no_page_of_ours_changes_nothing,
    without_a_key_the_console_says_what_to_set,
    a_secret_is_entered_rotated_and_deleted_here,
}

/// 32 bytes in base64url.
const KEY: &str = "1Ycs7g2vN0ZfV9zqU0fF3J8pQb4xkqQm0v1cW5yBz2E";

const CONSOLE: Section = Section("/auth/console");

const PAGES: [&str; 9] = [
    "/auth/console",
    "/auth/console/secrets",
    "/auth/console/requests",
    "/auth/console/applications",
    "/auth/console/agents",
    "/auth/console/origins",
    "/auth/console/users",
    "/auth/console/sessions",
    "/auth/console/audit",
];

fn setup(engine: Engine) -> Setup {
    secrets::remember(KEY);
    Setup::new(engine).variable("secrets_enc_key", KEY)
}

fn started(engine: Engine) -> Gatelet {
    setup(engine).start()
}

/// Somebody in this group, signed in.
#[track_caller]
fn member_of(gatelet: &Gatelet, group: &str) -> (Visitor, Account) {
    let (visitor, account) = signed_in(gatelet);
    gatelet.setup().run(&["groups", "create", group]);
    run(gatelet, &["groups", "add", group, &account.email]);
    (visitor, account)
}

#[track_caller]
fn admin(gatelet: &Gatelet) -> (Visitor, Account) {
    member_of(gatelet, "admins")
}

fn every_page_is_for_admins_alone(engine: Engine) {
    let gatelet = started(engine);
    let (admin, account) = admin(&gatelet);
    let (owner, _) = member_of(&gatelet, "owners");
    let (member, _) = member_of(&gatelet, "staff");
    let nobody = gatelet.visitor();
    for page in PAGES {
        let encoded = page.replace('/', "%2F");
        nobody
            .visit(page)
            .send()
            .expect_redirect(&format!("/auth/sign-in?return_to={encoded}"));
        for visitor in [&admin, &owner] {
            let text = visitor.visit(page).send().expect(200).text();
            let here = format!("href=\"{page}\" aria-current=\"page\"");
            assert!(text.contains(&here), "{page}: {text}");
        }
        let refused = member.visit(page).send().expect(403);
        let text = refused.text();
        assert!(refused.says_code("console.not_admin"), "{page}: {text}");
        assert!(!text.contains("<form") && !text.contains("<a "), "{text}");
        let program = member.get(page).header("accept", "application/json");
        program.send().expect_denial(403, "console.not_admin");
    }
    account
        .sign_in(&nobody, "/auth/console/secrets")
        .expect_redirect("/auth/continue?return_to=%2Fauth%2Fconsole%2Fsecrets");
    for missing in ["/auth/console/nothing", "/auth/console/", "/auth/mcp/x"] {
        admin.visit(missing).send().expect(404);
    }
}

fn whoever_is_no_admin_any_more_is_told_so_at_once(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = admin(&gatelet);
    let page = CONSOLE.shown(&visitor, "secrets");
    let form = page.form_with("/auth/console/secrets", "act", "request");
    run(&gatelet, &["groups", "remove", "admins", &account.email]);
    visitor.visit("/auth/console").send().expect(403);
    let form = form.fill("asked", "API_KEY");
    visitor.submit(&form, &page.url).send().expect(403);
}

fn a_form_of_no_page_of_ours_changes_nothing(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = admin(&gatelet);
    let path = "/auth/console/applications";
    let page = CONSOLE.shown(&visitor, "applications");
    let form = page.form(path).fill("name", "web");
    let stale = form.clone().without("csrf");
    visitor.submit(&stale, &page.url).send().expect(403);
    let other = CONSOLE
        .shown(&visitor, "secrets")
        .form("/auth/console/secrets");
    let other = form.clone().fill("csrf", other.value("csrf").expect("one"));
    visitor.submit(&other, &page.url).send().expect(403);
    let request = visitor.submit(&form, &page.url);
    let request = request.without("sec-fetch-site");
    request
        .header("sec-fetch-site", "cross-site")
        .send()
        .expect(403);
    assert!(
        !CONSOLE
            .shown(&visitor, "applications")
            .text()
            .contains(">web<")
    );
    let answer = visitor.submit(&form, &page.url).send();
    CONSOLE.expect_done(answer, "applications/web", "application-added");
}

fn without_a_key_the_console_says_what_to_set(engine: Engine) {
    let gatelet = Setup::new(engine).start();
    let (visitor, _) = admin(&gatelet);
    let overview = visitor.visit("/auth/console").send().expect(200).text();
    for said in ["secrets_enc_key", "SECRETS_ENC_KEY", "gatelet keys secrets"] {
        assert!(overview.contains(said), "{said}: {overview}");
    }
    let refused = visitor.visit("/auth/console/secrets").send().expect(503);
    assert!(refused.says_code("vault.not_configured"));
    visitor.visit("/auth/console/users").send().expect(200);
}

fn a_secret_is_entered_rotated_and_deleted_here(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = admin(&gatelet);
    for value in ["hunter2-entered-here", "hunter2-rotated-here"] {
        secrets::remember(value);
    }
    let put = |name, value| {
        let fields = [("act", "put"), ("name", name), ("value", value)];
        CONSOLE.submit(&visitor, "secrets", &fields)
    };
    put("api_key", "hunter2-entered-here").expect(422);
    put("API_KEY", "").expect(400);
    let answer = put("API_KEY", "hunter2-entered-here");
    CONSOLE.expect_done(answer, "secrets", "secret-stored");
    let list = CONSOLE.shown(&visitor, "secrets").text();
    assert!(list.contains("API_KEY") && list.contains(&account.email));
    let fields = [("act", "put"), ("value", "hunter2-rotated-here")];
    let answer = CONSOLE.submit(&visitor, "secrets/API_KEY", &fields);
    CONSOLE.expect_done(answer, "secrets/API_KEY", "secret-rotated");

    let page = CONSOLE.shown(&visitor, "secrets/API_KEY/delete");
    assert!(page.text().contains("No application has a copy"));
    let form = page.form("/delete");
    let answer = visitor.submit(&form, &page.url).send();
    CONSOLE.expect_done(answer, "secrets", "secret-deleted");
    visitor
        .visit("/auth/console/secrets/API_KEY")
        .send()
        .expect(404);
    let list = CONSOLE.shown(&visitor, "secrets").text();
    assert!(!list.contains("API_KEY") && !list.contains("hunter2"));
    let audit = CONSOLE.shown(&visitor, "audit").text();
    for act in ["secret.entered", "secret.rotated", "secret.deleted"] {
        assert!(audit.contains(act), "{act}: {audit}");
    }
}
