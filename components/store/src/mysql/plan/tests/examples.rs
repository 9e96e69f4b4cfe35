//! What becomes of one.

use super::super::{Plan, Text};
use crate::{
    mysql::tokens::KEY,
    statements::{refreshes, sessions},
};

fn one_line(text: &Text) -> String {
    text.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_row_that_is_changed_and_returned_is_found_changed_by_its_key_and_read() {
    let plan = Plan::of(
        "UPDATE x__auth_users SET revision = revision + 1 \
         WHERE email = $2 AND $1 IN (SELECT user_id FROM auth_accounts) RETURNING id, email",
    );
    let Plan::Find {
        find,
        change,
        read: Some(read),
        is_read_first: false,
    } = plan
    else {
        panic!("{plan:?}");
    };
    assert_eq!(
        one_line(&find),
        "SELECT id FROM x__auth_users WHERE email = ? AND ? IN (SELECT user_id FROM auth_accounts) FOR UPDATE"
    );
    assert_eq!(find.order, [2, 1]);
    assert_eq!(
        one_line(&change),
        "UPDATE x__auth_users SET revision = revision + 1 WHERE TRUE AND x__auth_users.id = ?"
    );
    assert_eq!(change.order, [KEY]);
    assert_eq!(
        one_line(&read),
        "SELECT id, email FROM x__auth_users WHERE TRUE AND x__auth_users.id = ?"
    );
}

#[test]
fn what_goes_is_read_before() {
    let plan = Plan::of("DELETE FROM auth_links WHERE token_digest = $1 RETURNING email");
    let is_read_first = matches!(
        plan,
        Plan::Find {
            is_read_first: true,
            ..
        }
    );
    assert!(is_read_first, "{plan:?}");
}

#[test]
fn what_reads_the_table_that_it_changes_is_two() {
    let swept = Plan::of(sessions::SWEEP.text);
    let Plan::Find { find, read, .. } = &swept else {
        panic!("{swept:?}");
    };
    assert_eq!(*read, None);
    let find = one_line(find);
    assert!(
        find.contains("IN (SELECT * FROM (SELECT token_digest") && find.ends_with("FOR UPDATE"),
        "{find}"
    );
    let ended = Plan::of(sessions::END_ALL.text);
    assert!(
        matches!(ended, Plan::Change { unless: false, .. }),
        "{ended:?}"
    );
}

#[test]
fn a_row_that_may_be_there_is_changed_from_what_it_was_or_made() {
    let plan = Plan::of(
        "INSERT INTO auth_lockouts (whose_digest, failures, delay_seconds) VALUES ($1, 1, $2) \
         ON CONFLICT (whose_digest) DO UPDATE SET failures = auth_lockouts.failures + 1, \
         delay_seconds = auth_lockouts.failures * $2 RETURNING failures",
    );
    let Plan::Put {
        change,
        insert,
        read: Some(read),
    } = plan
    else {
        panic!("{plan:?}");
    };
    assert_eq!(
        one_line(&change),
        "UPDATE auth_lockouts JOIN (SELECT auth_lockouts.failures + 1 AS failures, \
         auth_lockouts.failures * ? AS delay_seconds FROM auth_lockouts WHERE TRUE \
         AND whose_digest = ? LIMIT 1 FOR UPDATE) AS computed SET auth_lockouts.failures = \
         computed.failures, auth_lockouts.delay_seconds = computed.delay_seconds WHERE TRUE \
         AND whose_digest = ?"
    );
    assert_eq!(change.order, [2, 1, 1]);
    assert_eq!(
        one_line(&insert),
        "INSERT INTO auth_lockouts (whose_digest, failures, delay_seconds) VALUES (?, 1, ?)"
    );
    assert_eq!(
        one_line(&read),
        "SELECT failures FROM auth_lockouts WHERE TRUE AND whose_digest = ?"
    );
}

#[test]
fn a_condition_on_the_row_that_is_there_is_minded() {
    let plan = Plan::of(refreshes::CLAIM.text);
    let Plan::Put {
        change,
        insert,
        read: None,
    } = plan
    else {
        panic!("{plan:?}");
    };
    let change = one_line(&change);
    assert!(
        change.contains("AND ((auth_refreshes.outcome IS NULL")
            && change.contains("LIMIT 1 FOR UPDATE"),
        "{change}"
    );
    assert!(!insert.text.contains("WHERE"), "{insert:?}");
}

#[test]
fn nothing_happens_where_the_columns_that_are_named_are_taken() {
    let plan = Plan::of(
        "INSERT INTO auth_users (id, email) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING RETURNING id",
    );
    let Plan::Make {
        insert,
        taken: Some(taken),
        read,
    } = plan
    else {
        panic!("{plan:?}");
    };
    assert_eq!(
        one_line(&insert),
        "INSERT INTO auth_users (id, email) VALUES (?, ?)"
    );
    assert_eq!(
        one_line(&taken),
        "SELECT 1 FROM auth_users WHERE TRUE AND email = ?"
    );
    assert_eq!(taken.order, [2]);
    assert_eq!(
        one_line(&read),
        "SELECT id FROM auth_users WHERE TRUE AND id = ?"
    );
}
