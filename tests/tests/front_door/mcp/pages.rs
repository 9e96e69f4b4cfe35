//! Which pages' scripts may ask, and what is told beforehand.

use gatelet_tests::cases::Engine;
use http::Method;

use super::{PATH, admin, at, listing, post, setup, token};

const METADATA: &str = "/.well-known/oauth-protected-resource/auth/mcp";

#[test]
fn pages_at_https_and_on_this_machine_may_ask_with_a_token_and_others_may_not() {
    let gatelet = setup(Engine::Sqlite).start();
    let (visitor, _) = admin(&gatelet);
    let token = token(&visitor, &["secrets:names"]);
    for origin in [
        "https://agent.example",
        "http://localhost:6274",
        "http://127.0.0.1:1",
    ] {
        let answer = post(&visitor, &token, &listing())
            .header("origin", origin)
            .send()
            .expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert!(
            answer
                .header("access-control-expose-headers")
                .contains("WWW-Authenticate")
        );
    }
    for origin in [
        "http://agent.example",
        "null",
        "http://192.168.0.1",
        "https://a b",
    ] {
        for method in [Method::POST, Method::GET, Method::DELETE] {
            let answer = at(&visitor, method, Some(&token))
                .header("origin", origin)
                .send();
            let answer = answer.expect_denial(403, "mcp.origin_refused");
            assert_eq!(answer.header("access-control-allow-origin"), "");
            assert_eq!(answer.header("www-authenticate"), "");
        }
    }
}

#[test]
fn a_preflight_is_answered_without_a_token() {
    let gatelet = setup(Engine::Sqlite).start();
    let visitor = gatelet.visitor();
    for path in [PATH, METADATA] {
        let answer = visitor
            .request(Method::OPTIONS, path)
            .header("origin", "https://agent.example")
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,mcp-param-region",
            )
            .send()
            .expect(204);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(
            answer.header("access-control-allow-methods"),
            "GET, POST, DELETE, OPTIONS"
        );
        let allowed = answer.header("access-control-allow-headers");
        for name in [
            "Authorization",
            "MCP-Protocol-Version",
            "Mcp-Method",
            "Mcp-Name",
            "mcp-param-region",
        ] {
            assert!(allowed.contains(name), "{allowed}");
        }
        assert_eq!(answer.header("www-authenticate"), "");
        let refused = visitor
            .request(Method::OPTIONS, path)
            .header("origin", "http://agent.example");
        let refused = refused.send().expect(204);
        assert_eq!(refused.header("access-control-allow-origin"), "");
    }
}

#[test]
fn no_metadata_is_served_while_there_is_no_authorization_server() {
    let gatelet = setup(Engine::Sqlite).start();
    let visitor = gatelet.visitor();
    let answer = visitor
        .get(METADATA)
        .header("mcp-protocol-version", "2026-07-28")
        .send();
    let answer = answer.expect(404);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("www-authenticate"), "");
    assert_eq!(answer.json()["error"], "mcp.no_authorization_server");
    for path in ["/auth/mcp/x", "/auth/mcp//"] {
        visitor.request(Method::POST, path).send().expect(404);
    }
    visitor
        .request(Method::POST, "/auth/mcp/")
        .send()
        .expect(401);
}
