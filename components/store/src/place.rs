//! Which tables does a call mean? Those of the main origin, those of a schema
//! beside them, or those in another database.

use std::{borrow::Cow, fmt, sync::Arc};

use sha2::{Digest as _, Sha256};

use crate::{
    bindings::exports::gatelet::store::types,
    failure::Failure,
    settings::{DatabaseUrl, Whose},
};

/// Longest name of a schema, in bytes. Postgres cuts names at 63, and tables of
/// SQLite have more behind it.
const SCHEMA_MAX_BYTES: usize = 48;

/// Longest name before those of MySQL's tables, in bytes: a table's has 64 there, and its
/// foreign keys' end in `_ibfk_1`.
const SHORT_MAX_BYTES: usize = 32;
/// What is left of a name that is longer, and of its digest, in bytes.
const SHORT_HEAD_BYTES: usize = 10;
const SHORT_DIGEST_BYTES: usize = 10;

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

    /// Its name where there is room for less: it begins with an underscore, as no other
    /// does, and ends in a digest of the whole.
    pub(crate) fn short(&self) -> Cow<'_, str> {
        if self.0.len() <= SHORT_MAX_BYTES {
            return Cow::Borrowed(&self.0);
        }
        let digest = Sha256::digest(self.0.as_bytes());
        let digest = digest.iter().take(SHORT_DIGEST_BYTES);
        let digest: String = digest.map(|byte| format!("{byte:02x}")).collect();
        Cow::Owned(format!("_{}_{digest}", &self.0[..SHORT_HEAD_BYTES]))
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
    fn a_name_for_which_there_is_no_room_is_short_and_nobody_elses() {
        let short = |name: &str| Schema::parse(name).expect(name).short().into_owned();
        let room = "x".repeat(32);
        assert_eq!(short("preview_login"), "preview_login");
        assert_eq!(short(&room), room);
        let names = [
            "preview_feat_login_8aia7ne654ww__shop",
            "preview_feat_login_8aia7ne654ww__blog",
        ];
        let [one, other] = names.map(short);
        assert_eq!(one, "_preview_fe_6d20aa429007c6b9cf87");
        assert_ne!(one, other);
        assert_eq!(one.len(), super::SHORT_MAX_BYTES);
        assert!(Schema::parse(&one).is_err(), "{one}");
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
        assert!(parse("mongodb://u:hunter2@h/d", "").is_err());
        assert!(parse("", "A").is_err());
    }

    #[test]
    fn a_refused_url_of_an_origin_is_not_repeated() {
        let place = types::Place {
            url: "mongodb://root:hunter2@h/d".into(),
            schema: String::new(),
        };
        let refused = Place::parse(&place).map(|_| ()).unwrap_err();
        assert!(!format!("{refused:?} {refused}").contains("hunter2"));
    }
}
