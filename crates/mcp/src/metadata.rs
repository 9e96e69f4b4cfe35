//! What is told at the address of the endpoint's metadata (RFC 9728)? So far that there is
//! none.
//!
//! The metadata of an MCP server names one authorization server at least, and there is no
//! such server yet: tokens are made by hand. A document that named us would send programs
//! to endpoints that are not there, and one that names nobody tells them no more than none.
//! So it is not found, in JSON and without a challenge, which programs read as no; the
//! challenge has its address already, as it will be.

use serde_json::json;

use crate::reply::Reply;

/// The answer.
#[must_use]
pub fn metadata() -> Reply {
    Reply::document(
        404,
        json!({
            "error": "mcp.no_authorization_server",
            "message": "No authorization server is here: an admin makes a personal access token for the endpoint.",
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_authorization_server_is_named_that_is_not_there() {
        let reply = metadata();
        assert_eq!((reply.status, &reply.challenge), (404, &None));
        let body = reply.body.unwrap();
        assert!(body.get("authorization_servers").is_none() && body.get("resource").is_none());
    }
}
