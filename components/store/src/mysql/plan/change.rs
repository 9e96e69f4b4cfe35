//! Rows are changed or go.

use super::{
    super::{
        keys::keys,
        tokens::{KEY, Token, apart, behind, find, own, stands},
    },
    Plan, Text,
};

/// `returned` is what is read of each row.
pub(super) fn plan(body: &[Token], returned: Option<&[Token]>) -> Plan {
    let is_update = body[0].is("UPDATE");
    let table = &body[if is_update { 1 } else { 2 }].text;
    let place = find(body, &["WHERE"]).unwrap_or(body.len());
    let (before, condition) = body.split_at(place);
    let set = before.get(3..).filter(|_| is_update).unwrap_or_default();
    let reads_itself = condition
        .windows(2)
        .any(|two| (two[0].is("FROM") || two[0].is("JOIN")) && two[1].is(table));
    let keys = keys(table);
    if returned.is_none() && !reads_itself || keys.is_empty() {
        let mut text = head(table, set, is_update);
        text.extend(apart(condition));
        return Plan::Change {
            text: Text::of(&text),
            unless: false,
        };
    }
    let mut by_key = own("WHERE TRUE");
    for (number, key) in keys.iter().enumerate() {
        by_key.extend(own(&format!("AND {table}.{key} = ${}", KEY + number)));
    }
    let mut found = own(&format!("SELECT {} FROM {table}", keys.join(", ")));
    found.extend(apart(condition));
    found.extend(own("FOR UPDATE"));
    let mut change = head(table, set, is_update);
    change.extend(by_key.iter().cloned());
    let read = returned.map(|returned| {
        let mut read = own("SELECT");
        read.extend(apart(returned));
        read.extend(own(&format!("FROM {table}")));
        read.extend(by_key.iter().cloned());
        Text::of(&read)
    });
    Plan::Find {
        find: Text::of(&found),
        change: Text::of(&change),
        read,
        is_read_first: !is_update,
    }
}

/// Of a table that a value is read from, by way of one that is made of it.
fn head(table: &str, set: &[Token], is_update: bool) -> Vec<Token> {
    if !is_update {
        return own(&format!("DELETE FROM {table}"));
    }
    let mut head = own(&format!("UPDATE {table} SET"));
    let mut rest = apart(set);
    while !rest.is_empty() {
        let end = match stands(&rest, 0, &["(", "SELECT", "1", "FROM", table]) {
            true => {
                let end = behind(&rest, 0);
                head.extend(own("(SELECT 1 FROM ("));
                head.extend(apart(&rest[1..end - 1]));
                head.extend(own("LIMIT 1) AS chosen)"));
                end
            }
            false => {
                head.push(rest[0].clone());
                1
            }
        };
        rest.drain(..end);
    }
    head
}
