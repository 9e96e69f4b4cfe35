//! Letters by HTTP, to a program of the operator's.

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::node::Node;
use gatelet_tests::secrets;
use serde_json::{Value, json};

use super::{refused, try_mail};

const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

fn started() -> (Node, Setup) {
    secrets::remember(SECRET);
    let sink = Node::start("mail-sink.mjs", &[&json!({ "secret": SECRET }).to_string()]);
    let port = sink.greeting()["port"].as_u64().expect("a port");
    let setup = Setup::new(Engine::Sqlite)
        .variable(
            "mail_url",
            &format!("http://localhost:{port}/hook?x=1#{SECRET}"),
        )
        .variable("mail_from", "Acme <no-reply@acme.example>");
    (sink, setup)
}

fn letters(sink: &Node) -> Vec<Value> {
    let letters = sink.ask(&json!({ "op": "letters" }));
    letters.as_array().cloned().expect("a list")
}

#[test]
fn a_webhook_gets_letters_that_it_can_verify() {
    let (sink, setup) = started();
    let output = try_mail(&setup);
    assert!(output.status.success(), "{output:?}");
    let letters = letters(&sink);
    let [letter] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!(letter["verified"], true, "{letter}");
    assert_eq!(
        (&letter["path"], &letter["type"]),
        (&json!("/hook?x=1"), &json!("application/json"))
    );
    let data = &letter["letter"]["data"];
    assert_eq!(letter["id"], data["id"]);
    assert_eq!(
        (&data["to"], &data["kind"], &data["from"]["name"]),
        (&json!("ann@example.com"), &json!("test"), &json!("Acme"))
    );
    assert!(
        data["text"]
            .as_str()
            .is_some_and(|text| text.contains("can send mail"))
    );
    assert!(
        !letter.to_string().contains("whsec_"),
        "the secret stays here"
    );
}

#[test]
fn what_a_webhook_answers_is_told() {
    let (sink, setup) = started();
    for status in [302, 400, 401, 500, 503] {
        sink.ask(&json!({ "op": "status", "status": status }));
        let said = refused(&try_mail(&setup));
        assert!(
            said.contains(&format!("answered {status} not now")),
            "{said}"
        );
    }
    assert_eq!(letters(&sink).len(), 5, "redirects are not followed");
}

#[test]
fn a_webhook_that_mail_host_does_not_cover_is_named_at_the_start() {
    let (sink, setup) = started();
    let said = setup
        .variable("mail_host", "https://other.example:443")
        .refuse();
    assert!(
        said.contains("mail_host: does not cover http://localhost:"),
        "{said}"
    );
    assert!(letters(&sink).is_empty());
}
