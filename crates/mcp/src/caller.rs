//! Who asks, as far as the head alone says: from which page, by which method, with which
//! token? Asked before a body is read.

use gatelet_core::Head;
use gatelet_core::access_token::AccessToken;
use gatelet_core::base_url::{BaseUrl, Scheme};

use crate::denial::Denial;

/// What a request's method asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A message.
    Post,
    /// A browser asks whether a page may.
    Options,
    /// Anything else: streams and sessions, of which there are none.
    Other,
}

/// Somebody with a token of the right form. Whose it is, the store knows.
#[derive(Debug)]
pub struct Caller {
    /// What is shown in the `Authorization` field, and nowhere else: not in the target,
    /// and no cookie.
    pub token: AccessToken,
    /// What is asked for.
    pub method: Method,
}

impl Method {
    /// The method of a head.
    #[must_use]
    pub fn of(head: &Head<'_>) -> Self {
        match head.method {
            "POST" => Self::Post,
            "OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }
}

impl Caller {
    /// Reads a head, for every method alike:
    ///
    /// 1. `Origin`, where there is one, is that of a page at https or on this machine: a
    ///    token is no cookie, which browsers add by themselves, so pages of others do no
    ///    harm; but a name that is made to point at this machine is to reach nothing
    ///    (Streamable HTTP, "Security & Endpoint").
    /// 2. A token is shown.
    pub fn of(head: &Head<'_>) -> Result<Self, Denial> {
        if !is_page_welcome(head) {
            return Err(Denial::OriginRefused);
        }
        Ok(Self {
            token: token(head)?,
            method: Method::of(head),
        })
    }
}

/// Whether no page asks, or one that may.
pub(crate) fn is_page_welcome(head: &Head<'_>) -> bool {
    let mut origins = head.values("origin");
    let Some(origin) = origins.next() else {
        return true;
    };
    let is_welcome = |text: &str| {
        let page = BaseUrl::parse(text).ok();
        page.is_some_and(|page| page.scheme() == Scheme::Https || page.is_loopback())
    };
    origins.next().is_none() && core::str::from_utf8(origin).is_ok_and(is_welcome)
}

/// RFC 6750 §2.1. A scheme that is another, such as `Basic`, shows no token.
fn token(head: &Head<'_>) -> Result<AccessToken, Denial> {
    let mut fields = head.values("authorization");
    let Some(field) = fields.next() else {
        return Err(Denial::TokenMissing);
    };
    if fields.next().is_some() {
        return Err(Denial::TokenMalformed);
    }
    let text = core::str::from_utf8(field).map_err(|_| Denial::TokenMalformed)?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Denial::TokenMissing);
    }
    AccessToken::parse(token.trim()).ok_or(Denial::TokenInvalid)
}

#[cfg(test)]
mod tests {
    use gatelet_core::access_token::TOKEN_BYTES;

    use super::*;

    fn head<'a>(method: &'a str, target: &'a str, fields: &'a str) -> Head<'a> {
        Head {
            method,
            target,
            authority: "app.example.com",
            tls: true,
            peer: "",
            fields: fields.as_bytes(),
        }
    }

    fn shown() -> String {
        AccessToken::from_random([7; TOKEN_BYTES])
            .expose()
            .to_owned()
    }

    fn denied(fields: &str) -> Denial {
        let methods = ["POST", "GET", "DELETE", "PUT"];
        let denials =
            methods.map(|method| Caller::of(&head(method, "/auth/mcp", fields)).unwrap_err());
        assert!(denials.iter().all(|denial| *denial == denials[0]));
        denials[0]
    }

    #[test]
    fn a_token_in_the_authorization_field_is_read() {
        for field in ["Bearer ", "bearer ", "BEARER  "] {
            let fields = format!("authorization:{field}{}\n", shown());
            for (name, method) in [
                ("POST", Method::Post),
                ("GET", Method::Other),
                ("OPTIONS", Method::Options),
            ] {
                let caller = Caller::of(&head(name, "/auth/mcp", &fields)).unwrap();
                assert_eq!(caller.token.expose(), shown());
                assert_eq!(caller.method, method);
            }
        }
    }

    #[test]
    fn a_token_anywhere_else_is_none() {
        let token = shown();
        assert_eq!(denied(""), Denial::TokenMissing);
        assert_eq!(
            denied(&format!("cookie:__Host-session={token}\n")),
            Denial::TokenMissing
        );
        assert_eq!(
            denied(&format!("authorization:Basic {token}\n")),
            Denial::TokenMissing
        );
        assert_eq!(
            denied(&format!("authorization:{token}\n")),
            Denial::TokenMissing
        );
        let target = format!("/auth/mcp?access_token={token}");
        assert_eq!(
            Caller::of(&head("POST", &target, "")).unwrap_err(),
            Denial::TokenMissing
        );
    }

    #[test]
    fn what_is_no_token_of_ours_is_invalid_and_two_fields_are_malformed() {
        let token = shown();
        for shown in [
            "",
            "x",
            "eyJhbGciOiJIUzI1NiJ9.e30.x",
            &token[..token.len() - 1],
        ] {
            assert_eq!(
                denied(&format!("authorization:Bearer {shown}\n")),
                Denial::TokenInvalid
            );
        }
        let field = format!("authorization:Bearer {token}\n");
        assert_eq!(denied(&field.repeat(2)), Denial::TokenMalformed);
        let mut bytes = b"authorization:Bearer ".to_vec();
        bytes.extend_from_slice(b"\xff\n");
        let malformed = Head {
            fields: &bytes,
            ..head("POST", "/auth/mcp", "")
        };
        assert_eq!(Caller::of(&malformed).unwrap_err(), Denial::TokenMalformed);
    }

    #[test]
    fn pages_at_https_and_on_this_machine_may_ask_and_no_others() {
        for (origin, may) in [
            ("https://agent.example", true),
            ("https://agent.example:8443", true),
            ("http://localhost:6274", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:3000", true),
            ("http://agent.example", false),
            ("http://localhost.agent.example", false),
            ("http://192.168.1.7", false),
            ("null", false),
            ("", false),
            ("file://", false),
            ("https://agent.example/path", false),
        ] {
            let fields = format!("origin:{origin}\nauthorization:Bearer {}\n", shown());
            let denial = Caller::of(&head("POST", "/auth/mcp", &fields)).err();
            assert_eq!(denial, (!may).then_some(Denial::OriginRefused), "{origin}");
        }
        let twice = "origin:https://a.example\norigin:https://a.example\n";
        assert_eq!(denied(twice), Denial::OriginRefused);
    }
}
