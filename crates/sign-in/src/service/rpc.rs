//! How do clients of oRPC write a call, and read its answer? Its RPC protocol:
//! `{"json": …, "meta": […]}` both ways, in a body or, for what changes nothing, in the
//! query's `data`. Each item of `meta` is a type's number and the path to a value.
//! Source: the RPC protocol page of oRPC's documentation.

use serde_json::{Value, json};

/// A value that is not there.
const UNDEFINED: u64 = 3;
/// A URL, written as text.
const URL: u64 = 4;
/// Most items of `meta` that are read, and longest path.
const META_MAX: usize = 64;

/// It is not written so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// What is asked, out of a body; nothing where it is empty.
pub fn asked(body: &[u8]) -> Result<Value, Malformed> {
    if body.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    let mut envelope: Value = serde_json::from_slice(body).map_err(|_| Malformed)?;
    let envelope = envelope.as_object_mut().ok_or(Malformed)?;
    let mut asked = envelope.remove("json").unwrap_or_default();
    let items = match envelope.remove("meta") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) if items.len() <= META_MAX => items,
        Some(_) => return Err(Malformed),
    };
    for item in &items {
        let (kind, path) = match item.as_array().map(Vec::as_slice) {
            Some([kind, path @ ..]) if path.len() <= META_MAX => (kind, path),
            _ => return Err(Malformed),
        };
        apply(kind, path, &mut asked)?;
    }
    Ok(asked)
}

/// What is asked, out of a query: its last `data`.
pub fn asked_by_query(query: &str) -> Result<Value, Malformed> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let data = pairs.filter(|(name, _)| name == "data").last();
    data.map_or(Ok(Value::Null), |(_, data)| asked(data.as_bytes()))
}

/// What is answered.
#[must_use]
pub fn answered(value: &Value) -> Value {
    json!({ "json": value })
}

/// Puts in what JSON has no words for. Whatever is no text after all, is none here.
fn apply(kind: &Value, path: &[Value], asked: &mut Value) -> Result<(), Malformed> {
    let Some((last, before)) = path.split_last() else {
        // All of it: nothing that is asked here is one such value.
        if kind.as_u64() == Some(UNDEFINED) {
            *asked = Value::Null;
        }
        return Ok(());
    };
    let parent = before
        .iter()
        .try_fold(asked, |value, step| inside(value, step));
    let parent = parent.ok_or(Malformed)?;
    let value = inside(parent, last).ok_or(Malformed)?;
    match kind.as_u64() {
        Some(URL) if value.is_string() => {}
        _ => *value = Value::Null,
    }
    if let (Some(UNDEFINED), Some(fields), Some(name)) =
        (kind.as_u64(), parent.as_object_mut(), last.as_str())
    {
        fields.remove(name);
    }
    Ok(())
}

fn inside<'a>(value: &'a mut Value, step: &Value) -> Option<&'a mut Value> {
    match step {
        Value::String(name) => value.as_object_mut()?.get_mut(name),
        Value::Number(at) => value
            .as_array_mut()?
            .get_mut(usize::try_from(at.as_u64()?).ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn envelopes_are_opened() {
        for (body, expected) in [
            ("", Ok(Value::Null)),
            ("{}", Ok(Value::Null)),
            (r#"{"meta":[[3]]}"#, Ok(Value::Null)),
            (r#"{"json":null,"meta":[[3]]}"#, Ok(Value::Null)),
            (r#"{"json":{"a":"b"}}"#, Ok(json!({"a": "b"}))),
            (r#"{"json":{"a":"b"},"meta":[]}"#, Ok(json!({"a": "b"}))),
            (
                r#"{"json":{"a":"https://x/","b":null,"c":"1"},"meta":[[4,"a"],[3,"b"],[0,"c"]]}"#,
                Ok(json!({"a": "https://x/", "c": null})),
            ),
            (
                r#"{"json":{"a":[{"b":null}]},"meta":[[3,"a",0,"b"]]}"#,
                Ok(json!({"a": [{}]})),
            ),
            (r#"{"json":{},"meta":[[3,"a"]]}"#, Err(Malformed)),
            (r#"{"json":{},"meta":[[]]}"#, Err(Malformed)),
            (r#"{"json":{},"meta":{}}"#, Err(Malformed)),
            (r#"{"json":{},"meta":[3]}"#, Err(Malformed)),
            (r#"[]"#, Err(Malformed)),
            ("{", Err(Malformed)),
        ] {
            assert_eq!(asked(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn the_last_data_of_a_query_counts() {
        for (query, expected) in [
            ("", Ok(Value::Null)),
            ("x=1", Ok(Value::Null)),
            ("data=", Ok(Value::Null)),
            ("data=1&data=%7B%22json%22%3A%7B%7D%7D", Ok(json!({}))),
            ("data=%7B%22json%22%3A%7B%7D%7D&data=1", Err(Malformed)),
        ] {
            assert_eq!(asked_by_query(query), expected, "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_envelope_is_answered(body in r#"\{"json":[\[\]{}:"a-c,0-9]{0,30},"meta":\[[\[\]0-5,"a-c]{0,20}\]\}"#) {
            let _ = asked(body.as_bytes());
        }

        #[test]
        fn what_is_answered_is_what_a_client_reads(fields in proptest::collection::btree_map("[a-z]{1,5}", ".{0,9}", 0..5)) {
            let value = json!(fields);
            let sent = answered(&value).to_string();
            prop_assert_eq!(asked(sent.as_bytes()), Ok(value));
        }
    }
}
