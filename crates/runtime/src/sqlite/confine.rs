//! What may a guest's statement reach? The one file that its label stands for,
//! by whatever spelling it asks for another.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use crate::private;

#[cfg(test)]
mod tests;

/// How long a statement waits for another writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Most that temporary tables of a connection may hold, in pages of 4 KiB.
const TEMPORARY_MAX_PAGES: i32 = 4096;
/// Longest text, BLOB or row, and longest statement.
const VALUE_MAX_BYTES: i32 = 16 * 1024 * 1024;

/// Pragmas that read or set something of this database and this connection.
/// Missing are those that name files or folders, tell where files lie, let a
/// guest write the schema as text, lock others out for good, or set something of
/// the whole process.
const PRAGMAS: [&str; 54] = [
    "analysis_limit",
    "application_id",
    "auto_vacuum",
    "automatic_index",
    "busy_timeout",
    "cache_size",
    "cache_spill",
    "case_sensitive_like",
    "cell_size_check",
    "checkpoint_fullfsync",
    "collation_list",
    "compile_options",
    "count_changes",
    "data_version",
    "defer_foreign_keys",
    "empty_result_callbacks",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "foreign_keys",
    "freelist_count",
    "full_column_names",
    "fullfsync",
    "function_list",
    "ignore_check_constraints",
    "incremental_vacuum",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "journal_mode",
    "journal_size_limit",
    "legacy_alter_table",
    "max_page_count",
    "module_list",
    "optimize",
    "page_count",
    "page_size",
    "pragma_list",
    "quick_check",
    "read_uncommitted",
    "recursive_triggers",
    "reverse_unordered_selects",
    "schema_version",
    "secure_delete",
    "short_column_names",
    "shrink_memory",
    "synchronous",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
    "wal_autocheckpoint",
    "wal_checkpoint",
];

/// Those of them that can be read and change nothing.
const SETTLED_PRAGMAS: [&str; 2] = ["synchronous", "wal_autocheckpoint"];

/// Modules of virtual tables that keep what they hold in this database.
const MODULES: [&str; 8] = [
    "dbstat",
    "fts3",
    "fts4",
    "fts4aux",
    "fts5",
    "fts5vocab",
    "rtree",
    "rtree_i32",
];

/// Functions that take code or an address from the caller. SQLite refuses them
/// unless they are switched on; here they have no name at all.
const DENIED_FUNCTIONS: [&str; 2] = ["fts3_tokenizer", "load_extension"];

/// Opens the file for a guest; it is made where there is none.
pub(super) fn open(file: &Path) -> rusqlite::Result<Connection> {
    // Where they cannot be made, opening the file says why.
    if let Some(folder) = file.parent() {
        let _unmade = private::folder(folder);
    }
    let _unmade = private::file(file);
    // SQLite makes these like the file itself; they may be there already.
    for suffix in ["-wal", "-shm", "-journal"] {
        let mut beside = file.as_os_str().to_owned();
        beside.push(suffix);
        private::close_file(Path::new(&beside));
    }
    // SQLite is compiled to read `file:` URLs even where nobody asks for it. No
    // absolute path begins so.
    let file =
        std::path::absolute(file).map_err(|_| rusqlite::Error::InvalidPath(file.to_owned()))?;
    let mut connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Readers and a writer at once. A database that takes no writes stays as it is.
    let _unchanged = connection.pragma_update(None, "journal_mode", "WAL");
    leave_waiting(&connection)?;
    confine(&mut connection)?;
    Ok(connection)
}

/// Has a commit not wait for the disk, where that costs no more than what was not waited
/// for: in a write-ahead log. Whoever commits waits besides ([`super::durable`]).
fn leave_waiting(connection: &Connection) -> rusqlite::Result<()> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    let waits = match mode.eq_ignore_ascii_case("wal") {
        true => "NORMAL",
        false => "FULL",
    };
    connection.pragma_update(None, "synchronous", waits)
}

fn confine(connection: &mut Connection) -> rusqlite::Result<()> {
    // What a statement puts aside is no file either, and no more than this.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(Some("temp"), "max_page_count", TEMPORARY_MAX_PAGES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_MAX_BYTES)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    // A statement's plan does not depend on what is bound to it. Else SQLite prepares anew
    // at each run what it keeps prepared, for a bound value might make another plan better.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.authorizer(Some(judge))
}

/// A list of what may be done: what is not on it is denied, and so is what a
/// later SQLite brings.
fn judge(context: AuthContext<'_>) -> Authorization {
    let allowed = match context.action {
        AuthAction::AlterTable { .. }
        | AuthAction::Analyze { .. }
        | AuthAction::CreateIndex { .. }
        | AuthAction::CreateTable { .. }
        | AuthAction::CreateTempIndex { .. }
        | AuthAction::CreateTempTable { .. }
        | AuthAction::CreateTempTrigger { .. }
        | AuthAction::CreateTempView { .. }
        | AuthAction::CreateTrigger { .. }
        | AuthAction::CreateView { .. }
        | AuthAction::Delete { .. }
        | AuthAction::DropIndex { .. }
        | AuthAction::DropTable { .. }
        | AuthAction::DropTempIndex { .. }
        | AuthAction::DropTempTable { .. }
        | AuthAction::DropTempTrigger { .. }
        | AuthAction::DropTempView { .. }
        | AuthAction::DropTrigger { .. }
        | AuthAction::DropView { .. }
        | AuthAction::DropVtable { .. }
        | AuthAction::Insert { .. }
        | AuthAction::Read { .. }
        | AuthAction::Recursive
        | AuthAction::Reindex { .. }
        | AuthAction::Savepoint { .. }
        | AuthAction::Select
        | AuthAction::Transaction { .. }
        | AuthAction::Update { .. } => true,
        AuthAction::CreateVtable { module_name, .. } => names(&MODULES, module_name),
        AuthAction::Function { function_name } => !names(&DENIED_FUNCTIONS, function_name),
        // Another journal would not outlast a loss of power as the log does ([`leave_waiting`]).
        AuthAction::Pragma {
            pragma_name,
            pragma_value: Some(mode),
        } if pragma_name.eq_ignore_ascii_case("journal_mode") => mode.eq_ignore_ascii_case("wal"),
        // When the disk is waited for, and when the log is moved, is settled for all who have
        // the connection, one after the other. As if nobody had asked.
        AuthAction::Pragma {
            pragma_name,
            pragma_value: Some(_),
        } if names(&SETTLED_PRAGMAS, pragma_name) => return Authorization::Ignore,
        AuthAction::Pragma { pragma_name, .. } => names(&PRAGMAS, pragma_name),
        // A file whose name is bound or computed comes as `Unknown`. Plain
        // `VACUUM` attaches a database too and is denied with the rest.
        AuthAction::Attach { .. } | AuthAction::Detach { .. } | AuthAction::Unknown { .. } => false,
        // The enum is open: denied is what it does not know today.
        _ => false,
    };
    if allowed {
        Authorization::Allow
    } else {
        Authorization::Deny
    }
}

/// SQLite compares names without regard to case and passes them on as written.
fn names(list: &[&str], name: &str) -> bool {
    list.iter().any(|listed| listed.eq_ignore_ascii_case(name))
}
