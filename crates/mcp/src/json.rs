//! Which JSON is read? What every reader takes for the same: no member twice, and no
//! deeper and no longer than any message is.

use core::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

/// The most of a body that is read, in bytes: a hundred variables of full length.
pub const BODY_MAX_BYTES: usize = 1024 * 1024;
/// How deep arrays and objects stand in one another.
pub(crate) const DEPTH_MAX: usize = 32;

/// Why a text is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Not JSON.
    Syntax,
    /// Deeper than [`DEPTH_MAX`], or with a member twice.
    Bounds,
}

/// Reads a text.
pub(crate) fn read(text: &[u8]) -> Result<Value, Unread> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Bounded { left: DEPTH_MAX }.deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| match error.classify() {
        Category::Data => Unread::Bounds,
        Category::Syntax | Category::Eof | Category::Io => Unread::Syntax,
    })
}

/// A value with so many levels left below it.
#[derive(Clone, Copy)]
struct Bounded {
    left: usize,
}

impl Bounded {
    fn below<E: de::Error>(self) -> Result<Self, E> {
        let left = self.left.checked_sub(1);
        left.map(|left| Self { left })
            .ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Bounded {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut values = Vec::new();
        while let Some(value) = from.next_element_seed(below)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut members = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            let value = from.next_value_seed(below)?;
            if members.insert(name, value).is_some() {
                return Err(de::Error::custom("a member twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_any_reader_finds() {
        for text in [
            "null",
            " [1, -2, 3.5, true, \"a\\u00e9\", {\"a\": {}, \"b\": []}] ",
            "{\"a\":{\"a\":1},\"b\":18446744073709551615}",
        ] {
            let wanted: Value = serde_json::from_str(text).unwrap();
            assert_eq!(read(text.as_bytes()), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_from_what_is_out_of_bounds() {
        for text in [
            "",
            "{",
            "{}{}",
            "[1,]",
            "nul",
            "\"\\ud800\"",
            "1e999",
            "{\"a\":1,",
        ] {
            assert_eq!(read(text.as_bytes()), Err(Unread::Syntax), "{text}");
        }
        assert_eq!(read(b"\"\xff\""), Err(Unread::Syntax));
        for text in ["{\"a\":1,\"a\":1}", "[{\"a\":1,\"b\":2,\"\\u0061\":3}]"] {
            assert_eq!(read(text.as_bytes()), Err(Unread::Bounds), "{text}");
        }
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(deep(DEPTH_MAX).as_bytes()).is_ok());
        assert_eq!(read(deep(DEPTH_MAX + 1).as_bytes()), Err(Unread::Bounds));
        let deepest = deep(BODY_MAX_BYTES / 2);
        assert_eq!(read(deepest.as_bytes()), Err(Unread::Bounds));
    }
}
