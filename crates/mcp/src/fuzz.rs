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

/// `MCP-Protocol-Version`, `Mcp-Method` and `Mcp-Name`, each left out where it is empty.
type Lines<'a> = [&'a [u8]; 3];

/// Three lines, which are the fields, then a body.
///
/// Whatever is called is what any reader of JSON finds in the body, and what the fields
/// say: with a byte less in one of them it is not called, where its revision has them.
/// Whatever is refused is answered with a JSON-RPC error, which repeats no text.
fn mcp_message(input: &[u8]) -> bool {
    let mut lines = input.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default().trim_ascii();
    let (fields, body) = ([line(), line(), line()], line());
    let read = || serde_json::from_slice::<Value>(body).expect("what is taken is JSON");
    match sent(fields, body) {
        Received::Called(call) => {
            let found = read();
            assert_eq!(found["jsonrpc"], "2.0");
            assert_eq!(found["method"], "tools/call");
            assert_eq!(found["params"]["name"], call.tool().as_str());
            assert!(found["id"].is_string() || found["id"].is_i64());
            let shown = format!("{call:?}");
            assert!(shown.len() < 60, "{shown}");
            if fields[0] == b"2026-07-28" {
                stands_alone(fields, body, &found);
            }
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
            let message = answer["error"]["message"].as_str();
            let message = message.expect("an error has one");
            assert!(message.len() < 200 && message.is_ascii(), "{message}");
            let requested = answer["error"]["data"]["requested"].as_str().unwrap_or("");
            assert!(requested.len() <= 10, "{requested}");
            false
        }
    }
}

/// A call that was taken for one of revision 2026-07-28.
fn stands_alone(fields: Lines<'_>, body: &[u8], found: &Value) {
    let meta = &found["params"]["_meta"];
    let revision = &meta["io.modelcontextprotocol/protocolVersion"];
    assert_eq!(revision, "2026-07-28");
    assert!(meta["io.modelcontextprotocol/clientCapabilities"].is_object());
    assert_eq!(fields[1], b"tools/call");
    for at in 0..fields.len() {
        let mut altered = fields;
        altered[at] = altered[at].split_last().expect("each is there").1;
        let received = sent(altered, body);
        assert!(matches!(received, Received::Answered(_)), "{at}");
    }
}

fn sent(lines: Lines<'_>, body: &[u8]) -> Received {
    let names = ["mcp-protocol-version", "mcp-method", "mcp-name"];
    let mut fields = b"content-type:application/json\n".to_vec();
    for (name, value) in names.into_iter().zip(lines) {
        if !value.is_empty() {
            for part in [name.as_bytes(), b":", value, b"\n"] {
                fields.extend_from_slice(part);
            }
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
    receive(&Fields::of(&head), body)
}

#[cfg(test)]
mod tests {
    use gatelet_core::fuzz::{assert_both_ways, assert_hold_out};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_kept_goes_through_as_before() {
        assert_both_ways(&DOORS);
    }

    #[test]
    fn what_is_kept_goes_through_cut_off_and_altered() {
        assert_hold_out(&DOORS);
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
