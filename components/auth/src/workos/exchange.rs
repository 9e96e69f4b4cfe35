//! What takes the place of a cookie whose token has run out? What its refresh token is
//! exchanged for, sealed anew.

use gatelet_core::error::Code;
use gatelet_core::key::KeyRing;
use gatelet_sign_in::workos::{Content, Refreshed, WorkOs};
use gatelet_wasi::{clock, random};
use gatelet_web::log;

use crate::outbound;
use crate::renewal::{RENEWED_SECONDS, Renewal, Turn};

/// What takes the cookie's place, by whoever exchanges its refresh token; none where that
/// is the end of the session.
pub(super) async fn renewed(
    workos: &WorkOs,
    keys: &KeyRing,
    content: &Content,
) -> Result<Option<String>, Code> {
    let renewal = Renewal {
        digest: content.refresh_digest(),
        with: workos.refresh_url.as_str(),
    };
    // The token has run out: nobody goes on with it.
    match renewal.turn(|_| false).await? {
        Turn::Yours => exchanged(workos, keys, content, &renewal).await,
        Turn::Renewed(sealed) => {
            let seal = content.open_replacement(&sealed, keys);
            if seal.is_none() {
                let why = "what a refresh token was exchanged for opens under none of session_keys";
                log::error("workos.unopened", why);
            }
            Ok(seal)
        }
        Turn::Ended => Ok(None),
        Turn::Another | Turn::Away => Err(Code::StoreUnavailable),
    }
}

/// Exchanges it, and tells those who wait.
async fn exchanged(
    workos: &WorkOs,
    keys: &KeyRing,
    content: &Content,
    renewal: &Renewal<'_>,
) -> Result<Option<String>, Code> {
    match refreshed(workos, content).await {
        Refreshed::Renewed(new) => {
            let mut random = [0; 80];
            for part in random.chunks_exact_mut(16) {
                part.copy_from_slice(&random::bytes::<16>());
            }
            let seal = workos.seal(&new, &random);
            let until = clock::unix_seconds() + RENEWED_SECONDS;
            let kept = content.seal_replacement(&seal, keys, random::bytes());
            renewal.renewed(&kept, until).await;
            Ok(Some(seal))
        }
        Refreshed::Ended => {
            log::note("workos.ended", "WorkOS takes the refresh token no more");
            renewal.ended().await?;
            Ok(None)
        }
        Refreshed::Unavailable(why) => {
            log::error("workos.unavailable", &why);
            renewal.keep_away();
            renewal.release().await;
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
