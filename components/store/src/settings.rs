//! Which database is meant? The variable `database_url` says, or an origin's own.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use gatelet_core::key::KeyRing;
use gatelet_core::percent;
use gatelet_core::session_store::SessionStore;
use gatelet_settings::Setting;

use crate::{
    failure::{Failure, Kind},
    seal,
};

/// A checked `database_url`. Debug shows the engine alone: the URL holds a password.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum DatabaseUrl {
    /// `postgres://…` or `postgresql://…`, as written.
    Postgres(Arc<str>),
    /// `mysql://…`, as written.
    MySql(Arc<str>),
    /// The database's name in the host's `sqlite_databases`.
    Sqlite(Arc<str>),
}

/// Where a database's URL was written.
#[derive(Clone, Copy)]
pub(crate) enum Whose {
    /// In the variable `database_url`.
    Main,
    /// In an origin's record.
    Origin,
    /// In the variable `better_auth_database_url`.
    BetterAuth,
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Postgres(_) => "Postgres(…)",
            Self::MySql(_) => "MySql(…)",
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
        let url = Self::parse(&variable(Setting::DatabaseUrl).await?, Whose::Main)?;
        Ok(READ.get_or_init(|| url))
    }

    pub(crate) fn parse(written: &str, whose: Whose) -> Result<Self, Failure> {
        let written = written.trim();
        match written.split_once(':') {
            Some(("sqlite", name)) if !name.is_empty() && !name.contains('/') => {
                Ok(Self::Sqlite(name.into()))
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres(written.into()))
            }
            Some(("mysql", rest)) if rest.starts_with("//") => Ok(Self::MySql(written.into())),
            _ if written == seal::UNOPENED => Err(Failure::internal(
                "the origin's own database URL was sealed under a key that session_keys has no \
                 more: set it again",
            )),
            // The value is not repeated: it may hold a password.
            _ => Err(Failure::internal(format!(
                "{} is none of sqlite:NAME, postgres://user:password@host/database and mysql://user:password@host/database",
                match whose {
                    Whose::Main => Setting::DatabaseUrl.name(),
                    Whose::Origin => "the origin's own database URL",
                    Whose::BetterAuth => Setting::BetterAuthDatabaseUrl.name(),
                }
            ))),
        }
    }
}

/// `session_keys`, read once an instance and only where a URL is to be sealed or
/// opened.
pub(crate) async fn session_keys() -> Result<&'static KeyRing, Failure> {
    static READ: OnceLock<KeyRing> = OnceLock::new();
    if let Some(keys) = READ.get() {
        return Ok(keys);
    }
    let keys = KeyRing::parse(&variable(Setting::SessionKeys).await?)
        .map_err(|error| Failure::internal(format!("{}: {error}", Setting::SessionKeys)))?;
    Ok(READ.get_or_init(|| keys))
}

/// `session_store`, read once an instance; the database where the manifest does not hand it
/// on.
pub(crate) async fn session_store() -> Result<&'static SessionStore, Failure> {
    static READ: OnceLock<SessionStore> = OnceLock::new();
    if let Some(store) = READ.get() {
        return Ok(store);
    }
    let written = optional(Setting::SessionStore).await?;
    let store = SessionStore::parse(&written)
        .map_err(|error| Failure::internal(format!("{} {error}", Setting::SessionStore)))?;
    Ok(READ.get_or_init(|| store))
}

/// `origins`; empty where the manifest does not hand it on.
pub(crate) async fn written_origins() -> Result<String, Failure> {
    optional(Setting::Origins).await
}

/// A variable; empty where the manifest does not hand it on.
pub(crate) async fn optional(setting: Setting) -> Result<String, Failure> {
    match spin_sdk::variables::get(setting.name()).await {
        Err(spin_sdk::variables::Error::Undefined(_)) => Ok(String::new()),
        Err(error) => Err(Failure::new(
            Kind::Internal,
            format!("{setting} cannot be read: {error}"),
        )),
        Ok(text) => Ok(text),
    }
}

async fn variable(setting: Setting) -> Result<String, Failure> {
    spin_sdk::variables::get(setting.name())
        .await
        .map_err(|error| Failure::new(Kind::Internal, format!("{setting} cannot be read: {error}")))
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
        .map(|secret| String::from_utf8_lossy(&percent::decoded(secret.as_bytes())).into_owned())
        .collect();
    secrets.extend(decoded);
    secrets.retain(|secret| !secret.is_empty());
    // The longest first, so that no tail of one stays behind.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.iter().fold(message.to_owned(), |text, secret| {
        text.replace(secret.as_str(), "***")
    })
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, Whose, redact};

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
            (
                "mysql://h/d",
                Some(DatabaseUrl::MySql("mysql://h/d".into())),
            ),
            ("mysql:h", None),
            ("mariadb://h/d", None),
            ("host=h password=p", None),
        ];
        for (written, expected) in cases {
            let parsed = DatabaseUrl::parse(written, Whose::Main);
            assert_eq!(parsed.ok(), expected, "{written:?}");
        }
    }

    #[test]
    fn a_refused_url_is_not_repeated() {
        for whose in [Whose::Main, Whose::Origin, Whose::BetterAuth] {
            let refused = DatabaseUrl::parse("mongodb://root:hunter2@h/d", whose).map(|_| ());
            assert!(!format!("{refused:?}").contains("hunter2"));
        }
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
