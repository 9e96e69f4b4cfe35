//! `gatelet backup`: how is the embedded database copied while it is in use? What was
//! written last lies in the log beside its file, which a copy of the file does not have.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use gatelet_runtime::back_up;
use gatelet_settings::Setting;

use super::project::Project;
use super::reach::Database;
use crate::private_file;

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to make, for its owner alone: it holds hashes of passwords and whoever is
    /// signed in.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    project: Project,
}

impl Backup {
    pub(super) fn run(self) -> Result<ExitCode> {
        let settled = self.project.settle()?;
        let url = settled.variables.get(Setting::DatabaseUrl.name());
        let label =
            embedded(url.context("the manifest is not Gatelet's: it has no database_url")?)?;
        let folder = self.project.run_options(&settled)?.sqlite_folder;
        private_file::create_by(&self.file, |aside| back_up(&folder, &label, aside.path()))?;
        outln!(
            "{}: sqlite:{label} as it is now. Not in it: origins with a database of their own, key-value stores, keys",
            self.file.display()
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// The label of the database.
fn embedded(url: &str) -> Result<String> {
    let tool = match Database::parse(url)? {
        Database::Sqlite(label) => return Ok(label),
        Database::Postgres(_) => "pg_dump",
        Database::MySql(_) => "mysqldump or mariadb-dump",
    };
    bail!("database_url: names a server, which {tool} backs up: this copies SQLite alone")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_keeps_users_on_a_server_is_told_what_backs_that_up() {
        assert_eq!(embedded("sqlite:default").unwrap(), "default");
        for (url, tool) in [
            ("postgres://u:hunter2@h/d", "pg_dump"),
            ("mysql://u:hunter2@h/d", "mysqldump"),
        ] {
            let line = embedded(url).unwrap_err().to_string();
            assert!(line.contains(tool) && !line.contains("hunter2"), "{line}");
        }
    }
}
