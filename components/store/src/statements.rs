//! Every SQL statement there is, one file a noun, the same text on every engine. On MySQL
//! it is turned into what that runs (`mysql`).
//!
//! What keeps them portable: `$n` parameters (SQLite takes them by name),
//! `ON CONFLICT`, `RETURNING` with scalar subqueries, `CASE` for the smaller of
//! two, a subquery for `LIMIT` on a delete. `docs/design/0003` says more.

pub(crate) mod access_tokens;
pub(crate) mod accounts;
pub(crate) mod app_grants;
pub(crate) mod audit;
pub(crate) mod factors;
pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod limits;
pub(crate) mod links;
pub(crate) mod mailed;
pub(crate) mod origins;
pub(crate) mod outbox;
pub(crate) mod own_account;
pub(crate) mod provider_tokens;
pub(crate) mod refreshes;
pub(crate) mod schema;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod tenants;
pub(crate) mod user_sessions;
pub(crate) mod users;
pub(crate) mod vault;
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
/// one list of parameters. Where one of `then` returns a row and finds none, nothing has
/// happened: a conflict.
pub(crate) struct Guarded {
    pub(crate) guard: &'static str,
    pub(crate) then: &'static [&'static str],
}

/// Whether nothing has happened where this step of a guarded change returns no row.
pub(crate) fn is_required(step: &str) -> bool {
    step.contains("RETURNING")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{
        Guarded, Statement, access_tokens, accounts, app_grants, audit, factors, groups,
        invitations, limits, links, mailed, origins, outbox, own_account, provider_tokens,
        refreshes, schema, sessions, sign_in, tenants, user_sessions, users,
        vault::{self, applications, requests, secrets, variables},
        verifications,
    };
    use crate::sql::parameters_in_order;

    const STATEMENTS: &[&Statement] = &[
        &access_tokens::END_ALL,
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
        &factors::FIND,
        &factors::FIND_PASSKEY,
        &factors::PASSKEYS,
        &factors::RENAME_PASSKEY,
        &factors::RESEAL_AUTHENTICATOR,
        &factors::USE_AUTHENTICATOR,
        &factors::IS_CHALLENGE_SPENT,
        &factors::USE_RECOVERY_CODE,
        &audit::APPEND,
        &audit::COUNT,
        &audit::EVENTS,
        &audit::EVENTS_OF_USER,
        &audit::FORGET,
        &groups::CREATE,
        &groups::DELETE,
        &groups::IS_THERE,
        &groups::LISTED,
        &groups::MEMBERS,
        &groups::MEMBER_OF,
        &groups::WITHDRAW,
        &invitations::FIND,
        &invitations::FIND_BY_EMAIL,
        &invitations::INSERT,
        &invitations::INTO_GROUP,
        &invitations::OPEN,
        &invitations::REPLACE,
        &invitations::SWEEP,
        &invitations::WITHDRAW,
        &invitations::WITHDRAW_OPEN,
        &invitations::WITH_APP,
        &limits::FORGET,
        &limits::FORGET_LOCKOUT,
        &limits::SHUT,
        &limits::SWEEP,
        &limits::SWEEP_LOCKOUTS,
        &links::FIND,
        &links::SWEEP,
        &links::TRY_CODE,
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
        &outbox::AGAIN,
        &outbox::QUEUE,
        &outbox::REMOVE,
        &outbox::FORGET,
        &outbox::TAKE_UP,
        &outbox::WAITING,
        &outbox::WHY,
        &schema::APPLIED,
        &schema::OLDEST_PROGRAM,
        &sessions::END,
        &sessions::END_ALL,
        &sessions::END_OTHERS,
        &sessions::FIND,
        &sessions::FIND_FOR_APP,
        &sessions::RESUME.whole,
        &sessions::RESUME.find,
        &sessions::RESUME.slide,
        &sessions::RESUME_FOR_APP.whole,
        &sessions::RESUME_FOR_APP.find,
        &sessions::RUNNING,
        &sessions::RUNNING_OF_USER,
        &sessions::SWEEP,
        &sessions::SWEEP_IDLE,
        &tenants::ANYBODY,
        &tenants::ARRIVE,
        &user_sessions::END,
        &user_sessions::END_OTHERS,
        &user_sessions::END_PROVIDER_ACCOUNT,
        &user_sessions::END_PROVIDER_SESSION,
        &user_sessions::FIND,
        &user_sessions::FIRST,
        &user_sessions::NEXT,
        &own_account::FIND,
        &own_account::GRANTED_APPS,
        &own_account::RENAME,
        &own_account::STAY,
        &own_account::SWEEP,
        &own_account::WAYS,
        &provider_tokens::FORGET,
        &provider_tokens::KEEP,
        &provider_tokens::OF_ACCOUNT,
        &provider_tokens::OF_SESSION,
        &provider_tokens::REPLACE,
        &provider_tokens::TAKE,
        &provider_tokens::UNUSED,
        &refreshes::CLAIM,
        &refreshes::FIND,
        &refreshes::RELEASE,
        &refreshes::SETTLE,
        &refreshes::SWEEP,
        &users::DELETE,
        &users::DISABLE,
        &users::ENABLE,
        &users::FIND_BY_EMAIL,
        &users::FIND_BY_ID,
        &users::LISTED,
        &users::LISTED_BY_EMAIL,
        &users::LISTED_BY_ID,
        &users::WAYS_IN,
        &applications::ADD,
        &applications::COUNT,
        &applications::LIST,
        &requests::ADD,
        &requests::COUNT,
        &requests::FIND,
        &requests::FIND_BY_TOKEN,
        &requests::LIST,
        &requests::SWEEP,
        &secrets::ADD,
        &secrets::CHANGE,
        &secrets::COUNT,
        &secrets::DELETE,
        &secrets::FIND,
        &secrets::LIST,
        &secrets::RESEAL,
        &secrets::SEALED,
        &secrets::SWEEP,
        &variables::COUNT,
        &variables::DELETE,
        &variables::FIND,
        &variables::LIST,
        &variables::LIST_OF_APPLICATION,
        &variables::RESEAL,
        &variables::SEALED,
        &verifications::KEEP,
        &verifications::KNOWN,
        &verifications::SPEND,
        &verifications::SWEEP,
    ];
    const GUARDED: &[&Guarded] = &[
        &access_tokens::CREATE,
        &factors::ADD_AUTHENTICATOR,
        &factors::ADD_PASSKEY,
        &factors::REMOVE_AUTHENTICATOR,
        &factors::REMOVE_PASSKEY,
        &factors::RESET,
        &factors::SET_RECOVERY_CODES,
        &factors::USE_PASSKEY,
        &groups::ADD,
        &groups::REMOVE,
        &links::KEEP,
        &mailed::RECLAIM,
        &mailed::REGISTER,
        &mailed::SIGN_IN,
        &origins::INSERT,
        &origins::REMOVE,
        &origins::UPDATE,
        &provider_tokens::END,
        &sign_in::LINK,
        &sign_in::LINKED,
        &sign_in::LINKED_ANEW,
        &sign_in::MAILBOX,
        &sign_in::PASSKEY,
        &sign_in::PASSWORD,
        &sign_in::PASSWORD_REHASHED,
        &sign_in::RECLAIM,
        &sign_in::REGISTER,
        &sign_in::REGISTER_INVITED,
        &sign_in::REGISTER_LINKED,
        &own_account::LEAVE,
        &own_account::LINK,
        &own_account::REMOVE_WAY,
        &own_account::CHANGE_EMAIL,
        &own_account::SET_PASSWORD,
        &own_account::TAKE_BACK_EMAIL,
        &sign_in::REGISTER_LINKED_INVITED,
        &users::INSERT,
        &secrets::ADD_BY_REQUEST,
        &secrets::CHANGE_BY_REQUEST,
    ];

    /// What runs as a step of several.
    fn steps() -> impl Iterator<Item = &'static str> {
        let vault = vault::STEPS.iter();
        limits::STEPS
            .iter()
            .chain(vault)
            .chain([&audit::APPEND_STEP, &audit::APPEND_BESIDE])
            .copied()
    }

    pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
        let guarded = GUARDED
            .iter()
            .flat_map(|g| std::iter::once(g.guard).chain(g.then.to_vec()));
        STATEMENTS
            .iter()
            .map(|s| s.text)
            .chain(guarded)
            .chain(steps())
    }

    /// However many ways in there come to be.
    #[test]
    fn nobody_signs_in_who_is_switched_off_or_leaving() {
        // A user who is new is neither.
        let begins = |one: &&&Guarded| {
            let inserts = |step: &&str| step.contains("INSERT INTO auth_sessions");
            one.guard.contains("sessions_begun = sessions_begun + 1")
                && one.then.iter().any(inserts)
        };
        let beginning: Vec<_> = GUARDED.iter().filter(begins).collect();
        assert!(beginning.len() >= 8, "{}", beginning.len());
        for one in beginning {
            let guard = one.guard.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(
                guard.contains("disabled_at IS NULL AND leaves_at IS NULL"),
                "{guard}"
            );
        }
    }

    #[test]
    fn nothing_but_parameters_is_written_with_a_dollar_and_no_value_is_quoted_but_an_issuer_of_ours()
     {
        for text in texts() {
            let dollars = text.matches('$').count();
            let numbered = text
                .split('$')
                .skip(1)
                .filter(|piece| piece.starts_with(|c: char| c.is_ascii_digit()))
                .count();
            assert_eq!(dollars, numbered, "{text}");
            let without = ["'password'", "'passkey'", "'email'", "''"]
                .iter()
                .fold(text.to_owned(), |text, known| text.replace(known, ""));
            assert!(!without.contains('\''), "{text}");
            assert!(!text.contains(';'), "one statement at a time: {text}");
        }
    }

    #[test]
    fn parameters_of_a_statement_have_no_gaps() {
        let alone = STATEMENTS.iter().map(|statement| statement.text);
        for text in alone.chain(steps()) {
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
                matches!(
                    first,
                    Some(
                        "id" | "name AS id"
                            | "user_id AS id"
                            | "email AS id"
                            | "credential_id AS id"
                            | "CAST($8 AS TEXT) AS id"
                            | "CAST($10 AS TEXT) AS id"
                            | "CAST($12 AS TEXT) AS id"
                    )
                ),
                "{guard}"
            );
            assert!(!then.is_empty(), "{guard}");
            for text in *then {
                assert!(text.contains("FROM guard"), "{text}");
            }
        }
    }
}
