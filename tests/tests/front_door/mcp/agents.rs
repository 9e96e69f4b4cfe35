//! Who is let in, and who is told what to come back with.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::on_both_engines;
use gatelet_tests::postgres::Cluster;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use http::Method;
use serde_json::json;

use super::{BOTH_WAYS, PATH, SCOPES, admin, at, call, listing, post, setup, token, tool_error};

on_both_engines! {
    without_a_token_nobody_is_let_in_and_the_challenge_says_what_to_bring,
    a_token_of_the_app_is_no_good_for_agents_and_the_other_way_round,
    a_token_that_was_taken_back_is_invalid,
    a_members_token_is_denied_without_a_challenge,
    a_token_with_too_little_scope_is_told_which_it_takes,
}

const METHODS: [Method; 3] = [Method::POST, Method::GET, Method::DELETE];

/// The address of the metadata, as it stands in every challenge.
fn metadata(gatelet: &Gatelet) -> String {
    let base_url = gatelet.base_url();
    format!("resource_metadata=\"{base_url}/.well-known/oauth-protected-resource/auth/mcp\"")
}

#[track_caller]
fn denied(answer: Response, status: u16, code: &str, challenge: &str) {
    let answer = answer.expect_denial(status, code);
    assert_eq!(answer.header("www-authenticate"), challenge);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.every("set-cookie").is_empty());
}

fn without_a_token_nobody_is_let_in_and_the_challenge_says_what_to_bring(engine: Engine) {
    let gatelet = setup(engine).start();
    let (visitor, _) = admin(&gatelet);
    let token = token(&visitor, &SCOPES);
    let bare = format!("Bearer {}, scope=\"secrets:names\"", metadata(&gatelet));
    let invalid = format!("{bare}, error=\"invalid_token\"");
    for method in METHODS {
        // The body is not looked at, nor is the session of an admin.
        for body in ["", "{", &listing().to_string()] {
            let cookies = visitor.request(method.clone(), PATH).body(body.to_owned());
            denied(cookies.send(), 401, "mcp.token_missing", &bare);
        }
        let target = format!("{PATH}?access_token={token}");
        let in_query = visitor.request(method.clone(), &target).without_cookies();
        denied(in_query.send(), 401, "mcp.token_missing", &bare);
        let basic = at(&visitor, method.clone(), None).header("authorization", "Basic eDp5");
        denied(basic.send(), 401, "mcp.token_missing", &bare);
        for wrong in [
            "x",
            "gat_0",
            &format!("gat_{}", "0".repeat(48)),
            &unknown(&token),
        ] {
            let request = at(&visitor, method.clone(), Some(wrong));
            denied(request.send(), 401, "mcp.token_invalid", &invalid);
        }
        let twice = at(&visitor, method, Some(&token)).header("authorization", "Bearer x");
        let malformed = format!("Bearer error=\"invalid_request\", {}", metadata(&gatelet));
        denied(twice.send(), 400, "mcp.token_malformed", &malformed);
    }
    post(&visitor, &token, &listing()).send().expect(200);
}

#[test]
fn a_denial_is_in_the_log_by_its_code() {
    let gatelet = setup(Engine::Sqlite).start();
    let visitor = gatelet.visitor();
    at(&visitor, Method::POST, None).send().expect(401);
    at(&visitor, Method::GET, Some("x")).send().expect(401);
    gatelet.wait_for_line(&["console: mcp.token_missing from "]);
    gatelet.wait_for_line(&["console: mcp.token_invalid from "]);
}

/// A token of the right form that nobody made.
fn unknown(like: &str) -> String {
    use gatelet_core::access_token::{AccessToken, TOKEN_BYTES};
    let token = AccessToken::from_random([0x11; TOKEN_BYTES])
        .expose()
        .to_owned();
    assert_eq!(token.len(), like.len());
    token
}

fn a_token_of_the_app_is_no_good_for_agents_and_the_other_way_round(engine: Engine) {
    let gatelet = setup(engine).start();
    let (visitor, _) = admin(&gatelet);
    let path = "/auth/account/tokens";
    let page = visitor.visit(path).send().expect(200);
    let form = page
        .form_with(path, "act", "create")
        .fill("name", "App")
        .fill("days", "7");
    let made = visitor.submit(&form, &page.url).send().expect(201).text();
    let from = made.find("<code>gat_").expect("a token") + "<code>".len();
    let of_app = made[from..].split('<').next().expect("its end");
    let of_agent = token(&visitor, &SCOPES);
    let at_app = |token: &str| {
        let request = visitor.get("/headers").without_cookies();
        request
            .header("authorization", &format!("Bearer {token}"))
            .send()
    };
    at_app(of_app).expect(200);
    at_app(&of_agent).expect_denial(401, "token.invalid");
    post(&visitor, &of_agent, &listing()).send().expect(200);
    let answer = post(&visitor, of_app, &listing()).send();
    answer.expect_denial(401, "mcp.token_invalid");
}

fn a_token_that_was_taken_back_is_invalid(engine: Engine) {
    let gatelet = setup(engine).start();
    let (visitor, _) = admin(&gatelet);
    let token = token(&visitor, &SCOPES);
    post(&visitor, &token, &listing()).send().expect(200);
    let path = "/auth/console/agents";
    let page = visitor.visit(path).send().expect(200);
    let form = page.form_with(path, "act", "revoke");
    visitor.submit(&form, &page.url).send().expect(303);
    let answer = post(&visitor, &token, &listing()).send();
    answer.expect_denial(401, "mcp.token_invalid");
}

fn a_members_token_is_denied_without_a_challenge(engine: Engine) {
    let gatelet = setup(engine).start();
    let (visitor, account) = admin(&gatelet);
    let token = token(&visitor, &SCOPES);
    post(&visitor, &token, &listing()).send().expect(200);
    run(&gatelet, &["groups", "remove", "admins", &account.email]);
    for method in METHODS {
        let answer = at(&visitor, method, Some(&token)).send();
        denied(answer, 403, "mcp.not_admin", "");
    }
    let asked = call("list_org_secrets", json!({}));
    denied(
        post(&visitor, &token, &asked).send(),
        403,
        "mcp.not_admin",
        "",
    );
    run(&gatelet, &["groups", "add", "admins", &account.email]);
    post(&visitor, &token, &asked).send().expect(200);
}

fn a_token_with_too_little_scope_is_told_which_it_takes(engine: Engine) {
    let gatelet = setup(engine).start();
    let (visitor, _) = admin(&gatelet);
    let lacking = |scope: &str, name: &str| {
        let metadata = metadata(&gatelet);
        let others: Vec<_> = SCOPES.into_iter().filter(|one| *one != scope).collect();
        let (short, good) = (token(&visitor, &others), token(&visitor, &[scope]));
        let challenge =
            format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\", {metadata}");
        // Before the arguments are looked at, which will not do.
        let asked = call(name, json!({"unheard": 1}));
        for send in BOTH_WAYS {
            denied(
                send(&visitor, &short, &asked).send(),
                403,
                "mcp.scope_insufficient",
                &challenge,
            );
            let answer = send(&visitor, &good, &asked).send().expect(200);
            assert_eq!(tool_error(&answer).0, "invalid");
            send(&visitor, &short, &listing()).send().expect(200);
        }
    };
    lacking("secrets:names", "list_env_vars");
    lacking("secrets:request", "request_secret");
    lacking("env:write", "delete_org_secret");
}

#[test]
fn a_stream_is_not_opened_and_no_session_is_ended() {
    let gatelet = setup(Engine::Sqlite).start();
    let (visitor, _) = admin(&gatelet);
    let token = token(&visitor, &["secrets:names"]);
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::HEAD] {
        let answer = at(&visitor, method, Some(&token)).header("accept", "text/event-stream");
        let answer = answer.send().expect(405);
        assert_eq!(answer.header("allow"), "POST, OPTIONS");
        assert_eq!(answer.header("www-authenticate"), "");
    }
}

#[test]
fn a_database_that_is_away_lets_nobody_in() {
    let cluster = Cluster::start_new();
    let gatelet = setup(Engine::Sqlite).on(cluster.database()).start();
    let (visitor, _) = admin(&gatelet);
    let token = token(&visitor, &SCOPES);
    cluster.stop();
    let answer = post(&visitor, &token, &listing()).send();
    denied(answer, 503, "mcp.unavailable", "");
}

#[test]
fn the_endpoint_is_at_the_main_origin_alone() {
    let setup = setup(Engine::Sqlite);
    let shop = format!("http://shop.localhost:{}", setup.address().port());
    let origins = json!([{"name": "shop", "values": {"base_url": shop}}]).to_string();
    let gatelet = setup.variable("origins", &origins).start();
    let (visitor, _) = admin(&gatelet);
    let token = token(&visitor, &SCOPES);
    let elsewhere = Visitor::new(&shop).served_at(&shop, gatelet.address());
    post(&elsewhere, &token, &listing()).send().expect(404);
    let (somebody, _) = signed_in(&gatelet);
    post(&somebody, &token, &listing()).send().expect(200);
}
