//! Will a server do? Which it is, and how it is set.

use super::{MySql, link::Link};
use crate::failure::{Failure, Kind};

/// What is asked of every server.
const ASKED: &str = "SELECT VERSION(), @@sql_mode, @@character_set_client, \
    CONCAT_WS(',', IF(@@foreign_key_checks = 1, NULL, 'foreign_key_checks = 0'), \
    IF(@@autocommit = 1, NULL, 'autocommit = 0'), \
    IF(@@log_bin = 1 AND @@binlog_format = 'STATEMENT', 'binlog_format = STATEMENT', NULL))";

/// The first of each program that has all that our tables are made of: checks, defaults that
/// are expressions, a collation by bytes in which each space counts.
const MARIADB_MIN: [u32; 3] = [10, 6, 0];
const MYSQL_MIN: [u32; 3] = [8, 0, 17];

/// One of these keeps values from being cut short.
const STRICT: [&str; 2] = ["STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"];
/// With each of these our statements mean something else.
const OTHER_MEANING: [&str; 4] = [
    "ORACLE",
    "EMPTY_STRING_IS_NULL",
    "HIGH_NOT_PRECEDENCE",
    "ANSI_QUOTES",
];

/// By it the host knows that waiting is in vain.
const UNFIT: &str = "this server will not do: ";

/// One that will do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// As people call it: `MariaDB 10.11.6`.
    name: String,
    /// By which texts are told apart: byte by byte, each space counting.
    pub(super) collation: &'static str,
}

impl MySql {
    /// The program and its version.
    pub(crate) async fn server(&self) -> Result<String, Failure> {
        let link = Link::open(&self.url).await?;
        Ok(link.server().await?.name)
    }
}

impl Link {
    pub(super) async fn server(&self) -> Result<Server, Failure> {
        let rows = self.rows(ASKED, &[]).await?;
        let row = rows.into_iter().next();
        let mut row = row.ok_or_else(|| Failure::internal("the database has no version"))?;
        let (version, mode, charset) = (row.text()?, row.text()?, row.text()?);
        let unfit = row.text()?;
        Server::judge(&version, &mode, &charset, &unfit)
            .map_err(|problem| Failure::new(Kind::Schema, format!("{UNFIT}{problem}")))
    }
}

impl Server {
    /// `unfit`: settings that each alone will not do, separated by commas.
    fn judge(version: &str, mode: &str, charset: &str, unfit: &str) -> Result<Self, String> {
        let number = version.split(['-', ' ']).next().unwrap_or_default();
        let (program, least, collation) = match version.contains("MariaDB") {
            true => ("MariaDB", MARIADB_MIN, "utf8mb4_nopad_bin"),
            false => ("MySQL", MYSQL_MIN, "utf8mb4_0900_bin"),
        };
        let name = format!("{program} {number}");
        if parts(number) < least {
            let [major, minor, patch] = least;
            return Err(format!(
                "{name} is too old: users are kept in {program} {major}.{minor}.{patch} or later"
            ));
        }
        let modes: Vec<_> = mode.split(',').collect();
        if !modes.iter().any(|mode| STRICT.contains(mode)) {
            return Err(format!(
                "the sql_mode of this {name} lacks STRICT_TRANS_TABLES, so it would cut values short: add it in the server's configuration"
            ));
        }
        if let Some(other) = modes.iter().find(|mode| OTHER_MEANING.contains(mode)) {
            return Err(format!(
                "the sql_mode of this {name} has {other}, with which statements mean something else: take it out of the server's configuration"
            ));
        }
        if charset != "utf8mb4" {
            return Err(format!(
                "this {name} speaks {charset} with everybody, which has not every character: set character_set_server to utf8mb4, and take SET NAMES out of init_connect and skip-character-set-client-handshake out of the server's configuration"
            ));
        }
        if !unfit.is_empty() {
            return Err(format!(
                "this {name} has {unfit} for everybody: references would not be minded, changes be lost, or none be taken; take it out of the server's configuration and of init_connect"
            ));
        }
        Ok(Self { name, collation })
    }
}

/// Of `10.11.6`; what is no number counts as 0.
fn parts(number: &str) -> [u32; 3] {
    let mut parts = number.split('.').map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::Server;

    const STRICT: &str = "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION";

    fn judged(version: &str, mode: &str, charset: &str) -> Result<(String, &'static str), String> {
        let server = Server::judge(version, mode, charset, "")?;
        Ok((server.name, server.collation))
    }

    #[test]
    fn a_server_is_called_by_its_program_and_has_that_ones_collation() {
        for (version, name, collation) in [
            (
                "10.11.6-MariaDB-0+deb12u1",
                "MariaDB 10.11.6",
                "utf8mb4_nopad_bin",
            ),
            ("10.6.0-MariaDB", "MariaDB 10.6.0", "utf8mb4_nopad_bin"),
            ("11.8.3-MariaDB-log", "MariaDB 11.8.3", "utf8mb4_nopad_bin"),
            ("8.0.17", "MySQL 8.0.17", "utf8mb4_0900_bin"),
            ("8.4.2-0ubuntu1", "MySQL 8.4.2", "utf8mb4_0900_bin"),
            ("9.1.0", "MySQL 9.1.0", "utf8mb4_0900_bin"),
        ] {
            let judged = judged(version, STRICT, "utf8mb4");
            assert_eq!(judged, Ok((name.to_owned(), collation)), "{version}");
        }
    }

    #[test]
    fn a_server_that_will_not_do_is_told_what_would() {
        for (version, mode, charset, mend) in [
            (
                "10.5.27-MariaDB",
                STRICT,
                "utf8mb4",
                "MariaDB 10.6.0 or later",
            ),
            ("5.7.44-log", STRICT, "utf8mb4", "MySQL 8.0.17 or later"),
            ("8.0.16", STRICT, "utf8mb4", "MySQL 8.0.17 or later"),
            (
                "5.7.25-TiDB-v7.1.0",
                STRICT,
                "utf8mb4",
                "MySQL 8.0.17 or later",
            ),
            ("nonsense", STRICT, "utf8mb4", "MySQL 8.0.17 or later"),
            ("10.11.6-MariaDB", "", "utf8mb4", "add it in"),
            (
                "10.11.6-MariaDB",
                "NO_ENGINE_SUBSTITUTION",
                "utf8mb4",
                "STRICT_TRANS_TABLES",
            ),
            (
                "10.11.6-MariaDB",
                "STRICT_ALL_TABLES,EMPTY_STRING_IS_NULL",
                "utf8mb4",
                "has EMPTY_STRING_IS_NULL",
            ),
            (
                "8.0.36",
                "ANSI_QUOTES,STRICT_ALL_TABLES",
                "utf8mb4",
                "has ANSI_QUOTES",
            ),
            (
                "10.11.6-MariaDB",
                STRICT,
                "latin1",
                "character_set_server to utf8mb4",
            ),
        ] {
            let problem = judged(version, mode, charset).expect_err(version);
            assert!(problem.contains(mend), "{problem}");
        }
        let unfit = "foreign_key_checks = 0,autocommit = 0";
        let problem = Server::judge("8.4.2", STRICT, "utf8mb4", unfit).expect_err(unfit);
        assert!(problem.contains(unfit), "{problem}");
    }
}
