//! Which tables does a call mean? Those of the main origin, those of a schema
//! beside them, or those in another database.

use std::{fmt, sync::Arc};

use crate::{
    bindings::exports::gatelet::store::types,
    failure::Failure,
    settings::{DatabaseUrl, Whose},
};

/// Longest name of a schema, in bytes. Postgres cuts names at 63, and tables of
/// SQLite have more behind it.
const SCHEMA_MAX_BYTES: usize = 48;

/// A place whose names are checked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// None for the one that `database_url` names.
    pub(crate) database: Option<DatabaseUrl>,
    /// None for tables without a schema of ours.
    pub(crate) schema: Option<Schema>,
}

/// `[a-z][a-z0-9_]{0,47}`, and none of the engines' own.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Schema(Arc<str>);

impl Place {
    /// The base origin's.
    pub(crate) const MAIN: Self = Self {
        database: None,
        schema: None,
    };

    pub(crate) fn parse(place: &types::Place) -> Result<Self, Failure> {
        let types::Place { url, schema } = place;
        let database = (!url.is_empty()).then(|| DatabaseUrl::parse(url, Whose::Origin));
        let schema = (!schema.is_empty()).then(|| Schema::parse(schema));
        Ok(Self {
            database: database.transpose()?,
            schema: schema.transpose()?,
        })
    }

    pub(crate) fn is_main(&self) -> bool {
        *self == Self::MAIN
    }
}

impl Schema {
    pub(crate) fn parse(name: &str) -> Result<Self, Failure> {
        let plain = name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if !plain
            || !name.starts_with(|c: char| c.is_ascii_lowercase())
            || name.len() > SCHEMA_MAX_BYTES
        {
            return Err(Failure::internal(
                "a schema's name is not a letter and up to 47 letters, digits and underscores, all lower case",
            ));
        }
        let reserved = ["public", "information_schema"].contains(&name)
            || ["pg_", "sqlite_"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
        if reserved {
            return Err(Failure::internal(format!(
                "the schema {name} is the database's own: choose another name"
            )));
        }
        Ok(Self(name.into()))
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Schema, types};

    #[test]
    fn a_schema_is_a_plain_name_of_nobody_elses() {
        let longest = "x".repeat(48);
        for name in ["a", "preview_login", "a1__b_", "pgx", "public2", &longest] {
            assert!(Schema::parse(name).is_ok(), "{name}");
        }
        let too_long = "x".repeat(49);
        for name in [
            "",
            "1a",
            "_a",
            "A",
            "aB",
            "a-b",
            "a b",
            "a\"b",
            "a.b",
            "a;b",
            "ä",
            "a\0",
            "public",
            "information_schema",
            "pg_temp",
            "pg_catalog",
            "sqlite_x",
            &too_long,
        ] {
            assert!(Schema::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_place_without_names_is_the_main_one() {
        let parse = |url: &str, schema: &str| {
            Place::parse(&types::Place {
                url: url.into(),
                schema: schema.into(),
            })
        };
        assert!(parse("", "").is_ok_and(|place| place.is_main()));
        assert!(parse("", "a").is_ok_and(|place| !place.is_main()));
        assert!(parse("postgres://h/d", "").is_ok_and(|place| !place.is_main()));
        assert!(parse("postgres://h/d", "a").is_ok_and(|place| !place.is_main()));
        assert!(parse("mysql://u:hunter2@h/d", "").is_err());
        assert!(parse("", "A").is_err());
    }

    #[test]
    fn a_refused_url_of_an_origin_is_not_repeated() {
        let place = types::Place {
            url: "mysql://root:hunter2@h/d".into(),
            schema: String::new(),
        };
        let refused = Place::parse(&place).map(|_| ()).unwrap_err();
        assert!(!format!("{refused:?} {refused}").contains("hunter2"));
    }
}
