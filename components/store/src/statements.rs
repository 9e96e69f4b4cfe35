//! Every SQL statement there is, one file a noun, the same text on both engines.
//!
//! What keeps them portable: `$n` parameters (SQLite takes them by name),
//! `ON CONFLICT`, `RETURNING` with scalar subqueries, `CASE` for the smaller of
//! two, a subquery for `LIMIT` on a delete. `docs/design/0003` says more.

pub(crate) mod access_tokens;
pub(crate) mod accounts;
pub(crate) mod app_grants;
pub(crate) mod counters;
pub(crate) mod origins;
pub(crate) mod schema;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod tenants;
pub(crate) mod user_sessions;
pub(crate) mod users;
pub(crate) mod verifications;

/// Whether a statement may run again when the connection broke during it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// Twice has the effect and the answer of once.
    Yes,
    /// The second run would answer otherwise (`conflict`, `spent`).
    No,
}

/// One statement.
pub(crate) struct Statement {
    pub(crate) text: &'static str,
    pub(crate) again: Again,
}

/// Statements that happen whole or not at all: `then` run for the rows that the guard
/// returns, whose first column they read as `id` of a table named `guard`. All share
/// one list of parameters.
pub(crate) struct Guarded {
    pub(crate) guard: &'static str,
    pub(crate) then: &'static [&'static str],
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{
        Guarded, Statement, access_tokens, accounts, app_grants, counters, origins, schema,
        sessions, sign_in, tenants, user_sessions, users, verifications,
    };
    use crate::sql::parameters_in_order;

    const STATEMENTS: &[&Statement] = &[
        &access_tokens::CREATE,
        &access_tokens::FIND,
        &access_tokens::FIND_FOR_APP,
        &access_tokens::LIST,
        &access_tokens::REVOKE,
        &access_tokens::SWEEP,
        &access_tokens::USED,
        &accounts::FIND_LINKED,
        &accounts::FIND_PASSWORD,
        &app_grants::GRANT,
        &app_grants::GRANTED,
        &app_grants::IS_GRANTED,
        &app_grants::REVOKE,
        &counters::SWEEP,
        &counters::TAKE,
        &origins::ALL,
        &origins::ALL_UNVERSIONED,
        &origins::EXPIRED,
        &origins::EXPIRED_UNVERSIONED,
        &origins::FIND,
        &origins::READY,
        &origins::REVISION,
        &origins::SCHEMA,
        &origins::FILL_HOST,
        &origins::FILL_NO_HOST,
        &origins::WITHOUT_HOST,
        &schema::APPLIED,
        &schema::OLDEST_PROGRAM,
        &sessions::END,
        &sessions::END_ALL,
        &sessions::END_OTHERS,
        &sessions::FIND,
        &sessions::FIND_FOR_APP,
        &sessions::RESUME,
        &sessions::RESUME_FOR_APP,
        &sessions::SWEEP,
        &sessions::SWEEP_IDLE,
        &tenants::ANYBODY,
        &tenants::ARRIVE,
        &user_sessions::END,
        &user_sessions::END_OTHERS,
        &user_sessions::FIND,
        &user_sessions::FIRST,
        &user_sessions::NEXT,
        &users::FIND,
        &users::FIND_BY_EMAIL,
        &users::FIND_HASH,
        &users::GRANTED_APPS,
        &users::RENAME,
        &users::STAY,
        &users::SWEEP,
        &users::WAYS,
        &verifications::SPEND,
        &verifications::SWEEP,
    ];
    const GUARDED: &[&Guarded] = &[
        &origins::INSERT,
        &origins::REMOVE,
        &origins::UPDATE,
        &sign_in::LINK,
        &sign_in::LINKED,
        &sign_in::LINKED_ANEW,
        &sign_in::PASSWORD,
        &sign_in::PASSWORD_REHASHED,
        &sign_in::RECLAIM,
        &sign_in::REGISTER,
        &sign_in::REGISTER_LINKED,
        &users::LEAVE,
        &users::LINK,
        &users::REMOVE_WAY,
        &users::SET_PASSWORD,
    ];

    pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
        let guarded = GUARDED
            .iter()
            .flat_map(|g| std::iter::once(g.guard).chain(g.then.to_vec()));
        STATEMENTS.iter().map(|s| s.text).chain(guarded)
    }

    #[test]
    fn nothing_but_parameters_is_written_with_a_dollar_and_no_value_is_quoted_but_password() {
        for text in texts() {
            let dollars = text.matches('$').count();
            let numbered = text
                .split('$')
                .skip(1)
                .filter(|piece| piece.starts_with(|c: char| c.is_ascii_digit()))
                .count();
            assert_eq!(dollars, numbered, "{text}");
            assert!(!text.replace("'password'", "").contains('\''), "{text}");
            assert!(!text.contains(';'), "one statement at a time: {text}");
        }
    }

    #[test]
    fn parameters_of_a_statement_have_no_gaps() {
        for Statement { text, .. } in STATEMENTS {
            let mut numbers = parameters_in_order(text);
            numbers.sort_unstable();
            assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{text}");
        }
        for Guarded { guard, then } in GUARDED {
            let mut numbers: Vec<_> = std::iter::once(guard)
                .chain(*then)
                .flat_map(|t| parameters_in_order(t))
                .collect();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{guard}");
        }
    }

    #[test]
    fn a_guard_returns_the_id_and_what_follows_reads_it() {
        for Guarded { guard, then } in GUARDED {
            let (_, returned) = guard.rsplit_once("RETURNING ").expect("a guard returns");
            let first = returned.split(',').next().map(str::trim);
            assert!(
                matches!(first, Some("id" | "name AS id" | "CAST($12 AS TEXT) AS id")),
                "{guard}"
            );
            assert!(!then.is_empty(), "{guard}");
            for text in *then {
                assert!(text.contains("FROM guard"), "{text}");
            }
        }
    }
}
