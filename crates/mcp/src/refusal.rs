//! Why is a message not answered? A closed set, each with its JSON-RPC error. No text of
//! the message stands in one, but for its id and a revision that has the form of one.

use serde_json::{Value, json};

use crate::message::Id;
use crate::reply::Reply;
use crate::revision::Revision;

/// A message that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// None where it could not be read.
    pub(crate) id: Option<Id>,
    pub(crate) fault: Fault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not JSON by its type.
    ContentType,
    /// JSON would not be taken.
    Accept,
    /// Over the limit.
    TooLarge,
    /// Its end never came.
    Broken,
    /// Not JSON.
    Syntax,
    /// JSON that is too deep, or has a member twice.
    Bounds,
    /// Several messages at once.
    Batch,
    /// JSON, and no message.
    NoMessage,
    /// Of another JSON-RPC.
    JsonRpc,
    /// An id that is neither a text nor a whole number.
    Id,
    /// A revision that is not spoken: the one that was asked for.
    Revision(String),
    /// A header field that is missing, malformed or at odds with the body.
    Header(&'static str),
    /// Without what each message of its revision carries.
    Meta,
    /// A method that is not there.
    Method(Revision),
    /// Parameters that will not do.
    Params,
    /// A page of a list that is not there.
    Cursor,
    /// A tool that is not there.
    Tool,
}

impl Fault {
    /// The refusal of this request.
    pub(crate) const fn answering(self, id: Option<Id>) -> Refusal {
        Refusal { id, fault: self }
    }

    /// JSON-RPC's codes (§5.1), and those of "Error Codes" of revision 2026-07-28.
    const fn code(&self) -> i32 {
        match self {
            Self::Syntax => -32700,
            Self::ContentType
            | Self::Accept
            | Self::TooLarge
            | Self::Broken
            | Self::Bounds
            | Self::Batch
            | Self::NoMessage
            | Self::JsonRpc
            | Self::Id => -32600,
            Self::Method(_) => -32601,
            Self::Meta | Self::Params | Self::Cursor | Self::Tool => -32602,
            Self::Header(_) => -32020,
            Self::Revision(_) => -32022,
        }
    }

    /// A message that was understood is answered with 200, whatever the answer.
    const fn status(&self) -> u16 {
        match self {
            Self::ContentType => 415,
            Self::Accept => 406,
            Self::TooLarge => 413,
            Self::Method(revision) if !revision.has_handshake() => 404,
            Self::Method(_) | Self::Params | Self::Cursor | Self::Tool => 200,
            Self::Broken
            | Self::Syntax
            | Self::Bounds
            | Self::Batch
            | Self::NoMessage
            | Self::JsonRpc
            | Self::Id
            | Self::Revision(_)
            | Self::Header(_)
            | Self::Meta => 400,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::ContentType => "The body must be application/json".to_owned(),
            Self::Accept => "The answer is application/json, which Accept must list".to_owned(),
            Self::TooLarge => "The body is longer than 1 MiB".to_owned(),
            Self::Broken => "The body did not come to its end".to_owned(),
            Self::Syntax => "The body is not JSON".to_owned(),
            Self::Bounds => {
                "The JSON is deeper than 32 levels, or has a member twice".to_owned()
            }
            Self::Batch => "Batches are not taken: send one message".to_owned(),
            Self::NoMessage => "The body is no JSON-RPC message".to_owned(),
            Self::JsonRpc => "jsonrpc must be \"2.0\"".to_owned(),
            Self::Id => "id must be a text of at most 256 bytes or a whole number".to_owned(),
            Self::Revision(_) => format!(
                "Unsupported protocol version; spoken are {}",
                Revision::texts().join(", ")
            ),
            Self::Header(name) => {
                format!("The header field {name} is missing, malformed, or at odds with the body")
            }
            Self::Meta => "params._meta must have io.modelcontextprotocol/protocolVersion, a text, and io.modelcontextprotocol/clientCapabilities, an object".to_owned(),
            Self::Method(_) => "There is no such method".to_owned(),
            Self::Params => "The params are not those of the method".to_owned(),
            Self::Cursor => "There is no such page: the list has one".to_owned(),
            Self::Tool => "There is no such tool: see tools/list".to_owned(),
        }
    }

    fn data(&self) -> Option<Value> {
        let Self::Revision(requested) = self else {
            return None;
        };
        Some(json!({"supported": Revision::texts(), "requested": requested}))
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        fault.answering(None)
    }
}

impl Refusal {
    /// A body over the limit.
    #[must_use]
    pub const fn too_large() -> Self {
        Fault::TooLarge.answering(None)
    }

    /// A body whose end never came.
    #[must_use]
    pub const fn broken() -> Self {
        Fault::Broken.answering(None)
    }

    /// A revision that is not spoken. What is repeated of it has the form of one.
    pub(crate) fn revision(id: Option<Id>, requested: &str) -> Self {
        let is_form = requested.len() == "2026-07-28".len()
            && requested
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-');
        let requested = if is_form { requested } else { "" };
        Fault::Revision(requested.to_owned()).answering(id)
    }

    /// The answer. Where the id could not be read there is none.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let Self { id, fault } = self;
        let mut error = json!({"code": fault.code(), "message": fault.message()});
        if let Some(data) = fault.data() {
            error["data"] = data;
        }
        let mut body = json!({"jsonrpc": "2.0", "error": error});
        if let Some(id) = id {
            body["id"] = json!(id);
        }
        Reply::document(fault.status(), body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_status_and_code() {
        for (fault, status, code) in [
            (Fault::ContentType, 415, -32600),
            (Fault::Accept, 406, -32600),
            (Fault::TooLarge, 413, -32600),
            (Fault::Broken, 400, -32600),
            (Fault::Syntax, 400, -32700),
            (Fault::Bounds, 400, -32600),
            (Fault::Batch, 400, -32600),
            (Fault::NoMessage, 400, -32600),
            (Fault::JsonRpc, 400, -32600),
            (Fault::Id, 400, -32600),
            (Fault::Revision(String::new()), 400, -32022),
            (Fault::Header("Mcp-Name"), 400, -32020),
            (Fault::Meta, 400, -32602),
            (Fault::Method(Revision::V2026_07_28), 404, -32601),
            (Fault::Method(Revision::V2025_11_25), 200, -32601),
            (Fault::Params, 200, -32602),
            (Fault::Cursor, 200, -32602),
            (Fault::Tool, 200, -32602),
        ] {
            let reply = Refusal::from(fault.clone()).reply();
            let body = reply.body.unwrap();
            assert_eq!(
                (reply.status, &body["error"]["code"]),
                (status, &json!(code)),
                "{fault:?}"
            );
            assert_eq!(body["jsonrpc"], "2.0");
            assert!(body.get("id").is_none());
            let answered = fault.answering(Some(Id::Text("7".to_owned()))).reply();
            assert_eq!(answered.body.unwrap()["id"], "7");
        }
        assert_eq!(Refusal::too_large().reply().status, 413);
        assert_eq!(Refusal::broken().reply().status, 400);
    }

    #[test]
    fn the_message_says_the_limits_that_there_are() {
        assert_eq!(crate::json::BODY_MAX_BYTES, 1024 * 1024);
        assert!(
            Fault::Bounds
                .message()
                .contains(&crate::json::DEPTH_MAX.to_string())
        );
    }

    #[test]
    fn a_revision_that_is_not_spoken_is_told_which_are() {
        for (requested, repeated) in [
            ("2024-11-05", "2024-11-05"),
            ("gat_0123456789", ""),
            ("sk-hunter2", ""),
            ("", ""),
        ] {
            let body = Refusal::revision(None, requested).reply().body.unwrap();
            assert_eq!(
                body["error"]["data"],
                json!({
                    "supported": ["2026-07-28", "2025-11-25", "2025-06-18"],
                    "requested": repeated,
                })
            );
            assert!(
                body["error"]["message"]
                    .as_str()
                    .unwrap()
                    .contains("2025-06-18")
            );
        }
    }
}
