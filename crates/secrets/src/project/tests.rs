use serde_json::json;

use super::*;

fn project(secrets: &Value) -> Result<Project, ProjectError> {
    let document = json!({ "version": 2, "secrets": secrets });
    let parsed = Project::parse(document.to_string().as_bytes());
    assert_eq!(Project::from_value(&document), parsed);
    parsed
}

fn refused(secrets: &Value) -> String {
    project(secrets).unwrap_err().to_string()
}

fn shown(project: &Project) -> Vec<(&str, &str)> {
    let bindings = project.bindings.iter();
    bindings
        .map(|binding| (binding.name.as_str(), binding.key.as_str()))
        .collect()
}

#[test]
fn a_project_as_the_guide_has_it_is_read() {
    let text = br#"{
        "version": 2,
        "name": "my-app",
        "domains": { "prod": "my-app-acme.example.dev" },
        "mounts": [],
        "rollback": false,
        "secrets": ["ANTHROPIC_API_KEY", { "name": "SENDGRID_KEY", "as": "EMAIL_KEY" }]
    }"#;
    let project = Project::parse(text).unwrap();
    assert_eq!(project.application.as_ref().unwrap().as_str(), "my-app");
    assert_eq!(
        shown(&project),
        [
            ("ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"),
            ("SENDGRID_KEY", "EMAIL_KEY")
        ]
    );
}

#[test]
fn without_secrets_a_project_declares_none() {
    let project = Project::parse(br#"{"version":2,"name":"no id!"}"#).unwrap();
    assert_eq!(project.application, None);
    assert_eq!(project.bindings.iter().len(), 0);
    assert_eq!(
        Project::parse(br#"{"version":2,"secrets":[]}"#).map(|one| one.bindings),
        Ok(Bindings::default())
    );
}

#[test]
fn another_version_is_named() {
    for (version, message) in [
        (r#""version":1"#, "version: 1 is not known here, only 2 is"),
        (r#""version":3"#, "version: 3 is not known here, only 2 is"),
        (
            r#""version":-2"#,
            "version: -2 is not known here, only 2 is",
        ),
        (
            r#""version":"2""#,
            "version: is not a whole number; write 2",
        ),
        (
            r#""version":2.0"#,
            "version: is not a whole number; write 2",
        ),
        (
            r#""version":null"#,
            "version: is not a whole number; write 2",
        ),
        (r#""name":"x""#, "version: is missing; write 2"),
    ] {
        let refused = Project::parse(format!("{{{version}}}").as_bytes());
        assert_eq!(refused.unwrap_err().to_string(), message, "{version}");
    }
}

#[test]
fn what_is_no_json_or_no_object_says_where() {
    let syntax = Project::parse(b"{\n  \"version\": 2,\n}").unwrap_err();
    assert_eq!(syntax, ProjectError::Syntax(3, 1));
    assert_eq!(
        syntax.to_string(),
        "the project is not JSON: see line 3, column 1"
    );
    for text in [
        &b"[]"[..],
        b"2",
        b"\"x\"",
        br#"{"version":2,"version":2}"#,
        br#"{"version":2,"secrets":[],"secrets":["A"]}"#,
    ] {
        assert_eq!(Project::parse(text), Err(ProjectError::NoObject));
    }
    assert!(matches!(Project::parse(b""), Err(ProjectError::Syntax(..))));
    assert!(matches!(
        Project::parse(b"{\xff}"),
        Err(ProjectError::Syntax(..))
    ));
    for other in [&b"\"\xff\""[..], br#""\ud800""#, b"1e999", b"[1,]"] {
        let text = [br#"{"version":2,"x":"#, other, b"}"].concat();
        let refused = Project::parse(&text);
        assert!(
            matches!(refused, Err(ProjectError::Syntax(1, _))),
            "{refused:?} in what is for others"
        );
    }
    assert_eq!(Project::from_value(&json!([])), Err(ProjectError::NoObject));
}

#[test]
fn each_entry_that_will_not_do_is_named_by_its_place() {
    for (entry, begins) in [
        (json!(1), "secrets[1]: is neither a text nor an object"),
        (json!(null), "secrets[1]: is neither"),
        (json!(["A"]), "secrets[1]: is neither"),
        (json!({"as": "A"}), "secrets[1].name: is missing"),
        (json!({"name": 1}), "secrets[1].name: is not a text"),
        (
            json!({"name": "A", "as": null}),
            "secrets[1].as: is not a text",
        ),
        (json!({"name": "A", "as": "1"}), "secrets[1].as: a key is"),
        (json!("A-B"), "secrets[1].name: the name of a secret is"),
        (
            json!({"name": "A", "value": "x"}),
            "secrets[1]: has a member",
        ),
    ] {
        let message = refused(&json!(["OK", entry]));
        assert!(message.starts_with(begins), "{message}");
        assert!(!message.contains('\n') && message.len() < 250, "{message}");
    }
    assert!(refused(&json!(["api_key"])).ends_with("; write it in capitals"));
    for secrets in [json!({}), json!("A"), json!(null)] {
        assert_eq!(refused(&secrets), "secrets: is not an array");
    }
}

#[test]
fn a_key_that_is_there_twice_is_refused_by_both_places() {
    let twice = json!(["A", "B", {"name": "C", "as": "A"}]);
    assert!(refused(&twice).starts_with("secrets[0] and secrets[2]: have the same key"));
    assert!(refused(&json!(["A", "A"])).starts_with("secrets[0] and secrets[1]: "));
    let two_keys = project(&json!(["A", {"name": "A", "as": "B"}])).unwrap();
    assert_eq!(shown(&two_keys), [("A", "A"), ("A", "B")]);
}

#[test]
fn ten_thousand_entries_and_a_quarter_of_a_mebibyte_are_too_much() {
    let names = |count: usize| json!((0..count).map(|n| format!("A{n}")).collect::<Vec<_>>());
    assert_eq!(project(&names(1_000)).unwrap().bindings.iter().len(), 1_000);
    for count in [1_001, 10_000] {
        assert_eq!(
            refused(&names(count)),
            "secrets: has more than 1000 entries"
        );
    }
    let padded = |bytes: usize| {
        let text = format!(r#"{{"version":2{}}}"#, " ".repeat(bytes - 13));
        assert_eq!(text.len(), bytes);
        Project::parse(text.as_bytes())
    };
    assert!(padded(262_144).is_ok());
    let refused = padded(262_145).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the project is longer than 262144 bytes"
    );
    let deep = format!(r#"{{"version":2,"x":{}}}"#, "[".repeat(100_000));
    assert!(Project::parse(deep.as_bytes()).is_err());
}

#[test]
fn a_value_that_was_written_there_by_mistake_is_not_repeated() {
    const VALUE: &str = "sk-hunter2";
    for document in [
        json!({"version": VALUE}),
        json!({"version": 2, "secrets": VALUE}),
        json!({"version": 2, "secrets": {"A": VALUE}}),
        json!({"version": 2, "secrets": [VALUE]}),
        json!({"version": 2, "secrets": [format!("A={VALUE}")]}),
        json!({"version": 2, "secrets": ["skhunter2"]}),
        json!({"version": 2, "secrets": [{"name": VALUE}]}),
        json!({"version": 2, "secrets": [{"name": "A", "as": VALUE}]}),
        json!({"version": 2, "secrets": [{"name": "A", "value": VALUE}]}),
        json!({"version": 2, "secrets": [{"name": "A", VALUE: 1}]}),
        json!({"version": 2, "secrets": [{"A": VALUE}]}),
    ] {
        for error in [
            Project::from_value(&document).unwrap_err(),
            Project::parse(document.to_string().as_bytes()).unwrap_err(),
        ] {
            let shown = format!("{error} {error:?}").to_ascii_lowercase();
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
    let broken = Project::parse(br#"{"version": 2, "secrets": ["sk-hunter2"#).unwrap_err();
    assert!(!broken.to_string().contains("hunter2"));
}
