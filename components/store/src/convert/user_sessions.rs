//! Rows to sessions as people see them.

use crate::{
    bindings::exports::gatelet::store::user_sessions::Listed, failure::Failure, value::Row,
};

pub(crate) fn listed(mut row: Row) -> Result<Listed, Failure> {
    Ok(Listed {
        token: row.bytes()?,
        provider: row.text()?,
        amr: row.text()?,
        audience: row.text()?,
        auth_time: row.seconds()?,
        created_at: row.seconds()?,
        seen_at: row.seconds()?,
        user_agent: row.text()?,
        address: row.text()?,
        region: row.text()?,
    })
}
