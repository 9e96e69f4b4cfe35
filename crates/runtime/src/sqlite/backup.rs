//! How is a database copied that others write to at the same time?

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use rusqlite::{Connection, OpenFlags};

use super::file_of;

/// Copies the database of this label in this folder, as of one moment, into a file that is
/// empty. What was deleted before is not in it.
///
/// # Errors
/// One line when there is no such database, or it cannot be read, or the copy not written.
pub fn back_up(folder: &Path, label: &str, to: &Path) -> Result<()> {
    let file = file_of(folder, label);
    ensure!(
        file.exists(),
        "{}: is not there, so nothing is kept yet (--state-dir says where databases lie)",
        file.display()
    );
    // Reading makes files beside it where nobody else has it open, so not for reading alone;
    // and no absolute path is taken for a URL.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(std::path::absolute(&file)?, flags);
    let to = std::path::absolute(to)?;
    let to = to.to_str().context("the name of a copy is text")?;
    let copied = connection.and_then(|database| database.execute("VACUUM INTO ?1", [to]));
    copied.with_context(|| format!("{} cannot be copied", file.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::confine;

    #[test]
    fn a_copy_has_what_was_committed_and_nothing_of_what_was_not() {
        let folder = tempfile::tempdir().unwrap();
        let database = confine::open(&file_of(folder.path(), "default")).unwrap();
        database
            .execute_batch("CREATE TABLE kept (it); INSERT INTO kept VALUES (1)")
            .unwrap();
        let count = |file: &Path| {
            let copy = Connection::open(file).unwrap();
            let count = copy.query_row("SELECT count(*) FROM kept", [], |row| row.get::<_, u32>(0));
            count.ok()
        };
        // What lies in the log is not in the file.
        let file = folder.path().join("copied.db");
        std::fs::copy(folder.path().join("sqlite_db.db"), &file).unwrap();
        assert_eq!(count(&file), None);
        database
            .execute_batch("BEGIN IMMEDIATE; INSERT INTO kept VALUES (2)")
            .unwrap();
        let copy = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
        back_up(folder.path(), "default", copy.path()).unwrap();
        database.execute_batch("COMMIT").unwrap();
        assert_eq!(count(copy.path()), Some(1));
        let again = back_up(folder.path(), "default", copy.path());
        assert!(again.is_err(), "it would be written over");
        let other = back_up(folder.path(), "other", &folder.path().join("x"));
        let line = other.unwrap_err().to_string();
        assert!(line.contains("other.db: is not there"), "{line}");
        assert!(!folder.path().join("other.db").exists());
    }
}
