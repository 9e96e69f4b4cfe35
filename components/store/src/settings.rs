//! Which database is meant? The variable `database_url` says.

use std::{fmt, sync::OnceLock};

use crate::failure::{Failure, Kind};

/// A checked `database_url`. Debug shows the engine alone: the URL holds a password.
#[derive(Clone, PartialEq)]
pub(crate) enum DatabaseUrl {
    /// `postgres://…` or `postgresql://…`, as written.
    Postgres(String),
    /// The database's name in the host's `sqlite_databases`.
    Sqlite(String),
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Postgres(_) => "Postgres(…)",
            Self::Sqlite(_) => "Sqlite(…)",
        })
    }
}

impl DatabaseUrl {
    /// Read once an instance: a changed setting applies at the next start.
    pub(crate) async fn read() -> Result<&'static Self, Failure> {
        static READ: OnceLock<DatabaseUrl> = OnceLock::new();
        if let Some(url) = READ.get() {
            return Ok(url);
        }
        let written = spin_sdk::variables::get("database_url")
            .await
            .map_err(|error| {
                Failure::new(
                    Kind::Internal,
                    format!("database_url cannot be read: {error}"),
                )
            })?;
        let url = Self::parse(&written)?;
        Ok(READ.get_or_init(|| url))
    }

    fn parse(written: &str) -> Result<Self, Failure> {
        let written = written.trim();
        match written.split_once(':') {
            Some(("sqlite", name)) if !name.is_empty() && !name.contains('/') => {
                Ok(Self::Sqlite(name.to_owned()))
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres(written.to_owned()))
            }
            // The value is not repeated: it may hold a password.
            _ => Err(Failure::internal(
                "database_url is neither sqlite:NAME nor postgres://user:password@host/database",
            )),
        }
    }
}

/// `message` without the parts of the database URL that nobody may read: the
/// password as written and decoded, also where it was written so that it
/// parses as something else (an `@` or `:` left unescaped).
pub(crate) fn redact(message: &str, url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let mut secrets = Vec::new();
    if let Some((userinfo, _)) = rest.rsplit_once('@')
        && let Some((_, password)) = userinfo.split_once(':')
    {
        secrets.extend([url, rest, userinfo, password]);
        secrets.extend(password.split(['@', ':', '/', '?', '#']));
    }
    if let Some((_, query)) = rest.split_once('?') {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        secrets.extend(
            pairs
                .filter(|(key, _)| key.contains("pass"))
                .map(|(_, value)| value),
        );
    }
    let mut secrets: Vec<String> = secrets.into_iter().map(str::to_owned).collect();
    let decoded: Vec<String> = secrets
        .iter()
        .map(|secret| percent_decoded(secret))
        .collect();
    secrets.extend(decoded);
    secrets.retain(|secret| !secret.is_empty());
    // The longest first, so that no tail of one stays behind.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.iter().fold(message.to_owned(), |text, secret| {
        text.replace(secret.as_str(), "***")
    })
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, redact};

    #[test]
    fn the_engine_is_chosen_by_the_scheme() {
        let cases = [
            (
                "sqlite:default",
                Some(DatabaseUrl::Sqlite("default".into())),
            ),
            (" sqlite:other\n", Some(DatabaseUrl::Sqlite("other".into()))),
            (
                "postgres://h/d",
                Some(DatabaseUrl::Postgres("postgres://h/d".into())),
            ),
            (
                "postgresql://h/d",
                Some(DatabaseUrl::Postgres("postgresql://h/d".into())),
            ),
            ("", None),
            ("sqlite:", None),
            ("sqlite:///tmp/x.db", None),
            ("postgres:h", None),
            ("mysql://h/d", None),
            ("host=h password=p", None),
        ];
        for (written, expected) in cases {
            assert_eq!(DatabaseUrl::parse(written).ok(), expected, "{written:?}");
        }
    }

    #[test]
    fn a_refused_url_is_not_repeated() {
        let refused = DatabaseUrl::parse("mysql://root:hunter2@h/d").map(|_| ());
        assert!(!format!("{refused:?}").contains("hunter2"));
    }

    #[test]
    fn passwords_do_not_pass_into_messages() {
        let cases = [
            ("postgres://u:hunter2@h/d", "no hunter2"),
            ("postgres://u:hun%40ter2@h/d", "hun@ter2 hun%40ter2"),
            // Written without escapes, so that a parser takes the tail for a host.
            (
                "postgres://u:hun@ter2@h/d",
                "address postgres://ter2@h:5432 is not permitted",
            ),
            (
                "postgres://u:hun/ter2@h/d",
                "database ter2@h/d does not exist",
            ),
            ("postgres://h/d?user=u&password=hunter2", "hunter2"),
            ("postgres://u:hunter2@h/d", "postgres://u:hunter2@h/d"),
        ];
        for (url, message) in cases {
            let shown = redact(message, url);
            assert!(!shown.contains("ter2"), "{url}: {shown}");
        }
    }

    #[test]
    fn what_is_no_secret_stays_readable() {
        let message = "connection refused: db.example:5432";
        assert_eq!(
            redact(message, "postgres://u:hunter2@db.example:5432/gatelet"),
            message
        );
        assert_eq!(
            redact(message, "postgres://db.example/gatelet?sslmode=require"),
            message
        );
    }
}
