//! A refresh token may be good once, so one caller exchanges it, of however many who ask;
//! the others go on with what there is, or wait for what comes of it.

use std::time::Duration;

use gatelet_core::error::StoreError;
use gatelet_ports::store::refreshes::{self, Claimed};
use gatelet_wasi::clock;
use gatelet_web::log;
use wasip3::clocks::monotonic_clock;

use crate::away;

/// How long one caller has for an exchange, in seconds: longer than any answer may take.
const CLAIM_SECONDS: u64 = 15;
/// How long it is known what came of one, in seconds: for requests that were under way, and
/// for an answer that was lost.
pub(crate) const RENEWED_SECONDS: u64 = 120;
/// How long one that is good no more is not tried again.
const ENDED_SECONDS: u64 = 86_400;
/// How long to wait for another's exchange, and between looks. Longer than one caller has.
const PATIENCE: Duration = Duration::from_secs(16);
const PAUSE: Duration = Duration::from_millis(100);

/// What is to be exchanged.
pub(crate) struct Renewal<'a> {
    /// SHA-256 that stands for the refresh token.
    pub(crate) digest: [u8; 32],
    /// By whom.
    pub(crate) with: &'a str,
}

/// Whose turn it is.
pub(crate) enum Turn {
    /// The caller's, who says then what came of it.
    Yours,
    /// Another's, who is at it: the caller goes on with what there is.
    Another,
    /// It was another's, and this came of it.
    Renewed(String),
    /// It was, and the token is good no more.
    Ended,
    /// Nobody's for now: there is no answer.
    Away,
}

impl Renewal<'_> {
    /// Waits for another's exchange, unless `goes_on` says that there is no need to, at
    /// this Unix second.
    pub(crate) async fn turn(&self, goes_on: impl Fn(u64) -> bool) -> Result<Turn, StoreError> {
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            // Whoever was at it may have found out while others waited.
            if self.is_away() {
                return Ok(Turn::Away);
            }
            let now = clock::unix_seconds();
            let claimed = refreshes::claim(self.digest.to_vec(), now, now + CLAIM_SECONDS).await?;
            match claimed {
                Claimed::Yours => return Ok(Turn::Yours),
                Claimed::Renewed(outcome) => return Ok(Turn::Renewed(outcome)),
                Claimed::Ended => return Ok(Turn::Ended),
                Claimed::Pending if goes_on(now) => return Ok(Turn::Another),
                Claimed::Pending => {
                    let pause = u64::try_from(PAUSE.as_nanos()).unwrap_or(u64::MAX);
                    monotonic_clock::wait_for(pause).await;
                }
            }
        }
        Ok(Turn::Away)
    }

    /// This came of it, and is known until then. Where those who wait do not learn of it, it
    /// is good all the same, and what was exchanged is not any more.
    pub(crate) async fn renewed(&self, outcome: &str, until: u64) {
        let _logged = self.settle(Some(outcome.to_owned()), until).await;
    }

    /// It is good no more.
    pub(crate) async fn ended(&self) -> Result<(), StoreError> {
        let until = clock::unix_seconds() + ENDED_SECONDS;
        self.settle(None, until).await
    }

    async fn settle(&self, outcome: Option<String>, until: u64) -> Result<(), StoreError> {
        let settled = refreshes::settle(self.digest.to_vec(), outcome, until).await;
        if settled.is_err() {
            log::error(
                "refreshes.unsettled",
                "those who wait are not told of an exchange",
            );
        }
        Ok(settled?)
    }

    /// It is the next one's at once; where even that fails, after a while.
    pub(crate) async fn release(&self) {
        let _logged = refreshes::release(self.digest.to_vec()).await;
    }

    /// Whether nobody is to ask now.
    pub(crate) fn is_away(&self) -> bool {
        away::is_away(self.with)
    }

    /// There was no answer.
    pub(crate) fn keep_away(&self) {
        away::keep_away(self.with);
    }
}
