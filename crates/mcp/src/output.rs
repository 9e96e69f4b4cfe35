//! What shape do a tool's answers have? An object each, by a JSON Schema that says what an
//! agent may count on.

use gatelet_secrets::tools::Tool;
use serde_json::{Map, Value, json};

/// An answer as an object: a bare list gets a name. The older revisions know no other
/// structured content.
pub(crate) fn object(tool: Tool, answer: Value) -> Value {
    match list_name(tool) {
        Some(name) => json!({name: answer}),
        None => answer,
    }
}

/// The name of the list that a tool answers, where it answers one.
fn list_name(tool: Tool) -> Option<&'static str> {
    match tool {
        Tool::ListOrgSecrets => Some("secrets"),
        Tool::ListEnvVars => Some("variables"),
        Tool::ListApplications => Some("applications"),
        Tool::RequestSecret
        | Tool::SecretRequestStatus
        | Tool::DeleteOrgSecret
        | Tool::BindSecret
        | Tool::SetEnvVars
        | Tool::DeleteEnvVars
        | Tool::ReconcileProject => None,
    }
}

/// JSON Schema of an answer.
pub(crate) fn schema(tool: Tool) -> Value {
    let schema = match tool {
        Tool::RequestSecret => members([
            (
                "url",
                text("Where your user enters the value: give it to them."),
            ),
            ("requestId", text("For secret_request_status.")),
            (
                "expiresAt",
                text("Until when the link is good: RFC 3339, in UTC."),
            ),
        ]),
        Tool::SecretRequestStatus => optional(
            members([(
                "status",
                one_of(&["pending", "fulfilled", "expired", "not_found"]),
            )]),
            [("requestId", text("The request."))],
        ),
        Tool::ListOrgSecrets => list(members([
            ("name", text("Name of the secret.")),
            (
                "updatedAt",
                text("When a value was entered last: RFC 3339, in UTC."),
            ),
            ("usedBy", list(used_by())),
            ("usedByCount", count()),
        ])),
        Tool::DeleteOrgSecret => members([("deleted", flag()), ("affectedApps", list(used_by()))]),
        Tool::BindSecret => members([("envKey", text("The key that it has in the application."))]),
        Tool::ListEnvVars => list(variable()),
        Tool::SetEnvVars => members([
            ("applicationId", text("The application.")),
            ("variables", list(variable())),
        ]),
        Tool::DeleteEnvVars => members([
            ("applicationId", text("The application.")),
            ("deleted", list(text("A key that was there."))),
        ]),
        Tool::ReconcileProject => members([
            ("applicationId", text("The application.")),
            ("plan", members([("secrets", plan())])),
            ("applied", flag()),
        ]),
        Tool::ListApplications => list(members([
            ("applicationId", text("Id of the application.")),
            ("added", flag()),
            ("variables", count()),
        ])),
    };
    match list_name(tool) {
        Some(name) => members([(name, schema)]),
        None => schema,
    }
}

fn used_by() -> Value {
    members([
        ("app", text("The application.")),
        ("envKey", text("The key that it has there.")),
        ("overridden", flag()),
    ])
}

fn variable() -> Value {
    optional(
        members([
            ("key", text("Its key.")),
            ("source", one_of(&["org-linked", "app-override", "app"])),
        ]),
        [
            ("secret", text("The secret that is bound to it.")),
            ("stale", flag()),
        ],
    )
}

fn plan() -> Value {
    let names = || list(text("Name of a secret."));
    let binding = members([
        ("name", text("Name of the secret.")),
        ("as", text("Its key in the application.")),
        ("step", one_of(&["set", "keep", "missing", "overridden"])),
    ]);
    members([
        ("set", names()),
        ("keep", names()),
        ("missing", names()),
        ("overridden", names()),
        ("action", one_of(&["write", "none"])),
        ("bindings", list(binding)),
    ])
}

/// An object with all of these.
fn members<const N: usize>(members: [(&str, Value); N]) -> Value {
    let required = members.each_ref().map(|(name, _)| (*name).to_owned());
    let properties: Map<_, _> = members
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    json!({"type": "object", "properties": properties, "required": required.as_slice()})
}

/// The same, and perhaps these.
fn optional<const N: usize>(mut object: Value, members: [(&str, Value); N]) -> Value {
    for (name, schema) in members {
        object["properties"][name] = schema;
    }
    object
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn one_of(words: &[&str]) -> Value {
    json!({"type": "string", "enum": words})
}

fn flag() -> Value {
    json!({"type": "boolean"})
}

fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

#[cfg(test)]
mod tests;
