//! A row is made, or changed where one of its key is there.

use super::{
    super::{
        keys::keys,
        tokens::{Token, apart, behind, find, listed, own, stands},
    },
    Plan, Text,
};

/// The columns that `ON CONFLICT (…) DO NOTHING` names.
pub(super) fn unless(tokens: &[Token]) -> Option<Vec<String>> {
    let at = (0..tokens.len()).find(|at| stands(tokens, *at, &["ON", "CONFLICT", "("]))?;
    let end = behind(tokens, at + 2);
    let columns = listed(&tokens[at + 3..end - 1]).into_iter();
    let columns = columns.filter_map(|column| column.first().map(|token| token.text.clone()));
    stands(tokens, end, &["DO", "NOTHING"]).then(|| columns.collect())
}

/// `returned` is what is read of the row; `unless` the columns by whose values nothing is
/// done where a row is there.
pub(super) fn plan(body: &[Token], returned: Option<&[Token]>, unless: Option<&[String]>) -> Plan {
    let body = &with_from(body);
    let on = find(body, &["ON"]).filter(|at| stands(body, *at, &["ON", "DUPLICATE"]));
    let is_conditional = on.is_some_and(|on| find(&body[on..], &["WHERE"]).is_some());
    if returned.is_none() && !is_conditional {
        return Plan::Change {
            text: Text::of(body),
            unless: unless.is_some(),
        };
    }
    let row = NewRow::of(body);
    let read = returned.map(|returned| {
        let mut read = own("SELECT");
        read.extend(apart(returned));
        read.extend(own(&format!("FROM {}", row.table)));
        read.extend(row.by_key());
        Text::of(&read)
    });
    match (on, read) {
        (Some(on), read) => Plan::Put {
            change: row.changed(&body[on + 4..]),
            insert: Text::of(&body[..on]),
            read,
        },
        (None, Some(read)) => Plan::Make {
            insert: Text::of(body),
            taken: unless.map(|columns| {
                let mut taken = own(&format!("SELECT 1 FROM {}", row.table));
                taken.extend(row.by(columns));
                Text::of(&taken)
            }),
            read,
        },
        (None, None) => unreachable!("what is conditional has an ON"),
    }
}

/// What is written of a row.
struct NewRow<'a> {
    table: &'a str,
    columns: Vec<&'a [Token]>,
    values: Vec<&'a [Token]>,
}

impl<'a> NewRow<'a> {
    /// `INSERT INTO table (…) VALUES (…)`, or `SELECT …`.
    fn of(body: &'a [Token]) -> Self {
        let end = behind(body, 3);
        let values = match body[end].is("VALUES") {
            true => &body[end + 2..behind(body, end + 1) - 1],
            false => {
                let rest = &body[end + 1..];
                &rest[..find(rest, &["FROM", "ON"]).unwrap_or(rest.len())]
            }
        };
        Self {
            table: &body[2].text,
            columns: listed(&body[4..end - 1]),
            values: listed(values),
        }
    }

    /// Where these columns have the row's values.
    fn by(&self, columns: &[impl AsRef<str>]) -> Vec<Token> {
        let mut place = own("WHERE TRUE");
        for column in columns {
            let column = column.as_ref();
            let named = |tokens: &&[Token]| tokens.last().is_some_and(|token| token.is(column));
            let at = self.columns.iter().position(named);
            let value = at.and_then(|at| self.values.get(at)).copied();
            place.extend(own(&format!("AND {column} =")));
            place.extend(apart(value.unwrap_or_default()));
        }
        place
    }

    fn by_key(&self) -> Vec<Token> {
        self.by(keys(self.table))
    }

    /// All are computed from the row as it was: `SET` alone goes from left to right.
    fn changed(&self, assignments: &[Token]) -> Text {
        let table = self.table;
        let place = find(assignments, &["WHERE"]).unwrap_or(assignments.len());
        let (assignments, condition) = assignments.split_at(place);
        let (mut set, mut computed) = (Vec::new(), own("SELECT"));
        for (number, assignment) in listed(assignments).iter().enumerate() {
            let (column, value) = (&assignment[0].text, &assignment[2..]);
            if number > 0 {
                set.extend(own(","));
                computed.extend(own(","));
            }
            set.extend(own(&format!("{table}.{column} = computed.{column}")));
            computed.extend(apart(value));
            computed.extend(own(&format!("AS {column}")));
        }
        computed.extend(own(&format!("FROM {table}")));
        computed.extend(self.by_key());
        if let Some((_, condition)) = condition.split_first() {
            computed.extend(own("AND ("));
            computed.extend(condition.iter().cloned());
            computed.extend(own(")"));
        }
        computed.extend(own("LIMIT 1 FOR UPDATE"));
        let mut change = own(&format!("UPDATE {table} JOIN ("));
        change.extend(computed);
        change.extend(own(") AS computed SET"));
        change.extend(set);
        change.extend(self.by_key());
        Text::of(&change)
    }
}

/// `SELECT … WHERE` reads from somewhere.
fn with_from(body: &[Token]) -> Vec<Token> {
    let select = find(body, &["SELECT"]);
    if let Some(select) = select
        && find(&body[select..], &["FROM"]).is_none()
        && let Some(place) = find(&body[select..], &["WHERE"])
    {
        let mut whole = body[..select + place].to_vec();
        whole.extend(own("FROM DUAL"));
        whole.extend(body[select + place..].iter().cloned());
        return whole;
    }
    body.to_vec()
}
