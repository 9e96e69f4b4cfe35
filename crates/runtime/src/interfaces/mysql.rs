//! `spin:mysql@3.0.0` on mysql_async.

#[cfg(test)]
mod tests;
mod value;

use std::sync::Arc;

use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use super::Spin;
use super::bindings::spin::mysql::mysql::{
    Column, DbValue, Error, Host, HostConnection, HostConnectionWithStore, ParameterValue,
};
use crate::mysql::{Client, Connection, Found, StatementError};
use crate::state::State;

async fn run(
    client: &Client,
    statement: &str,
    parameters: Vec<ParameterValue>,
) -> Result<Found, Error> {
    let parameters = parameters.into_iter().map(value::parameter).collect();
    let found = client.run(statement, parameters).await;
    found.map_err(|error| failure(&error))
}

/// In the words of Spin, where guests look for the server's code in them.
fn failure(error: &StatementError) -> Error {
    match error {
        StatementError::MySql(error) => Error::QueryFailed(format!("{error:?}")),
        StatementError::Silent => {
            let late = "timeout waiting for server: it has fallen silent";
            Error::QueryFailed(late.to_owned())
        }
        StatementError::TooLarge => {
            Error::Other("the answer is larger than the host holds".to_owned())
        }
    }
}

fn table(found: Found) -> Result<(Vec<Column>, Vec<Vec<DbValue>>), Error> {
    let Found { columns, rows } = found;
    let rows = rows.into_iter().map(value::row).collect::<Result<_, _>>()?;
    let columns = columns.iter();
    let columns = columns
        .map(|column| Column {
            name: column.name_str().into_owned(),
            data_type: value::data_type(column),
        })
        .collect();
    Ok((columns, rows))
}

impl State {
    fn mysql(&self, connection: &Resource<Connection>) -> Result<Arc<Client>, Error> {
        let found = self.table.get(connection);
        found
            .map(|connection| Arc::clone(&connection.0))
            .map_err(|_| Error::ConnectionFailed("no such connection".to_owned()))
    }
}

impl Host for State {}

impl HostConnection for State {
    async fn drop(&mut self, connection: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

type Streamed = (
    Vec<Column>,
    StreamReader<Vec<DbValue>>,
    FutureReader<Result<(), Error>>,
);

impl<T: 'static> HostConnectionWithStore<T> for Spin {
    async fn open(
        accessor: &Accessor<T, Self>,
        address: String,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        let grants = accessor.with(|mut access| Arc::clone(&access.get().grants));
        let client = grants.mysql.connect(&grants.allowed_hosts, &address).await;
        match client {
            Ok(client) => Ok(Ok(accessor.with(|mut access| {
                let connection = Connection(Arc::new(client));
                access.get().table.push(connection)
            })?)),
            Err(why) => Ok(Err(Error::ConnectionFailed(why.0))),
        }
    }

    async fn query(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<Streamed, Error>> {
        let client = accessor.with(|mut access| access.get().mysql(&connection));
        let found = match client {
            Ok(client) => run(&client, &statement, params).await,
            Err(error) => Err(error),
        };
        let (columns, rows) = match found.and_then(table) {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        accessor.with(|mut access| {
            let rows = StreamReader::new(&mut access, rows)?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(Ok(())) })?;
            Ok(Ok((columns, rows, end)))
        })
    }

    async fn execute(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<(), Error>> {
        let client = accessor.with(|mut access| access.get().mysql(&connection));
        Ok(match client {
            Ok(client) => run(&client, &statement, params).await.map(drop),
            Err(error) => Err(error),
        })
    }
}
