//! The clients that apps have: oRPC's own, and whatever reads the published document.

use super::*;
use gatelet_tests::node::Node;
use gatelet_tests::open_api;

fn orpc(gatelet: &Gatelet) -> Node {
    Node::start("orpc-client.mjs", &[gatelet.base_url()])
}

#[test]
fn orpcs_own_client_signs_in_and_reads_session_and_me() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let client = orpc(&gatelet);
    let ask = |name: &str, input: Value| client.ask(&json!({ "call": name, "input": input }));
    for method in ["GET", "POST"] {
        client.ask(&json!({ "method": method }));
        assert_eq!(
            ask("session", Value::Null),
            json!({ "authenticated": false })
        );
        assert_eq!(ask("me", Value::Null), json!({ "authenticated": false }));
    }
    // What changes something is no GET, whatever the client prefers.
    client.ask(&json!({ "method": "GET" }));
    let refused = client.ask(&json!({ "fails": "signout", "input": {} }));
    assert_eq!(
        (&refused["code"], &refused["status"]),
        (&json!("METHOD_NOT_SUPPORTED"), &json!(405))
    );
    client.ask(&json!({ "method": "POST" }));

    let begun = ask(
        "signin",
        json!({ "providerId": "acme", "redirectTo": "/inbox" }),
    );
    let visitor = gatelet.visitor();
    let url = begun["redirectUrl"].as_str().expect("an address");
    let back = provider.sign_in(&visitor, url, "zofie");
    let parsed = url::Url::parse(back.header("location")).expect("a URL");
    let answer: serde_json::Map<_, _> = parsed
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), Value::from(&*value)))
        .collect();
    let landed = ask("callback", Value::Object(answer));
    assert_eq!(landed["redirectTo"], "/inbox");
    for method in ["GET", "POST"] {
        client.ask(&json!({ "method": method }));
        let me = ask("me", json!({}));
        assert_eq!(me["user"]["displayName"], "Žofie Ōkubo 🌿");
        let session = ask("session", json!({}));
        assert_eq!(session["session"]["id"], landed["sessionId"]);
    }
    client.ask(&json!({ "method": "POST" }));
    assert_eq!(ask("signout", json!({}))["signedOut"], true);
    assert_eq!(ask("session", json!({}))["authenticated"], false);

    let refused = client.ask(&json!({ "fails": "signin", "input": { "providerId": "none" } }));
    assert_eq!(
        (
            &refused["defined"],
            &refused["code"],
            &refused["data"]["reason"]
        ),
        (
            &json!(true),
            &json!("NOT_FOUND"),
            &json!("provider.unknown")
        )
    );
    let refused = client.ask(&json!({ "fails": "signin", "input": { "providerId": 1 } }));
    assert_eq!(
        refused["data"]["fieldErrors"]["providerId"],
        json!(["not a string"])
    );
}

#[test]
fn the_document_and_its_page_tell_what_there_is() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let visitor = gatelet.visitor();
    let document = visitor.get("/api/v1/auth/openapi.json").send().expect(200);
    assert_eq!(document.header("content-type"), "application/json");
    let document = document.json();
    assert_eq!(document["servers"][0]["url"], gatelet.base_url());
    let page = visitor.visit("/api/v1/auth/docs").send().expect(200).text();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        assert!(page.contains(path.as_str()), "{path}");
        // Each is there, and says so by more than 404.
        for method in operations.as_object().expect("operations").keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let answer = visitor.request(method.clone(), path).send();
            let status = answer.status.as_u16().to_string();
            assert!(
                ![404, 405].contains(&answer.status.as_u16()),
                "{method} {path}"
            );
            let documented = &operations[method.as_str().to_lowercase()]["responses"][&status];
            assert!(documented.is_object(), "{method} {path} {status}");
        }
    }
}

#[test]
fn the_document_is_valid_and_no_call_answers_what_it_does_not_say() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider);
    let gatelet = gatelet.variable("limits", "off").start();
    let (visitor, _) = signed_in(&gatelet);
    let document = visitor.get("/api/v1/auth/openapi.json").send().expect(200);
    let Some(faults) = open_api::faults(&document.text()) else {
        return;
    };
    assert_eq!(faults, "");
    let broken = document.text().replace("\"3.1.0\"", "3");
    assert_ne!(
        open_api::faults(&broken).as_deref(),
        Some(""),
        "it does look"
    );

    let url = format!("{}/api/v1/auth/openapi.json", gatelet.base_url());
    let origin = visitor.origin();
    let cookie = visitor.cookie("gatelet").expect("a session");
    let cookie = format!("{}={}", cookie.name, cookie.value);
    let nobody = [("Origin", origin.as_str())];
    let somebody = [("Origin", origin.as_str()), ("Cookie", cookie.as_str())];
    for fields in [&nobody[..], &somebody] {
        let found = open_api::tried(&url, fields);
        assert_eq!(
            found.as_deref(),
            Some(""),
            "{}",
            found.as_deref().unwrap_or_default()
        );
    }
}
