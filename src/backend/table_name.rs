//! Which table is meant? A name that stands in a statement as it is, so that nothing else
//! may be in it.

use core::fmt;

/// Longest name of a table or schema, in bytes: Postgres cuts longer ones.
const NAME_MAX_BYTES: usize = 63;

/// A table's name and its schema's, each `[A-Za-z_][A-Za-z0-9_]{0,62}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    schema: Option<String>,
    name: String,
}

/// A name that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableNameError;

impl TableName {
    /// `name` or `schema.name`.
    pub fn parse(text: &str) -> Result<Self, TableNameError> {
        let (schema, name) = match text.split_once('.') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, text),
        };
        if !schema.is_none_or(is_identifier) || !is_identifier(name) {
            return Err(TableNameError);
        }
        Ok(Self {
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
        })
    }

    /// Two of them: `users, sessions`.
    pub fn parse_pair(text: &str) -> Result<[Self; 2], TableNameError> {
        let (first, second) = text.split_once(',').ok_or(TableNameError)?;
        Ok([Self::parse(first.trim())?, Self::parse(second.trim())?])
    }
}

/// As a statement has it, in double quotes: `"schema"."name"`.
impl fmt::Display for TableName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(out, "\"{schema}\".")?;
        }
        write!(out, "\"{}\"", self.name)
    }
}

impl fmt::Display for TableNameError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(
            "is not two tables' names, such as `user, session` or `app.auth_users, app.auth_sessions`: letters, digits and underscores",
        )
    }
}

impl std::error::Error for TableNameError {}

fn is_identifier(text: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= NAME_MAX_BYTES
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_known_by_letters_digits_and_underscores_alone() {
        let longest = "x".repeat(63);
        for (text, quoted) in [
            ("user", "\"user\""),
            ("_User2", "\"_User2\""),
            ("app.auth_users", "\"app\".\"auth_users\""),
            (&longest, &*format!("\"{longest}\"")),
        ] {
            let name = TableName::parse(text).map(|name| name.to_string());
            assert_eq!(name.as_deref(), Ok(quoted));
        }
        let too_long = "x".repeat(64);
        for text in [
            "", ".", "a.", ".a", "a.b.c", "2a", "a b", "a-b", "a\"b", "a\" --", "a;b", "a'b", "ä",
            "a\0", "a\nb", &too_long,
        ] {
            assert_eq!(TableName::parse(text), Err(TableNameError), "{text:?}");
        }
    }

    #[test]
    fn two_tables_are_named_in_order() {
        let pair = TableName::parse_pair(" user ,app.session").unwrap();
        assert_eq!(
            pair.map(|name| name.to_string()),
            ["\"user\"", "\"app\".\"session\""]
        );
        for text in ["user", "", "a,b,c", ",", "a,", "a;b, c"] {
            assert_eq!(TableName::parse_pair(text), Err(TableNameError), "{text:?}");
        }
    }
}
