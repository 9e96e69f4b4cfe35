//! Tokens of agents.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::on_both_engines;
use gatelet_tests::secrets;

use super::{CONSOLE, admin, started};

on_both_engines! {
    a_token_of_an_agent_is_shown_once_and_is_no_token_of_the_app,
    a_token_without_a_scope_is_not_made,
    a_token_is_revoked_by_its_own_admin_alone,
}

const CREATE: [(&str, &str); 3] = [("act", "create"), ("name", "Deploys <b>"), ("days", "365")];

fn a_token_of_an_agent_is_shown_once_and_is_no_token_of_the_app(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = admin(&gatelet);
    let page = CONSOLE.shown(&visitor, "agents");
    let form = page.form_with("/auth/console/agents", "act", "create");
    let form = ["origins:write", "env:write"]
        .iter()
        .fold(form, |form, scope| form.without(scope));
    let form = CREATE
        .iter()
        .fold(form, |form, (name, value)| form.fill(name, value));
    let made = visitor.submit(&form, &page.url).send().expect(201).text();
    let from = made.find("<code>gat_").expect("a token") + "<code>".len();
    let token = made[from..].split('<').next().expect("its end").to_owned();
    secrets::remember(&token);
    let text = CONSOLE.shown(&visitor, "agents").text();
    assert!(text.contains("Deploys &#60;b&#62;") && !text.contains("gat_"));
    assert!(text.contains("/auth/mcp"), "{text}");
    assert!(
        CONSOLE
            .shown(&visitor, "audit")
            .text()
            .contains("token.made")
    );
    if engine == Engine::Postgres {
        let database = gatelet.database();
        let scopes = database.value("SELECT scopes FROM auth_access_tokens");
        assert_eq!(scopes.as_deref(), Some("secrets:names secrets:request"));
        let audience = database.value("SELECT audience FROM auth_access_tokens");
        let endpoint = format!("{}/auth/mcp", gatelet.base_url());
        assert_eq!(audience.as_deref(), Some(endpoint.as_str()));
        assert!(!database.contains(&token));
    }
    let program = gatelet.visitor();
    let bearer = format!("Bearer {token}");
    let request = program.get("/auth/me").header("authorization", &bearer);
    request.send().expect(401);
}

fn a_token_without_a_scope_is_not_made(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = admin(&gatelet);
    let page = CONSOLE.shown(&visitor, "agents");
    let form = page.form_with("/auth/console/agents", "act", "create");
    let scopes = [
        "secrets:names",
        "secrets:request",
        "env:write",
        "origins:write",
    ];
    let form = scopes.iter().fold(form, |form, scope| form.without(scope));
    for (name, days, scope) in [
        ("A", "7", ""),
        ("", "7", "env:write"),
        ("A", "366", "env:write"),
        ("A", "", "env:write"),
        ("A", "7", "everything"),
    ] {
        let form = form.clone().fill("name", name).fill("days", days);
        let form = form.fill(scope, "on");
        let answer = visitor.submit(&form, &page.url).send().expect(422).text();
        assert!(!answer.contains("gat_") && answer.contains("<title>Error: "));
    }
    // A member makes none, whatever the form.
    let (member, _) = signed_in(&gatelet);
    member.submit(&form, &page.url).send().expect(403);
}

fn a_token_is_revoked_by_its_own_admin_alone(engine: Engine) {
    let gatelet = started(engine);
    let ((one, _), (other, _)) = (admin(&gatelet), admin(&gatelet));
    for visitor in [&one, &other] {
        CONSOLE.submit(visitor, "agents", &CREATE).expect(201);
    }
    let path = "/auth/console/agents";
    let (of_one, of_other) = (
        CONSOLE.shown(&one, "agents"),
        CONSOLE.shown(&other, "agents"),
    );
    let id = of_one.form_with(path, "act", "revoke");
    let form = of_other.form_with(path, "act", "revoke");
    let forged = form
        .clone()
        .fill("token", id.value("token").expect("an id"));
    other.submit(&forged, &of_other.url).send().expect(303);
    assert!(CONSOLE.shown(&one, "agents").text().contains("Revoke"));
    let answer = other.submit(&form, &of_other.url).send();
    CONSOLE.expect_done(answer, "agents", "token-revoked");
    assert!(!CONSOLE.shown(&other, "agents").text().contains("Revoke"));
}

#[test]
fn whoever_signed_in_long_ago_proves_it_again_first() {
    let gatelet = started(Engine::Postgres);
    let (visitor, account) = admin(&gatelet);
    let page = CONSOLE.shown(&visitor, "agents");
    let form = page.form_with("/auth/console/agents", "act", "create");
    let form = CREATE
        .iter()
        .fold(form, |form, (name, value)| form.fill(name, value));
    gatelet
        .database()
        .execute("UPDATE auth_sessions SET authenticated_at = authenticated_at - 7200");
    let confirm = "/auth/confirm?return_to=%2Fauth%2Fconsole%2Fagents";
    let shown = visitor.visit("/auth/console/agents").send();
    shown.expect_redirect(confirm);
    visitor
        .submit(&form, &page.url)
        .send()
        .expect_redirect(confirm);
    let tokens = "SELECT count(*) FROM auth_access_tokens";
    assert_eq!(gatelet.database().value(tokens).as_deref(), Some("0"));
    // Secrets are looked at all the same.
    visitor.visit("/auth/console/secrets").send().expect(200);
    let page = visitor.visit(confirm).send().expect(200);
    let form = page
        .form("/auth/confirm")
        .fill("password", &account.password);
    let back = visitor.follow(visitor.submit(&form, &page.url).send());
    assert!(
        back.expect(200)
            .url
            .path()
            .ends_with("/auth/console/agents")
    );
}
