//! `spin:postgres@4.2.0` on tokio-postgres.
#![expect(
    clippy::result_large_err,
    reason = "the errors are generated from Spin's interface"
)]

mod value;

use std::sync::Arc;

use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use super::Spin;
use super::bindings::spin::postgres::postgres::{
    Column, DbError, DbValue, Error, Host, HostConnection, HostConnectionBuilder,
    HostConnectionBuilderWithStore, HostConnectionWithStore, ParameterValue, QueryError, RowSet,
};
use crate::grants::Grants;
use crate::postgres::{Client, ConnectError, Connection, ConnectionBuilder, StatementError};
use crate::seats::chain;
use crate::state::State;

async fn open(
    grants: Arc<Grants>,
    address: String,
    ca_root: Option<String>,
) -> Result<Connection, Error> {
    let client = grants
        .postgres
        .connect(&grants.allowed_hosts, &address, ca_root.as_deref())
        .await;
    match client {
        Ok(client) => Ok(Connection(Arc::new(client))),
        Err(ConnectError::Failed(why)) => Err(Error::ConnectionFailed(why)),
        Err(ConnectError::Certificate(why)) => Err(Error::BadParameter(why)),
        Err(ConnectError::Pool(why)) => Err(Error::Other(why)),
    }
}

async fn query(
    client: &Client,
    statement: &str,
    parameters: &[ParameterValue],
) -> Result<RowSet, Error> {
    let parameters = value::parameters(parameters)?;
    let found = client
        .query(statement, &parameters)
        .await
        .map_err(|error| failure(&error))?;
    // As on Spin, there are none where no row comes back.
    let columns = found.first().map_or(&[][..], |row| row.columns());
    let columns = columns
        .iter()
        .map(|column| Column {
            name: column.name().to_owned(),
            data_type: value::data_type(column.type_()),
        })
        .collect();
    let rows = found
        .iter()
        .map(value::row)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(RowSet { columns, rows })
}

async fn execute(
    client: &Client,
    statement: &str,
    parameters: &[ParameterValue],
) -> Result<u64, Error> {
    let parameters = value::parameters(parameters)?;
    client
        .execute(statement, &parameters)
        .await
        .map_err(|error| failure(&error))
}

/// What the server says, with its SQLSTATE; what the connection says otherwise.
fn failure(error: &StatementError) -> Error {
    let error = match error {
        StatementError::Postgres(error) => error,
        StatementError::Silent => {
            let late = "timeout waiting for server: it has fallen silent";
            return Error::QueryFailed(QueryError::Text(late.to_owned()));
        }
    };
    let Some(said) = error.as_db_error() else {
        return if error.is_closed() {
            Error::ConnectionFailed(error.to_string())
        } else {
            Error::QueryFailed(QueryError::Text(chain(error)))
        };
    };
    let extras = [
        ("table", said.table()),
        ("column", said.column()),
        ("constraint", said.constraint()),
        ("schema", said.schema()),
        ("hint", said.hint()),
    ];
    let extras = extras
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    Error::QueryFailed(QueryError::DbError(DbError {
        as_text: said.to_string(),
        severity: said.severity().to_owned(),
        code: said.code().code().to_owned(),
        message: said.message().to_owned(),
        detail: said.detail().map(str::to_owned),
        extras,
    }))
}

impl State {
    fn postgres(&self, connection: &Resource<Connection>) -> Result<Arc<Client>, Error> {
        let found = self.table.get(connection);
        found
            .map(|connection| Arc::clone(&connection.0))
            .map_err(|_| Error::ConnectionFailed("no such connection".to_owned()))
    }

    fn builder(
        &self,
        builder: &Resource<ConnectionBuilder>,
    ) -> Result<(String, Option<String>), Error> {
        let found = self.table.get(builder);
        found
            .map(|builder| (builder.address.clone(), builder.ca_root.clone()))
            .map_err(|_| Error::ConnectionFailed("no such builder".to_owned()))
    }
}

impl Host for State {}

impl HostConnectionBuilder for State {
    async fn new(&mut self, address: String) -> wasmtime::Result<Resource<ConnectionBuilder>> {
        Ok(self.table.push(ConnectionBuilder {
            address,
            ca_root: None,
        })?)
    }

    async fn set_ca_root(
        &mut self,
        builder: Resource<ConnectionBuilder>,
        certificate: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        self.table.get_mut(&builder)?.ca_root = Some(certificate);
        Ok(Ok(()))
    }

    async fn build(
        &mut self,
        builder: Resource<ConnectionBuilder>,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        let (address, ca_root) = match self.builder(&builder) {
            Ok(parts) => parts,
            Err(error) => return Ok(Err(error)),
        };
        match open(Arc::clone(&self.grants), address, ca_root).await {
            Ok(connection) => Ok(Ok(self.table.push(connection)?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn drop(&mut self, builder: Resource<ConnectionBuilder>) -> wasmtime::Result<()> {
        self.table.delete(builder)?;
        Ok(())
    }
}

impl<T: 'static> HostConnectionBuilderWithStore<T> for Spin {
    async fn build_async(
        accessor: &Accessor<T, Self>,
        builder: Resource<ConnectionBuilder>,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        let (grants, parts) = accessor.with(|mut access| {
            let state = access.get();
            (Arc::clone(&state.grants), state.builder(&builder))
        });
        let (address, ca_root) = match parts {
            Ok(parts) => parts,
            Err(error) => return Ok(Err(error)),
        };
        match open(grants, address, ca_root).await {
            Ok(connection) => Ok(Ok(
                accessor.with(|mut access| access.get().table.push(connection))?
            )),
            Err(error) => Ok(Err(error)),
        }
    }
}

impl HostConnection for State {
    async fn open(
        &mut self,
        address: String,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        match open(Arc::clone(&self.grants), address, None).await {
            Ok(connection) => Ok(Ok(self.table.push(connection)?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn query(
        &mut self,
        connection: Resource<Connection>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<RowSet, Error>> {
        Ok(match self.postgres(&connection) {
            Ok(client) => query(&client, &statement, &params).await,
            Err(error) => Err(error),
        })
    }

    async fn execute(
        &mut self,
        connection: Resource<Connection>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<u64, Error>> {
        Ok(match self.postgres(&connection) {
            Ok(client) => execute(&client, &statement, &params).await,
            Err(error) => Err(error),
        })
    }

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
    async fn open_async(
        accessor: &Accessor<T, Self>,
        address: String,
    ) -> wasmtime::Result<Result<Resource<Connection>, Error>> {
        let grants = accessor.with(|mut access| Arc::clone(&access.get().grants));
        match open(grants, address, None).await {
            Ok(connection) => Ok(Ok(
                accessor.with(|mut access| access.get().table.push(connection))?
            )),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn query_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<Streamed, Error>> {
        let client = accessor.with(|mut access| access.get().postgres(&connection));
        let found = match client {
            Ok(client) => query(&client, &statement, &params).await,
            Err(error) => Err(error),
        };
        let RowSet { columns, rows } = match found {
            Ok(found) => found,
            Err(error) => return Ok(Err(error)),
        };
        accessor.with(|mut access| {
            let rows = StreamReader::new(&mut access, rows)?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(Ok(())) })?;
            Ok(Ok((columns, rows, end)))
        })
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        statement: String,
        params: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<u64, Error>> {
        let client = accessor.with(|mut access| access.get().postgres(&connection));
        Ok(match client {
            Ok(client) => execute(&client, &statement, &params).await,
            Err(error) => Err(error),
        })
    }
}
