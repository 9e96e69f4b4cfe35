//! Can this database hold our tables? `gatelet doctor` asks before anybody
//! depends on it.

use std::hash::{BuildHasher, RandomState};

use crate::{
    bindings::exports::gatelet::{store::types, store_admin::admin::Step},
    database::Database,
    failure::Failure,
    place::Place,
    value::Value,
};

/// Connect, look at the server, create a table and change it, write, read, clean up. Stops
/// at the first step that fails, but takes away what it made.
pub(crate) async fn steps(place: &types::Place) -> Vec<Step> {
    let mut steps = Vec::new();
    let database = match open(place).await {
        Ok(database) => database,
        Err(failure) => return vec![step("connect", Err(failure))],
    };
    // A name of its own, so that two checks at once do not meet.
    let table = format!("auth_check_{:016x}", RandomState::new().hash_one(0));

    steps.push(step(
        "connect",
        database.run("SELECT 1", &[]).await.map(drop),
    ));
    if failed(&steps) {
        return steps;
    }
    let server = database.server().await;
    let told = server.as_ref().map_or_else(|_| String::new(), Clone::clone);
    steps.push(Step {
        told,
        ..step("server", server.map(drop))
    });
    if failed(&steps) {
        return steps;
    }
    let create = format!(
        "CREATE TABLE {table} (value BIGINT NOT NULL, bytes BYTEA NOT NULL, name TEXT NOT NULL)"
    );
    let created = database.run(&create, &[]).await.map(drop);
    let is_created = created.is_ok();
    let changed = match created {
        Ok(()) => change(&database, &table).await,
        Err(failure) => Err(failure),
    };
    steps.push(step("create", changed));
    if !is_created {
        return steps;
    }
    if !failed(&steps) {
        steps.push(step("write", write(&database, &table).await));
    }
    if !failed(&steps) {
        steps.push(step("read", read(&database, &table).await));
    }
    let drop_table = format!("DROP TABLE {table}");
    steps.push(step(
        "clean up",
        database.run(&drop_table, &[]).await.map(drop),
    ));
    steps
}

async fn open(place: &types::Place) -> Result<Database, Failure> {
    Database::of(Place::parse(place)?).await
}

/// As migrations do: on MySQL each of these is a right of its own.
async fn change(database: &Database, table: &str) -> Result<(), Failure> {
    for text in [
        format!("ALTER TABLE {table} ADD COLUMN more BIGINT"),
        format!("CREATE UNIQUE INDEX {table}_value ON {table} (value)"),
    ] {
        database.run(&text, &[]).await?;
    }
    database.refer(table).await
}

async fn write(database: &Database, table: &str) -> Result<(), Failure> {
    let insert = format!("INSERT INTO {table} (value, bytes, name) VALUES ($1, $2, $3)");
    // People's names hold any character, and not every database does.
    let name = Value::Text("Zoë Ωμέγα 山田 🦀".to_owned());
    let parameters = [Value::Integer(i64::MAX), Value::Bytes(vec![0, 255]), name];
    database.run(&insert, &parameters).await?;
    for text in [
        format!("UPDATE {table} SET name = name"),
        format!("DELETE FROM {table} WHERE more IS NOT NULL"),
    ] {
        database.run(&text, &[]).await?;
    }
    Ok(())
}

async fn read(database: &Database, table: &str) -> Result<(), Failure> {
    let select = format!("SELECT value FROM {table} WHERE bytes = $1");
    let rows = database.run(&select, &[Value::Bytes(vec![0, 255])]).await?;
    let values: Vec<i64> = rows
        .into_iter()
        .map(|mut row| row.integer())
        .collect::<Result<_, _>>()?;
    match values[..] {
        [i64::MAX] => Ok(()),
        _ => Err(Failure::internal("what was read is not what was written")),
    }
}

fn step(name: &str, outcome: Result<(), Failure>) -> Step {
    Step {
        name: name.to_owned(),
        told: String::new(),
        error: outcome.err().map(|failure| failure.to_string()),
    }
}

fn failed(steps: &[Step]) -> bool {
    steps.last().is_some_and(|step| step.error.is_some())
}
