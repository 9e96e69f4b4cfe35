//! How do values cross between a guest and MySQL? As on Spin, type by type: what a guest
//! reads there it reads here.

use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::prelude::FromValue;
use mysql_async::{Column, Row, Value, from_value_opt};

use super::super::bindings::spin::mysql::mysql::{DbDataType, DbValue, Error, ParameterValue};

/// A parameter as the driver takes it.
pub(super) fn parameter(value: ParameterValue) -> Value {
    use ParameterValue as P;
    match value {
        P::Boolean(value) => value.into(),
        P::Int8(value) => value.into(),
        P::Int16(value) => value.into(),
        P::Int32(value) => value.into(),
        P::Int64(value) => value.into(),
        P::Uint8(value) => value.into(),
        P::Uint16(value) => value.into(),
        P::Uint32(value) => value.into(),
        P::Uint64(value) => value.into(),
        P::Floating32(value) => value.into(),
        P::Floating64(value) => value.into(),
        P::Str(value) => value.into(),
        P::Binary(value) => value.into(),
        P::DbNull => Value::NULL,
    }
}

/// A row's values, in column order.
pub(super) fn row(row: Row) -> Result<Vec<DbValue>, Error> {
    let columns = row.columns();
    let values = row.unwrap().into_iter();
    let pairs = values.zip(columns.iter());
    pairs.map(|(value, column)| read(value, column)).collect()
}

fn read(value: Value, column: &Column) -> Result<DbValue, Error> {
    use DbDataType as T;
    if value == Value::NULL {
        return Ok(DbValue::DbNull);
    }
    match data_type(column) {
        T::Boolean => to(value, column).map(DbValue::Boolean),
        T::Int8 => to(value, column).map(DbValue::Int8),
        T::Int16 => to(value, column).map(DbValue::Int16),
        T::Int32 => to(value, column).map(DbValue::Int32),
        T::Int64 => to(value, column).map(DbValue::Int64),
        T::Uint8 => to(value, column).map(DbValue::Uint8),
        T::Uint16 => to(value, column).map(DbValue::Uint16),
        T::Uint32 => to(value, column).map(DbValue::Uint32),
        T::Uint64 => to(value, column).map(DbValue::Uint64),
        T::Floating32 => to(value, column).map(DbValue::Floating32),
        T::Floating64 => to(value, column).map(DbValue::Floating64),
        T::Str => to(value, column).map(DbValue::Str),
        T::Binary => to(value, column).map(DbValue::Binary),
        T::Other => Err(Error::ValueConversionFailed(format!(
            "column {}: its type is not supported by this host",
            column.name_str()
        ))),
    }
}

fn to<T: FromValue>(value: Value, column: &Column) -> Result<T, Error> {
    from_value_opt(value).map_err(|_| {
        Error::ValueConversionFailed(format!(
            "column {}: a value is not of its type",
            column.name_str()
        ))
    })
}

/// A column's type.
pub(super) fn data_type(column: &Column) -> DbDataType {
    use ColumnType as C;
    use DbDataType as T;
    let has = |flag| column.flags().contains(flag);
    let signed = |signed, unsigned| match has(ColumnFlags::UNSIGNED_FLAG) {
        true => unsigned,
        false => signed,
    };
    match column.column_type() {
        C::MYSQL_TYPE_TINY => signed(T::Int8, T::Uint8),
        C::MYSQL_TYPE_SHORT => signed(T::Int16, T::Uint16),
        C::MYSQL_TYPE_INT24 | C::MYSQL_TYPE_LONG => signed(T::Int32, T::Uint32),
        C::MYSQL_TYPE_LONGLONG => signed(T::Int64, T::Uint64),
        C::MYSQL_TYPE_FLOAT => T::Floating32,
        C::MYSQL_TYPE_DOUBLE => T::Floating64,
        C::MYSQL_TYPE_MEDIUM_BLOB | C::MYSQL_TYPE_LONG_BLOB => T::Binary,
        C::MYSQL_TYPE_BLOB | C::MYSQL_TYPE_STRING | C::MYSQL_TYPE_VAR_STRING => {
            match has(ColumnFlags::BINARY_FLAG) {
                true => T::Binary,
                false => T::Str,
            }
        }
        _ => T::Other,
    }
}
