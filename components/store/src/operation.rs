//! What surrounds every port call: the database is opened, its schema checked
//! once an instance, and a failure logged once and made one of the port's errors.

use serde_json::json;

use crate::{
    bindings::exports::gatelet::store::types::{self, Error},
    convert::error,
    database::Database,
    failure::{Failure, Kind},
    migrate,
    place::Place,
};

/// Run one port call on the tables of a place.
pub(crate) async fn run<T>(
    name: &'static str,
    place: &types::Place,
    call: impl AsyncFnOnce(&Database) -> Result<T, Failure>,
) -> Result<T, Error> {
    logged(name, place, async |database| {
        migrate::ensure(database).await?;
        call(database).await
    })
    .await
}

/// Run a call of the operator's tools that changes something. The place must have
/// tables that those who serve go on with.
pub(crate) async fn write<T>(
    name: &'static str,
    place: &types::Place,
    call: impl AsyncFnOnce(&Database) -> Result<T, Failure>,
) -> Result<T, Error> {
    logged(name, place, async |database| {
        migrate::prepare(database).await?;
        call(database).await
    })
    .await
}

/// Run a call of the operator's tools that only looks, and changes no table for it:
/// where there are none, there is nothing to see.
pub(crate) async fn read<T: Default>(
    name: &'static str,
    place: &types::Place,
    call: impl AsyncFnOnce(&Database) -> Result<T, Failure>,
) -> Result<T, Error> {
    logged(name, place, async |database| {
        match migrate::look(database).await? {
            true => call(database).await,
            false => Ok(T::default()),
        }
    })
    .await
}

/// Run one port call on tables that are another program's.
pub(crate) async fn elsewhere<T>(
    name: &'static str,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Error> {
    call.await.map_err(|failure| {
        log(name, "", &failure);
        error(failure.kind)
    })
}

async fn logged<T>(
    name: &'static str,
    place: &types::Place,
    call: impl AsyncFnOnce(&Database) -> Result<T, Failure>,
) -> Result<T, Error> {
    let outcome = async {
        let database = Database::of(Place::parse(place)?).await?;
        call(&database).await
    };
    outcome.await.map_err(|failure| {
        log(name, &place.schema, &failure);
        error(failure.kind)
    })
}

/// The main origin's tables, as a call names them.
pub(crate) fn main_place() -> types::Place {
    types::Place {
        url: String::new(),
        schema: String::new(),
    }
}

/// Run one port call on the main origin's tables.
pub(crate) async fn run_main<T>(
    name: &'static str,
    call: impl AsyncFnOnce(&Database) -> Result<T, Failure>,
) -> Result<T, Error> {
    run(name, &main_place(), call).await
}

/// Run an operator's call, whose failure is a line and not a case.
pub(crate) async fn explain<T>(
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, String> {
    call.await.map_err(|failure| failure.to_string())
}

/// One JSON line on stderr. A conflict is an answer, not a fault.
fn log(operation: &str, schema: &str, failure: &Failure) {
    if failure.kind != Kind::Conflict {
        eprintln!("{}", log_line(operation, schema, failure));
    }
}

fn log_line(operation: &str, schema: &str, failure: &Failure) -> String {
    let Failure {
        kind,
        code,
        detail: _,
    } = failure;
    let mut line = json!({
        "level": "error",
        "component": "store",
        "operation": operation,
        "code": stable_code(*kind),
        "sqlstate": code,
        "message": failure.to_string(),
    });
    if !schema.is_empty() {
        line["schema"] = schema.into();
    }
    line.to_string()
}

/// The stable code that the log and the metrics go by.
fn stable_code(kind: Kind) -> &'static str {
    match error(kind) {
        Error::Unavailable => "store.unavailable",
        Error::ReadOnly => "store.read_only",
        Error::Full => "store.full",
        Error::Conflict => "store.conflict",
        Error::Schema => "store.schema",
        Error::Internal => "store.internal",
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, log_line};

    #[test]
    fn a_failure_is_one_json_line() {
        let failure = Failure::from_sqlstate("53300", "too many\n\"connections\"");
        assert_eq!(
            log_line("sessions.resume", "", &failure),
            r#"{"code":"store.unavailable","component":"store","level":"error","message":"too many \"connections\" (SQLSTATE 53300)","operation":"sessions.resume","sqlstate":"53300"}"#
        );
        let line = log_line("sessions.resume", "preview_1", &failure);
        assert!(line.contains(r#""schema":"preview_1""#), "{line}");
    }
}
