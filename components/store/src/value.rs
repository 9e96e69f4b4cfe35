//! What goes into a statement and comes out of it, whatever the engine.

use std::fmt;

use crate::failure::Failure;

/// A parameter or a column.
#[derive(Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Text(String),
    Integer(i64),
    Boolean(bool),
    Bytes(Vec<u8>),
}

/// Digests and password hashes pass through here, so only the shape is shown.
impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Null => "Null",
            Self::Text(_) => "Text(…)",
            Self::Integer(_) => "Integer(…)",
            Self::Boolean(_) => "Boolean(…)",
            Self::Bytes(_) => "Bytes(…)",
        })
    }
}

/// A row, read column by column from the left.
#[derive(Clone)]
pub(crate) struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// Of an engine's own values, each of which is one of ours by `column`.
    pub(crate) fn of<V>(
        values: Vec<V>,
        column: impl Fn(V) -> Result<Value, Failure>,
    ) -> Result<Self, Failure> {
        let values: Result<Vec<Value>, _> = values.into_iter().map(column).collect();
        Ok(Self(values?.into_iter()))
    }

    #[cfg(test)]
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// All columns that are left.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.0.collect()
    }

    /// Leaves a column out.
    pub(crate) fn skip(&mut self) {
        self.0.next();
    }

    pub(crate) fn text(&mut self) -> Result<String, Failure> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(text),
            Some(Value::Bytes(bytes)) => {
                String::from_utf8(bytes).map_err(|_| Failure::internal("a text that is not UTF-8"))
            }
            other => Err(unexpected("text", other)),
        }
    }

    /// Text, where there is any at all.
    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, Failure> {
        match self.0.as_slice().first() {
            Some(Value::Null) => {
                self.0.next();
                Ok(None)
            }
            _ => self.text().map(Some),
        }
    }

    /// Bytes, as a digest is.
    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, Failure> {
        match self.0.next() {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            other => Err(unexpected("bytes", other)),
        }
    }

    /// Bytes, where there are any at all.
    pub(crate) fn optional_bytes(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self.0.as_slice().first() {
            Some(Value::Null) => {
                self.0.next();
                Ok(None)
            }
            _ => self.bytes().map(Some),
        }
    }

    pub(crate) fn integer(&mut self) -> Result<i64, Failure> {
        match self.0.next() {
            Some(Value::Integer(integer)) => Ok(integer),
            other => Err(unexpected("an integer", other)),
        }
    }

    /// SQLite has no booleans: there they are 0 and 1.
    pub(crate) fn boolean(&mut self) -> Result<bool, Failure> {
        match self.0.next() {
            Some(Value::Boolean(boolean)) => Ok(boolean),
            Some(Value::Integer(0)) => Ok(false),
            Some(Value::Integer(1)) => Ok(true),
            other => Err(unexpected("a boolean", other)),
        }
    }

    /// Unix seconds, or a count.
    pub(crate) fn seconds(&mut self) -> Result<u64, Failure> {
        u64::try_from(self.integer()?)
            .map_err(|_| Failure::internal("a time before 1970, or a count below 0"))
    }

    /// Unix seconds, where there is a time at all.
    pub(crate) fn optional_seconds(&mut self) -> Result<Option<u64>, Failure> {
        match self.0.as_slice().first() {
            Some(Value::Null) => {
                self.0.next();
                Ok(None)
            }
            _ => self.seconds().map(Some),
        }
    }
}

fn unexpected(wanted: &str, got: Option<Value>) -> Failure {
    Failure::internal(format!("a column should be {wanted} and is {got:?}"))
}

#[cfg(test)]
mod tests {
    use super::{Row, Value};

    #[test]
    fn values_do_not_show_what_they_hold() {
        let shown = format!(
            "{:?}",
            [
                Value::Text("$argon2id$".into()),
                Value::Bytes(vec![171; 32])
            ]
        );
        assert_eq!(shown, "[Text(…), Bytes(…)]");
    }

    #[test]
    fn a_column_of_the_wrong_type_or_missing_is_a_failure() {
        assert!(Row::new(vec![Value::Integer(1)]).text().is_err());
        assert!(Row::new(vec![Value::Text("1".into())]).integer().is_err());
        assert!(Row::new(vec![Value::Integer(2)]).boolean().is_err());
        assert!(Row::new(vec![Value::Integer(-1)]).seconds().is_err());
        assert!(Row::new(vec![]).text().is_err());
    }

    #[test]
    fn booleans_read_the_same_from_both_engines() {
        let mut row = Row::new(vec![
            Value::Boolean(true),
            Value::Integer(1),
            Value::Integer(0),
        ]);
        assert!(row.boolean().is_ok_and(|b| b));
        assert!(row.boolean().is_ok_and(|b| b));
        assert!(row.boolean().is_ok_and(|b| !b));
    }
}
