//! What do the header fields of a message say? The same as its body, or it is refused:
//! whoever stands between may have gone by the fields.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatelet_core::Head;

/// The fields of one message.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    /// Whether the body is JSON by its type.
    pub(crate) is_json: bool,
    /// Whether a JSON document will do as an answer.
    pub(crate) accepts_json: bool,
    /// `MCP-Protocol-Version`.
    pub(crate) version: Field<'a>,
    /// `Mcp-Method`.
    pub(crate) method: Field<'a>,
    /// `Mcp-Name`.
    pub(crate) name: Field<'a>,
}

/// A field that comes once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field<'a> {
    Absent,
    Text(&'a str),
    /// Several, or no visible ASCII: readers would disagree on what it says.
    Malformed,
}

impl<'a> Fields<'a> {
    /// Reads those of a head.
    #[must_use]
    pub fn of(head: &Head<'a>) -> Self {
        let content_type = Field::of(head, "content-type");
        Self {
            is_json: content_type.text().is_some_and(is_json),
            accepts_json: accepts_json(head),
            version: Field::of(head, "mcp-protocol-version"),
            method: Field::of(head, "mcp-method"),
            name: Field::of(head, "mcp-name"),
        }
    }
}

impl<'a> Field<'a> {
    fn of(head: &Head<'a>, name: &str) -> Self {
        let mut values = head.values(name);
        let Some(value) = values.next() else {
            return Self::Absent;
        };
        let is_visible = |byte: &u8| matches!(byte, b' '..=b'~');
        match core::str::from_utf8(value) {
            Ok(text) if values.next().is_none() && value.iter().all(is_visible) => {
                Self::Text(text.trim())
            }
            Ok(_) | Err(_) => Self::Malformed,
        }
    }

    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Absent | Self::Malformed => None,
        }
    }

    /// Whether it is there and says this.
    pub(crate) fn says(self, text: &str) -> bool {
        self.text() == Some(text)
    }

    /// The same where it may be encoded (Streamable HTTP, "Value Encoding").
    pub(crate) fn says_encoded(self, text: &str) -> bool {
        let Some(shown) = self.text() else {
            return false;
        };
        let encoded = shown.strip_prefix("=?base64?");
        match encoded.and_then(|encoded| encoded.strip_suffix("?=")) {
            None => shown == text,
            Some(encoded) => STANDARD
                .decode(encoded)
                .is_ok_and(|decoded| decoded == text.as_bytes()),
        }
    }
}

fn is_json(content_type: &str) -> bool {
    media_type(content_type).eq_ignore_ascii_case("application/json")
}

/// Clients are to take JSON and event streams; not all say so, and some say nothing. JSON
/// is what they get, so only who takes something else alone is turned away.
fn accepts_json(head: &Head<'_>) -> bool {
    let mut fields = head.values("accept").peekable();
    if fields.peek().is_none() {
        return true;
    }
    let ranges = fields.flat_map(|value| core::str::from_utf8(value).unwrap_or("").split(','));
    let takes_json = |range: &str| {
        ["application/json", "application/*", "*/*"]
            .iter()
            .any(|taken| media_type(range).eq_ignore_ascii_case(taken))
    };
    ranges.into_iter().any(takes_json)
}

/// Without parameters.
fn media_type(text: &str) -> &str {
    text.split(';').next().unwrap_or("").trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<T>(text: &str, read: impl Fn(&Fields<'_>) -> T) -> T {
        read(&Fields::of(&Head {
            method: "POST",
            target: "/auth/mcp",
            authority: "app.example.com",
            tls: true,
            peer: "",
            fields: text.as_bytes(),
        }))
    }

    #[test]
    fn json_is_what_comes_in() {
        for (content_type, is_json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/json-rpc", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            let text = format!("content-type:{content_type}\n");
            assert_eq!(
                fields(&text, |read| read.is_json),
                is_json,
                "{content_type}"
            );
        }
        let twice = "content-type:application/json\n".repeat(2);
        assert!(!fields(&twice, |read| read.is_json));
        assert!(!fields("", |read| read.is_json));
    }

    #[test]
    fn whoever_takes_json_gets_it() {
        for (accept, takes) in [
            ("application/json, text/event-stream", true),
            ("text/event-stream;q=0.5 , application/json;q=1", true),
            ("*/*", true),
            ("application/*", true),
            ("text/event-stream", false),
            ("text/html", false),
            ("", false),
        ] {
            let text = format!("accept:{accept}\n");
            assert_eq!(fields(&text, |read| read.accepts_json), takes, "{accept}");
        }
        assert!(fields("", |read| read.accepts_json));
        let apart = "accept:text/event-stream\naccept:application/json\n";
        assert!(fields(apart, |read| read.accepts_json));
    }

    #[test]
    fn a_field_says_one_thing_or_nothing() {
        let version = |text: &str| fields(text, |read| format!("{:?}", read.version));
        assert_eq!(version(""), "Absent");
        assert_eq!(
            version("mcp-protocol-version: 2026-07-28 \n"),
            "Text(\"2026-07-28\")"
        );
        let twice = "mcp-protocol-version:2026-07-28\n".repeat(2);
        assert_eq!(version(&twice), "Malformed");
        assert_eq!(version("mcp-protocol-version:2026\u{e9}\n"), "Malformed");
    }

    #[test]
    fn a_name_may_be_encoded_and_a_method_may_not() {
        for (shown, says) in [
            ("bind_secret", true),
            ("=?base64?YmluZF9zZWNyZXQ=?=", true),
            ("=?BASE64?YmluZF9zZWNyZXQ=?=", false),
            ("=?base64?YmluZF9zZWNyZXQ?=", false),
            ("=?base64?!?=", false),
            ("Bind_secret", false),
            ("bind_secret2", false),
        ] {
            let text = format!("mcp-name:{shown}\nmcp-method:{shown}\n");
            let said = fields(&text, |read| read.name.says_encoded("bind_secret"));
            assert_eq!(said, says, "{shown}");
            let said = fields(&text, |read| read.method.says("bind_secret"));
            assert_eq!(said, shown == "bind_secret", "{shown}");
        }
        assert!(!fields("", |read| read.name.says_encoded("")
            || read.method.says("")));
    }
}
