//! What goes back? Status, document and the fields that say more; sending is for whoever
//! has a connection.

use serde_json::{Value, json};

use crate::message::Id;
use crate::revision::Revision;

/// Name of the server, as it introduces itself.
const NAME: &str = "gatelet";

/// What goes back.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// A JSON document; none where there is no body.
    pub body: Option<Value>,
    /// `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// `Allow`.
    pub allow: Option<&'static str>,
}

impl Reply {
    /// 202: taken, and nothing to say (Streamable HTTP, "Sending Messages").
    #[must_use]
    pub(crate) const fn taken() -> Self {
        Self {
            status: 202,
            body: None,
            challenge: None,
            allow: None,
        }
    }

    /// A result. Since 2026-07-28 each says that it is all, and from whom it is.
    #[must_use]
    pub(crate) fn result(id: &Id, revision: Revision, mut result: Value) -> Self {
        if !revision.has_handshake() {
            result["resultType"] = json!("complete");
            result["_meta"] = json!({"io.modelcontextprotocol/serverInfo": server()});
        }
        Self::document(200, json!({"jsonrpc": "2.0", "id": id, "result": result}))
    }

    /// A document with a status.
    #[must_use]
    pub(crate) const fn document(status: u16, body: Value) -> Self {
        Self {
            status,
            body: Some(body),
            challenge: None,
            allow: None,
        }
    }
}

/// Who answers.
pub(crate) fn server() -> Value {
    json!({"name": NAME, "title": "Gatelet", "version": env!("CARGO_PKG_VERSION")})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_says_what_its_revision_wants_and_an_older_one_no_more() {
        let result = |revision| Reply::result(&Id::Number(7), revision, json!({"a": 1}));
        let modern = result(Revision::V2026_07_28).body.unwrap();
        assert_eq!(modern["result"]["resultType"], "complete");
        let server = &modern["result"]["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(server["name"], NAME);
        for revision in [Revision::V2025_11_25, Revision::V2025_06_18] {
            let reply = result(revision);
            assert_eq!(reply.status, 200);
            assert_eq!(
                reply.body,
                Some(json!({"jsonrpc": "2.0", "id": 7, "result": {"a": 1}}))
            );
        }
    }
}
