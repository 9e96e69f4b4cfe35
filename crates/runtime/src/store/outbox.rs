//! Which letters wait, for the operator?

use anyhow::{Result, anyhow};

use super::StoreAdmin;
use super::bindings::exports::gatelet::store::types::{Error, Place};
pub use super::bindings::exports::gatelet::store_admin::outbox_log::Queued;

impl StoreAdmin {
    /// The letters of a place that wait to be sent.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn letters(&self, place: &Place) -> Result<Queued> {
        let place = place.clone();
        let mut instance = self.instance().await?;
        let answer = instance.call(async |accessor, ports| {
            let log = ports.gatelet_store_admin_outbox_log();
            log.call_waiting(accessor, place).await
        });
        answer.await??.map_err(unanswered)
    }

    /// Forgets up to `limit` letters that were queued before then; how many went.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn forget_letters(&self, place: &Place, before: u64, limit: u32) -> Result<u64> {
        let place = place.clone();
        let mut instance = self.instance().await?;
        let answer = instance.call(async |accessor, ports| {
            let log = ports.gatelet_store_admin_outbox_log();
            log.call_forget(accessor, place, before, limit).await
        });
        answer.await??.map_err(unanswered)
    }
}

fn unanswered(error: Error) -> anyhow::Error {
    anyhow!("the outbox cannot be looked at: {error:?}")
}
