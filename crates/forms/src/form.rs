//! What did the visitor submit? A bounded reading of
//! `application/x-www-form-urlencoded`, for form bodies and query strings alike.

use core::fmt;

use gatelet_core::percent::{self, Octet};

use crate::refusal::{FormCode, FormRefusal};

/// Longest form body or query string, in bytes.
pub const FORM_MAX_BYTES: usize = 16 * 1024;
/// Longest form of somebody else's.
const KNOWN_MAX_BYTES: usize = 32 * 1024;
/// Most fields in one form.
const FORM_MAX_FIELDS: usize = 32;
/// Longest value of one field, in bytes after decoding.
const FORM_MAX_VALUE_BYTES: usize = 4 * 1024;
/// Longest name of one field, in bytes after decoding.
const FORM_MAX_NAME_BYTES: usize = 64;

/// How long a form of our own may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormLimits {
    /// The whole, encoded.
    pub bytes: usize,
    /// The value of one field, decoded.
    pub value_bytes: usize,
}

impl FormLimits {
    /// What nearly every form keeps to.
    pub const USUAL: Self = Self {
        bytes: FORM_MAX_BYTES,
        value_bytes: FORM_MAX_VALUE_BYTES,
    };
}

/// Decoded fields, each name once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Parses a body or a query (without its `?`), as WHATWG URL §5.1 says, with
    /// these differences: a name that comes twice, an invalid percent sequence,
    /// NUL, and bytes that are not UTF-8 are refused instead of guessed at.
    pub fn parse(encoded: &[u8]) -> Result<Self, FormRefusal> {
        Self::parse_within(encoded, FormLimits::USUAL)
    }

    /// The same of a form with a field for a long text.
    pub fn parse_within(encoded: &[u8], limits: FormLimits) -> Result<Self, FormRefusal> {
        if encoded.len() > limits.bytes {
            return Err(FormRefusal::new(
                FormCode::TooLarge,
                format!("{} bytes", encoded.len()),
            ));
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for pair in encoded
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            if fields.len() == FORM_MAX_FIELDS {
                return Err(FormRefusal::new(FormCode::TooLarge, "too many fields"));
            }
            let (name, value) = split_pair(pair);
            let (name, value) = (decode(name)?, decode(value)?);
            if name.len() > FORM_MAX_NAME_BYTES || value.len() > limits.value_bytes {
                return Err(FormRefusal::new(FormCode::TooLarge, "a field is too long"));
            }
            if fields.iter().any(|(seen, _)| *seen == name) {
                return Err(FormRefusal::new(FormCode::Malformed, "a field comes twice"));
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    /// Of what somebody else wrote, the fields that we know: `exact` ones as
    /// [`Self::parse`] reads them, `shown` ones with whatever is wrong in them
    /// replaced and their end cut off, because a person reads them and nobody acts on
    /// them. All others are passed over, whatever they hold and however often
    /// (RFC 6749 §3.1: unrecognised parameters are ignored).
    pub fn parse_known(
        encoded: &[u8],
        exact: &[&str],
        shown: &[&str],
        value_max_bytes: usize,
    ) -> Result<Self, FormRefusal> {
        if encoded.len() > KNOWN_MAX_BYTES {
            let detail = format!("{} bytes", encoded.len());
            return Err(FormRefusal::new(FormCode::TooLarge, detail));
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for pair in encoded.split(|byte| *byte == b'&') {
            let (name, value) = split_pair(pair);
            let Ok(name) = decode(name) else {
                continue;
            };
            let known = fields.iter().any(|(seen, _)| *seen == name);
            if exact.contains(&name.as_str()) {
                let value = decode(value)?;
                if value.len() > value_max_bytes {
                    return Err(FormRefusal::new(FormCode::TooLarge, "a field is too long"));
                }
                if known {
                    return Err(FormRefusal::new(FormCode::Malformed, "a field comes twice"));
                }
                fields.push((name, value));
            } else if shown.contains(&name.as_str()) && !known {
                fields.push((name, decode_for_show(value)));
            }
        }
        Ok(Self(fields))
    }

    /// The value of a field; None when the form has no such field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a field, empty when the form has no such field.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The value of a field, out of the form: for what is to be overwritten after its use.
    #[must_use]
    pub fn take(&mut self, name: &str) -> String {
        let found = self.0.iter_mut().find(|(field, _)| field == name);
        found.map_or_else(String::new, |(_, value)| core::mem::take(value))
    }

    /// Names and values in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Names alone: values may be passwords and codes.
impl fmt::Debug for Form {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Whether a `Content-Type` is that of a form. Parameters are ignored: the
/// standard defines none, and the bytes must be UTF-8 in any case.
#[must_use]
pub fn is_form_content_type(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence
        .trim_matches([' ', '\t'])
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Encodes fields for a request body or a query.
#[must_use]
pub fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn split_pair(pair: &[u8]) -> (&[u8], &[u8]) {
    match pair.iter().position(|byte| *byte == b'=') {
        Some(at) => (&pair[..at], &pair[at + 1..]),
        None => (pair, &[]),
    }
}

/// What can be shown of it.
fn decode_for_show(part: &[u8]) -> String {
    let bytes: Vec<u8> = percent::octets(part)
        .map(|octet| match octet {
            Octet::Plain(b'+') => b' ',
            Octet::Plain(byte) | Octet::Encoded(byte) => byte,
            Octet::Broken => b'%',
        })
        .map(|byte| if byte == 0 { b' ' } else { byte })
        .take(FORM_MAX_VALUE_BYTES)
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn decode(part: &[u8]) -> Result<String, FormRefusal> {
    let malformed = |why: &str| FormRefusal::new(FormCode::Malformed, why);
    let bytes = percent::octets(part).map(|octet| match octet {
        Octet::Plain(b'+') => Ok(b' '),
        Octet::Plain(byte) | Octet::Encoded(byte) => Ok(byte),
        Octet::Broken => Err(malformed("an invalid percent sequence")),
    });
    let bytes = bytes.collect::<Result<Vec<u8>, _>>()?;
    if bytes.contains(&0) {
        return Err(malformed("NUL"));
    }
    String::from_utf8(bytes).map_err(|_| malformed("not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_decoded() {
        let form =
            Form::parse(b"email=ann%40example.com&name=Ann+Lee&empty=&flag&&u=%C3%BC\xc3\xbc")
                .expect("a form");
        for (name, value) in [
            ("email", Some("ann@example.com")),
            ("name", Some("Ann Lee")),
            ("empty", Some("")),
            ("flag", Some("")),
            ("u", Some("\u{fc}\u{fc}")),
            ("other", None),
        ] {
            assert_eq!(form.get(name), value, "{name}");
        }
    }

    #[test]
    fn of_anothers_form_what_we_know_is_read_and_the_rest_is_passed_over() {
        let parse = |encoded: &[u8]| Form::parse_known(encoded, &["code", "state"], &["why"], 100);
        for (encoded, code, why) in [
            (&b"code=c&state=s"[..], Some("c"), None),
            (b"code=c&foo=1&foo=2", Some("c"), None),
            (b"code=c&foo=%E9&%FF=x&=&&foo=100%", Some("c"), None),
            (b"code=c&why=refus%E9", Some("c"), Some("refus\u{fffd}")),
            (b"code=c&why=100%&why=again", Some("c"), Some("100%")),
            (b"code=c&why=a%00b", Some("c"), Some("a b")),
            (b"why=caf%C3%A9+now", None, Some("caf\u{e9} now")),
        ] {
            let form = parse(encoded).unwrap_or_else(|_| panic!("{encoded:?}"));
            assert_eq!(
                (form.get("code"), form.get("why")),
                (code, why),
                "{encoded:?}"
            );
            assert_eq!(form.get("foo"), None);
        }
        let many = [b"code=c".to_vec(), b"&x=1".repeat(1000)].concat();
        assert!(parse(&many).is_ok());
        for encoded in [
            &b"code=1&code=2"[..],
            b"code=1&c%6Fde=1",
            b"code=%E9",
            b"code=a%",
            b"state=%00",
            &[b"code=", &b"c".repeat(101)[..]].concat(),
            &b"x".repeat(KNOWN_MAX_BYTES + 1),
        ] {
            assert!(parse(encoded).is_err(), "{encoded:?}");
        }
        let longest = [b"code=", &b"c".repeat(100)[..]].concat();
        let largest = [&longest[..], b"&", &b"x".repeat(32 * 1024 - 106)].concat();
        for encoded in [longest, largest] {
            let read = parse(&encoded).expect("within the limits");
            assert_eq!(read.text("code").len(), 100);
        }
        let long = [b"why=", &b"y".repeat(9000)[..]].concat();
        assert_eq!(
            parse(&long).expect("a form").text("why").len(),
            FORM_MAX_VALUE_BYTES
        );
    }

    #[test]
    fn malformed_forms_are_refused() {
        for (encoded, why) in [
            (&b"a=1&a=2"[..], "twice"),
            (b"a=1&%61=2", "twice, once encoded"),
            (b"a=%00", "NUL encoded"),
            (b"a=\0", "NUL plain"),
            (b"a=%ff", "not UTF-8, encoded"),
            (b"a=\xff", "not UTF-8"),
            (b"a=%c0%80", "overlong NUL"),
            (b"a=%4", "cut percent sequence"),
            (b"a=%zz", "no percent sequence"),
            (b"a=%+1", "sign in a percent sequence"),
        ] {
            assert_eq!(
                Form::parse(encoded).expect_err(why).code,
                FormCode::Malformed,
                "{why}"
            );
        }
    }

    #[test]
    fn oversized_forms_are_refused() {
        let many = (0..33)
            .map(|n| format!("f{n}=x"))
            .collect::<Vec<_>>()
            .join("&");
        for (encoded, why) in [
            ("x".repeat(FORM_MAX_BYTES + 1), "body"),
            (many, "fields"),
            (
                format!("a={}", "x".repeat(FORM_MAX_VALUE_BYTES + 1)),
                "value",
            ),
            (format!("{}=a", "x".repeat(FORM_MAX_NAME_BYTES + 1)), "name"),
        ] {
            assert_eq!(
                Form::parse(encoded.as_bytes()).expect_err(why).code,
                FormCode::TooLarge,
                "{why}"
            );
        }
        let most = (0..32).map(|n| format!("f{n}=x")).collect::<Vec<_>>();
        let value = |bytes: usize| "x".repeat(bytes);
        assert_eq!((FORM_MAX_BYTES, FORM_MAX_VALUE_BYTES), (16_384, 4096));
        let largest = most.join("&").replace('x', &value(FORM_MAX_VALUE_BYTES));
        for (encoded, why) in [
            (largest[..FORM_MAX_BYTES].to_owned(), "body"),
            (most.join("&"), "fields"),
            (format!("a={}", value(FORM_MAX_VALUE_BYTES)), "value"),
            (format!("{}=a", value(FORM_MAX_NAME_BYTES)), "name"),
        ] {
            assert!(Form::parse(encoded.as_bytes()).is_ok(), "{why}");
        }
    }

    #[test]
    fn a_form_for_a_long_text_has_limits_of_its_own() {
        let limits = FormLimits {
            bytes: 30_000,
            value_bytes: 9_000,
        };
        let parse = |value: usize, rest: usize| {
            let encoded = format!("value={}&b={}", "x".repeat(value), "y".repeat(rest));
            Form::parse_within(encoded.as_bytes(), limits).map_err(|refusal| refusal.code)
        };
        assert_eq!(parse(9_000, 0).unwrap().text("value").len(), 9_000);
        assert_eq!(parse(9_001, 0), Err(FormCode::TooLarge));
        assert_eq!(parse(9_000, 21_000), Err(FormCode::TooLarge));
    }

    #[test]
    fn what_is_taken_is_in_the_form_no_more() {
        let mut form = Form::parse(b"value=hunter2&name=A").unwrap();
        assert_eq!(
            (form.take("value").as_str(), form.take("other").as_str()),
            ("hunter2", "")
        );
        assert_eq!((form.text("value"), form.text("name")), ("", "A"));
    }

    #[test]
    fn debug_shows_no_values() {
        let form = Form::parse(b"password=hunter2hunter2").expect("a form");
        assert_eq!(format!("{form:?}"), r#"{"password"}"#);
    }

    #[test]
    fn content_types_of_forms() {
        for (content_type, expected) in [
            ("application/x-www-form-urlencoded", true),
            ("Application/X-WWW-Form-Urlencoded; charset=UTF-8", true),
            ("text/plain", false),
            (
                "multipart/form-data; boundary=application/x-www-form-urlencoded",
                false,
            ),
            ("", false),
        ] {
            assert_eq!(
                is_form_content_type(content_type),
                expected,
                "{content_type}"
            );
        }
    }

    proptest! {
        #[test]
        fn encoding_and_parsing_are_inverse(fields in proptest::collection::btree_map("[^\0]{1,12}", "[^\0]{0,40}", 0..8)) {
            let encoded = encode(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let form = Form::parse(encoded.as_bytes()).expect("what we encode parses");
            prop_assert_eq!(form.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect::<Vec<_>>(), fields.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Form::parse(&bytes);
        }
    }
}
