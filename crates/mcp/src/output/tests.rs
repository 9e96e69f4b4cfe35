use gatelet_secrets::answers::*;
use gatelet_secrets::rows::{self, RequestState};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;

fn row<T: DeserializeOwned>(row: Value) -> T {
    serde_json::from_value(row).unwrap()
}

fn written(answer: impl Serialize) -> Value {
    serde_json::to_value(answer).unwrap()
}

/// What a tool answers, with all that it may hold.
fn answer(tool: Tool) -> Value {
    let usage = || json!({"application": "web", "env_key": "A", "overridden": true});
    let variable = |source: &str, secret: Option<&str>| json!({"key": "A", "source": source, "secret": secret, "stale": true, "updated_at": 1});
    match tool {
        Tool::RequestSecret => {
            let token = gatelet_secrets::LinkToken::from_random([7; 32]);
            let link = json!({"request_id": "1", "token": token.expose(), "expires_at": 1});
            written(SecretRequested::new("https://app.example", row(link)))
        }
        Tool::SecretRequestStatus => written(SecretRequestStatus::new("1", RequestState::NotFound)),
        Tool::ListOrgSecrets => written(OrgSecrets(vec![row(
            json!({"name": "A", "updated_at": 1, "updated_by": "", "used_by": [usage()]}),
        )])),
        Tool::DeleteOrgSecret => written(OrgSecretDeleted::new(vec![row::<rows::Usage>(usage())])),
        Tool::BindSecret => written(row::<SecretBound>(json!({"name": "A", "env_key": "B"}))),
        Tool::ListEnvVars => written(EnvVars(vec![
            row(variable("OrgLinked", Some("A"))),
            row(variable("App", None)),
        ])),
        Tool::SetEnvVars => written(EnvVarsSet {
            application_id: "web".to_owned(),
            variables: EnvVars(vec![row(variable("AppOverride", Some("A")))]),
        }),
        Tool::DeleteEnvVars => written(EnvVarsDeleted {
            application_id: "web".to_owned(),
            deleted: vec!["A".to_owned()],
        }),
        Tool::ReconcileProject => {
            let binding = json!({"name": "A", "env_key": "B"});
            let planned = row(json!({"binding": binding, "step": "Set"}));
            written(ProjectReconciled::new("web", vec![planned], true))
        }
        Tool::ListApplications => written(Applications(vec![row(
            json!({"name": "web", "added": false, "variables": 3}),
        )])),
    }
}

/// What is wrong with a value by the few words of JSON Schema that stand above; and a
/// member that the schema does not know is wrong too.
fn fault(schema: &Value, value: &Value) -> Option<String> {
    match schema["type"].as_str()? {
        "object" => {
            let members = value.as_object()?;
            let required = schema["required"].as_array().unwrap();
            let missing = required
                .iter()
                .find(|name| !members.contains_key(name.as_str().unwrap()));
            if let Some(missing) = missing {
                return Some(format!("{missing} is missing"));
            }
            members
                .iter()
                .find_map(|(name, member)| match schema["properties"].get(name) {
                    Some(schema) => fault(schema, member).map(|fault| format!("{name}: {fault}")),
                    None => Some(format!("{name} is not in the schema")),
                })
        }
        "array" => {
            let values = value.as_array();
            let Some(values) = values else {
                return Some("no array".to_owned());
            };
            assert!(!values.is_empty() || schema["items"]["type"] == "string");
            values
                .iter()
                .find_map(|value| fault(&schema["items"], value))
        }
        "string" => match schema.get("enum") {
            Some(words) if !words.as_array().unwrap().contains(value) => Some(format!("{value}")),
            _ => (!value.is_string()).then(|| "no text".to_owned()),
        },
        "boolean" => (!value.is_boolean()).then(|| "no flag".to_owned()),
        "integer" => (!value.is_u64()).then(|| "no count".to_owned()),
        other => Some(format!("{other} is not known")),
    }
}

#[test]
fn every_answer_is_an_object_of_the_shape_that_is_promised() {
    for tool in Tool::ALL {
        let schema = schema(*tool);
        assert_eq!(schema["type"], "object", "{tool}");
        let answer = object(*tool, answer(*tool));
        assert!(answer.is_object(), "{tool}");
        assert_eq!(fault(&schema, &answer), None, "{tool}");
        for name in schema["required"].as_array().unwrap() {
            let mut short = answer.clone();
            short
                .as_object_mut()
                .unwrap()
                .remove(name.as_str().unwrap());
            assert!(fault(&schema, &short).is_some(), "{tool}: {name}");
        }
    }
}

#[test]
fn no_answer_promises_a_value() {
    for tool in Tool::ALL {
        let text = schema(*tool).to_string();
        for word in ["\"value\"", "\"secretValue\"", "\"token\""] {
            assert!(!text.contains(word), "{tool}: {word}");
        }
    }
}
