//! What takes the place of a cookie whose token has run out? Its refresh token is good once,
//! so one caller exchanges it, and the others are told what came of it.

use std::cell::Cell;
use std::time::Duration;

use gatelet_core::error::{Code, StoreError};
use gatelet_ports::store::refreshes::{self, Claimed};
use gatelet_sign_in::workos::{Content, Refreshed, WorkOs};
use gatelet_wasi::{clock, random};
use gatelet_web::log;
use wasip3::clocks::monotonic_clock;

use crate::outbound;

/// How long one caller has for an exchange, in seconds: longer than any answer may take.
const CLAIM_SECONDS: u64 = 12;
/// How long what came of one is handed to those who bring the cookie from before, in
/// seconds: for requests that were under way, and for an answer that was lost.
const RENEWED_SECONDS: u64 = 120;
/// How long a session that has ended is not asked about again.
const ENDED_SECONDS: u64 = 86_400;
/// How long nobody tries after WorkOS did not answer, in seconds: each who did would hold a
/// place for as long as an answer may take.
const AWAY_SECONDS: u64 = 3;
/// How long to wait for another's exchange, and between looks. Longer than one caller has.
const PATIENCE: Duration = Duration::from_secs(13);
const PAUSE: Duration = Duration::from_millis(100);
thread_local! {
    /// Of this instance.
    static AWAY_UNTIL: Cell<u64> = const { Cell::new(0) };
}

/// What takes the cookie's place, by whoever exchanges its refresh token; none where that
/// is the end of the session.
pub(super) async fn renewed(workos: &WorkOs, content: &Content) -> Result<Option<String>, Code> {
    if clock::unix_seconds() < AWAY_UNTIL.get() {
        return Err(Code::StoreUnavailable);
    }
    let digest = content.refresh_digest().to_vec();
    let pauses = PATIENCE.as_millis() / PAUSE.as_millis();
    for _ in 0..pauses {
        let now = clock::unix_seconds();
        let claimed = refreshes::claim(digest.clone(), now, now + CLAIM_SECONDS).await;
        match claimed.map_err(|error| Code::from(StoreError::from(error)))? {
            Claimed::Yours => return exchanged(workos, content, digest, now).await,
            Claimed::Renewed(seal) => return Ok(Some(seal)),
            Claimed::Ended => return Ok(None),
            Claimed::Pending => {
                let pause = u64::try_from(PAUSE.as_nanos()).unwrap_or(u64::MAX);
                monotonic_clock::wait_for(pause).await;
            }
        }
    }
    Err(Code::StoreUnavailable)
}

/// Exchanges it, and tells those who wait.
async fn exchanged(
    workos: &WorkOs,
    content: &Content,
    digest: Vec<u8>,
    now: u64,
) -> Result<Option<String>, Code> {
    let stored = |error| Code::from(StoreError::from(error));
    match refreshed(workos, content).await {
        Refreshed::Renewed(content) => {
            let mut random = [0; 80];
            for part in random.chunks_exact_mut(16) {
                part.copy_from_slice(&random::bytes::<16>());
            }
            let seal = workos.seal(&content, &random);
            let until = now + RENEWED_SECONDS;
            let kept = refreshes::settle(digest, Some(seal.clone()), until).await;
            if kept.is_err() {
                // The tokens are good all the same, and there are no others any more.
                log::error(
                    "workos.unsettled",
                    "those who wait are not told of an exchange",
                );
            }
            Ok(Some(seal))
        }
        Refreshed::Ended => {
            log::note("workos.ended", "WorkOS takes the refresh token no more");
            let kept = refreshes::settle(digest, None, now + ENDED_SECONDS).await;
            kept.map_err(stored)?;
            Ok(None)
        }
        Refreshed::Unavailable(why) => {
            log::error("workos.unavailable", &why);
            AWAY_UNTIL.set(now + AWAY_SECONDS);
            // It is the next one's at once; where even that fails, after a while.
            let _logged = refreshes::release(digest).await;
            Err(Code::StoreUnavailable)
        }
    }
}

async fn refreshed(workos: &WorkOs, content: &Content) -> Refreshed {
    let body = workos.refresh_body(content);
    let request = http::Request::post(workos.refresh_url.as_str())
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header("authorization", workos.authorization().expose())
        .body(body.expose().as_bytes().to_vec());
    let request = match request {
        Ok(request) => request,
        Err(error) => return Refreshed::Unavailable(error.to_string()),
    };
    match outbound::send(request).await {
        Ok(answer) => workos.refreshed(content, answer.status, &answer.body),
        Err(error) => Refreshed::Unavailable(format!("{}: {error}", workos.refresh_url)),
    }
}
