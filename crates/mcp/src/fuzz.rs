//! Does any message get through that must not? One door, called by the fuzz target and,
//! with what is kept for it, by a test. What must not happen is asserted; the answer is
//! whether the door let the input in.

use gatelet_core::Head;
use gatelet_core::fuzz::Door;
use serde_json::Value;

use crate::fields::Fields;
use crate::receive::{Received, receive};

/// Every door.
pub const DOORS: [Door; 1] = [(
    "mcp_message",
    mcp_message,
    include!("../../../fuzz/corpus/mcp_message.rs"),
)];

/// Three lines, which are the fields `MCP-Protocol-Version`, `Mcp-Method` and `Mcp-Name`,
/// each left out where it is empty; then a body.
///
/// Whatever is called is what any reader of JSON finds in the body, and what the fields
/// say. Whatever is refused is answered with a JSON-RPC error, which repeats no text.
fn mcp_message(input: &[u8]) -> bool {
    let mut lines = input.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (version, method, name, body) = (line(), line(), line(), line());
    let mut fields = b"content-type:application/json\n".to_vec();
    for (field, value) in [
        (&b"mcp-protocol-version"[..], version),
        (b"mcp-method", method),
        (b"mcp-name", name),
    ] {
        if !value.is_empty() {
            fields.extend_from_slice(field);
            fields.push(b':');
            fields.extend_from_slice(value);
            fields.push(b'\n');
        }
    }
    let head = Head {
        method: "POST",
        target: "/auth/mcp",
        authority: "app.example.com",
        tls: true,
        peer: "",
        fields: &fields,
    };
    let read = || serde_json::from_slice::<Value>(body).expect("what is taken is JSON");
    match receive(&Fields::of(&head), body) {
        Received::Called(call) => {
            let found = read();
            assert_eq!(found["jsonrpc"], "2.0");
            assert_eq!(found["method"], "tools/call");
            assert_eq!(found["params"]["name"], call.tool().as_str());
            assert!(found["id"].is_string() || found["id"].is_i64());
            if version.trim_ascii() == b"2026-07-28" {
                assert_eq!(method.trim_ascii(), b"tools/call");
                let is_encoded = name.trim_ascii().starts_with(b"=?base64?");
                assert!(is_encoded || name.trim_ascii() == call.tool().as_str().as_bytes());
                let meta = &found["params"]["_meta"];
                assert_eq!(
                    meta["io.modelcontextprotocol/protocolVersion"],
                    "2026-07-28"
                );
            }
            let shown = format!("{call:?}");
            assert!(shown.len() < 60, "{shown}");
            true
        }
        Received::Answered(reply) => {
            let Some(answer) = reply.body else {
                assert_eq!(reply.status, 202);
                assert!(read().is_object());
                return true;
            };
            assert_eq!(answer["jsonrpc"], "2.0");
            if answer.get("result").is_some() {
                assert_eq!(reply.status, 200);
                assert_eq!(read()["id"], answer["id"]);
                return true;
            }
            let message = answer["error"]["message"]
                .as_str()
                .expect("an error has one");
            assert!(message.len() < 200 && message.is_ascii(), "{message}");
            let requested = answer["error"]["data"]["requested"].as_str().unwrap_or("");
            assert!(requested.len() <= 10, "{requested}");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use gatelet_core::fuzz::assert_both_ways;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_kept_goes_through_as_before() {
        assert_both_ways(&DOORS);
    }

    #[test]
    fn what_is_kept_goes_through_cut_off_and_altered() {
        for (_, door, kept) in DOORS {
            for input in kept {
                for at in 0..input.len() {
                    door(&input[..at]);
                    let mut altered = input.to_vec();
                    altered[at] ^= 0x55;
                    door(&altered);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn random_bytes_go_through_or_not(input in proptest::collection::vec(any::<u8>(), 0..200)) {
            for (_, door, _) in DOORS {
                door(&input);
            }
        }
    }
}
