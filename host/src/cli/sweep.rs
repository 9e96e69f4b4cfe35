//! `gatelet sweep`, and what `gatelet up` does of it while it serves: what has expired
//! is forgotten.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use gatelet_runtime::Variables;
use gatelet_runtime::store::{Place, StoreAdmin};

use super::project::Project;
use super::{audit, kept, log, now, one_line, runtime};

/// Between sweeps.
const INTERVAL: Duration = Duration::from_secs(600);
/// How long letters may wait that nobody tries: a day longer than they are tried.
const LETTERS_KEPT_SECONDS: u64 = 2 * 24 * 60 * 60;
/// Rows that one call sweeps, so that no lock is held long.
const ROWS: u32 = 1000;

#[derive(Debug, Args)]
pub(super) struct Sweep {
    #[command(flatten)]
    project: Project,
}

impl Sweep {
    pub(super) fn run(self) -> Result<ExitCode> {
        log::start(log::LogFormat::Text);
        let settled = self.project.settle()?;
        settled.gatelet()?;
        let options = self.project.run_options(&settled)?;
        let prepared = settled.load(&options)?;
        let store = prepared
            .store()
            .context("the manifest has no store to sweep")?;
        runtime()?.block_on(async {
            let swept = once(store, &settled.variables).await?;
            let Swept {
                origins,
                rows,
                failed,
            } = swept;
            outln!("swept: {origins} expired origins, {rows} expired rows; {failed} places failed");
            Ok(match failed {
                0 => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            })
        })
    }
}

/// What one sweep came to.
struct Swept {
    origins: u64,
    rows: u64,
    /// Places that could not be swept.
    failed: u64,
}

/// Now and then, for as long as it is served.
pub(super) async fn now_and_then(store: &StoreAdmin, variables: &Variables) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = once(store, variables).await {
            tracing::warn!("what has expired could not be swept: {}", one_line(&error));
        }
    }
}

/// Origins with their data, then sessions, spent values and buckets wherever they are.
/// What cannot be swept is logged and passed over.
///
/// # Errors
/// When the database does not answer.
async fn once(store: &StoreAdmin, variables: &Variables) -> Result<Swept> {
    let mut swept = Swept {
        origins: store.delete_expired(now()).await?,
        rows: 0,
        failed: 0,
    };
    for place in kept::places(store, variables).await? {
        match sweep_place(store, &place, audit::kept_since(variables)).await {
            Ok(rows) => swept.rows += rows,
            Err(error) => {
                swept.failed += 1;
                let (schema, line) = (&place.schema, one_line(&error));
                tracing::warn!("what has expired in {schema:?} could not be swept: {line}");
            }
        }
    }
    Ok(swept)
}

async fn sweep_place(store: &StoreAdmin, place: &Place, events_since: u64) -> Result<u64> {
    let mut swept = 0;
    loop {
        let rows = store.sweep(place, now(), ROWS).await?;
        swept += rows;
        if rows < u64::from(ROWS) {
            break;
        }
    }
    loop {
        let rows = store.forget_events(place, events_since, ROWS).await?;
        swept += rows;
        if rows < u64::from(ROWS) {
            break;
        }
    }
    // Where mail was switched off, nobody gives them up.
    let before = now().saturating_sub(LETTERS_KEPT_SECONDS);
    swept += store.forget_letters(place, before, ROWS).await?;
    Ok(swept)
}
