//! Which sessions does a Better Auth have in its tables? The one place that reads tables
//! of another program. They are read by one statement, and never written.
//!
//! Columns of the admin plugin need not be there: they are read through the row as a
//! whole. Times of either kind of column are read as seconds; one without a zone counts as
//! UTC, as Prisma writes it.

use std::sync::OnceLock;

use gatelet_core::backend::better_auth::{TRIES_MAX, Tables};
use gatelet_settings::{Setting, Values};

use crate::{
    convert,
    failure::{Failure, Kind},
    postgres::Postgres,
    settings::{DatabaseUrl, Whose, optional},
    statements::Again,
    value::{Row, Value},
};

/// Its tables, and where they are.
pub(crate) struct BetterAuth {
    postgres: Postgres,
    tables: Tables,
}

impl BetterAuth {
    /// Of the settings, read once an instance.
    pub(crate) async fn open() -> Result<&'static Self, Failure> {
        static READ: OnceLock<BetterAuth> = OnceLock::new();
        if let Some(read) = READ.get() {
            return Ok(read);
        }
        let own = optional(Setting::BetterAuthDatabaseUrl).await?;
        let (url, setting) = match own.trim() {
            "" => (
                DatabaseUrl::read().await?.clone(),
                Setting::BetterAuthDatabaseUrl,
            ),
            own => (
                DatabaseUrl::parse(own, Whose::BetterAuth)?,
                Setting::BetterAuthDatabaseUrl,
            ),
        };
        let DatabaseUrl::Postgres(url) = url else {
            return Err(Failure::internal(format!(
                "{setting}: Better Auth's tables are read from Postgres alone: set it to their postgres:// URL"
            )));
        };
        let (tables, columns) = (
            optional(Setting::BetterAuthTables).await?,
            optional(Setting::BetterAuthColumns).await?,
        );
        let values = Values::new([
            (Setting::BetterAuthTables, tables.as_str()),
            (Setting::BetterAuthColumns, columns.as_str()),
        ]);
        let tables =
            Tables::from_values(&values).map_err(|error| Failure::internal(error.to_string()))?;
        let postgres = Postgres { url };
        Ok(READ.get_or_init(|| Self { postgres, tables }))
    }

    /// The rows of these tokens; [`Kind::Schema`] where a table or a column is not there.
    pub(crate) async fn find(&self, tokens: Vec<String>) -> Result<Vec<Row>, Failure> {
        let Some(last) = tokens.last().filter(|_| tokens.len() <= TRIES_MAX).cloned() else {
            return Err(Failure::internal(
                "no tokens, or more than are looked up at once",
            ));
        };
        // One statement for any number of them: what is too few is asked for twice.
        let filled = tokens.into_iter().chain(std::iter::repeat(last));
        let parameters: Result<Vec<Value>, _> = filled.take(TRIES_MAX).map(convert::text).collect();
        let text = statement(&self.tables);
        let rows = self.postgres.query(&text, &parameters?, Again::Yes).await;
        rows.map_err(|failure| match failure.kind {
            Kind::Missing => Failure {
                kind: Kind::Schema,
                detail: format!(
                    "Better Auth's tables are not as better_auth_tables and better_auth_columns say: {}",
                    failure.detail
                ),
                ..failure
            },
            _ => failure,
        })
    }

    /// Whether it can be asked at all.
    pub(crate) async fn check(&self) -> Result<(), Failure> {
        // Nobody's: tokens are longer.
        self.find(vec!["-".to_owned()]).await.map(drop)
    }
}

/// Token, id, email, email verified, name, created; began, expires, banned, until when,
/// role.
fn statement(tables: &Tables) -> String {
    let Tables {
        users,
        sessions,
        is_snake_case,
    } = tables;
    let column = |camel: &'static str, snake: &'static str| match is_snake_case {
        true => snake,
        false => camel,
    };
    let verified = column("emailVerified", "email_verified");
    let created = column("createdAt", "created_at");
    let expires = column("expiresAt", "expires_at");
    let user_id = column("userId", "user_id");
    let ban_expires = column("banExpires", "ban_expires");
    let seconds = |time: &str| format!("CAST(FLOOR(EXTRACT(EPOCH FROM {time})) AS BIGINT)");
    let until = format!("to_jsonb(u) ->> '{ban_expires}'");
    format!(
        "SELECT CAST(s.\"token\" AS TEXT), CAST(u.\"id\" AS TEXT), \
         COALESCE(CAST(u.\"email\" AS TEXT), ''), COALESCE(u.\"{verified}\", FALSE), \
         COALESCE(CAST(u.\"name\" AS TEXT), ''), {}, {}, {}, \
         COALESCE(CAST(to_jsonb(u) ->> 'banned' AS BOOLEAN), FALSE), \
         CASE WHEN {until} ~ '(Z|[+-][0-9:]+)$' THEN {} ELSE {} END, \
         COALESCE(to_jsonb(u) ->> 'role', '') \
         FROM {sessions} s JOIN {users} u ON u.\"id\" = s.\"{user_id}\" \
         WHERE s.\"token\" IN ($1, $2, $3, $4)",
        seconds(&format!("u.\"{created}\"")),
        seconds(&format!("s.\"{created}\"")),
        seconds(&format!("s.\"{expires}\"")),
        seconds(&format!("CAST({until} AS TIMESTAMPTZ)")),
        seconds(&format!("CAST({until} AS TIMESTAMP)")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Kind as Piece, parameters_in_order, pieces};

    #[test]
    fn tables_are_read_by_their_names_and_nothing_is_written() {
        for (names, columns, parts) in [
            (
                "user, session",
                "camel",
                [
                    "\"session\" s JOIN \"user\" u",
                    "s.\"userId\"",
                    "'banExpires'",
                ],
            ),
            (
                "app.auth_users, app.auth_sessions",
                "snake",
                [
                    "\"app\".\"auth_sessions\" s JOIN \"app\".\"auth_users\" u",
                    "s.\"user_id\"",
                    "'ban_expires'",
                ],
            ),
        ] {
            let values = Values::new([
                (Setting::BetterAuthTables, names),
                (Setting::BetterAuthColumns, columns),
            ]);
            let text = statement(&Tables::from_values(&values).unwrap());
            for part in parts {
                assert!(text.contains(part), "{text}");
            }
            assert_eq!(parameters_in_order(&text).len(), TRIES_MAX);
            let words = pieces(&text).filter(|piece| piece.kind == Piece::Word);
            let words: Vec<_> = words.map(|piece| piece.text).collect();
            assert_eq!(words.first(), Some(&"SELECT"));
            for writes in ["INSERT", "UPDATE", "DELETE", "INTO", "SET"] {
                assert!(!words.contains(&writes), "{text}");
            }
            assert!(!pieces(&text).any(|piece| piece.kind == Piece::Semicolon));
        }
    }
}
