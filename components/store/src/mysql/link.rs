//! One connection, for one caller: how a statement runs on it, and several in a
//! transaction.
//!
//! A transaction begins with `SET autocommit = 0`, as `START TRANSACTION` cannot be
//! prepared. What is left open ends with the connection: hosts lend none that is.

use std::sync::Arc;

use spin_sdk::mysql::{Connection, Error, MysqlError};

use crate::{
    convert::mysql::{parameter, row},
    failure::{Failure, Kind},
    settings::redact,
    value::{Row, Value},
};

pub(super) struct Link {
    connection: Connection,
    url: Arc<str>,
}

impl Link {
    pub(super) async fn open(url: &Arc<str>) -> Result<Self, Failure> {
        // Rows that a statement found count, changed or not: as elsewhere.
        let sign = if url.contains('?') { '&' } else { '?' };
        let counting = format!("{url}{sign}client_found_rows=true");
        let connection = Connection::open(counting).await;
        let connection = connection.map_err(|error| failure(error, url).unconnected())?;
        Ok(Self {
            connection,
            url: Arc::clone(url),
        })
    }

    pub(super) async fn begin(&self) -> Result<(), Failure> {
        let isolation = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
        self.change("SET autocommit = 0", &[]).await?;
        self.change(isolation, &[]).await
    }

    pub(super) async fn commit(&self) -> Result<(), Failure> {
        self.change("COMMIT", &[]).await?;
        // It is done, whatever becomes of the connection: one that is still without it is
        // not lent again.
        let _ended = self.change("SET autocommit = 1", &[]).await;
        Ok(())
    }

    /// Runs a statement whose answer nobody wants.
    pub(super) async fn change(&self, text: &str, parameters: &[Value]) -> Result<(), Failure> {
        let parameters: Vec<_> = parameters.iter().map(parameter).collect();
        let done = self.connection.execute(text, parameters).await;
        done.map_err(|error| failure(error, &self.url))
    }

    pub(super) async fn rows(&self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        let parameters: Vec<_> = parameters.iter().map(parameter).collect();
        let failed = |error| failure(error, &self.url);
        let result = self.connection.query(text, parameters).await;
        let (_columns, mut stream, outcome) = result.map_err(failed)?.into_inner();
        let mut rows = Vec::new();
        while let Some(values) = stream.next().await {
            rows.push(values);
        }
        // An error after the first answer arrives here, not above.
        outcome.await.map_err(|error| failed(error.into()))?;
        rows.into_iter().map(row).collect()
    }

    /// How many rows it found, or made.
    pub(super) async fn count(&self, text: &str, parameters: &[Value]) -> Result<u64, Failure> {
        self.change(text, parameters).await?;
        let counted = self.rows("SELECT ROW_COUNT()", &[]).await?;
        match counted.into_iter().next() {
            // Where it is of another statement, somebody shares the connection out by
            // statements.
            Some(mut row) => u64::try_from(row.integer()?).map_err(|_| {
                Failure::internal("the database counts rows of another statement: no proxy may share connections out between us")
            }),
            None => Err(Failure::internal("the database counts no rows")),
        }
    }
}

fn failure(error: Error, url: &str) -> Failure {
    let failure = match error {
        // Also what the server says to whoever knocks.
        Error::MysqlError(MysqlError::ConnectionFailed(text)) => {
            let failure = Failure::from_mysql_text(&text);
            match failure.code {
                Some(_) => failure,
                None => Failure::new(Kind::Broken, text),
            }
        }
        Error::MysqlError(MysqlError::QueryFailed(text)) => Failure::from_mysql_text(&text),
        Error::MysqlError(
            MysqlError::BadParameter(text)
            | MysqlError::ValueConversionFailed(text)
            | MysqlError::Other(text),
        ) => Failure::internal(text),
        Error::Decode(text) => Failure::internal(text),
    };
    Failure {
        detail: redact(&failure.detail, url),
        ..failure
    }
}
