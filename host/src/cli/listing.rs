//! Lists of an origin's users and what they have: which rows are asked for, and how they
//! are printed.

use anyhow::Result;
use clap::Args;
use gatelet_core::origin_record::MAIN;
use gatelet_runtime::store::Place;
use serde_json::{Value, json};

use super::project::Project;
use super::registry::{Registry, table};

/// Whose users.
#[derive(Debug, Args)]
pub(super) struct At {
    /// The origin whose users are meant.
    #[arg(long, value_name = "NAME", default_value = MAIN)]
    origin: String,
    #[command(flatten)]
    project: Project,
}

/// Which rows, and how they are printed.
#[derive(Debug, Args)]
pub(super) struct Page {
    /// The origin whose users are meant.
    #[arg(long, value_name = "NAME", default_value = MAIN)]
    origin: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Rows at most.
    #[arg(long, value_name = "NUMBER", default_value = "50", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) limit: u32,
    /// What comes after this, as the page before says.
    #[arg(long, value_name = "WHERE")]
    pub(super) after: Option<String>,
    #[command(flatten)]
    project: Project,
}

impl At {
    /// The set-up, and where the origin's users are.
    pub(super) fn open(&self) -> Result<(Registry, Place)> {
        opened(&self.project, &self.origin)
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }
}

impl Page {
    /// The set-up, and where the origin's users are.
    pub(super) fn open(&self) -> Result<(Registry, Place)> {
        opened(&self.project, &self.origin)
    }

    /// Prints a page, as a table below `heading` or as JSON under `key`, and how the next
    /// one is asked for: by where the `last` row stands.
    pub(super) fn print<const COLUMNS: usize>(
        &self,
        key: &str,
        heading: [&str; COLUMNS],
        rows: Vec<[String; COLUMNS]>,
        shown: Vec<Value>,
        last: Option<String>,
    ) {
        let next = last.filter(|_| shown.len() as u64 >= u64::from(self.limit));
        if self.json {
            outln!("{}", json!({ key: shown, "after": next }));
            return;
        }
        let heading = heading.map(str::to_owned);
        let rows: Vec<Vec<String>> = std::iter::once(heading)
            .chain(rows)
            .map(Vec::from)
            .collect();
        out!("{}", table(&rows));
        if let Some(next) = next {
            eprintln!("more: --after {next}");
        }
    }
}

fn opened(project: &Project, origin: &str) -> Result<(Registry, Place)> {
    let registry = Registry::open(project)?;
    let place = registry.place(origin)?;
    Ok((registry, place))
}

/// A time in UTC, as people and programs read it.
pub(super) fn instant(seconds: u64) -> String {
    let at = i64::try_from(seconds)
        .ok()
        .and_then(|at| chrono::DateTime::from_timestamp(at, 0));
    at.map_or_else(
        || seconds.to_string(),
        |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}
