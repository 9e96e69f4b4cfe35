//! What does a statement leave behind in its session? Whoever gets the connection next
//! must find none of it.

/// What the statements of a handle have left so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Leftover {
    /// A transaction that was begun by name.
    is_begun: bool,
    /// Every statement begins one.
    is_manual: bool,
    /// Settings, locks or tables that only the connection's end undoes.
    is_tainted: bool,
}

impl Leftover {
    /// Whether the connection is as it was new.
    pub(super) fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// What is left after one more.
    pub(super) fn after(self, statement: &str) -> Self {
        let plain: String = statement
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_ascii_uppercase();
        match plain.trim_end_matches(';') {
            "SETAUTOCOMMIT=0" => {
                return Self {
                    is_manual: true,
                    ..self
                };
            }
            // Commits, too.
            "SETAUTOCOMMIT=1" => {
                return Self {
                    is_manual: false,
                    is_begun: false,
                    ..self
                };
            }
            // For the next transaction alone.
            "SETTRANSACTIONISOLATIONLEVELREADCOMMITTED" if self.is_manual => return self,
            "BEGIN" | "STARTTRANSACTION" => {
                return Self {
                    is_begun: true,
                    ..self
                };
            }
            "COMMIT" | "ROLLBACK" => {
                return Self {
                    is_begun: false,
                    ..self
                };
            }
            _ => {}
        }
        let word = statement.split_whitespace().next().unwrap_or_default();
        // User variables, locks by name and temporary tables stay with the session.
        let stays = ["@", "GET_LOCK", "TEMPORARY", "LOCKTABLE", "LAST_INSERT_ID("]
            .iter()
            .any(|sign| plain.contains(sign));
        match word.to_ascii_uppercase().as_str() {
            "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "WITH" | "CREATE" | "ALTER"
            | "DROP"
                if !stays =>
            {
                self
            }
            _ => Self {
                is_tainted: true,
                ..self
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Leftover;

    fn after(statements: &[&str]) -> bool {
        let all = statements.iter();
        all.fold(Leftover::default(), |left, one| left.after(one))
            .is_nothing()
    }

    #[test]
    fn a_connection_is_as_new_after_statements_that_end_with_themselves() {
        for statements in [
            &[][..],
            &["SELECT 1", " insert into t values (1)", "\n DELETE FROM t"],
            &["CREATE TABLE t (a INT)", "DROP TABLE t"],
            &[
                "SET autocommit = 0",
                "UPDATE t SET a = 1",
                "COMMIT",
                "SET autocommit=1",
            ],
            &["set autocommit=0", "SELECT 1", "SET AUTOCOMMIT = 1;"],
            &[
                "SET autocommit = 0",
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
                "SET autocommit = 1",
            ],
            &["START TRANSACTION", "SELECT 1", "ROLLBACK"],
            &["BEGIN", "COMMIT"],
        ] {
            assert!(after(statements), "{statements:?}");
        }
    }

    #[test]
    fn whatever_else_is_left_is_seen() {
        for statements in [
            &["START TRANSACTION", "SELECT 1"][..],
            &["SET autocommit = 0", "COMMIT"],
            &["SET TRANSACTION ISOLATION LEVEL READ COMMITTED"],
            &["SET sql_mode = ''"],
            &["SET autocommit = 1, sql_mode = ''"],
            &["USE other"],
            &["SELECT GET_LOCK('x', 1)"],
            &["SELECT get_lock ('x', 1)"],
            &["SELECT @a := 1"],
            &["SELECT 1 INTO @a"],
            &["CREATE TEMPORARY TABLE t (a INT)"],
            &["LOCK TABLES t WRITE"],
            &["/* x */ SELECT 1"],
            &[""],
            &[
                "SELECT 1",
                "SET NAMES latin1",
                "SET autocommit = 1",
                "COMMIT",
            ],
        ] {
            assert!(!after(statements), "{statements:?}");
        }
    }
}
