//! Postgres' values to ours and back.

use spin_sdk::pg::{DbValue, ParameterValue};

use crate::{
    failure::Failure,
    value::{Row, Value},
};

pub(crate) fn parameter(value: &Value) -> ParameterValue {
    match value {
        Value::Null => ParameterValue::DbNull,
        Value::Text(text) => ParameterValue::Str(text.clone()),
        Value::Integer(integer) => ParameterValue::Int64(*integer),
        Value::Boolean(boolean) => ParameterValue::Boolean(*boolean),
        Value::Bytes(bytes) => ParameterValue::Binary(bytes.clone()),
    }
}

pub(crate) fn row(values: Vec<DbValue>) -> Result<Row, Failure> {
    Row::of(values, column)
}

fn column(value: DbValue) -> Result<Value, Failure> {
    Ok(match value {
        DbValue::DbNull => Value::Null,
        DbValue::Str(text) => Value::Text(text),
        DbValue::Int64(integer) => Value::Integer(integer),
        DbValue::Int32(integer) => Value::Integer(integer.into()),
        DbValue::Int16(integer) => Value::Integer(integer.into()),
        DbValue::Int8(integer) => Value::Integer(integer.into()),
        DbValue::Boolean(boolean) => Value::Boolean(boolean),
        DbValue::Binary(bytes) => Value::Bytes(bytes),
        // No column of ours is any of these.
        DbValue::Floating32(_)
        | DbValue::Floating64(_)
        | DbValue::Date(_)
        | DbValue::Time(_)
        | DbValue::Datetime(_)
        | DbValue::Timestamp(_)
        | DbValue::Uuid(_)
        | DbValue::Jsonb(_)
        | DbValue::Decimal(_)
        | DbValue::RangeInt32(_)
        | DbValue::RangeInt64(_)
        | DbValue::RangeDecimal(_)
        | DbValue::ArrayInt32(_)
        | DbValue::ArrayInt64(_)
        | DbValue::ArrayDecimal(_)
        | DbValue::ArrayStr(_)
        | DbValue::Interval(_)
        | DbValue::Unsupported(_) => return Err(Failure::internal("a column of a foreign type")),
    })
}
