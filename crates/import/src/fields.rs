//! What does a field of JSON say, in whatever way programs write it?

use serde_json::Value;

/// Later ones are milliseconds: the year 5138 in seconds.
const SECONDS_MAX: u64 = 100_000_000_000;

/// Text that is not empty.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `true`, `1` or `"true"`; anything else is not.
pub(crate) fn is(value: &Value, name: &str) -> bool {
    match value.get(name) {
        Some(Value::Bool(is)) => *is,
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        Some(Value::String(text)) => is_yes(text),
        _ => false,
    }
}

/// As tables write it.
pub(crate) fn is_yes(text: &str) -> bool {
    ["true", "t", "1", "yes"]
        .iter()
        .any(|yes| text.trim().eq_ignore_ascii_case(yes))
}

/// Unix seconds, of a number of seconds or milliseconds or of a date (RFC 3339).
pub(crate) fn time(value: &Value, name: &str) -> Option<u64> {
    match value.get(name)? {
        Value::Number(number) => seconds(number.as_u64()?),
        Value::String(text) => time_of(text),
        _ => None,
    }
}

pub(crate) fn time_of(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return seconds(number);
    }
    let at = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    u64::try_from(at.timestamp()).ok()
}

fn seconds(number: u64) -> Option<u64> {
    let seconds = match number {
        ..SECONDS_MAX => number,
        _ => number / 1_000,
    };
    (seconds < SECONDS_MAX).then_some(seconds)
}
