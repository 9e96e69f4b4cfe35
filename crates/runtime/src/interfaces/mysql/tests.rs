//! What a guest reaches and reads by `spin:mysql`, against a real server.

use std::collections::BTreeMap;
use std::sync::Arc;

use mysql_async::Value;
use wasmtime::component::Component;

use super::super::bindings::spin::mysql::mysql::{DbDataType, DbValue, Error};
use super::super::linker;
use super::{failure, table};
use crate::engine;
use crate::grants::Grants;
use crate::manifest::Manifest;
use crate::mariadb::Database;
use crate::mysql::{Client, StatementError};
use crate::outbound::{Depth, no_neighbours};
use crate::runtime::run;
use crate::sqlite::Databases;
use crate::state;
use crate::variables::Variables;

/// Opens an address, runs a statement with the parameter `from a guest`, and closes.
/// Answers 0; 1 and the case of the error where it was not opened, 2 and the case where
/// the statement failed.
const GUEST: &str = r#"(component
  (import "spin:mysql/mysql@3.0.0" (instance $mysql
    (type $any-error (variant (case "connection-failed" string) (case "bad-parameter" string)
      (case "query-failed" string) (case "value-conversion-failed" string)
      (case "other" string)))
    (export "error" (type $error (eq $any-error)))
    (type $any-value (variant (case "boolean" bool) (case "int8" s8) (case "int16" s16)
      (case "int32" s32) (case "int64" s64) (case "uint8" u8) (case "uint16" u16)
      (case "uint32" u32) (case "uint64" u64) (case "floating32" f32)
      (case "floating64" f64) (case "str" string) (case "binary" (list u8))
      (case "db-null")))
    (export "parameter-value" (type $value (eq $any-value)))
    (export "connection" (type $connection (sub resource)))
    (export "[static]connection.open" (func async (param "address" string)
      (result (result (own $connection) (error $error)))))
    (export "[method]connection.execute" (func async (param "self" (borrow $connection))
      (param "statement" string) (param "params" (list $value))
      (result (result (error $error)))))))
  (alias export $mysql "connection" (type $connection))
  (core module $memory
    (memory (export "memory") 2)
    (global $free (mut i32) (i32.const 4096))
    (data (i32.const 1024) "from a guest")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
      (global.set $free (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $m (instantiate $memory))
  (core func $open (canon lower (func $mysql "[static]connection.open")
    (memory $m "memory") (realloc (func $m "realloc"))))
  (core func $execute (canon lower (func $mysql "[method]connection.execute")
    (memory $m "memory") (realloc (func $m "realloc"))))
  (core func $close (canon resource.drop $connection))
  (core module $code
    (import "m" "memory" (memory 2))
    (import "host" "open" (func $open (param i32 i32 i32)))
    (import "host" "execute" (func $execute (param i32 i32 i32 i32 i32 i32)))
    (import "host" "close" (func $close (param i32)))
    (func (export "run") (param i32 i32 i32 i32) (result i32)
      (call $open (local.get 0) (local.get 1) (i32.const 16))
      (if (i32.load8_u (i32.const 16))
        (then (return (i32.add (i32.const 10) (i32.load8_u (i32.const 20))))))
      ;; The parameter: the case `str`, and where its text is.
      (i32.store8 (i32.const 128) (i32.const 11))
      (i32.store (i32.const 136) (i32.const 1024))
      (i32.store (i32.const 140) (i32.const 12))
      (call $execute (i32.load (i32.const 20)) (local.get 2) (local.get 3)
        (i32.const 128) (i32.const 1) (i32.const 64))
      (call $close (i32.load (i32.const 20)))
      (if (i32.load8_u (i32.const 64))
        (then (return (i32.add (i32.const 20) (i32.load8_u (i32.const 68))))))
      (i32.const 0)))
  (core instance $i (instantiate $code (with "m" (instance $m)) (with "host" (instance
    (export "open" (func $open)) (export "execute" (func $execute))
    (export "close" (func $close))))))
  (func (export "run") async (param "address" string) (param "statement" string) (result u32)
    (canon lift (core func $i "run") (memory $m "memory") (realloc (func $m "realloc")))))"#;

/// The guest's grants, as a manifest says.
fn grants(hosts: &str) -> Grants {
    let text = format!(
        "spin_manifest_version = 2\n[application]\nname = \"guests\"\nversion = \"0.1.0\"\n\
         [[trigger.http]]\nroute = \"/...\"\ncomponent = \"guest\"\n\
         [component.guest]\nsource = \"guest.wasm\"\nallowed_outbound_hosts = [\"{hosts}\"]\n"
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("guest.wasm"), b"").unwrap();
    let manifest = Manifest::parse(&text, folder.path()).unwrap();
    let databases = Arc::new(Databases::in_folder(folder.path()));
    let none = Variables::from(BTreeMap::new());
    let component = &manifest.components["guest"];
    Grants::of(
        "guest",
        component,
        &none,
        &databases,
        &Arc::default(),
        Some(2),
    )
    .unwrap()
}

async fn guest(hosts: &str, address: &str, statement: &str) -> u32 {
    let engine = engine::engine().unwrap();
    let linker = linker(&engine).unwrap();
    let component = Component::new(&engine, wat::parse_str(GUEST).unwrap()).unwrap();
    let grants = Arc::new(grants(hosts));
    let mut store = state::store(&engine, &grants, &no_neighbours(), Depth::default());
    let instance = linker.instantiate_async(&mut store, &component).await;
    let instance = instance.unwrap();
    let run = instance.get_typed_func::<(&str, &str), (u32,)>(&mut store, "run");
    let run = run.unwrap();
    let (code,) = run
        .call_async(&mut store, (address, statement))
        .await
        .unwrap();
    code
}

#[test]
fn a_guest_writes_where_it_was_granted_the_host_and_nowhere_else() {
    let database = Database::fresh();
    database.execute("CREATE TABLE seen (what VARCHAR(20) NOT NULL PRIMARY KEY)");
    let statement = "INSERT INTO seen (what) VALUES (?)";
    let ask = |hosts: &str, statement| run(guest(hosts, &database.url, statement));
    for hosts in ["mysql://127.0.0.1", "mysql://*.example:*", "http://*:*"] {
        assert_eq!(ask(hosts, statement), 10, "connection-failed: {hosts}");
    }
    let count = "SELECT COUNT(*) FROM seen";
    assert_eq!(database.value(count).as_deref(), Some("0"));
    assert_eq!(ask(&database.host, statement), 0);
    let seen = database.value("SELECT what FROM seen");
    assert_eq!(seen.as_deref(), Some("from a guest"));
    assert_eq!(
        ask(&database.host, statement),
        22,
        "query-failed: it is there"
    );
    assert_eq!(database.value(count).as_deref(), Some("1"));
}

async fn connect(database: &Database) -> Client {
    let grants = grants(&database.host);
    let client = grants.mysql.connect(&grants.allowed_hosts, &database.url);
    client.await.unwrap()
}

#[test]
fn values_are_read_by_the_type_of_their_column() {
    use DbDataType as T;
    use DbValue as V;
    let database = Database::fresh();
    database.execute(
        "CREATE TABLE t (a BOOLEAN, b TINYINT UNSIGNED, c SMALLINT, d SMALLINT UNSIGNED, e INT,
            f MEDIUMINT UNSIGNED, g BIGINT, h BIGINT UNSIGNED, i FLOAT, j DOUBLE,
            k VARCHAR(9), l TEXT, m VARBINARY(9), n BLOB, o TEXT) CHARSET utf8mb4;
        INSERT INTO t VALUES (TRUE, 255, -2, 65535, -3, 4, -5, 18446744073709551615, 0.5, 0.25,
            'é', 'ü', x'00ff', x'ff', NULL)",
    );
    let (columns, rows) = run(async {
        let client = connect(&database).await;
        table(
            client
                .run("SELECT * FROM t WHERE g = ?", vec![Value::Int(-5)])
                .await
                .unwrap(),
        )
    })
    .unwrap();
    let expected = [
        ("a", T::Int8, V::Int8(1)),
        ("b", T::Uint8, V::Uint8(255)),
        ("c", T::Int16, V::Int16(-2)),
        ("d", T::Uint16, V::Uint16(65535)),
        ("e", T::Int32, V::Int32(-3)),
        ("f", T::Uint32, V::Uint32(4)),
        ("g", T::Int64, V::Int64(-5)),
        ("h", T::Uint64, V::Uint64(u64::MAX)),
        ("i", T::Floating32, V::Floating32(0.5)),
        ("j", T::Floating64, V::Floating64(0.25)),
        ("k", T::Str, V::Str("é".into())),
        ("l", T::Str, V::Str("ü".into())),
        ("m", T::Binary, V::Binary(vec![0, 255])),
        ("n", T::Binary, V::Binary(vec![255])),
        ("o", T::Str, V::DbNull),
    ];
    let [row] = &rows[..] else {
        panic!("one row: {rows:?}");
    };
    assert_eq!(row.len(), expected.len());
    for ((column, value), (name, data_type, expected)) in columns.iter().zip(row).zip(expected) {
        assert_eq!(
            (&*column.name, column.data_type as u8),
            (name, data_type as u8)
        );
        assert_eq!(format!("{value:?}"), format!("{expected:?}"), "{name}");
    }
}

#[test]
fn what_is_not_read_or_does_not_run_is_an_error_with_the_servers_code() {
    let database = Database::fresh();
    run(async {
        let client = connect(&database).await;
        let found = client.run("SELECT CURRENT_DATE AS today", vec![]).await;
        let Err(Error::ValueConversionFailed(why)) = table(found.unwrap()) else {
            panic!("no guest has a type for a date");
        };
        assert!(why.contains("column today"), "{why}");
        let Err(error) = client.run("SELECT * FROM nothing", vec![]).await else {
            panic!("there is no such table");
        };
        let Error::QueryFailed(why) = failure(&error) else {
            panic!("{error:?}");
        };
        assert!(why.contains("code: 1146") && why.contains("42S02"), "{why}");
        let Error::QueryFailed(why) = failure(&StatementError::Silent) else {
            panic!("a silent server is one that failed");
        };
        assert!(why.contains("timeout"), "{why}");
    });
}
