//! A call of a tool, and what is told of it: an answer of the vault's, or why there is none,
//! which a model can read and mend.

use core::fmt;

use gatelet_secrets::VaultError;
use gatelet_secrets::answers::{
    Applications, EnvVars, EnvVarsDeleted, EnvVarsSet, OrgSecretDeleted, OrgSecrets,
    ProjectReconciled, SecretBound, SecretRequestStatus, SecretRequested,
};
use gatelet_secrets::tools::{Call, Tool};
use serde::Serialize;
use serde_json::{Value, json};

use crate::message::Id;
use crate::output;
use crate::reply::Reply;
use crate::revision::Revision;

/// A call of a tool.
pub struct ToolCall {
    id: Id,
    revision: Revision,
    tool: Tool,
    arguments: Value,
}

/// What a tool answers. A closed set: none of these types has room for a value.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Of `request_secret`.
    SecretRequested(SecretRequested),
    /// Of `secret_request_status`.
    SecretRequestStatus(SecretRequestStatus),
    /// Of `list_org_secrets`.
    OrgSecrets(OrgSecrets),
    /// Of `delete_org_secret`.
    OrgSecretDeleted(OrgSecretDeleted),
    /// Of `bind_secret`.
    SecretBound(SecretBound),
    /// Of `list_env_vars`.
    EnvVars(EnvVars),
    /// Of `set_env_vars`.
    EnvVarsSet(EnvVarsSet),
    /// Of `delete_env_vars`.
    EnvVarsDeleted(EnvVarsDeleted),
    /// Of `reconcile_project`.
    ProjectReconciled(ProjectReconciled),
    /// Of `list_applications`.
    Applications(Applications),
}

impl ToolCall {
    pub(crate) const fn new(id: Id, revision: Revision, tool: Tool, arguments: Value) -> Self {
        Self {
            id,
            revision,
            tool,
            arguments,
        }
    }

    /// The tool.
    #[must_use]
    pub const fn tool(&self) -> Tool {
        self.tool
    }

    /// What it is asked to do. An argument that has no place here is refused, and neither
    /// repeated nor kept.
    pub fn read(&self) -> Result<Call, VaultError> {
        Call::parse(self.tool, &self.arguments)
    }

    /// What the tool answered, or why it did not. The latter is a result too: what is wrong
    /// with a call is for the model, which is not shown errors of the protocol.
    #[must_use]
    pub fn answered(&self, answer: Result<Answer, VaultError>) -> Reply {
        let structured = answer.and_then(|answer| {
            let written = serde_json::to_value(answer).map_err(|_| VaultError::internal())?;
            Ok(output::object(self.tool, written))
        });
        let result = match structured {
            Ok(structured) => json!({
                "content": [text(&structured)],
                "structuredContent": structured,
                "isError": false,
            }),
            // Without structured content: it would have to be that of an answer.
            Err(error) => json!({"content": [text(&written(&error))], "isError": true}),
        };
        Reply::result(&self.id, self.revision, result)
    }
}

fn text(value: &Value) -> Value {
    json!({"type": "text", "text": value.to_string()})
}

fn written(error: &VaultError) -> Value {
    json!({"code": error.code.as_str(), "message": error.message})
}

/// Nothing of the arguments.
impl fmt::Debug for ToolCall {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ToolCall({})", self.tool)
    }
}

#[cfg(test)]
mod tests {
    use gatelet_secrets::rows::RequestState;

    use super::*;

    fn call(revision: Revision, tool: Tool, arguments: Value) -> ToolCall {
        ToolCall::new(Id::Number(1), revision, tool, arguments)
    }

    #[test]
    fn an_answer_is_an_object_and_the_same_as_text() {
        let call = call(
            Revision::V2025_11_25,
            Tool::SecretRequestStatus,
            Value::Null,
        );
        let status = SecretRequestStatus::new("1", RequestState::Pending);
        let reply = call.answered(Ok(Answer::SecretRequestStatus(status)));
        assert_eq!(reply.status, 200);
        let result = &reply.body.unwrap()["result"];
        let wanted = json!({"requestId": "1", "status": "pending"});
        assert_eq!(result["structuredContent"], wanted);
        assert_eq!(result["isError"], false);
        let shown: Value =
            serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(shown, wanted);
        assert!(result.get("resultType").is_none());
    }

    #[test]
    fn a_list_stands_in_an_object() {
        let call = call(Revision::V2026_07_28, Tool::ListOrgSecrets, Value::Null);
        let reply = call.answered(Ok(Answer::OrgSecrets(OrgSecrets(Vec::new()))));
        let result = &reply.body.unwrap()["result"];
        assert_eq!(result["structuredContent"], json!({"secrets": []}));
        assert_eq!(result["resultType"], "complete");
    }

    #[test]
    fn why_there_is_no_answer_is_a_result_with_the_code_and_the_line() {
        for error in [
            VaultError::not_configured(),
            VaultError::not_found("such request"),
            VaultError::unavailable(),
        ] {
            let call = call(Revision::V2025_06_18, Tool::ListApplications, Value::Null);
            let reply = call.answered(Err(error.clone()));
            assert_eq!(reply.status, 200);
            let result = &reply.body.unwrap()["result"];
            assert_eq!(result["isError"], true);
            assert!(result.get("structuredContent").is_none());
            let shown: VaultError = {
                let shown: Value =
                    serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
                assert_eq!(shown["code"], error.code.as_str());
                VaultError::new(error.code, shown["message"].as_str().unwrap())
            };
            assert_eq!(shown, error);
        }
    }

    #[test]
    fn a_value_in_an_argument_is_refused_and_nowhere_repeated() {
        for arguments in [
            json!({"name": "API_KEY", "value": "sk-hunter2"}),
            json!({"name": "sk-hunter2"}),
            json!("sk-hunter2"),
            json!({"sk-hunter2": "API_KEY"}),
        ] {
            let call = call(Revision::V2026_07_28, Tool::RequestSecret, arguments);
            assert!(!format!("{call:?}").contains("hunter2"));
            let error = call.read().unwrap_err();
            let reply = call.answered(Err(error));
            assert!(!reply.body.unwrap().to_string().contains("hunter2"));
        }
    }
}
