//! What does a statement of a migration become for MySQL? Types of its own, foreign keys
//! that it minds, and columns in the place of indexes for some rows alone.

#[cfg(test)]
mod tests;

use super::dialect;
use super::tokens::{Token, apart, behind, find, listed, own, stands, tokens, written};
use crate::sql::Kind;

/// The comment on a table that we made.
pub(super) const MADE: &str = "made by Gatelet";

/// What the operator's check makes begins with it.
pub(super) const CHECK: &str = "auth_check";

/// Texts by which rows are found: of a length that an index takes.
const SHORT: [&str; 24] = [
    "id",
    "email",
    "provider",
    "subject",
    "user_id",
    "issuer",
    "purpose",
    "app",
    "group_name",
    "tenant",
    "host",
    "own_schema",
    "org",
    "application",
    "key",
    "secret_name",
    "origin",
    "kind",
    "state",
    "schema_name",
    "actor",
    "act",
    "vouched_email",
    "provider_session",
];
/// Where a name is what a row is found by.
const NAMED: [&str; 5] = [
    "auth_groups",
    "auth_origins",
    "auth_secrets",
    "auth_secret_requests",
    "auth_applications",
];

/// The statements that stand for one.
pub(super) fn translated(text: &str, collation: &str) -> Vec<String> {
    let tokens = joined(tokens(text));
    let text = |tokens: &[Token]| written(tokens).0;
    if stands(&tokens, 0, &["CREATE", "TABLE"]) {
        return vec![format!(
            "{} ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE {collation} COMMENT '{MADE}'",
            text(&table(&tokens))
        )];
    }
    if stands(&tokens, 0, &["DROP", "INDEX"]) {
        // The one that goes, of the table that its name begins with.
        let index = &tokens[2].text;
        let table = index.trim_end_matches("_user_id");
        return vec![format!("DROP INDEX {index} ON {table}")];
    }
    let is_index = tokens[0].is("CREATE");
    if let (true, Some(place)) = (is_index, find(&tokens, &["WHERE"])) {
        return some_rows(&tokens, place);
    }
    vec![text(&dialect::translated(&typed(&tokens, &tokens[2].text)))]
}

/// The table that a statement makes, if that is what it does.
pub(super) fn made(statement: &str) -> Option<&str> {
    let rest = statement.strip_prefix("CREATE TABLE ")?;
    rest.split([' ', '(']).next()
}

/// A unique index of some rows: NULL stands in the column where a row has none of it.
fn some_rows(tokens: &[Token], place: usize) -> Vec<String> {
    let (index, condition) = tokens.split_at(place);
    let index = written(index).0;
    if !tokens[1].is("UNIQUE") {
        return vec![index];
    }
    let column = &condition[1].text;
    let table = tokens.iter().position(|token| token.is("ON"));
    let table = &tokens[table.map_or(0, |on| on + 1)].text;
    vec![
        format!(
            "ALTER TABLE {table} ADD COLUMN {column}_there VARCHAR(255) GENERATED ALWAYS AS (NULLIF({column}, '')) VIRTUAL"
        ),
        index.replace(&format!("({column}"), &format!("({column}_there")),
        // By the other one no statement of ours finds a row.
        index
            .replace("CREATE UNIQUE INDEX", "CREATE INDEX")
            .replace(" ON ", "_found ON "),
    ]
}

fn table(tokens: &[Token]) -> Vec<Token> {
    let open = tokens.iter().position(|token| token.is("(")).unwrap_or(0);
    let end = behind(tokens, open);
    let mut out = tokens[..=open].to_vec();
    let mut constraints = Vec::new();
    for (number, column) in listed(&tokens[open + 1..end - 1]).into_iter().enumerate() {
        let column = typed(column, &tokens[2].text);
        let mut rest: &[Token] = &column;
        if number > 0 {
            out.extend(own(","));
        }
        let is_column = !["PRIMARY", "CHECK", "FOREIGN", "CONSTRAINT"]
            .iter()
            .any(|word| column[0].is(word));
        if is_column {
            // Of a column alone they are not minded.
            if let Some(at) = find(rest, &["REFERENCES"]) {
                constraints.extend(own(&format!(", FOREIGN KEY ({})", column[0].text)));
                constraints.extend(apart(&rest[at..]));
                rest = &rest[..at];
            }
            if let Some(at) = find(rest, &["CHECK"]) {
                constraints.extend(own(","));
                constraints.extend(apart(&rest[at..]));
                rest = &rest[..at];
            }
        }
        out.extend(apart(&dialect::translated(rest)));
    }
    out.extend(constraints);
    out.extend(own(")"));
    out
}

/// With types of theirs.
pub(super) fn typed(tokens: &[Token], table: &str) -> Vec<Token> {
    let is_named = NAMED.iter().any(|named| table.ends_with(named));
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let column = at.checked_sub(1).map_or("", |before| &tokens[before].text);
        let is_digest = column.ends_with("digest") || column.ends_with("mac");
        match token.text.as_str() {
            "TEXT" if column == "credential_id" => {
                out.extend(own("VARBINARY(1400)"));
            }
            // Of a passkey it is the id.
            "TEXT" if column == "subject" && table.ends_with("auth_new_sessions") => {
                out.extend(own("VARCHAR(1400)"));
            }
            "TEXT" if column == "issuer" => out.extend(own("VARCHAR(500)")),
            "TEXT" if SHORT.contains(&column) || column == "name" && is_named => {
                out.extend(own("VARCHAR(255)"))
            }
            "TEXT" if column != "AS" && table == CHECK => {
                out.extend(own("MEDIUMTEXT CHARACTER SET utf8mb4"));
            }
            "TEXT" if column != "AS" => out.extend(own("MEDIUMTEXT")),
            "BYTEA" if is_digest => out.extend(own("VARBINARY(32)")),
            "BYTEA" => out.extend(own("MEDIUMBLOB")),
            _ if token.kind == Kind::Quoted && column == "DEFAULT" => {
                out.extend(own(&format!("({})", token.text)));
            }
            _ => out.push(token.clone()),
        }
    }
    out
}

/// `'a' || b` is `CONCAT('a', b)`; quoted texts of two pieces are one.
fn joined(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind == Kind::Quoted && stands(&tokens, at + 1, &["|", "|"]) {
            let (left, right) = (&tokens[at].text, &tokens[at + 3].text);
            out.extend(own(&format!("CONCAT({left}, {right})")));
            at += 4;
        } else {
            out.push(tokens[at].clone());
            at += 1;
        }
    }
    out
}
