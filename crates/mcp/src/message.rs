//! Which message came in? JSON-RPC 2.0, one at a time: a batch is none.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::refusal::{Fault, Refusal};

/// Longest id, in bytes.
const ID_MAX_BYTES: usize = 256;

/// By which a program knows the answer to its request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Id {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// A message.
#[derive(Debug, PartialEq)]
pub(crate) enum Message {
    /// It wants an answer.
    Request(Id, Said),
    /// It wants none.
    Notification(Said),
    /// An answer, to a question that nobody here asks.
    Response,
}

/// What a request or a notification says.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) method: String,
    /// Empty where there are none.
    pub(crate) params: Map<String, Value>,
}

impl Message {
    /// Takes one apart. Members that JSON-RPC does not know are let pass.
    pub(crate) fn of(value: Value) -> Result<Self, Refusal> {
        let mut members = match value {
            Value::Object(members) => members,
            Value::Array(_) => return Err(Fault::Batch.into()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return Err(Fault::NoMessage.into());
            }
        };
        let id = members.remove("id").map(id);
        let known = || id.clone().and_then(Result::ok);
        if members.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return Err(Fault::JsonRpc.answering(known()));
        }
        let method = match members.remove("method") {
            Some(Value::String(method)) => method,
            Some(_) => return Err(Fault::NoMessage.answering(known())),
            None => {
                let is_answer = members.contains_key("result") != members.contains_key("error");
                return match is_answer {
                    true => Ok(Self::Response),
                    false => Err(Fault::NoMessage.answering(known())),
                };
            }
        };
        let id = id.transpose()?;
        let params = match members.remove("params") {
            // Some programs write what they leave out as null.
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(Fault::Params.answering(id)),
        };
        let said = Said { method, params };
        Ok(match id {
            Some(id) => Self::Request(id, said),
            None => Self::Notification(said),
        })
    }
}

/// A text or a whole number, and never null: that would be no id.
fn id(value: Value) -> Result<Id, Refusal> {
    let id = match value {
        Value::String(text) if text.len() <= ID_MAX_BYTES => Some(Id::Text(text)),
        Value::Number(number) => number.as_i64().map(Id::Number),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    };
    id.ok_or(Fault::Id.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(method: &str) -> Said {
        Said {
            method: method.to_owned(),
            params: Map::new(),
        }
    }

    #[test]
    fn requests_notifications_and_responses_are_told_apart() {
        for (id, wanted) in [
            (json!(7), Id::Number(7)),
            (json!(-7), Id::Number(-7)),
            (json!("a"), Id::Text("a".to_owned())),
            (json!(""), Id::Text(String::new())),
        ] {
            let message = json!({"jsonrpc": "2.0", "id": id, "method": "ping", "other": 1});
            let wanted = Message::Request(wanted, said("ping"));
            assert_eq!(Message::of(message), Ok(wanted));
        }
        let message =
            json!({"jsonrpc": "2.0", "method": "notifications/initialized", "params": null});
        let wanted = Message::Notification(said("notifications/initialized"));
        assert_eq!(Message::of(message), Ok(wanted));
        for answer in ["result", "error"] {
            let message = json!({"jsonrpc": "2.0", "id": 1, answer: {}});
            assert_eq!(Message::of(message), Ok(Message::Response));
        }
    }

    #[test]
    fn what_is_no_message_is_refused_with_its_id_where_there_is_one() {
        let number = Some(Id::Number(1));
        for (message, fault, id) in [
            (
                json!([{"jsonrpc": "2.0", "id": 1, "method": "ping"}]),
                Fault::Batch,
                None,
            ),
            (json!([]), Fault::Batch, None),
            (json!("ping"), Fault::NoMessage, None),
            (json!(null), Fault::NoMessage, None),
            (json!({}), Fault::JsonRpc, None),
            (
                json!({"jsonrpc": "1.0", "id": 1, "method": "ping"}),
                Fault::JsonRpc,
                number.clone(),
            ),
            (
                json!({"jsonrpc": 2.0, "id": 1, "method": "ping"}),
                Fault::JsonRpc,
                number.clone(),
            ),
            (
                json!({"id": 1, "method": "ping"}),
                Fault::JsonRpc,
                number.clone(),
            ),
            (
                json!({"jsonrpc": "2.0", "id": 1, "method": 1}),
                Fault::NoMessage,
                number.clone(),
            ),
            (
                json!({"jsonrpc": "2.0", "id": 1}),
                Fault::NoMessage,
                number.clone(),
            ),
            (
                json!({"jsonrpc": "2.0", "id": 1, "result": 1, "error": 1}),
                Fault::NoMessage,
                number.clone(),
            ),
            (
                json!({"jsonrpc": "2.0", "id": null, "method": "ping"}),
                Fault::Id,
                None,
            ),
            (
                json!({"jsonrpc": "2.0", "id": 1.5, "method": "ping"}),
                Fault::Id,
                None,
            ),
            (
                json!({"jsonrpc": "2.0", "id": {}, "method": "ping"}),
                Fault::Id,
                None,
            ),
            (
                json!({"jsonrpc": "2.0", "id": "a".repeat(257), "method": "ping"}),
                Fault::Id,
                None,
            ),
            (
                json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}),
                Fault::Params,
                number.clone(),
            ),
            (
                json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": "a"}),
                Fault::Params,
                number,
            ),
        ] {
            let refusal = Message::of(message.clone()).unwrap_err();
            assert_eq!(refusal, fault.answering(id), "{message}");
        }
    }
}
