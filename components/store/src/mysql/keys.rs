//! By which columns is a row of a table found again? Those of its primary key.

const KEYS: [(&str, &[&str]); 29] = [
    ("auth_migrations", &["version"]),
    ("auth_users", &["id"]),
    ("auth_accounts", &["issuer", "subject"]),
    ("auth_sessions", &["token_digest"]),
    ("auth_verifications", &["purpose", "value_digest"]),
    ("auth_origins", &["name"]),
    ("auth_origins_revision", &["id"]),
    ("auth_app_grants", &["user_id", "app"]),
    ("auth_counters", &["purpose", "bucket_digest"]),
    ("auth_lockouts", &["whose_digest"]),
    ("auth_links", &["token_digest"]),
    ("auth_compatibility", &["id"]),
    ("auth_tenants", &["tenant"]),
    ("auth_authenticators", &["user_id"]),
    ("auth_recovery_codes", &["user_id", "code_digest"]),
    ("auth_passkeys", &["credential_id"]),
    ("auth_access_tokens", &["token_digest"]),
    ("auth_events", &["id"]),
    ("auth_groups", &["name"]),
    ("auth_group_members", &["group_name", "user_id"]),
    ("auth_invitations", &["token_digest"]),
    ("auth_invitation_groups", &["token_digest", "group_name"]),
    ("auth_invitation_apps", &["token_digest", "app"]),
    ("auth_outbox", &["id"]),
    ("auth_secrets", &["org", "name"]),
    ("auth_refreshes", &["token_digest"]),
    ("auth_secret_requests", &["id"]),
    ("auth_applications", &["org", "name"]),
    ("auth_variables", &["org", "application", "`key`"]),
];

/// Of the table, whatever its place: `x__auth_users` has those of `auth_users`.
pub(super) fn keys(table: &str) -> &'static [&'static str] {
    let bare = table.rsplit_once("__").map_or(table, |(_, bare)| bare);
    let known = KEYS.iter().find(|(table, _)| *table == bare);
    known.map_or(&[], |(_, keys)| keys)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{KEYS, keys};
    use crate::{
        migrations::MIGRATIONS,
        mysql::tokens::{behind, find, listed, stands, tokens},
        sql::statements,
        statements::schema,
    };

    /// A later table of the same name counts: tables are made anew under another name, and
    /// renamed.
    #[test]
    fn every_table_is_found_by_its_primary_key() {
        let mut primary: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let scripts = MIGRATIONS
            .iter()
            .flat_map(|migration| statements(migration.text));
        for text in std::iter::once(schema::CREATE_MIGRATIONS).chain(scripts) {
            let tokens = tokens(text);
            let renamed = |at: usize| tokens[at].text.clone();
            if stands(&tokens, 3, &["RENAME", "TO"]) {
                let keys = primary.remove(&renamed(2)).expect("a table of ours");
                primary.insert(renamed(5), keys);
            }
            if !stands(&tokens, 0, &["CREATE", "TABLE"]) {
                continue;
            }
            let open = find_open(&tokens);
            for column in listed(&tokens[open + 1..behind(&tokens, open) - 1]) {
                let Some(at) = find(column, &["PRIMARY"]) else {
                    continue;
                };
                let keys = match at {
                    0 => listed(&column[3..column.len() - 1])
                        .iter()
                        .map(|key| key[0].text.clone())
                        .collect(),
                    _ => vec![column[0].text.clone()],
                };
                primary.insert(tokens[open - 1].text.clone(), keys);
            }
        }
        assert_eq!(primary.len(), schema::TABLES.len());
        for (table, key) in primary {
            let known: Vec<_> = keys(&table).iter().map(|k| k.trim_matches('`')).collect();
            assert_eq!(known, key, "{table}");
        }
        assert_eq!(KEYS.len(), schema::TABLES.len());
        assert_eq!(keys("x__auth_users"), ["id"]);
        assert_eq!(keys("others"), [""; 0]);
    }

    fn find_open(tokens: &[crate::mysql::tokens::Token]) -> usize {
        let open = tokens.iter().position(|token| token.is("("));
        open.expect("columns")
    }
}
