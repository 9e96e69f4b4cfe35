//! The store component on a host, in front of a fresh database: what the
//! contract is tried on.

mod access_tokens;
mod accounts;
mod app_grants;
mod audit;
mod databases;
mod factors;
mod faults;
mod groups;
mod held;
mod interleavings;
mod invitations;
mod life;
mod lifecycle;
mod limits;
mod links;
mod mailed;
mod migrations;
mod mysql;
mod origins;
mod outbox;
mod own_account;
mod places;
mod ports;
mod provider_tokens;
mod reclaim;
mod refreshes;
mod schemas;
mod servers;
mod sessions;
mod sign_in;
mod upkeep;
mod user_sessions;
mod users;
mod uses;
mod values;
mod vault;
mod vouched;
mod waiting;
mod ways_in;

use std::{
    collections::BTreeMap,
    fs,
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use gatelet_runtime::RuntimeConfig;
use gatelet_runtime::store::{StoreAdmin, StoreInstance};

use crate::{janitor, mariadb, postgres, redis_server::Redis, runtime::run};

pub(crate) use ports::types;
use ports::types::{Place, User};
pub(crate) use ways_in::{identity, owner_of, session};

/// A test of each claim on each engine, with the schema in place; once more on SQLite where
/// a key-value store keeps when sessions were used.
macro_rules! on_both_engines {
    ($($claim:ident)*) => {
        mod on_sqlite {
            use crate::store::{Database, Subject};
            $(#[test] fn $claim() { super::$claim(Subject::on(Database::sqlite_with_tables(""))); })*
        }
        mod on_postgres {
            use crate::store::{Database, Subject};
            $(#[test] fn $claim() { super::$claim(Subject::on(Database::postgres_with_tables(""))); })*
        }
        mod on_mysql {
            use crate::store::{Database, Subject};
            $(#[test] fn $claim() { super::$claim(Subject::on(Database::mysql_with_tables(""))); })*
        }
        mod with_a_key_value_store {
            use crate::store::{Database, Subject};
            $(#[test] fn $claim() {
                let database = Database::sqlite_with_tables("");
                super::$claim(Subject::on(database.with_a_key_value_store(None)));
            })*
        }
    };
}
use on_both_engines;

/// A test of each claim where Redis keeps when sessions were used, before Postgres.
macro_rules! with_redis {
    ($($claim:ident)*) => {
        mod with_redis {
            use crate::store::{Database, Subject};
            $(#[test] fn $claim() {
                let database = Database::postgres_with_tables("");
                let server = crate::redis_server::Redis::start_new();
                let database = database.with_a_key_value_store(Some(&server));
                super::$claim(Subject::on(database));
            })*
        }
    };
}
use with_redis;

/// The same, and once more each in a place of its own beside the main tables.
macro_rules! on_both_engines_in_every_place {
    ($($claim:ident)*) => {
        crate::store::on_both_engines! { $($claim)* }
        mod beside_on_sqlite {
            use crate::store::{BESIDE, Database, Subject};
            $(#[test] fn $claim() { super::$claim(Subject::beside(Database::sqlite_with_tables(BESIDE))); })*
        }
        mod beside_on_postgres {
            use crate::store::{BESIDE, Database, Subject};
            $(#[test] fn $claim() { super::$claim(Subject::beside(Database::postgres_with_tables(BESIDE))); })*
        }
        mod beside_on_mysql {
            use crate::store::{BESIDE, Database, Subject};
            $(#[test] fn $claim() { super::$claim(Subject::beside(Database::mysql_with_tables(BESIDE))); })*
        }
    };
}
use on_both_engines_in_every_place;

/// The schema of a place beside the main tables.
const BESIDE: &str = "x";

/// One instance of the component and the database behind it.
pub(crate) struct Subject {
    instance: StoreInstance,
    database: Database,
    /// Whose tables its calls mean.
    place: Place,
}

/// The runtime configuration beside a database.
const STORES: &str = "runtime-config.toml";

/// Folders for it, by the URL of the database.
static BESIDE_SERVERS: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());

/// A database of one test.
#[derive(Clone)]
pub(crate) enum Database {
    MySql(mariadb::Database),
    Postgres(postgres::Database),
    /// The folder of the file.
    Sqlite(PathBuf),
}

impl Subject {
    /// With the schema in place.
    pub(crate) fn on(database: Database) -> Self {
        let mut subject = Self::unprepared(database);
        subject
            .migrate(0)
            .expect("an empty database takes the schema");
        subject
    }

    /// In a place of its own, beside the main tables.
    pub(crate) fn beside(database: Database) -> Self {
        Self::on(database).at_new(BESIDE)
    }

    /// From here on in this schema; in the main tables where it is empty.
    pub(crate) fn at(&mut self, schema: &str) -> &mut Self {
        self.place = place(schema);
        self
    }

    /// The same, of a schema that is made.
    pub(crate) fn at_new(mut self, schema: &str) -> Self {
        self.at(schema).migrate(0).expect("a new place");
        self
    }

    /// As the database is.
    pub(crate) fn unprepared(database: Database) -> Self {
        Self::with_keys(database, KEYS)
    }

    /// As the database is, with these session keys.
    pub(crate) fn with_keys(database: Database, session_keys: &str) -> Self {
        let instance = run(admin(&database, session_keys).instance());
        Self {
            instance: instance.expect("an instance"),
            database,
            place: place(""),
        }
    }

    /// In the place of another.
    pub(crate) fn in_place_of(mut self, other: &Self) -> Self {
        self.place = other.place.clone();
        self
    }

    /// Another instance in front of the same database.
    pub(crate) fn another(&self) -> Self {
        Self {
            place: self.place.clone(),
            ..Self::unprepared(self.database.clone())
        }
    }

    /// As the operator's tools have it.
    pub(crate) fn admin(&self) -> StoreAdmin {
        admin(&self.database, KEYS)
    }

    /// The same, of a program whose variable `origins` says this.
    pub(crate) fn admin_with_origins(&self, origins: &str) -> StoreAdmin {
        admin_with(&self.database, KEYS, origins)
    }

    /// Whether a key-value store keeps when sessions were used.
    pub(crate) fn keeps_uses_elsewhere(&self) -> bool {
        self.database.key_value_store().is_some()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Runs statements on the place's tables, behind the component's back.
    pub(crate) fn execute(&self, statements: &str) {
        self.database.execute(&self.placed(statements));
    }

    /// As [`Database::value`], of the place's tables.
    pub(crate) fn value(&self, query: &str) -> Option<String> {
        self.database.value(&self.placed(query))
    }

    pub(crate) fn count(&self, table: &str) -> u64 {
        self.database.count(&self.placed(table))
    }

    fn placed(&self, text: &str) -> String {
        let prefix = match (&self.database, self.place.schema.as_str()) {
            (_, "") => String::new(),
            (Database::Postgres(_), schema) => format!("\"{schema}\"."),
            (Database::MySql(_) | Database::Sqlite(_), schema) => format!("{schema}__"),
        };
        text.replace("auth_", &format!("{prefix}auth_"))
    }

    /// The same database, which takes no writes from now on, and a new instance.
    pub(crate) fn read_only(self) -> Self {
        let Self {
            instance,
            database,
            place,
        } = self;
        // The last connection to go leaves everything in the one file.
        drop(instance);
        let database = database.refuse_writes();
        Self {
            place,
            ..Self::unprepared(database)
        }
    }
}

fn admin(database: &Database, session_keys: &str) -> StoreAdmin {
    admin_with(database, session_keys, "")
}

fn admin_with(database: &Database, session_keys: &str, origins: &str) -> StoreAdmin {
    // Compiled once for all the tests.
    static COMPONENT: OnceLock<StoreAdmin> = OnceLock::new();
    let wasm = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/components/store.wasm");
    let component = COMPONENT
        .get_or_init(|| StoreAdmin::load(&wasm).expect("scripts/components.sh has built it"));
    let admin = component
        .with_database(&database.url(), session_keys, origins, &database.folder())
        .expect("grants");
    let Some(folder) = database.key_value_store() else {
        return admin;
    };
    let configured = RuntimeConfig::read(&folder.join(STORES)).expect("written by us");
    admin
        .with_session_store("key-value:default", &configured.key_value_stores, &folder)
        .expect("grants")
}

impl Database {
    pub(crate) fn postgres() -> Self {
        Self::Postgres(postgres::Database::fresh())
    }

    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        janitor::remove_at_end(&folder);
        Self::Sqlite(folder)
    }

    /// With the main tables, and those of this place where it is not empty: a copy of
    /// one that is made once.
    pub(crate) fn postgres_with_tables(place: &str) -> Self {
        static MADE: Mutex<BTreeMap<String, postgres::Database>> = Mutex::new(BTreeMap::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let made = made.entry(place.to_owned()).or_insert_with(|| {
            let database = postgres::Database::fresh();
            Self::Postgres(database.clone()).make_tables(place);
            database.let_nobody_in();
            database
        });
        Self::Postgres(made.copy())
    }

    /// The same.
    pub(crate) fn sqlite_with_tables(place: &str) -> Self {
        static MADE: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let made = made.entry(place.to_owned()).or_insert_with(|| {
            let database = Self::sqlite();
            database.make_tables(place);
            database.folder()
        });
        let copy = Self::sqlite();
        for entry in fs::read_dir(made).expect("a folder") {
            let from = entry.expect("an entry").path();
            let to = copy.folder().join(from.file_name().expect("a file's name"));
            fs::copy(from, to).expect("a copy");
        }
        copy
    }

    pub(crate) fn mysql() -> Self {
        Self::MySql(mariadb::Database::fresh())
    }

    /// The same.
    pub(crate) fn mysql_with_tables(place: &str) -> Self {
        static MADE: Mutex<BTreeMap<String, Arc<mariadb::Template>>> = Mutex::new(BTreeMap::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let template = made.entry(place.to_owned()).or_insert_with(|| {
            let database = mariadb::Database::fresh();
            Self::MySql(database.clone()).make_tables(place);
            Arc::new(database.template())
        });
        // Copies are made side by side: tables take a while here.
        let template = Arc::clone(template);
        drop(made);
        Self::MySql(template.copy())
    }

    fn make_tables(&self, place: &str) {
        let subject = Subject::on(self.clone());
        if !place.is_empty() {
            subject.at_new(place);
        }
    }

    /// From here on a key-value store keeps when sessions were used: at this server, or in a
    /// file.
    pub(crate) fn with_a_key_value_store(self, server: Option<&Redis>) -> Self {
        let folder = match &self {
            Self::Sqlite(folder) => folder.clone(),
            Self::MySql(_) | Self::Postgres(_) => {
                let folder = tempfile::tempdir().expect("a temporary folder").keep();
                janitor::remove_at_end(&folder);
                let mut beside = BESIDE_SERVERS
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                beside.insert(self.url(), folder.clone());
                folder
            }
        };
        let lines = server.map(|server| {
            let url = server.url();
            format!("[key_value_store.default]\ntype = \"redis\"\nurl = \"{url}\"\n")
        });
        fs::write(folder.join(STORES), lines.unwrap_or_default()).expect("a folder of ours");
        self
    }

    /// The folder with its runtime configuration, where there is a key-value store.
    fn key_value_store(&self) -> Option<PathBuf> {
        let folder = match self {
            Self::Sqlite(folder) => Some(folder.clone()),
            Self::MySql(_) | Self::Postgres(_) => {
                let beside = BESIDE_SERVERS
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                beside.get(&self.url()).cloned()
            }
        };
        folder.filter(|folder| folder.join(STORES).exists())
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::MySql(database) => database.url.clone(),
            Self::Postgres(database) => database.url.clone(),
            Self::Sqlite(_) => "sqlite:default".into(),
        }
    }

    fn folder(&self) -> PathBuf {
        match self {
            Self::MySql(_) | Self::Postgres(_) => "/nonexistent".into(),
            Self::Sqlite(folder) => folder.clone(),
        }
    }

    /// Runs statements behind the component's back.
    pub(crate) fn execute(&self, statements: &str) {
        match self {
            Self::MySql(database) => database.execute(statements),
            Self::Postgres(database) => database.execute(statements),
            Self::Sqlite(folder) => {
                open(folder)
                    .execute_batch(statements)
                    .expect("valid statements");
            }
        }
    }

    /// The first column of the first row, as text. Booleans are `true` and `1`
    /// by engine, so ask for something else.
    pub(crate) fn value(&self, query: &str) -> Option<String> {
        match self {
            Self::MySql(database) => database.value(query),
            Self::Postgres(database) => database.value(query),
            Self::Sqlite(folder) => {
                let text = format!("SELECT CAST(v AS TEXT) FROM (SELECT ({query}) AS v)");
                open(folder)
                    .query_row(&text, [], |row| row.get(0))
                    .expect("a valid query")
            }
        }
    }

    pub(crate) fn count(&self, table: &str) -> u64 {
        let count = self.value(&format!("SELECT COUNT(*) FROM {table}"));
        count.expect("a count").parse().expect("a number")
    }

    /// Ends every connection but the one that asks for it.
    pub(crate) fn end_connections(&self) {
        match self {
            Self::MySql(database) => database.end_connections(),
            Self::Postgres(database) => database.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            ),
            Self::Sqlite(_) => unreachable!("a file has none"),
        }
    }

    /// The same, or one with the same rows, that takes no writes.
    fn refuse_writes(self) -> Self {
        match &self {
            Self::MySql(database) => {
                let refusing = Self::MySql(database.read_only());
                if let Some(folder) = self.key_value_store() {
                    let mut beside = BESIDE_SERVERS
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner);
                    beside.insert(refusing.url(), folder);
                }
                return refusing;
            }
            Self::Postgres(database) => database.set_read_only(true),
            Self::Sqlite(folder) => {
                // A write version above 2 makes a file read-only, for root too:
                // https://www.sqlite.org/fileformat2.html#file_format_version_numbers
                let mut file = fs::File::options()
                    .write(true)
                    .open(file(folder))
                    .expect("the database");
                file.seek(SeekFrom::Start(18)).expect("a header");
                file.write_all(&[3]).expect("a writable file");
            }
        }
        self
    }
}

/// Where the host keeps the database named `default`.
fn file(folder: &Path) -> PathBuf {
    folder.join("sqlite_db.db")
}

fn open(folder: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(file(folder)).expect("the database");
    connection
        .execute_batch("PRAGMA foreign_keys = ON")
        .expect("a pragma");
    connection
}

pub(crate) const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

/// Random, and used nowhere else.
pub(crate) const KEYS: &str = "k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";

/// A schema beside the main tables; those where it is empty.
pub(crate) fn place(schema: &str) -> Place {
    Place {
        url: String::new(),
        schema: schema.into(),
    }
}

/// Whom the tests' own places are made for.
pub(crate) fn tenant() -> ports::Tenant {
    ports::Tenant {
        name: "tests".into(),
        created_at: 0,
    }
}

pub(crate) const ORIGIN: &str = "https://app.example";

pub(crate) fn user(name: &str) -> User {
    User {
        id: format!("id-of-{name}"),
        email: format!("{name}@example.com"),
        email_verified: false,
        name: name.into(),
        created_at: 100,
    }
}

/// As [`user`], and the email is known to be theirs.
pub(crate) fn proved(name: &str) -> User {
    User {
        email_verified: true,
        ..user(name)
    }
}

pub(crate) fn digest(token: u8) -> Vec<u8> {
    vec![token; 32]
}
