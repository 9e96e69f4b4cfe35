//! How does a plan run on a connection?

use super::{
    link::Link,
    plan::{Plan, Text},
    tokens::{GUARD, KEY},
};
use crate::{
    failure::{Failure, Kind},
    value::{Row, Value},
};

/// What stands for the id that a guard returned.
pub(super) enum Guard {
    None,
    Is(Value),
}

/// What came of it.
pub(super) struct Answer {
    pub(super) rows: Vec<Row>,
    pub(super) count: u64,
}

/// Whose values stand in a text.
struct Values<'a> {
    parameters: &'a [Value],
    guard: &'a Guard,
    /// Of the row at hand.
    key: &'a [Value],
}

impl Values<'_> {
    fn of(&self, text: &Text) -> Vec<Value> {
        let value = |number: &usize| match (*number, self.guard) {
            (GUARD, Guard::Is(id)) => id.clone(),
            (GUARD, Guard::None) => Value::Null,
            (number, _) if number >= KEY => self.key[number - KEY].clone(),
            (number, _) => self.parameters[number - 1].clone(),
        };
        text.order.iter().map(value).collect()
    }
}

impl Link {
    /// Runs it. Where it is several statements, a transaction is open.
    pub(super) async fn follow(
        &self,
        plan: &Plan,
        parameters: &[Value],
        guard: &Guard,
    ) -> Result<Answer, Failure> {
        let values = Values {
            parameters,
            guard,
            key: &[],
        };
        match plan {
            Plan::Read(text) => {
                let rows = self.read(text, &values).await?;
                Ok(Answer { rows, count: 0 })
            }
            Plan::Change { text, unless } => {
                let count = self.made(text, &values, *unless).await?;
                let rows = Vec::new();
                Ok(Answer { rows, count })
            }
            Plan::Make {
                insert,
                taken,
                read,
            } => self.make(insert, taken.as_ref(), read, &values).await,
            Plan::Put {
                change,
                insert,
                read,
            } => self.put(change, insert, read.as_ref(), &values).await,
            Plan::Find {
                find,
                change,
                read,
                is_read_first,
            } => {
                let found = self.read(find, &values).await?;
                let (mut rows, count) = (Vec::new(), found.len() as u64);
                for row in found {
                    let key = &row.into_values();
                    let values = Values { key, ..values };
                    if let (Some(read), true) = (read, is_read_first) {
                        rows.extend(self.read(read, &values).await?);
                    }
                    self.run(change, &values).await?;
                    if let (Some(read), false) = (read, is_read_first) {
                        rows.extend(self.read(read, &values).await?);
                    }
                }
                Ok(Answer { rows, count })
            }
        }
    }

    async fn make(
        &self,
        insert: &Text,
        taken: Option<&Text>,
        read: &Text,
        values: &Values<'_>,
    ) -> Result<Answer, Failure> {
        let count = match (self.made(insert, values, false).await, taken) {
            (Err(failure), Some(taken)) if failure.kind == Kind::Conflict => {
                // By that one, or by another that is told?
                if self.read(taken, values).await?.is_empty() {
                    return Err(failure);
                }
                0
            }
            (outcome, _) => outcome?,
        };
        let rows = match count {
            0 => Vec::new(),
            _ => self.read(read, values).await?,
        };
        Ok(Answer { rows, count })
    }

    async fn put(
        &self,
        change: &Text,
        insert: &Text,
        read: Option<&Text>,
        values: &Values<'_>,
    ) -> Result<Answer, Failure> {
        let mut count = self.made(change, values, false).await?;
        if count == 0 {
            count = self.made(insert, values, true).await?;
        }
        if count == 0 {
            // Somebody was faster, or it is not to be changed.
            count = self.made(change, values, false).await?;
        }
        let rows = match read {
            Some(read) if count > 0 => self.read(read, values).await?,
            _ => Vec::new(),
        };
        Ok(Answer { rows, count })
    }

    /// A row that is locked, so one is changed.
    async fn run(&self, text: &Text, values: &Values<'_>) -> Result<(), Failure> {
        self.change(&text.text, &values.of(text)).await
    }

    async fn read(&self, text: &Text, values: &Values<'_>) -> Result<Vec<Row>, Failure> {
        self.rows(&text.text, &values.of(text)).await
    }

    /// How many rows were made or changed; none where one of the key is there and may be.
    async fn made(&self, text: &Text, values: &Values<'_>, unless: bool) -> Result<u64, Failure> {
        match self.count(&text.text, &values.of(text)).await {
            Err(failure) if unless && is_taken(&failure) => Ok(0),
            outcome => outcome,
        }
    }
}

/// `Duplicate entry for key 'PRIMARY'`, or with the table's name before it.
fn is_taken(failure: &Failure) -> bool {
    failure.code.as_deref() == Some("1062")
        && (failure.detail.contains("key 'PRIMARY'") || failure.detail.contains(".PRIMARY'"))
}
