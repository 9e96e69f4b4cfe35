//! Each way that SQLite knows to another file, and what an app goes on doing.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;

/// A granted database beside one of somebody else.
struct House {
    folder: TempDir,
    granted: Connection,
}

const SECRET: &str = "not for guests";

impl House {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let other = Connection::open(folder.path().join("other.db")).expect("a database");
        other
            .execute_batch(&format!(
                "CREATE TABLE secrets (text); INSERT INTO secrets VALUES ('{SECRET}')"
            ))
            .expect("a table");
        let granted = super::open(&folder.path().join("granted.db")).expect("a database");
        Self { folder, granted }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn other(&self) -> String {
        text(&self.path("other.db"))
    }

    /// What lies in the folder, by name.
    fn files(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.folder.path())
            .expect("a folder")
            .map(|entry| {
                let name = entry.expect("an entry").file_name();
                name.into_string().expect("a name in UTF-8")
            })
            .collect();
        names.sort();
        names
    }

    /// As a guest runs it: one statement, its parameters bound.
    fn run(&self, statement: &str, parameters: &[&str]) -> rusqlite::Result<Vec<Vec<Value>>> {
        let mut prepared = self.granted.prepare_cached(statement)?;
        let columns = prepared.column_count();
        let mut found = prepared.query(params_from_iter(parameters))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(
                (0..columns)
                    .map(|column| row.get(column))
                    .collect::<Result<_, _>>()?,
            );
        }
        Ok(rows)
    }

    #[track_caller]
    fn is_denied(&self, statement: &str, parameters: &[&str]) {
        let before = self.files();
        let outcome = self.run(statement, parameters);
        assert!(outcome.is_err(), "{statement}: {outcome:?}");
        assert_eq!(self.files(), before, "{statement} made a file");
        let names = self.granted.prepare("SELECT * FROM x.secrets");
        assert!(names.is_err(), "{statement} left a database attached");
    }

    #[track_caller]
    fn is_allowed(&self, statement: &str) {
        if let Err(error) = self.run(statement, &[]) {
            panic!("{statement}: {error}");
        }
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

#[test]
fn a_file_named_by_a_literal_is_not_attached() {
    let house = House::new();
    house.is_denied(&format!("ATTACH '{}' AS x", house.other()), &[]);
    house.is_denied(&format!("attach database \"{}\" as x", house.other()), &[]);
    house.is_denied(
        &format!("ATTACH '{}' AS x", text(&house.path("new.db"))),
        &[],
    );
}

#[test]
fn a_file_named_by_a_parameter_is_not_attached() {
    let house = House::new();
    for spelling in ["?", "?1", ":file", "@file", "$file"] {
        house.is_denied(&format!("ATTACH {spelling} AS x"), &[&house.other()]);
        house.is_denied(
            &format!("ATTACH {spelling} AS x"),
            &[&text(&house.path("new.db"))],
        );
    }
}

#[test]
fn a_file_named_by_an_expression_is_not_attached() {
    let house = House::new();
    let (first, rest) = (text(house.folder.path()), "other.db");
    house.is_denied(&format!("ATTACH '{first}/'||'{rest}' AS x"), &[]);
    house.is_denied(&format!("ATTACH ('{first}/{rest}') AS x"), &[]);
    house.is_denied(&format!("ATTACH lower('{first}/{rest}') AS x"), &[]);
    house.is_denied(&format!("ATTACH CAST('{first}/{rest}' AS TEXT) AS x"), &[]);
    house.is_denied(&format!("ATTACH (SELECT '{first}/{rest}') AS x"), &[]);
}

#[test]
fn a_file_named_by_a_url_is_not_attached() {
    let house = House::new();
    for options in [
        "",
        "?mode=ro",
        "?mode=rwc",
        "?immutable=1",
        "?vfs=unix-none",
    ] {
        let url = format!("file:{}{options}", house.other());
        house.is_denied(&format!("ATTACH '{url}' AS x"), &[]);
        house.is_denied("ATTACH ?1 AS x", &[&url]);
    }
}

#[test]
fn no_database_is_attached_in_memory_either() {
    let house = House::new();
    for name in ["", ":memory:", "file::memory:?cache=shared"] {
        house.is_denied(&format!("ATTACH '{name}' AS x"), &[]);
        house.is_denied("ATTACH ?1 AS x", &[name]);
    }
    house.is_denied("ATTACH NULL AS x", &[]);
}

#[test]
fn no_database_is_detached() {
    let house = House::new();
    for name in ["main", "temp"] {
        house.is_denied(&format!("DETACH {name}"), &[]);
        house.is_denied("DETACH ?1", &[name]);
    }
}

#[test]
fn the_limit_holds_where_the_list_would_not() {
    let mut house = House::new();
    let none = None::<fn(rusqlite::hooks::AuthContext<'_>) -> rusqlite::hooks::Authorization>;
    house.granted.authorizer(none).expect("no list");
    house.is_denied("ATTACH ?1 AS x", &[&house.other()]);
}

#[test]
fn a_copy_is_not_written_to_another_file() {
    let house = House::new();
    house.is_allowed("CREATE TABLE mine (text)");
    let copy = text(&house.path("copy.db"));
    house.is_denied(&format!("VACUUM INTO '{copy}'"), &[]);
    house.is_denied(&format!("VACUUM main INTO '{copy}'"), &[]);
    house.is_denied("VACUUM INTO ?1", &[&copy]);
    house.is_denied("VACUUM INTO ?1", &[&format!("file:{copy}")]);
    house.is_denied("VACUUM INTO 'file:'||?1", &[&copy]);
    house.is_denied("VACUUM", &[]);
}

#[test]
fn a_pragma_that_names_files_or_tells_of_them_is_denied() {
    let house = House::new();
    let folder = text(house.folder.path());
    for pragma in [
        "temp_store_directory",
        "TEMP_STORE_DIRECTORY",
        "data_store_directory",
        "lock_proxy_file",
        "temp_store",
        "database_list",
    ] {
        house.is_denied(&format!("PRAGMA {pragma}"), &[]);
        house.is_denied(&format!("PRAGMA main.{pragma}"), &[]);
        house.is_denied(&format!("PRAGMA {pragma} = '{folder}'"), &[]);
        house.is_denied(&format!("PRAGMA {pragma}('{folder}')"), &[]);
    }
    house.is_denied("SELECT * FROM pragma_database_list", &[]);
}

#[test]
fn a_pragma_that_reaches_past_the_connection_is_denied() {
    let house = House::new();
    for pragma in [
        "activate_extensions",
        "hard_heap_limit",
        "soft_heap_limit",
        "locking_mode",
        "mmap_size",
        "query_only",
        "threads",
        "trusted_schema",
        "no_such_pragma",
    ] {
        house.is_denied(&format!("PRAGMA {pragma} = 1"), &[]);
    }
}

#[test]
fn the_schema_is_not_written_as_text() {
    let house = House::new();
    house.is_allowed("CREATE TABLE mine (text)");
    house.is_denied("PRAGMA writable_schema = ON", &[]);
    house.is_denied("PRAGMA writable_schema = RESET", &[]);
    house.is_denied(
        "UPDATE sqlite_master SET sql = 'CREATE TABLE mine (other)'",
        &[],
    );
    house.is_denied("DELETE FROM sqlite_schema", &[]);
}

#[test]
fn no_code_is_loaded_and_no_address_is_taken() {
    let house = House::new();
    for call in [
        "load_extension('./more.so')",
        "LOAD_EXTENSION('./more.so', 'init')",
        "fts3_tokenizer('simple')",
        "fts3_tokenizer('simple', x'0000000000000000')",
    ] {
        house.is_denied(&format!("SELECT {call}"), &[]);
    }
}

#[test]
fn functions_and_modules_that_read_files_do_not_exist() {
    let house = House::new();
    house.is_denied(&format!("SELECT readfile('{}')", house.other()), &[]);
    house.is_denied(
        &format!("SELECT writefile('{}', 'x')", text(&house.path("new"))),
        &[],
    );
    house.is_denied("SELECT * FROM fsdir('/')", &[]);
    for module in ["csv", "zipfile", "sqlite_dbpage", "no_such_module"] {
        house.is_denied(
            &format!(
                "CREATE VIRTUAL TABLE t USING {module}(filename='{}')",
                house.other()
            ),
            &[],
        );
    }
}

#[test]
fn a_view_or_a_trigger_reaches_no_further() {
    let house = House::new();
    house.is_allowed("CREATE TABLE mine (text)");
    house.is_allowed("CREATE VIEW files AS SELECT * FROM pragma_database_list");
    house.is_denied("SELECT * FROM files", &[]);
    house.is_allowed(
        "CREATE TRIGGER loads AFTER INSERT ON mine BEGIN SELECT load_extension(NEW.text); END",
    );
    house.is_denied("INSERT INTO mine VALUES ('./more.so')", &[]);
}

#[test]
fn a_folder_that_reads_as_a_url_is_a_folder() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("file:odd?mode=ro").join("granted.db");
    let granted = super::open(&file).expect("a database");
    granted
        .execute_batch("CREATE TABLE mine (text)")
        .expect("a table");
    assert!(file.is_file());
}

#[test]
fn what_an_app_does_with_its_own_database_is_allowed() {
    let house = House::new();
    for statement in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA foreign_keys = ON",
        "Pragma Busy_Timeout = 5000",
        "PRAGMA user_version = 3",
        "PRAGMA synchronous = NORMAL",
        "BEGIN IMMEDIATE",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, \
         author REFERENCES users (id) ON DELETE CASCADE, text TEXT)",
        "CREATE INDEX notes_author ON notes (author)",
        "CREATE VIEW named AS SELECT name, text FROM notes JOIN users ON users.id = author",
        "CREATE TRIGGER trims AFTER INSERT ON notes \
         BEGIN UPDATE notes SET text = trim(NEW.text) WHERE id = NEW.id; END",
        "COMMIT",
        "SAVEPOINT one",
        "INSERT INTO users (name) VALUES ('ann') ON CONFLICT (name) DO NOTHING RETURNING id",
        "INSERT INTO notes (author, text) VALUES (1, ' hello ')",
        "RELEASE one",
        "SELECT count(*), json_extract('[1]', '$[0]'), group_concat(name) FROM named",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) \
         SELECT sum(i) OVER () FROM n ORDER BY random()",
        "ALTER TABLE notes ADD COLUMN at INTEGER",
        "ALTER TABLE notes RENAME COLUMN at TO written_at",
        "ALTER TABLE notes DROP COLUMN written_at",
        "CREATE VIRTUAL TABLE words USING fts5(text)",
        "INSERT INTO words VALUES ('hello world')",
        "SELECT * FROM words WHERE words MATCH 'hello'",
        "CREATE VIRTUAL TABLE places USING RTree(id, west, east)",
        "CREATE TEMP TABLE scratch AS SELECT * FROM users",
        "CREATE TEMP TRIGGER copies AFTER INSERT ON scratch BEGIN SELECT 1; END",
        "SELECT * FROM pragma_table_info('users')",
        "SELECT name FROM sqlite_schema ORDER BY name",
        "ANALYZE",
        "REINDEX",
        "EXPLAIN QUERY PLAN SELECT * FROM named",
        "DELETE FROM users",
        "DROP TRIGGER trims",
        "DROP VIEW named",
        "DROP TABLE words",
        "DROP TABLE notes",
        "PRAGMA integrity_check",
        "PRAGMA wal_checkpoint(TRUNCATE)",
    ] {
        house.is_allowed(statement);
    }
}

#[test]
fn a_statement_is_prepared_once_however_often_it_runs() {
    let house = House::new();
    house.is_allowed("CREATE TABLE owner (id TEXT PRIMARY KEY)");
    house.is_allowed("CREATE TABLE kept (id TEXT PRIMARY KEY, kind TEXT, owner TEXT)");
    // A join in which a column of no index is compared: there SQLite minds the value.
    let run = |id: i64| {
        let found = "SELECT count(*) FROM kept JOIN owner ON owner.id = kept.owner \
             WHERE kept.id = ?1 AND kept.kind = ?2";
        let mut found = house.granted.prepare_cached(found).unwrap();
        let count: i64 = found.query_one((id, "a"), |row| row.get(0)).unwrap();
        assert_eq!(count, 0);
        found.get_status(rusqlite::StatementStatus::RePrepare)
    };
    for id in 0..5 {
        assert_eq!(run(id), 0);
    }
}

/// The log has every commit, and whoever commits waits for the disk beside it: another
/// journal, or a log that waits by itself, would be another bargain.
#[test]
fn a_commit_is_in_the_log_and_waited_for_elsewhere() {
    let house = House::new();
    let one = |statement| {
        house
            .run(statement, &[])
            .expect("a value")
            .remove(0)
            .remove(0)
    };
    assert_eq!(one("PRAGMA journal_mode"), Value::Text("wal".to_owned()));
    assert_eq!(one("PRAGMA synchronous"), Value::Integer(1), "NORMAL");
    for mode in ["DELETE", "truncate", "PERSIST", "memory", "'OFF'"] {
        house.is_denied(&format!("PRAGMA journal_mode = {mode}"), &[]);
        house.is_denied(&format!("pragma main.Journal_Mode({mode})"), &[]);
    }
    assert_eq!(
        one("PRAGMA main.journal_mode"),
        Value::Text("wal".to_owned())
    );
}
