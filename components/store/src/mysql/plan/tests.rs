//! Of every statement that there is.

mod examples;

use super::{Plan, Text};
use crate::{
    mysql::tokens::{self, Token, behind, find, listed, stands},
    sql::Kind,
    statements::{Statement, refreshes, schema, sessions, tests::texts},
};

/// Words that one of ours is written with and none of theirs.
const OURS: [&str; 9] = [
    "RETURNING",
    "CONFLICT",
    "NOTHING",
    "excluded",
    "guard",
    "before",
    "BYTEA",
    "BIGINT",
    "BOOLEAN",
];

fn all() -> impl Iterator<Item = &'static str> {
    let schema = [
        schema::APPLIED.text,
        schema::IS_APPLIED,
        schema::RAISE_OLDEST_PROGRAM,
        schema::RECORD,
    ];
    let resumes = [&sessions::RESUME, &sessions::RESUME_FOR_APP];
    let resumes = resumes
        .into_iter()
        .flat_map(|resume| [resume.find.text, resume.slide.text]);
    let refreshes = [
        &refreshes::CLAIM,
        &refreshes::FIND,
        &refreshes::SETTLE,
        &refreshes::RELEASE,
        &refreshes::SWEEP,
    ];
    // What a server does in one round trip: here it takes two.
    let whole = |text: &&str| !text.trim_start().starts_with("WITH slid AS");
    texts()
        .filter(whole)
        .chain(schema)
        .chain(resumes)
        .chain(refreshes.map(|statement: &Statement| statement.text))
}

fn parts(plan: &Plan) -> Vec<&Text> {
    match plan {
        Plan::Read(text) | Plan::Change { text, .. } => vec![text],
        Plan::Make {
            insert,
            taken,
            read,
        } => [insert, read].into_iter().chain(taken).collect(),
        Plan::Put {
            change,
            insert,
            read,
        } => [change, insert].into_iter().chain(read).collect(),
        Plan::Find {
            find, change, read, ..
        } => [find, change].into_iter().chain(read).collect(),
    }
}

#[test]
fn no_statement_keeps_a_word_that_they_do_not_have() {
    for text in all() {
        for part in parts(&Plan::of(text)) {
            let tokens = tokens::tokens(&part.text);
            let left = tokens.iter().find(|token| OURS.contains(&&*token.text));
            // Of a subquery that stands for the table.
            let is_own = left.is_none_or(|word| {
                word.is("guard") && part.text.contains("AS guard") && !part.text.contains("guard.")
            });
            assert!(is_own, "{left:?} in {}", part.text);
            assert_eq!(part.text.matches('?').count(), part.order.len());
        }
    }
}

#[test]
fn what_returns_rows_reads_them_by_a_key() {
    let mut returning = 0;
    for text in all() {
        let ours = tokens::tokens(text);
        let is_returning = find(&ours, &["RETURNING"]).is_some();
        returning += usize::from(is_returning);
        let read = match Plan::of(text) {
            Plan::Make { read, .. }
            | Plan::Put {
                read: Some(read), ..
            }
            | Plan::Find {
                read: Some(read), ..
            } => Some(read),
            _ => None,
        };
        assert_eq!(read.is_some(), is_returning, "{text}");
        if let Some(read) = read {
            assert!(
                read.text.contains(" = ?") || read.text.contains("= CAST(?"),
                "{read:?}"
            );
            assert!(
                !read.text.contains("= AND") && !read.text.ends_with('='),
                "{read:?}"
            );
        }
    }
    assert!(returning > 40, "{returning}");
}

/// `SET` goes from left to right here, and sees what it has set.
#[test]
fn no_statement_sets_what_it_reads_further_on() {
    let mut looked_at = 0;
    for text in all() {
        for part in parts(&Plan::of(text)) {
            let tokens = tokens::tokens(&part.text);
            let duplicate = (0..tokens.len())
                .find(|at| stands(&tokens, *at, &["ON", "DUPLICATE"]))
                .map(|at| at + 4);
            let update = tokens[0]
                .is("UPDATE")
                .then(|| find(&tokens, &["SET"]))
                .flatten();
            let Some(from) = duplicate.or(update.map(|at| at + 1)) else {
                continue;
            };
            let set = &tokens[from..];
            let set = &set[..find(set, &["WHERE"]).unwrap_or(set.len())];
            looked_at += 1;
            let mut before: Vec<&str> = Vec::new();
            for assignment in listed(set) {
                let at = assignment
                    .iter()
                    .position(|token| token.is("="))
                    .expect("a value");
                let reads = |column: &&&str| reads(&assignment[at + 1..], column);
                let seen = before.iter().find(reads);
                // Twice the smaller of two is once the smaller.
                let is_same_again = seen == Some(&"idle_seconds");
                assert!(seen.is_none() || is_same_again, "{seen:?} in {}", part.text);
                before.push(&assignment[at - 1].text);
            }
        }
    }
    assert!(looked_at > 40, "{looked_at}");
}

/// Whether a value reads a column of the row, and not of the one that was to be made.
fn reads(value: &[Token], column: &str) -> bool {
    let mut at = 0;
    while at < value.len() {
        if value[at].is("VALUES") {
            at = behind(value, at + 1);
            continue;
        }
        let is_other = at > 1 && value[at - 1].is(".") && value[at - 2].is("computed");
        if value[at].kind == Kind::Word && value[at].is(column) && !is_other {
            return true;
        }
        at += 1;
    }
    false
}
