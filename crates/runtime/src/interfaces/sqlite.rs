//! `spin:sqlite@3.1.0` on SQLite itself.

use std::sync::Arc;

use rusqlite::ffi::ErrorCode;
use rusqlite::types::{ToSqlOutput, Value as Stored, ValueRef};
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use super::Spin;
use super::bindings::spin::sqlite::sqlite::{
    Error, Host, HostConnection, HostConnectionWithStore, QueryResult, RowResult, Value,
};
use crate::sqlite::{Connection, Databases, Handle, Unopened};
use crate::state::State;

/// Largest result that is collected, in bytes.
const RESULT_MAX_BYTES: usize = 16 * 1024 * 1024;

type Outcome = Result<QueryResult, Error>;

async fn open_label(
    databases: Arc<Databases>,
    granted: bool,
    label: String,
) -> Result<Connection, Error> {
    if !granted {
        return Err(Error::AccessDenied);
    }
    let opened = databases.open(&label).await;
    opened.map_err(|unopened| match unopened {
        Unopened::Failed(failed) => error(failed),
        other @ (Unopened::TooMany | Unopened::Ended(_)) => Error::Io(other.to_string()),
    })
}

async fn executed(handle: Arc<Handle>, statement: String, parameters: Vec<Value>) -> Outcome {
    if parameters.is_empty() && handle.begin_at_once(&statement).await {
        return Ok(QueryResult {
            columns: Vec::new(),
            rows: Vec::new(),
        });
    }
    let work = move |connection: &rusqlite::Connection, statement: &str| {
        execute(connection, statement, &parameters)
    };
    let ran = handle.run(statement, work).await;
    ran.unwrap_or_else(|error| Err(Error::Io(error)))
}

fn execute(connection: &rusqlite::Connection, statement: &str, parameters: &[Value]) -> Outcome {
    let mut prepared = connection.prepare_cached(statement).map_err(error)?;
    let columns: Vec<String> = prepared.column_names().map(str::to_owned).collect();
    let mut found = prepared
        .query(rusqlite::params_from_iter(parameters.iter().map(Parameter)))
        .map_err(error)?;
    let mut rows = Vec::new();
    let mut size = 0;
    while let Some(row) = found.next().map_err(error)? {
        let values = (0..columns.len())
            .map(|column| row.get_ref(column).map(value).map_err(error))
            .collect::<Result<Vec<_>, _>>()?;
        size += values.iter().map(size_of_value).sum::<usize>();
        if size > RESULT_MAX_BYTES {
            return Err(Error::Io(format!(
                "the result is larger than {RESULT_MAX_BYTES} bytes"
            )));
        }
        rows.push(RowResult { values });
    }
    Ok(QueryResult { columns, rows })
}

struct Parameter<'a>(&'a Value);

impl rusqlite::ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Integer(number) => ToSqlOutput::Owned(Stored::Integer(*number)),
            Value::Real(number) => ToSqlOutput::Owned(Stored::Real(*number)),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Value::Null => ToSqlOutput::Owned(Stored::Null),
        })
    }
}

fn value(stored: ValueRef<'_>) -> Value {
    match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

fn size_of_value(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
            Value::Integer(_) | Value::Real(_) | Value::Null => 0,
        }
}

fn error(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::DatabaseFull,
        _ => Error::Io(error.to_string()),
    }
}

impl State {
    fn sqlite(&self, connection: &Resource<Connection>) -> Result<Arc<Handle>, Error> {
        let found = self.table.get(connection);
        found
            .map(|connection| Arc::clone(&connection.0))
            .map_err(|_| Error::InvalidConnection)
    }

    fn sqlite_grant(&self, label: &str) -> (Arc<Databases>, bool) {
        let granted = self
            .grants
            .sqlite_databases
            .iter()
            .any(|granted| granted == label);
        (Arc::clone(&self.grants.databases), granted)
    }
}

impl Host for State {}

impl HostConnection for State {
    async fn open(
        &mut self,
        database: String,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        let (databases, granted) = self.sqlite_grant(&database);
        match open_label(databases, granted, database).await {
            Ok(connection) => Ok(Ok(self.table.push(connection)?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn execute(
        &mut self,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Outcome> {
        Ok(match self.sqlite(&connection) {
            Ok(handle) => executed(handle, statement, parameters).await,
            Err(error) => Err(error),
        })
    }

    async fn last_insert_rowid(
        &mut self,
        connection: Resource<Connection>,
    ) -> wasmtime::Result<i64> {
        Ok(rowid(self.sqlite(&connection)).await)
    }

    async fn changes(&mut self, connection: Resource<Connection>) -> wasmtime::Result<u64> {
        Ok(changes(self.sqlite(&connection)).await)
    }

    async fn drop(&mut self, connection: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

impl<T: 'static> HostConnectionWithStore<T> for Spin {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        database: String,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        let (databases, granted) = accessor.with(|mut access| access.get().sqlite_grant(&database));
        match open_label(databases, granted, database).await {
            Ok(connection) => Ok(Ok(
                accessor.with(|mut access| access.get().table.push(connection))?
            )),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<
        Result<
            (
                Vec<String>,
                StreamReader<RowResult>,
                FutureReader<Result<(), Error>>,
            ),
            Error,
        >,
    > {
        let handle = accessor.with(|mut access| access.get().sqlite(&connection));
        let outcome = match handle {
            Ok(handle) => executed(handle, statement, parameters).await,
            Err(error) => Err(error),
        };
        let QueryResult { columns, rows } = match outcome {
            Ok(result) => result,
            Err(error) => return Ok(Err(error)),
        };
        accessor.with(|mut access| {
            let rows = StreamReader::new(&mut access, rows)?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(Ok(())) })?;
            Ok(Ok((columns, rows, end)))
        })
    }

    async fn last_insert_rowid_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
    ) -> wasmtime::Result<i64> {
        let handle = accessor.with(|mut access| access.get().sqlite(&connection));
        Ok(rowid(handle).await)
    }

    async fn changes_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
    ) -> wasmtime::Result<u64> {
        let handle = accessor.with(|mut access| access.get().sqlite(&connection));
        Ok(changes(handle).await)
    }
}

/// The interface knows no error here; a handle that is none has done nothing.
async fn rowid(handle: Result<Arc<Handle>, Error>) -> i64 {
    let Ok(handle) = handle else { return 0 };
    let asked = handle.ask(rusqlite::Connection::last_insert_rowid);
    asked.await.unwrap_or_default()
}

async fn changes(handle: Result<Arc<Handle>, Error>) -> u64 {
    let Ok(handle) = handle else { return 0 };
    let asked = handle.ask(rusqlite::Connection::changes);
    asked.await.unwrap_or_default()
}
