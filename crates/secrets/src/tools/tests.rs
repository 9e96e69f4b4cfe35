use std::collections::BTreeSet;

use serde_json::{Map, json};

use super::*;
use crate::error::Code;

/// Arguments that will do.
fn good(tool: Tool) -> Value {
    match tool {
        Tool::RequestSecret | Tool::DeleteOrgSecret => json!({"name": "API_KEY"}),
        Tool::SecretRequestStatus => json!({"requestId": "8c1f7c52-3a1e-4c55-9d0f-1f0d6a3b7c11"}),
        Tool::ListOrgSecrets | Tool::ListApplications => json!({}),
        Tool::BindSecret => json!({"applicationId": "web", "name": "API_KEY", "as": "EMAIL_KEY"}),
        Tool::ListEnvVars => json!({"applicationId": "web"}),
        Tool::SetEnvVars => json!({"applicationId": "web", "vars": {"PORT": "3000", "EMPTY": ""}}),
        Tool::DeleteEnvVars => json!({"applicationId": "web", "keys": ["PORT", "B", "PORT"]}),
        Tool::ReconcileProject => {
            json!({"applicationId": "web", "project": {"version": 2, "secrets": ["A"]}, "dryRun": true})
        }
    }
}

fn with(tool: Tool, name: &str, value: Value) -> Value {
    let mut arguments = good(tool);
    arguments[name] = value;
    arguments
}

fn without(tool: Tool, name: &str) -> Value {
    let mut arguments = good(tool);
    arguments.as_object_mut().unwrap().remove(name);
    arguments
}

fn refused(tool: Tool, arguments: &Value) -> String {
    assert!(Call::parse(tool, &good(tool)).is_ok());
    let error = Call::parse(tool, arguments).unwrap_err();
    assert_eq!(error.code, Code::Invalid);
    assert!(error.message.starts_with(tool.as_str()), "{error}");
    assert!(!error.message.contains('\n') && error.message.len() < 400);
    error.message
}

#[test]
fn every_tool_is_found_by_its_name_and_needs_what_its_operation_does() {
    let names: BTreeSet<_> = Tool::ALL.iter().map(|tool| tool.as_str()).collect();
    assert_eq!(names.len(), Tool::ALL.len());
    let mut operations = BTreeSet::new();
    for tool in Tool::ALL {
        assert_eq!(Tool::named(tool.as_str()), Some(*tool));
        let about = tool.about();
        let operation = about.operation.expect("all of these are the vault's");
        assert_eq!(operation.need().scope, Some(about.scope), "{tool}");
        assert!(operations.insert(operation.as_str()), "{tool}");
        assert!(!about.is_read_only || (!about.is_destructive && about.is_idempotent));
        let scopes = Scopes::parse(about.scope.as_str()).unwrap();
        assert!(tool.permit(&scopes).is_ok());
        let others = Scope::ALL.into_iter().filter(|scope| *scope != about.scope);
        let others: Vec<_> = others.map(Scope::as_str).collect();
        let error = tool.permit(&Scopes::parse(&others.join(" ")).unwrap());
        let error = error.unwrap_err();
        assert_eq!(error.code, Code::Forbidden);
        assert!(error.message.contains(about.scope.as_str()), "{error}");
    }
    assert_eq!(Tool::named("reveal"), None);
    let with_scope = Operation::ALL
        .iter()
        .filter(|one| one.need().scope.is_some());
    assert_eq!(with_scope.count(), Tool::ALL.len());
}

#[test]
fn every_description_says_that_values_do_not_pass_through() {
    for tool in Tool::ALL {
        let text = tool.about().description;
        let says = [
            "never",
            "without its value",
            "without their values",
            "no secrets",
        ];
        assert!(says.iter().any(|word| text.contains(word)), "{tool}");
        assert!(
            text.ends_with('.') && text.is_ascii() && text.len() < 320,
            "{tool}"
        );
    }
}

#[test]
fn what_a_tool_takes_becomes_a_call_of_it() {
    for tool in Tool::ALL {
        assert_eq!(Call::parse(*tool, &good(*tool)).unwrap().tool(), *tool);
    }
    assert_eq!(
        Call::parse(Tool::ListOrgSecrets, &Value::Null),
        Ok(Call::ListOrgSecrets)
    );
    let Ok(Call::BindSecret {
        application,
        binding,
    }) = Call::parse(Tool::BindSecret, &with(Tool::BindSecret, "as", Value::Null))
    else {
        panic!("null is as if it were left out");
    };
    assert_eq!(
        (application.as_str(), binding.key.as_str()),
        ("web", "API_KEY")
    );
    let Ok(Call::SetEnvVars { variables, .. }) =
        Call::parse(Tool::SetEnvVars, &good(Tool::SetEnvVars))
    else {
        panic!("a call");
    };
    let shown: Vec<_> = variables
        .iter()
        .map(|(key, value)| (key.as_str(), value.expose()))
        .collect();
    assert_eq!(shown, [("EMPTY", ""), ("PORT", "3000")]);
    let Ok(Call::DeleteEnvVars { keys, .. }) =
        Call::parse(Tool::DeleteEnvVars, &good(Tool::DeleteEnvVars))
    else {
        panic!("a call");
    };
    let keys: Vec<_> = keys.iter().map(|key| key.as_str()).collect();
    assert_eq!(keys, ["PORT", "B"]);
}

#[test]
fn a_value_is_taken_by_no_tool_and_not_repeated() {
    for tool in Tool::ALL {
        for name in ["value", "secret", "Name", "sk-hunter2", ""] {
            let message = refused(*tool, &with(*tool, name, json!("sk-hunter2")));
            assert!(message.contains("passed to no tool"), "{message}");
            assert!(!message.contains("hunter2"), "{message}");
            for argument in tool.about().arguments {
                assert!(message.contains(argument.name), "{message}");
            }
        }
        for arguments in [json!("sk-hunter2"), json!(["sk-hunter2"]), json!(1)] {
            let message = refused(*tool, &arguments);
            assert!(
                message.ends_with("the arguments are not an object"),
                "{message}"
            );
        }
    }
}

#[test]
fn what_is_missing_or_of_another_type_is_named() {
    for tool in Tool::ALL {
        for argument in tool.about().arguments {
            let name = argument.name;
            if argument.is_required {
                let message = refused(*tool, &without(*tool, name));
                assert_eq!(message, format!("{tool}: {name}: is missing"));
            }
            for value in [
                json!(7),
                json!(["hunter2"]),
                json!({"hunter-2": 1}),
                json!("hunter 2"),
            ] {
                let arguments = with(*tool, name, value);
                if Call::parse(*tool, &arguments).is_err() {
                    let message = refused(*tool, &arguments);
                    assert!(message.contains(name), "{message}");
                    assert!(!message.contains("hunter"), "{message}");
                }
            }
        }
    }
    let message = refused(Tool::RequestSecret, &json!({"name": "api_key"}));
    assert!(message.ends_with("write it as API_KEY"), "{message}");
    let long = with(
        Tool::SecretRequestStatus,
        "requestId",
        json!("a".repeat(65)),
    );
    assert!(refused(Tool::SecretRequestStatus, &long).ends_with("what request_secret answered"));
}

#[test]
fn variables_and_keys_have_bounds_and_their_values_are_not_repeated() {
    let set = |variables: Value| with(Tool::SetEnvVars, "vars", variables);
    for (variables, says) in [
        (json!({}), "vars: is empty"),
        (
            json!({"PATH": "hunter2"}),
            "PATH or LD_PRELOAD, is not set from here",
        ),
        (json!({"sk-hunter2": "x"}), "vars: a key is letters"),
        (json!({"PORT": 3000}), "vars: PORT: is not a text"),
        (
            json!({"PORT": "hunter2\0"}),
            "vars: PORT: a value must have no NUL",
        ),
        (
            json!({"PORT": "hunter2".repeat(1_171)}),
            "vars: PORT: a value must be ≤ 8192 bytes",
        ),
    ] {
        let message = refused(Tool::SetEnvVars, &set(variables));
        assert!(message.contains(says), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
    let many = |count: usize| {
        let pairs = (0..count).map(|n| (format!("A{n}"), json!("")));
        set(Value::Object(pairs.collect::<Map<_, _>>()))
    };
    assert!(Call::parse(Tool::SetEnvVars, &many(1_000)).is_ok());
    assert!(refused(Tool::SetEnvVars, &many(1_001)).ends_with("has more than 1000 entries"));
    let delete = |keys: Value| with(Tool::DeleteEnvVars, "keys", keys);
    let kept = Call::parse(Tool::DeleteEnvVars, &delete(json!(["NODE_OPTIONS"])));
    assert!(kept.is_ok(), "one from before it was reserved may go");
    for (keys, says) in [
        (json!([]), "keys: is empty"),
        (json!(["A", 1]), "keys[1]: is not a text"),
        (json!(["A", "hunter-2"]), "keys[1]: a key is letters"),
        (json!(vec!["A"; 1_001]), "keys: has more than 1000 entries"),
    ] {
        let message = refused(Tool::DeleteEnvVars, &delete(keys));
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn a_project_comes_as_an_object_or_as_text_and_names_its_application() {
    let call = |arguments: Value| Call::parse(Tool::ReconcileProject, &arguments);
    let project = json!({"version": 2, "name": "my-app", "secrets": ["A"]});
    let text = project.to_string();
    let by_object = call(json!({"project": project})).unwrap();
    assert_eq!(call(json!({"project_json": text})), Ok(by_object.clone()));
    let Call::ReconcileProject {
        application,
        bindings,
        is_dry_run,
    } = by_object
    else {
        panic!("a call of reconcile_project");
    };
    assert_eq!(application.as_str(), "my-app");
    assert_eq!((bindings.iter().len(), is_dry_run), (1, false));
    let named = call(json!({"project": project, "applicationId": "Web", "dryRun": true}));
    let Ok(Call::ReconcileProject {
        application,
        is_dry_run: true,
        ..
    }) = named
    else {
        panic!("a dry run");
    };
    assert_eq!(application.as_str(), "web");
    for (arguments, says) in [
        (
            json!({"applicationId": "web"}),
            "project: is missing, and project_json",
        ),
        (
            json!({"project": project, "project_json": text}),
            "pass one",
        ),
        (
            json!({"project": {"version": 2}}),
            "applicationId: is missing",
        ),
        (
            json!({"project": {"version": 1}}),
            "project: version: 1 is not known",
        ),
        (
            json!({"project_json": "{"}),
            "project: the project is not JSON",
        ),
        (
            json!({"project": project, "dryRun": "yes"}),
            "dryRun: is neither true nor false",
        ),
        (
            json!({"project": project, "applicationId": "a b"}),
            "applicationId: an application id",
        ),
    ] {
        let message = refused(Tool::ReconcileProject, &arguments);
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn a_schema_knows_every_argument_and_no_other() {
    for tool in Tool::ALL {
        let schema = tool.schema();
        assert_eq!(schema["additionalProperties"], json!(false), "{tool}");
        assert_eq!(schema["type"], json!("object"));
        let properties = schema["properties"].as_object().unwrap();
        let good = good(*tool);
        for name in good.as_object().unwrap().keys() {
            assert!(properties.contains_key(name), "{tool}: {name}");
        }
        for (name, property) in properties {
            assert!(property["description"].is_string(), "{tool}: {name}");
            assert!(
                !name.contains("value") && name != "secret",
                "{tool}: {name}"
            );
        }
        for name in schema["required"].as_array().unwrap() {
            assert!(Call::parse(*tool, &without(*tool, name.as_str().unwrap())).is_err());
        }
    }
}
