use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::tools::Tool;
use gatelet_sign_in::link_token::LinkToken;

const VALUE: &str = "hunter2";

/// Records as the vault writes them, with one member too many.
fn wire<T: serde::de::DeserializeOwned>(mut record: Value) -> T {
    record["value"] = json!(VALUE);
    serde_json::from_value(record).unwrap()
}

fn usage() -> Value {
    json!({"application": "web", "env_key": "EMAIL_KEY", "overridden": true})
}

fn secret() -> Value {
    json!({"name": "SENDGRID_KEY", "updated_at": 1_800_000_000, "updated_by": "ann", "used_by": [usage()]})
}

fn variable(source: &str, secret: Option<&str>, stale: bool) -> Value {
    json!({"key": "EMAIL_KEY", "source": source, "secret": secret, "stale": stale, "updated_at": 1})
}

/// What a tool answers, with all that it may hold.
fn answer(tool: Tool) -> Value {
    let written = |answer: Result<Value, _>| answer.expect("an answer is JSON");
    written(match tool {
        Tool::RequestSecret => {
            let token = LinkToken::from_random([7; 32]);
            let link =
                json!({"request_id": "1", "token": token.expose(), "expires_at": 1_800_000_900});
            serde_json::to_value(SecretRequested::new("https://app.example", wire(link)))
        }
        Tool::SecretRequestStatus => {
            serde_json::to_value(SecretRequestStatus::new("1", RequestState::NotFound))
        }
        Tool::ListOrgSecrets => serde_json::to_value(OrgSecrets(vec![wire(secret())])),
        Tool::DeleteOrgSecret => serde_json::to_value(OrgSecretDeleted::new(vec![wire(usage())])),
        Tool::BindSecret => serde_json::to_value(wire::<SecretBound>(
            json!({"name": "SENDGRID_KEY", "env_key": "EMAIL_KEY"}),
        )),
        Tool::ListEnvVars => serde_json::to_value(EnvVars(vec![
            wire(variable("OrgLinked", Some("SENDGRID_KEY"), true)),
            wire(variable("AppOverride", Some("SENDGRID_KEY"), false)),
            wire(variable("App", None, false)),
        ])),
        Tool::SetEnvVars => serde_json::to_value(EnvVarsSet {
            application_id: "web".into(),
            variables: EnvVars(vec![wire(variable("App", None, false))]),
        }),
        Tool::DeleteEnvVars => serde_json::to_value(EnvVarsDeleted {
            application_id: "web".into(),
            deleted: vec!["PORT".into()],
        }),
        Tool::ReconcileProject => {
            let binding = json!({"name": "SENDGRID_KEY", "env_key": "EMAIL_KEY"});
            let planned = wire(json!({"binding": binding, "step": "Set"}));
            serde_json::to_value(ProjectReconciled::new("web", vec![planned], true))
        }
        Tool::ListApplications => serde_json::to_value(Applications(vec![wire(
            json!({"name": "web", "added": false, "variables": 3}),
        )])),
    })
}

#[test]
fn every_answer_has_the_shape_that_is_promised() {
    let token = LinkToken::from_random([7; 32]);
    let used_by = json!({"app": "web", "envKey": "EMAIL_KEY", "overridden": true});
    for (tool, wanted) in [
        (
            Tool::RequestSecret,
            json!({
                "url": format!("https://app.example/auth/console/enter?token={}", token.expose()),
                "requestId": "1",
                "expiresAt": "2027-01-15T08:15:00Z",
            }),
        ),
        (Tool::SecretRequestStatus, json!({"status": "not_found"})),
        (
            Tool::ListOrgSecrets,
            json!([{
                "name": "SENDGRID_KEY",
                "updatedAt": "2027-01-15T08:00:00Z",
                "usedBy": [used_by],
                "usedByCount": 1,
            }]),
        ),
        (
            Tool::DeleteOrgSecret,
            json!({"deleted": true, "affectedApps": [used_by]}),
        ),
        (Tool::BindSecret, json!({"envKey": "EMAIL_KEY"})),
        (
            Tool::ListEnvVars,
            json!([
                {"key": "EMAIL_KEY", "source": "org-linked", "secret": "SENDGRID_KEY", "stale": true},
                {"key": "EMAIL_KEY", "source": "app-override", "secret": "SENDGRID_KEY"},
                {"key": "EMAIL_KEY", "source": "app"},
            ]),
        ),
        (
            Tool::SetEnvVars,
            json!({"applicationId": "web", "variables": [{"key": "EMAIL_KEY", "source": "app"}]}),
        ),
        (
            Tool::DeleteEnvVars,
            json!({"applicationId": "web", "deleted": ["PORT"]}),
        ),
        (
            Tool::ReconcileProject,
            json!({
                "applicationId": "web",
                "plan": {"secrets": {
                    "set": ["SENDGRID_KEY"],
                    "keep": [],
                    "missing": [],
                    "overridden": [],
                    "action": "write",
                    "bindings": [{"name": "SENDGRID_KEY", "as": "EMAIL_KEY", "step": "set"}],
                }},
                "applied": true,
            }),
        ),
        (
            Tool::ListApplications,
            json!([{"applicationId": "web", "added": false, "variables": 3}]),
        ),
    ] {
        assert_eq!(answer(tool), wanted, "{tool}");
    }
}

#[test]
fn every_state_of_a_request_has_its_word() {
    for (state, word) in [
        ("Pending", "pending"),
        ("Fulfilled", "fulfilled"),
        ("Expired", "expired"),
        ("NotFound", "not_found"),
    ] {
        let status: Status = serde_json::from_value(json!(state)).unwrap();
        assert_eq!(serde_json::to_value(status).unwrap(), json!(word));
    }
}

/// Every member that an answer may have. None of them is a value's: whoever adds one here
/// says what it holds.
const MEMBERS: [&str; 28] = [
    "action",
    "added",
    "affectedApps",
    "app",
    "applicationId",
    "applied",
    "as",
    "bindings",
    "deleted",
    "envKey",
    "expiresAt",
    "keep",
    "key",
    "missing",
    "name",
    "overridden",
    "plan",
    "requestId",
    "secret",
    "secrets",
    "set",
    "source",
    "stale",
    "status",
    "step",
    "updatedAt",
    "url",
    "usedBy",
];

#[test]
fn no_answer_has_a_member_that_could_hold_a_value() {
    let mut found = BTreeSet::new();
    for tool in Tool::ALL {
        let answer = answer(*tool);
        assert!(!answer.to_string().contains(VALUE), "{tool}");
        members(&answer, &mut found);
    }
    let counts = ["usedByCount", "variables"].map(str::to_owned);
    let known: BTreeSet<_> = MEMBERS
        .map(str::to_owned)
        .into_iter()
        .chain(counts)
        .collect();
    assert_eq!(found, known);
    // Nor has the source: what is declared here is these types' fields and no other.
    let source = include_str!("../answers.rs");
    for word in [
        "SecretValue",
        "Value",
        "Vec<u8>",
        "flatten",
        "HashMap",
        "BTreeMap",
    ] {
        assert!(!source.contains(word), "{word}");
    }
}

fn members(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                found.insert(name.clone());
                members(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| members(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_link_is_not_in_what_logs_show() {
    let token = LinkToken::from_random([7; 32]);
    let link = rows::EntryLink {
        request_id: "1".into(),
        token: token.clone(),
        expires_at: 0,
    };
    assert!(!format!("{link:?}").contains(token.expose()));
    let requested = SecretRequested::new("https://app.example", link);
    assert!(!format!("{requested:?}").contains(token.expose()));
}
