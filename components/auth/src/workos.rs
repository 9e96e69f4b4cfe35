//! Whose sealed cookies of WorkOS are these? The one place that has their password and
//! checks their tokens by the client's keys; those that have run out are exchanged.

mod exchange;

use gatelet_core::backend::workos::UnsealedSession;
use gatelet_core::error::Code;
use gatelet_core::key::KeyRing;
use gatelet_core::remote;
use gatelet_sign_in::jwks::KeySet;
use gatelet_sign_in::workos::{Content, Judged, WorkOs};
use gatelet_wasi::clock;
use gatelet_web::log;
use wasip3::http::types::{ErrorCode, Request, Response};

use crate::issuer::judged_by_keys;
use crate::{remote as answers, settings};
use exchange::renewed;

/// Exchanges in a row for one cookie: what another had is followed, and may have run out.
const FOLLOWED_MAX: usize = 3;

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
    answers::said(written)
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
                let keys = setup.keys();
                let found = session(workos, keys, seal, content, now, may_exchange).await?;
                if let Some(session) = found {
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
    keys: &KeyRing,
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
        let Some(renewed) = renewed(workos, keys, &content).await? else {
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
    let judge = |keys: &KeySet| workos.judge(content, keys, now);
    match judged_by_keys(&workos.keys_url, now, judge).await {
        Ok(Ok(judged)) => Ok(Some(judged)),
        Ok(Err(refusal)) => {
            log::note("workos.token", &refusal.detail);
            Ok(None)
        }
        Err(refusal) => {
            log::error(refusal.code.as_str(), &refusal.detail);
            Err(Code::StoreUnavailable)
        }
    }
}
