//! Which tools are there, as agents see them? The table of `gatelet_secrets`, in its order.

use gatelet_secrets::tools::Tool;
use serde_json::{Value, json};

use crate::output;

/// Every tool, whatever a token is good for: one that needs another scope says so when it
/// is called, and a program can ask its user for that.
pub(crate) fn tools() -> Vec<Value> {
    Tool::ALL.iter().copied().map(listed).collect()
}

fn listed(tool: Tool) -> Value {
    let about = tool.about();
    json!({
        "name": about.name,
        "title": about.title,
        "description": about.description,
        "inputSchema": tool.schema(),
        "outputSchema": output::schema(tool),
        "annotations": {
            "readOnlyHint": about.is_read_only,
            "destructiveHint": about.is_destructive,
            "idempotentHint": about.is_idempotent,
            // The vault and nothing beyond it.
            "openWorldHint": false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_is_listed_with_all_that_is_known_of_it() {
        let listed = tools();
        assert_eq!(listed.len(), Tool::ALL.len());
        for (listed, tool) in listed.iter().zip(Tool::ALL) {
            assert_eq!(listed["name"], tool.as_str());
            for text in ["title", "description"] {
                assert!(listed[text].as_str().unwrap().len() > 5, "{tool}");
            }
            for schema in ["inputSchema", "outputSchema"] {
                assert_eq!(listed[schema]["type"], "object", "{tool}");
            }
            let hints = listed["annotations"].as_object().unwrap();
            assert_eq!(hints.len(), 4);
            assert!(hints.values().all(Value::is_boolean));
        }
        let hint = |name: &str, hint: &str| {
            let tool = listed.iter().find(|tool| tool["name"] == name).unwrap();
            tool["annotations"][hint].as_bool().unwrap()
        };
        assert!(hint("list_org_secrets", "readOnlyHint"));
        assert!(hint("delete_org_secret", "destructiveHint"));
        assert!(!hint("request_secret", "idempotentHint"));
    }

    #[test]
    fn names_are_such_as_every_client_takes() {
        for tool in Tool::ALL {
            let name = tool.as_str();
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            assert!(name.bytes().all(is_plain) && name.len() <= 64, "{name}");
        }
    }
}
