//! Whose sealed cookies of WorkOS are these? The one place that has their password, checks
//! their tokens by the client's keys and exchanges those that have run out: each once, by
//! one caller, however many ask.

use std::cell::Cell;
use std::time::Duration;

use gatelet_core::backend::workos::UnsealedSession;
use gatelet_core::error::{Code, StoreError};
use gatelet_core::remote;
use gatelet_ports::store::refreshes::{self, Claimed};
use gatelet_sign_in::refusal::RefusalCode;
use gatelet_sign_in::workos::{Content, Judged, Refreshed, WorkOs};
use gatelet_wasi::{clock, random};
use gatelet_web::log;
use wasip3::clocks::monotonic_clock;
use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wasip3::wit_future;

use crate::issuer::{self, Need};
use crate::{outbound, settings};

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
/// Exchanges in a row for one cookie: what another had is followed, and may have run out.
const FOLLOWED_MAX: usize = 3;

thread_local! {
    /// Of this instance.
    static AWAY_UNTIL: Cell<u64> = const { Cell::new(0) };
}

/// Answers a question; what is none with a refusal.
pub(crate) async fn answer(request: &Request) -> Result<Response, ErrorCode> {
    let fields = request.get_headers().get(remote::QUESTION);
    let asked = fields.first().and_then(|field| remote::open(field));
    let sessions = match asked.as_deref().and_then(remote::read_seals) {
        Some((seals, may_exchange)) => found(&seals, may_exchange).await,
        None => Err(Code::RequestMalformed),
    };
    let written = remote::write_sessions(&sessions)
        .or_else(|| remote::write_sessions(&Err(Code::Internal)))
        .unwrap_or_default();
    let fields = Fields::from_list(&[(remote::ANSWER.to_owned(), written.into_bytes())])
        .map_err(|_| ErrorCode::InternalError(None))?;
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (response, _) = Response::new(fields, None, no_trailers);
    Ok(response)
}

/// The first that is a session, if any is.
async fn found(seals: &[String], may_exchange: bool) -> Result<Vec<UnsealedSession>, Code> {
    let now = clock::unix_seconds();
    let setup = settings::setup(now).await?;
    let workos = match &setup.workos {
        Some(Ok(workos)) => workos,
        Some(Err(error)) => {
            log::error("workos.settings", &error.to_string());
            return Err(Code::SettingsInvalid);
        }
        None => return Err(Code::SettingsInvalid),
    };
    for seal in seals {
        match workos.open(seal, now) {
            Ok(content) => {
                if let Some(session) = session(workos, seal, content, now, may_exchange).await? {
                    return Ok(vec![session]);
                }
            }
            Err(error) => log::note("workos.seal", &error.to_string()),
        }
    }
    Ok(Vec::new())
}

/// The session of a cookie that was opened.
async fn session(
    workos: &WorkOs,
    seal: &str,
    mut content: Content,
    now: u64,
    may_exchange: bool,
) -> Result<Option<UnsealedSession>, Code> {
    let mut replacement = None;
    for _ in 0..FOLLOWED_MAX {
        match judged(workos, &content, now).await? {
            None => return Ok(None),
            Some(Judged::Live(verified)) => {
                return Ok(content.session(&verified, seal, replacement));
            }
            // What would take the cookie's place reaches nobody who has it.
            Some(Judged::Expired) if !may_exchange => return Ok(None),
            Some(Judged::Expired) => {}
        }
        let Some(renewed) = renewed(workos, &content).await? else {
            return Ok(None);
        };
        // Ours, or another caller's: it is judged as any other.
        content = match workos.open(&renewed, now) {
            Ok(content) => content,
            Err(error) => {
                log::error("workos.seal", &error.to_string());
                return Err(Code::Internal);
            }
        };
        replacement = Some(renewed);
    }
    log::note("workos.expired", "a token has run out as soon as it came");
    Ok(None)
}

/// What the access token says by the client's keys; none where it is nobody's.
async fn judged(workos: &WorkOs, content: &Content, now: u64) -> Result<Option<Judged>, Code> {
    let mut need = Need::Current;
    loop {
        let keys = match issuer::keys(&workos.keys_url, need, now).await {
            Ok(Some(keys)) => keys,
            Ok(None) => return Ok(None),
            Err(refusal) => {
                log::error(refusal.code.as_str(), &refusal.detail);
                return Err(Code::StoreUnavailable);
            }
        };
        match workos.judge(content, &keys, now) {
            Ok(judged) => return Ok(Some(judged)),
            Err(refusal)
                if refusal.code == RefusalCode::IdTokenKeyUnknown && need == Need::Current =>
            {
                need = Need::Newer;
            }
            Err(refusal) => {
                log::note("workos.token", &refusal.detail);
                return Ok(None);
            }
        }
    }
}

/// What takes the cookie's place, by whoever exchanges its refresh token; none where that
/// is the end of the session.
async fn renewed(workos: &WorkOs, content: &Content) -> Result<Option<String>, Code> {
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
