//! Which origins are written down in the variable `origins`? The store lists them
//! beside its own: a reader of JSON would be a fifth of the gateway.

use core::fmt;

use gatelet_settings::{Setting, SettingError};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::origin_record::{MAIN, OriginRecord, Place, SWITCH};

/// Most of them.
const WRITTEN_MAX: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    parent: Option<String>,
    values: Pairs,
    schema: Option<String>,
}

/// An object of texts, in order.
struct Pairs(Vec<(String, String)>);

/// Parses the JSON array; none where it is empty.
pub fn parse(text: &str) -> Result<Vec<OriginRecord>, SettingError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    // What serde says may quote a value; where it is says enough.
    let written: Vec<Written> = serde_json::from_str(text).map_err(|error| {
        refuse(format_args!(
            r#"is no list of origins at line {}, column {}: write it as [{{"name":"shop","values":{{"base_url":"https://shop.example.com"}}}}]"#,
            error.line(),
            error.column()
        ))
    })?;
    if written.len() > WRITTEN_MAX {
        return Err(refuse(format_args!("has more than {WRITTEN_MAX} origins")));
    }
    let mut records: Vec<OriginRecord> = Vec::with_capacity(written.len());
    for one in written {
        let Written {
            name,
            parent,
            values: Pairs(values),
            schema,
        } = one;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty()
            || name.len() > 63
            || !name.bytes().all(plain)
            || name == MAIN
            || name == SWITCH
        {
            return Err(refuse(format_args!(
                "has an origin without a name of its own: use at most 63 lower-case letters, digits and hyphens"
            )));
        }
        if records.iter().any(|earlier| earlier.name == name) {
            return Err(refuse(format_args!(
                "has two origins {name}: leave one of them out"
            )));
        }
        records.push(OriginRecord {
            name,
            parent: parent.unwrap_or_else(|| MAIN.to_owned()),
            is_preview: false,
            values,
            place: Place {
                schema: schema.unwrap_or_default(),
                ..Place::main()
            },
            created_at: 0,
            expires_at: None,
        });
    }
    Ok(records)
}

fn refuse(problem: fmt::Arguments<'_>) -> SettingError {
    SettingError::new(Setting::Origins, problem)
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Pairs;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Texts)
    }
}
