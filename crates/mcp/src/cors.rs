//! Which pages may ask, and read the answer? Any that may ask at all: no cookie counts
//! here, so a page gets what its own token gets it (Fetch §3.2).

use gatelet_core::Head;

use crate::caller::is_page_welcome;

/// What pages may send, beside `Mcp-Param-…`. `*` would not cover `Authorization`. The
/// last two are those of older revisions.
const ALLOWED: &str = "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, \
                       Mcp-Name, Mcp-Session-Id, Last-Event-ID";
/// What pages may read.
const EXPOSED: &str = "WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version";
/// How long a browser may remember a preflight's answer.
const PREFLIGHT_SECONDS: &str = "600";
/// Most fields beside [`ALLOWED`], and the longest name of one, in bytes.
const PARAMETERS_MAX: usize = 32;
const PARAMETER_MAX_BYTES: usize = 64;

/// Fields of the answer to a preflight. None for a page that may not ask, which a browser
/// takes for a no.
#[must_use]
pub fn preflight(head: &Head<'_>) -> Vec<(&'static str, String)> {
    let mut fields = shared(head);
    if fields.is_empty() {
        return fields;
    }
    let mut allowed = ALLOWED.to_owned();
    for name in parameters(head) {
        allowed.push_str(", ");
        allowed.push_str(name);
    }
    fields.push(("access-control-allow-headers", allowed));
    let methods = "GET, POST, DELETE, OPTIONS".to_owned();
    fields.push(("access-control-allow-methods", methods));
    fields.push(("access-control-max-age", PREFLIGHT_SECONDS.to_owned()));
    fields
}

/// Fields of every other answer, refusals too: a program in a page has to read those.
#[must_use]
pub fn shared(head: &Head<'_>) -> Vec<(&'static str, String)> {
    match is_page_welcome(head) {
        false => Vec::new(),
        true => vec![
            ("access-control-allow-origin", "*".to_owned()),
            ("access-control-expose-headers", EXPOSED.to_owned()),
        ],
    }
}

/// The `Mcp-Param-…` that a page wants to send.
fn parameters<'a>(head: &Head<'a>) -> impl Iterator<Item = &'a str> {
    let asked = head.values("access-control-request-headers");
    let names = asked.flat_map(|value| core::str::from_utf8(value).unwrap_or("").split(','));
    let is_parameter = |name: &&str| {
        name.len() <= PARAMETER_MAX_BYTES
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && name
                .get(.."mcp-param-".len())
                .is_some_and(|prefix| prefix.eq_ignore_ascii_case("mcp-param-"))
    };
    names
        .map(str::trim)
        .filter(is_parameter)
        .take(PARAMETERS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(fields: &str) -> Head<'_> {
        Head {
            method: "OPTIONS",
            target: "/auth/mcp",
            authority: "app.example.com",
            tls: true,
            peer: "",
            fields: fields.as_bytes(),
        }
    }

    fn field(fields: &[(&'static str, String)], name: &str) -> String {
        let found = fields.iter().find(|(field, _)| *field == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    #[test]
    fn a_page_may_send_what_clients_send() {
        let fields = preflight(&head(
            "origin:https://agent.example\naccess-control-request-headers:authorization,mcp-param-region, Mcp-Param-A_b,x-other,mcp-param-\u{e9}\n",
        ));
        assert_eq!(field(&fields, "access-control-allow-origin"), "*");
        let allowed = field(&fields, "access-control-allow-headers");
        assert_eq!(
            allowed,
            format!("{ALLOWED}, mcp-param-region, Mcp-Param-A_b")
        );
        assert_eq!(
            field(&fields, "access-control-allow-methods"),
            "GET, POST, DELETE, OPTIONS"
        );
        assert_eq!(field(&fields, "access-control-allow-credentials"), "");
        let many = format!(
            "access-control-request-headers:{}\n",
            "mcp-param-a,".repeat(99)
        );
        let many = field(&preflight(&head(&many)), "access-control-allow-headers");
        assert_eq!(many.matches("mcp-param-a").count(), PARAMETERS_MAX);
        let long = format!(
            "access-control-request-headers:mcp-param-{}\n",
            "a".repeat(60)
        );
        assert_eq!(
            field(&preflight(&head(&long)), "access-control-allow-headers"),
            ALLOWED
        );
    }

    #[test]
    fn a_page_that_may_not_ask_is_told_nothing() {
        assert!(preflight(&head("origin:http://agent.example\n")).is_empty());
        assert!(shared(&head("origin:null\n")).is_empty());
        let exposed = field(&shared(&head("")), "access-control-expose-headers");
        assert!(exposed.contains("WWW-Authenticate"));
    }
}
