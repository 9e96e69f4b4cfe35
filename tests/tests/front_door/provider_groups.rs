//! Which groups a provider names, what they are called here, and what they open.

use gatelet_tests::account::sign_out;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::hostile_provider::{HostileProvider, Manner};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use serde_json::{Value, json};

on_both_engines! {
    groups_of_a_provider_reach_the_app_and_open_what_rules_say,
}

/// Where the app is reached, it has no such page.
const OPEN: u16 = 404;

/// Everything that the provider says of groups is in this scope.
const SCOPES: &str = "openid email profile groups";

const RULES: &str = "/web/* group acme:/eng/web; /admin/* group admins; /staff/* group staff; /acme/* group acme:admins";

#[track_caller]
fn sign_in(gatelet: &Gatelet, provider: &IdentityProvider, login: &str) -> Visitor {
    let visitor = gatelet.visitor();
    let answer = provider.there_and_back(&visitor, "/auth/start/acme?return_to=/", login);
    answer.expect(303);
    visitor
}

fn groups(visitor: &Visitor) -> Value {
    visitor.get("/auth/me").send().expect(200).json()["groups"].clone()
}

fn status(visitor: &Visitor, path: &str) -> u16 {
    visitor.visit(path).send().status.as_u16()
}

fn setup(engine: Engine, provider: &IdentityProvider, fields: Value) -> Setup {
    let mut fields = fields;
    fields["scopes"] = json!(SCOPES);
    let (setup, _) = Setup::new(engine).providers_with(&[("acme", provider, fields, json!({}))]);
    setup
        .variable("access_rules", RULES)
        .variable("session_fresh_seconds", "0")
}

fn person(provider: &IdentityProvider, login: &str, more: Value) {
    let email = format!("{login}@example.com");
    let mut claims = json!({ "email": email, "email_verified": true, "name": login });
    for (name, value) in more.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    provider.add(login, claims);
}

fn groups_of_a_provider_reach_the_app_and_open_what_rules_say(engine: Engine) {
    let provider = IdentityProvider::start();
    person(
        &provider,
        "ann",
        json!({ "groups": ["/eng/web", "admins"] }),
    );
    let fields = json!({ "groups_claim": "groups", "groups_map": { "People": "staff" } });
    let gatelet = setup(engine, &provider, fields).start();

    let ann = sign_in(&gatelet, &provider, "ann");
    assert_eq!(groups(&ann), json!(["acme:/eng/web", "acme:admins"]));
    let seen = ann
        .get("/headers")
        .header("x-forwarded-groups", "admins")
        .send()
        .expect(200)
        .text();
    assert!(seen.contains("acme:/eng/web,acme:admins"), "{seen}");
    let opens = |visitor: &Visitor| {
        ["/web/x", "/acme/x", "/admin/x", "/staff/x"].map(|path| status(visitor, path))
    };
    assert_eq!(opens(&ann), [OPEN, OPEN, 403, 403]);
    // What anybody is here by our own record is said beside it, and changes at once.
    gatelet.setup().run(&["groups", "create", "admins"]);
    gatelet
        .setup()
        .run(&["groups", "add", "admins", "ann@example.com"]);
    assert_eq!(
        groups(&ann),
        json!(["acme:/eng/web", "acme:admins", "admins"])
    );
    assert_eq!(opens(&ann), [OPEN, OPEN, OPEN, 403]);

    // A change at the provider is known at the next sign-in.
    person(&provider, "ann", json!({ "groups": ["People"] }));
    assert_eq!(opens(&ann), [OPEN, OPEN, OPEN, 403]);
    let again = sign_in(&gatelet, &provider, "ann");
    assert_eq!(groups(&again), json!(["admins", "staff"]));
    assert_eq!(opens(&again), [403, 403, OPEN, OPEN]);
    sign_out(&ann);
    person(&provider, "ann", json!({}));
    let none = sign_in(&gatelet, &provider, "ann");
    assert_eq!(groups(&none), json!(["admins"]));
}

#[test]
fn groups_are_where_the_entry_says_in_the_token_or_at_userinfo() {
    let everywhere = json!({
        "groups": ["plain"],
        "realm_access": { "roles": ["nested"] },
        "https://example.com/groups": "url",
    });
    for id_token in [true, false] {
        let provider = IdentityProvider::with(&json!({ "idTokenClaims": id_token }));
        person(&provider, "ann", everywhere.clone());
        for (claim, expected) in [
            (json!("groups"), json!(["acme:plain"])),
            (json!("realm_access.roles"), json!(["acme:nested"])),
            (json!("https://example.com/groups"), json!(["acme:url"])),
            (json!(["https://example.com/groups"]), json!(["acme:url"])),
            (json!("realm_access.nothing"), json!([])),
        ] {
            let fields = json!({ "groups_claim": claim });
            let gatelet = setup(Engine::Sqlite, &provider, fields).start();
            let ann = sign_in(&gatelet, &provider, "ann");
            assert_eq!(groups(&ann), expected, "{claim} {id_token}");
        }
    }
}

#[test]
fn no_group_of_a_provider_makes_an_admin_but_by_the_map() {
    let provider = IdentityProvider::start();
    person(
        &provider,
        "mallory",
        json!({ "groups": ["admins", "owners", "staff", "x,admins", "Gatelet Admins"] }),
    );
    for (fields, expected, status_of_console) in [
        (
            json!({}),
            json!(["acme:admins", "acme:owners", "acme:staff"]),
            403,
        ),
        (json!({ "groups_prefix": "" }), json!(["staff"]), 403),
        (
            json!({ "groups_prefix": "", "groups_map": { "Gatelet Admins": "admins" } }),
            json!(["admins", "staff"]),
            200,
        ),
    ] {
        let mut fields = fields;
        fields["groups_claim"] = json!("groups");
        let gatelet = setup(Engine::Sqlite, &provider, fields.clone()).start();
        let mallory = sign_in(&gatelet, &provider, "mallory");
        assert_eq!(groups(&mallory), expected, "{fields}");
        let console = mallory.visit("/auth/console").send();
        assert_eq!(console.status.as_u16(), status_of_console, "{fields}");
        gatelet.wait_for_line(&["groups.left_out", "provider acme", "x,admins"]);
    }
}

fn hostile(provider: &HostileProvider) -> Gatelet {
    let mut entry = provider.entry("hostile");
    entry["groups_claim"] = json!("groups");
    Setup::new(Engine::Sqlite)
        .hostile(&[entry])
        .variable("session_fresh_seconds", "0")
        .start()
}

fn back(visitor: &Visitor) -> Response {
    let start = visitor.visit("/auth/start/hostile").send().expect(303);
    let back = visitor.visit(start.header("location")).send().expect(302);
    visitor.visit(back.header("location")).send()
}

fn says(provider: &HostileProvider, groups: Value) {
    provider.plan(|plan| {
        plan.claims = Box::new(move |claims| claims["groups"] = groups.clone());
    });
}

#[test]
fn malformed_groups_and_too_many_are_left_out_whole_and_the_log_says_so() {
    let provider = HostileProvider::start();
    let gatelet = hostile(&provider);
    for (said, expected, line) in [
        (
            json!(["a", "b c", "d\r\nx-forwarded-user: e", "ü", 7, null, ["f"]]),
            json!(["hostile:a"]),
            "no name of a group",
        ),
        (json!({ "a": true }), json!([]), "no list of names"),
        (json!(5), json!([]), "no list of names"),
        (json!(["l".repeat(200)]), json!([]), "llll"),
    ] {
        says(&provider, said.clone());
        let visitor = gatelet.visitor();
        back(&visitor).expect(303);
        assert_eq!(groups(&visitor), expected, "{said}");
        gatelet.wait_for_line(&["groups.left_out", "provider hostile", line]);
    }

    let many: Vec<String> = (0..500).map(|number| format!("g{number:03}")).collect();
    says(&provider, json!(many));
    let visitor = gatelet.visitor();
    back(&visitor).expect(303);
    let first: Vec<String> = many[..32]
        .iter()
        .map(|name| format!("hostile:{name}"))
        .collect();
    assert_eq!(groups(&visitor), json!(first));
    gatelet.wait_for_line(&["groups.left_out", "g032", "no room", "463 more"]);

    let long: Vec<String> = (0..20)
        .map(|n| format!("{n:02}{}", "x".repeat(100)))
        .collect();
    says(&provider, json!(long));
    let visitor = gatelet.visitor();
    back(&visitor).expect(303);
    let kept: Vec<String> = long[..9]
        .iter()
        .map(|name| format!("hostile:{name}"))
        .collect();
    assert!(kept.join(",").len() <= 1024);
    assert_eq!(groups(&visitor), json!(kept));
}

#[test]
fn nobody_gets_in_whose_groups_could_not_be_asked_for() {
    let provider = HostileProvider::start();
    let userinfo = format!("{}/userinfo", provider.issuer());
    provider.plan(|plan| {
        plan.discovery =
            Box::new(move |document| document["userinfo_endpoint"] = json!(userinfo.as_str()));
        plan.userinfo = Box::new(|claims| claims["groups"] = json!(["suspended"]));
    });
    let gatelet = hostile(&provider);
    let visitor = gatelet.visitor();
    back(&visitor).expect(303);
    assert_eq!(groups(&visitor), json!(["hostile:suspended"]));
    for (manner, code) in [
        (Manner::Instead(500, "{}".into()), "userinfo.malformed"),
        (Manner::Instead(200, "[]".into()), "userinfo.malformed"),
    ] {
        provider.plan(|plan| plan.userinfo_manner = manner);
        let visitor = gatelet.visitor();
        let refused = back(&visitor).expect(503);
        assert!(refused.says_code(code), "{}", refused.description());
        assert_eq!(status(&visitor, "/auth/me"), 401);
    }
    // Said in the token, nobody else need be asked.
    says(&provider, json!(["web"]));
    let visitor = gatelet.visitor();
    back(&visitor).expect(303);
    assert_eq!(groups(&visitor), json!(["hostile:web"]));
}
