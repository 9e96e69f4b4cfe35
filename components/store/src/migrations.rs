//! Which changes of the schema are there? The files of `migrations/`, in order.

/// One file of `migrations/`.
#[derive(Debug)]
pub(crate) struct Migration {
    pub(crate) version: u32,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    pub(crate) scope: Scope,
}

/// Where a migration belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Wherever users and sessions are: `NNNN_name.sql`.
    EveryPlace,
    /// Where the origins are listed, among the tables that `database_url` alone
    /// leads to: `NNNN_name.main.sql`. It shares no table with the others, so
    /// that it may come late: a place can become the main one.
    MainPlace,
}

/// In order, without gaps. Forward only: a migration that was released never changes.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "users",
        text: include_str!("../../../migrations/0001_users.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 2,
        name: "accounts",
        text: include_str!("../../../migrations/0002_accounts.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 3,
        name: "sessions",
        text: include_str!("../../../migrations/0003_sessions.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 4,
        name: "verifications",
        text: include_str!("../../../migrations/0004_verifications.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 5,
        name: "origins",
        text: include_str!("../../../migrations/0005_origins.main.sql"),
        scope: Scope::MainPlace,
    },
    Migration {
        version: 6,
        name: "app_grants",
        text: include_str!("../../../migrations/0006_app_grants.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 7,
        name: "user_revisions",
        text: include_str!("../../../migrations/0007_user_revisions.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 8,
        name: "sessions_of_users",
        text: include_str!("../../../migrations/0008_sessions_of_users.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 9,
        name: "accounts_by_issuer",
        text: include_str!("../../../migrations/0009_accounts_by_issuer.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 10,
        name: "counters",
        text: include_str!("../../../migrations/0010_counters.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 11,
        name: "vouched_emails",
        text: include_str!("../../../migrations/0011_vouched_emails.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 12,
        name: "tenants",
        text: include_str!("../../../migrations/0012_tenants.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 13,
        name: "origins_apart",
        text: include_str!("../../../migrations/0013_origins_apart.main.sql"),
        scope: Scope::MainPlace,
    },
    Migration {
        version: 14,
        name: "sessions_idle",
        text: include_str!("../../../migrations/0014_sessions_idle.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 15,
        name: COMPATIBILITY,
        text: include_str!("../../../migrations/0015_compatibility.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 16,
        name: "events",
        text: include_str!("../../../migrations/0016_events.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 17,
        name: "limits",
        text: include_str!("../../../migrations/0017_limits.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 18,
        name: "operators",
        text: include_str!("../../../migrations/0018_operators.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 19,
        name: "outbox",
        text: include_str!("../../../migrations/0019_outbox.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 20,
        name: "links",
        text: include_str!("../../../migrations/0020_links.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 21,
        name: "browsers",
        text: include_str!("../../../migrations/0021_browsers.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 22,
        name: "access_tokens",
        text: include_str!("../../../migrations/0022_access_tokens.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 23,
        name: "own_accounts",
        text: include_str!("../../../migrations/0023_own_accounts.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 24,
        name: "factors",
        text: include_str!("../../../migrations/0024_factors.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 25,
        name: "vault",
        text: include_str!("../../../migrations/0025_vault.main.sql"),
        scope: Scope::MainPlace,
    },
    Migration {
        version: 26,
        name: "provider_groups",
        text: include_str!("../../../migrations/0026_provider_groups.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 27,
        name: "refreshes",
        text: include_str!("../../../migrations/0027_refreshes.main.sql"),
        scope: Scope::MainPlace,
    },
    Migration {
        version: 28,
        name: "provider_tokens",
        text: include_str!("../../../migrations/0028_provider_tokens.sql"),
        scope: Scope::EveryPlace,
    },
    Migration {
        version: 29,
        name: "provider_sessions",
        text: include_str!("../../../migrations/0029_provider_sessions.sql"),
        scope: Scope::EveryPlace,
    },
];

/// The migration that brings the row in which the oldest program stands.
const COMPATIBILITY: &str = "compatibility";

/// How a migration begins that programs before it miss nothing of.
const ADDITIVE: &str = "-- Additive:";

impl Migration {
    /// Whether programs that do not know it cannot go on.
    pub(crate) fn is_breaking(&self) -> bool {
        !self.text.starts_with(ADDITIVE)
    }

    /// Whether it raises the version below which no program can go on: not where that
    /// is not kept yet.
    pub(crate) fn raises_oldest_program(&self) -> bool {
        let since = MIGRATIONS.iter().find(|one| one.name == COMPATIBILITY);
        self.is_breaking() && since.is_some_and(|since| since.version <= self.version)
    }
}

/// The schema that this program knows.
pub(crate) const KNOWN: u32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::{MIGRATIONS, Migration, Scope};
    use crate::{sql::statements, statements::schema::TABLES};

    #[test]
    fn the_list_is_the_folder_in_order_without_gaps() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
        let files: BTreeSet<String> = fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| {
                entry
                    .expect("readable")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect();
        let listed: BTreeSet<String> = MIGRATIONS
            .iter()
            .map(|migration| {
                let scope = match migration.scope {
                    Scope::EveryPlace => "",
                    Scope::MainPlace => ".main",
                };
                format!("{:04}_{}{scope}.sql", migration.version, migration.name)
            })
            .collect();
        assert_eq!(files, listed);
        for (migration, version) in MIGRATIONS.iter().zip(1..) {
            assert_eq!(migration.version, version, "{}", migration.name);
        }
    }

    #[test]
    fn migrations_hold_only_what_splits_and_runs_on_both_engines() {
        let allowed = [
            "CREATE TABLE ",
            "CREATE INDEX ",
            "CREATE UNIQUE INDEX ",
            "ALTER TABLE ",
        ];
        let allowed = allowed
            .iter()
            .chain(&["INSERT INTO ", "UPDATE ", "DELETE FROM ", "DROP "]);
        for migration in MIGRATIONS {
            assert!(
                !migration.text.contains('$'),
                "{}: no dollar quotes",
                migration.name
            );
            assert_ne!(statements(migration.text).count(), 0, "{}", migration.name);
            for statement in statements(migration.text) {
                let known = allowed.clone().any(|start| statement.starts_with(start));
                assert!(known, "{}: {statement}", migration.name);
            }
        }
    }

    #[test]
    fn every_table_that_a_migration_makes_is_dropped_with_its_place() {
        let mut there = BTreeSet::from(["auth_migrations"]);
        for statement in MIGRATIONS.iter().flat_map(|m| statements(m.text)) {
            let words: Vec<&str> = statement.split_whitespace().collect();
            match words[..] {
                ["CREATE", "TABLE", made, ..] => assert!(there.insert(made), "{made}"),
                ["DROP", "TABLE", dropped] => assert!(there.remove(dropped), "{dropped}"),
                ["ALTER", "TABLE", old, "RENAME", "TO", new] => {
                    assert!(there.remove(old) && there.insert(new), "{statement}");
                }
                _ => {}
            }
        }
        assert_eq!(there, BTreeSet::from_iter(TABLES.iter().copied()));
    }

    #[test]
    fn a_migration_of_the_main_place_shares_no_table_with_the_others() {
        for main in MIGRATIONS.iter().filter(|m| m.scope == Scope::MainPlace) {
            for other in MIGRATIONS.iter().filter(|m| m.scope == Scope::EveryPlace) {
                for table in tables(main) {
                    assert!(!other.text.contains(table), "{}: {table}", other.name);
                }
                for table in tables(other) {
                    assert!(!main.text.contains(table), "{}: {table}", main.name);
                }
            }
        }
    }

    fn tables(migration: &'static Migration) -> impl Iterator<Item = &'static str> {
        statements(migration.text)
            .filter_map(|statement| statement.strip_prefix("CREATE TABLE "))
            .filter_map(|rest| rest.split_whitespace().next())
    }
}
