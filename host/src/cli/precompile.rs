//! `gatelet precompile`: machine code for the components, to be handed on.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Args;

use super::log;
use super::project::Project;
use gatelet_runtime::Processors;

#[derive(Debug, Args)]
pub(super) struct Precompile {
    #[command(flatten)]
    project: Project,
    /// Where the code is put, under the names by which it is found.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

impl Precompile {
    pub(super) fn run(self) -> Result<ExitCode> {
        log::start(log::LogFormat::Text);
        let settled = self.project.settle()?;
        let mut options = self.project.run_options(&settled)?;
        options.cache_folder = Some(self.folder.clone());
        options.processors = Processors::Common;
        settled.load(&options)?;
        // Serving goes on without a cache; this is made for nothing else.
        let kept = fs::read_dir(&self.folder).is_ok_and(|mut kept| kept.next().is_some());
        ensure!(
            kept,
            "{}: nothing could be kept there",
            self.folder.display()
        );
        Ok(ExitCode::SUCCESS)
    }
}
