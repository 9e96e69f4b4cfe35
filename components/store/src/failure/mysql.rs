//! By the number of the server's error, in the words of MySQL's driver:
//! <https://mariadb.com/kb/en/mariadb-error-code-reference/>,
//! <https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html>.

use super::{Failure, Kind};

impl Failure {
    /// The driver's text is all that `spin:mysql` passes on: `Server(ServerError { code:
    /// 1062, message: "…", state: "23000" })`, or of whoever knocks `… (error 1045,
    /// SQLSTATE 28000)`.
    pub(crate) fn from_mysql_text(text: &str) -> Self {
        let Some(code) = code(text) else {
            return Self::new(without_code(text), text);
        };
        let kind = match code {
            // A key that is there, one that is referred to, one that is not there.
            "1062" | "1451" | "1452" | "1216" | "1217" => Kind::Conflict,
            // No such table, column or database.
            "1146" | "1054" | "1049" => Kind::Missing,
            // A deadlock; a row that has changed under a snapshot; the server is shutting
            // down; somebody else's table is new.
            "1213" | "1020" | "1053" | "1412" => Kind::Undone,
            // A lock waited for too long; no seats; killed; a limit of time.
            "1205" | "1040" | "1203" | "1226" | "1317" | "1927" | "3024" | "1969" => {
                Kind::Unavailable
            }
            // The server, the transaction, the engine is read-only.
            "1290" | "1792" | "1836" => Kind::ReadOnly,
            "1021" | "1114" => Kind::Full,
            _ => Kind::Internal,
        };
        let message = message(text);
        let detail = match code {
            // They quote the data.
            "1292" | "1366" | "1264" | "1265" | "1411" => "data exception".to_owned(),
            // In whatever language: what is quoted last is the key, and before it is data.
            "1062" => match message.rsplit('\'').nth(1) {
                Some(key) => format!("Duplicate entry for key '{key}'"),
                None => "Duplicate entry".to_owned(),
            },
            _ => message,
        };
        Self {
            kind,
            code: Some(code.to_owned()),
            detail,
        }
    }
}

/// The server said nothing: the connection broke, or was none.
fn without_code(text: &str) -> Kind {
    if text.contains("timeout") {
        return Kind::Unavailable;
    }
    let broken = ["Io(", "ConnectionClosed"];
    match broken.iter().any(|sign| text.contains(sign)) {
        true => Kind::Broken,
        false => Kind::Internal,
    }
}

fn code(text: &str) -> Option<&str> {
    let (_, rest) = text
        .split_once("ServerError { code: ")
        .or_else(|| text.rsplit_once("(error "))?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    (end > 0).then(|| &rest[..end])
}

/// What the server said, without the driver's words around it.
fn message(text: &str) -> String {
    let said = text
        .split_once(", message: \"")
        .and_then(|(_, rest)| rest.rsplit_once("\", state: "))
        .map(|(said, _)| said.replace("\\\"", "\"").replace("\\\\", "\\"));
    said.unwrap_or_else(|| match text.rsplit_once(" (error ") {
        Some((said, _)) => said.to_owned(),
        None => text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Failure, Kind};

    fn said(code: u16, message: &str) -> Failure {
        Failure::from_mysql_text(&format!(
            "Server(ServerError {{ code: {code}, message: {message:?}, state: \"HY000\" }})"
        ))
    }

    #[test]
    fn every_number_that_somebody_acts_on_has_its_kind() {
        let cases = [
            (1062, Kind::Conflict),
            (1451, Kind::Conflict),
            (1452, Kind::Conflict),
            (1146, Kind::Missing),
            (1054, Kind::Missing),
            (1213, Kind::Undone),
            (1020, Kind::Undone),
            (1053, Kind::Undone),
            (1205, Kind::Unavailable),
            (1040, Kind::Unavailable),
            (1290, Kind::ReadOnly),
            (1792, Kind::ReadOnly),
            (1114, Kind::Full),
            (1064, Kind::Internal),
            (1142, Kind::Internal),
            (4025, Kind::Internal),
        ];
        for (code, kind) in cases {
            assert_eq!(said(code, "m").kind, kind, "{code}");
        }
        let refused = "db.example:3306 refuses: Access denied (error 1045, SQLSTATE 28000)";
        let refused = Failure::from_mysql_text(refused);
        assert_eq!(refused.code.as_deref(), Some("1045"));
        assert_eq!(refused.kind, Kind::Internal);
        assert_eq!(
            refused.to_string(),
            "db.example:3306 refuses: Access denied (error 1045)"
        );
    }

    #[test]
    fn a_connection_that_broke_is_told_from_a_wrong_statement() {
        let cases = [
            (
                "Io(Io(Os { code: 104, kind: ConnectionReset }))",
                Kind::Broken,
            ),
            ("Driver(ConnectionClosed)", Kind::Broken),
            (
                "timeout waiting for server: it has fallen silent",
                Kind::Unavailable,
            ),
            ("Driver(StmtParamsMismatch { .. })", Kind::Internal),
        ];
        for (text, kind) in cases {
            assert_eq!(Failure::from_mysql_text(text).kind, kind, "{text}");
        }
    }

    #[test]
    fn an_operator_reads_what_the_server_said_and_no_data() {
        let denied = said(1142, "CREATE command denied to user \"u\"");
        assert_eq!(
            denied.to_string(),
            "CREATE command denied to user \"u\" (error 1142)"
        );
        let entry = "Duplicate entry 'x for key 'PRIMARY'' for key 'auth_users.email'";
        let taken = said(1062, entry);
        assert_eq!(taken.detail, "Duplicate entry for key 'auth_users.email'");
        let german = said(1062, "Doppelter Eintrag 'x' für Schlüssel 'PRIMARY'");
        assert_eq!(german.detail, "Duplicate entry for key 'PRIMARY'");
        for code in [1292, 1366] {
            assert!(
                !said(code, "Incorrect value: 'hunter2'")
                    .detail
                    .contains("hunter2")
            );
        }
    }
}
