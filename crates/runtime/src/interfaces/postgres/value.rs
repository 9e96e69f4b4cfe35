//! How do values cross between a guest and Postgres? The types that Gatelet's
//! statements use; others are refused by name.

use tokio_postgres::Row;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};

use super::super::bindings::spin::postgres::postgres::{
    DbDataType, DbValue, Error, ParameterValue,
};
use crate::postgres::Parameter;

/// Parameters as the driver takes them.
pub(super) fn parameters(values: &[ParameterValue]) -> Result<Vec<Parameter>, Error> {
    values.iter().map(parameter).collect()
}

fn parameter(value: &ParameterValue) -> Result<Parameter, Error> {
    use ParameterValue as P;
    let unsupported = |name: &str| {
        Err(Error::BadParameter(format!(
            "parameters of type {name} are not supported by this host"
        )))
    };
    Ok(match value {
        P::Boolean(value) => (Box::new(*value), Type::BOOL),
        P::Int8(value) => (Box::new(*value), Type::CHAR),
        P::Int16(value) => (Box::new(*value), Type::INT2),
        P::Int32(value) => (Box::new(*value), Type::INT4),
        P::Int64(value) => (Box::new(*value), Type::INT8),
        P::Floating32(value) => (Box::new(*value), Type::FLOAT4),
        P::Floating64(value) => (Box::new(*value), Type::FLOAT8),
        P::Str(value) => (Box::new(value.clone()), Type::TEXT),
        P::Binary(value) => (Box::new(value.clone()), Type::BYTEA),
        P::ArrayInt32(values) => (Box::new(values.clone()), Type::INT4_ARRAY),
        P::ArrayInt64(values) => (Box::new(values.clone()), Type::INT8_ARRAY),
        P::ArrayStr(values) => (Box::new(values.clone()), Type::TEXT_ARRAY),
        // The server says of what type.
        P::DbNull => (Box::new(Null), Type::UNKNOWN),
        P::Date(_) => return unsupported("date"),
        P::Time(_) => return unsupported("time"),
        P::Datetime(_) => return unsupported("datetime"),
        P::Timestamp(_) => return unsupported("timestamp"),
        P::Uuid(_) => return unsupported("uuid"),
        P::Jsonb(_) => return unsupported("jsonb"),
        P::Decimal(_) | P::ArrayDecimal(_) => return unsupported("decimal"),
        P::RangeInt32(_) | P::RangeInt64(_) | P::RangeDecimal(_) => return unsupported("range"),
        P::Interval(_) => return unsupported("interval"),
    })
}

/// NULL of whatever type the statement wants.
#[derive(Debug)]
struct Null;

impl ToSql for Null {
    fn to_sql(
        &self,
        _: &Type,
        _: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row's values, in column order.
pub(super) fn row(row: &Row) -> Result<Vec<DbValue>, Error> {
    (0..row.len()).map(|index| value(row, index)).collect()
}

fn value(row: &Row, index: usize) -> Result<DbValue, Error> {
    let column = &row.columns()[index];
    macro_rules! read {
        ($type:ty, $case:expr) => {
            row.try_get::<_, Option<$type>>(index)
                .map_err(|error| Error::ValueConversionFailed(error.to_string()))?
                .map_or(DbValue::DbNull, $case)
        };
    }
    Ok(match *column.type_() {
        Type::BOOL => read!(bool, DbValue::Boolean),
        Type::CHAR => read!(i8, DbValue::Int8),
        Type::INT2 => read!(i16, DbValue::Int16),
        Type::INT4 => read!(i32, DbValue::Int32),
        Type::INT8 => read!(i64, DbValue::Int64),
        Type::FLOAT4 => read!(f32, DbValue::Floating32),
        Type::FLOAT8 => read!(f64, DbValue::Floating64),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => read!(String, DbValue::Str),
        Type::BYTEA => read!(Vec<u8>, DbValue::Binary),
        Type::INT4_ARRAY => read!(Vec<Option<i32>>, DbValue::ArrayInt32),
        Type::INT8_ARRAY => read!(Vec<Option<i64>>, DbValue::ArrayInt64),
        Type::TEXT_ARRAY | Type::VARCHAR_ARRAY => read!(Vec<Option<String>>, DbValue::ArrayStr),
        // `SELECT pg_advisory_xact_lock(…)` and the like.
        Type::VOID => DbValue::DbNull,
        ref other => {
            return Err(Error::ValueConversionFailed(format!(
                "column {}: type {other} is not supported by this host",
                column.name()
            )));
        }
    })
}

/// A column's type.
pub(super) fn data_type(type_: &Type) -> DbDataType {
    match *type_ {
        Type::BOOL => DbDataType::Boolean,
        Type::CHAR => DbDataType::Int8,
        Type::INT2 => DbDataType::Int16,
        Type::INT4 => DbDataType::Int32,
        Type::INT8 => DbDataType::Int64,
        Type::FLOAT4 => DbDataType::Floating32,
        Type::FLOAT8 => DbDataType::Floating64,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => DbDataType::Str,
        Type::BYTEA => DbDataType::Binary,
        Type::INT4_ARRAY => DbDataType::ArrayInt32,
        Type::INT8_ARRAY => DbDataType::ArrayInt64,
        Type::TEXT_ARRAY | Type::VARCHAR_ARRAY => DbDataType::ArrayStr,
        ref other => DbDataType::Other(other.name().to_owned()),
    }
}
