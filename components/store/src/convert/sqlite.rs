//! SQLite's values to ours and back.

use spin_sdk::sqlite::{RowResult, Value as Column};

use crate::{
    failure::Failure,
    value::{Row, Value},
};

pub(crate) fn parameter(value: &Value) -> Column {
    match value {
        Value::Null => Column::Null,
        Value::Text(text) => Column::Text(text.clone()),
        Value::Integer(integer) => Column::Integer(*integer),
        Value::Boolean(boolean) => Column::Integer((*boolean).into()),
        Value::Bytes(bytes) => Column::Blob(bytes.clone()),
    }
}

pub(crate) fn row(row: RowResult) -> Result<Row, Failure> {
    let RowResult { values } = row;
    Row::of(values, column)
}

fn column(value: Column) -> Result<Value, Failure> {
    Ok(match value {
        Column::Null => Value::Null,
        Column::Text(text) => Value::Text(text),
        Column::Integer(integer) => Value::Integer(integer),
        Column::Blob(bytes) => Value::Bytes(bytes),
        // No column of ours is a float.
        Column::Real(_) => return Err(Failure::internal("a column of a foreign type")),
    })
}
