//! MySQL's values to ours and back.

use spin_sdk::mysql::{DbValue, ParameterValue};

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
        // Text that is told apart byte by byte comes as bytes, too.
        DbValue::Binary(bytes) => Value::Bytes(bytes),
        DbValue::Boolean(boolean) => Value::Boolean(boolean),
        DbValue::Int8(integer) => Value::Integer(integer.into()),
        DbValue::Int16(integer) => Value::Integer(integer.into()),
        DbValue::Int32(integer) => Value::Integer(integer.into()),
        DbValue::Int64(integer) => Value::Integer(integer),
        DbValue::Uint8(integer) => Value::Integer(integer.into()),
        DbValue::Uint16(integer) => Value::Integer(integer.into()),
        DbValue::Uint32(integer) => Value::Integer(integer.into()),
        DbValue::Uint64(integer) => Value::Integer(
            i64::try_from(integer).map_err(|_| Failure::internal("a number out of range"))?,
        ),
        // No column of ours is any of these.
        DbValue::Floating32(_) | DbValue::Floating64(_) | DbValue::Unsupported => {
            return Err(Failure::internal("a column of a foreign type"));
        }
    })
}
