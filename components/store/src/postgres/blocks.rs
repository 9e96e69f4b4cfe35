//! How does Postgres change a schema whole or not at all, and one at a time? By
//! a `DO` block: one statement and one transaction. The advisory lock goes when
//! it ends, however it ends.

use std::fmt::Write;

use crate::{
    database::Make,
    failure::{APPLIED_SQLSTATE, REFUSED_SQLSTATE},
    migrations::Migration,
    place::Schema,
    placed::{Namespace, placed},
    sql::statements,
    statements::schema as text,
    tenant::Departure,
};

/// Key of the advisory lock that migrations take: "gatelet" in ASCII.
const LOCK: i64 = 0x0067_6174_656c_6574;

/// A migration waits so long for another one, which keeps nobody else waiting.
const TURN_TIMEOUT: &str = "60s";

/// And so long for a table in use, by a backup above all: whoever comes to the table
/// meanwhile waits behind the migration, and visitors wait for no longer than 8 s.
const TABLE_TIMEOUT: &str = "5s";

/// The comment on a schema that we made, by which `drop` knows it.
const MADE: &str = "made by Gatelet";

/// Apply migrations, in a schema that is made where it is missing and may be.
pub(super) fn apply(
    migrations: &[&Migration],
    make: &Make,
    schema: Option<&Schema>,
    now: i64,
) -> String {
    let mut body = String::new();
    if let Make::Missing(_) = make {
        if let Some(schema) = schema {
            body += &make_schema(schema);
        }
        let create = in_schema(text::CREATE_MIGRATIONS, schema);
        writeln!(body, "{create};").expect(WRITES);
    }
    let table = in_schema("auth_migrations", schema);
    for migration in migrations {
        let Migration {
            version,
            name,
            text: script,
            scope: _,
        } = migration;
        writeln!(
            body,
            "IF EXISTS (SELECT 1 FROM {table} WHERE version = {version}) THEN
RAISE EXCEPTION 'migration {version} is applied' USING ERRCODE = '{APPLIED_SQLSTATE}';
END IF;"
        )
        .expect(WRITES);
        for statement in statements(script) {
            let statement = in_schema(statement, schema);
            writeln!(body, "EXECUTE $gatelet_step${statement}$gatelet_step$;").expect(WRITES);
        }
        if migration.raises_oldest_program() {
            let raise = in_schema(text::RAISE_OLDEST_PROGRAM, schema);
            let raise = raise.replace("$1", &version.to_string());
            writeln!(body, "{raise};").expect(WRITES);
        }
        writeln!(
            body,
            "INSERT INTO {table} (version, name, applied_at) VALUES ({version}, '{name}', {now});"
        )
        .expect(WRITES);
    }
    if let Make::Missing(Some(tenant)) = make {
        let (tenants, id) = (in_schema("auth_tenants", schema), tenant.id());
        writeln!(
            body,
            "INSERT INTO {tenants} (tenant, made) VALUES ('{id}', 1);"
        )
        .expect(WRITES);
    }
    block(&body)
}

/// A tenant goes. With the last, a schema that we made goes too with all that is in
/// it; of one that was there before, our tables. Nobody writes a record down that has
/// its users there, or comes to them, until that is done.
pub(super) fn leave(schema: &Schema, departure: &Departure) -> String {
    // What refers to another goes before it.
    let Departure {
        is_shared,
        is_made,
        leave: [pass_on, forget],
    } = departure;
    let tables: Vec<_> = text::TABLES
        .iter()
        .rev()
        .map(|table| in_schema(table, Some(schema)))
        .collect();
    block(&format!(
        "{refuse}
IF to_regclass('{tenants}') IS NULL THEN
RETURN;
END IF;
LOCK TABLE auth_origins, {tenants} IN SHARE ROW EXCLUSIVE MODE;
IF {is_shared} THEN
{pass_on};
{forget};
ELSIF NOT {is_made} THEN
{forget};
ELSIF obj_description(to_regnamespace('{schema}'), 'pg_namespace') = '{MADE}' THEN
DROP SCHEMA \"{schema}\" CASCADE;
ELSE
DROP TABLE IF EXISTS {tables} CASCADE;
END IF;",
        refuse = refuse_main(schema),
        tenants = in_schema("auth_tenants", Some(schema)),
        tables = tables.join(", "),
    ))
}

fn make_schema(schema: &Schema) -> String {
    format!(
        "{refuse}
IF to_regnamespace('{schema}') IS NULL THEN
CREATE SCHEMA \"{schema}\";
COMMENT ON SCHEMA \"{schema}\" IS '{MADE}';
END IF;
",
        refuse = refuse_main(schema),
    )
}

/// A row where a schema is on the search path, by which tables without a schema
/// are found. The server, the role and the URL may set it, and the role's name is
/// on it by default. There, our tables would be the main origin's or hide them.
pub(super) fn on_search_path(schema: &Schema) -> String {
    format!("SELECT TRUE WHERE {}", is_on_search_path(schema))
}

fn is_on_search_path(schema: &Schema) -> String {
    format!(
        "'{schema}' IN (current_user, current_schema())
OR '{schema}' = ANY (regexp_split_to_array(current_setting('search_path'), '[\", ]+'))"
    )
}

fn refuse_main(schema: &Schema) -> String {
    format!(
        "IF {condition} THEN
RAISE EXCEPTION '{reason}' USING ERRCODE = '{REFUSED_SQLSTATE}';
END IF;",
        condition = is_on_search_path(schema),
        reason = reason(schema),
    )
}

pub(super) fn reason(schema: &Schema) -> String {
    format!("the schema {schema} is on the search path: choose another name")
}

fn in_schema(text: &str, schema: Option<&Schema>) -> String {
    placed(text, Namespace::Schema, schema).into_owned()
}

fn block(body: &str) -> String {
    format!(
        "DO $gatelet_migration$
BEGIN
PERFORM set_config('lock_timeout', '{TURN_TIMEOUT}', true);
PERFORM pg_advisory_xact_lock({LOCK});
PERFORM set_config('lock_timeout', '{TABLE_TIMEOUT}', true);
{body}
END
$gatelet_migration$"
    )
}

const WRITES: &str = "a String takes every write";
