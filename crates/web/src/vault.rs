//! How is the vault asked? One signed request by service chaining, bounded in size and
//! time. Nothing of what is asked or answered is in any line of the log.

use core::time::Duration;

use bytes::Bytes;
use gatelet_core::key::KeyRing;
use gatelet_secrets::{Code, VaultError, signature};
use http::StatusCode;
use http_body_util::Full;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasip3::http::types::{ErrorCode, RequestOptions};
use wasip3::http_compat::{
    RequestOptionsExtension, http_from_wasi_response, http_into_wasi_request,
};
use zeroize::Zeroizing;

use crate::{log, read};

/// The most that it may answer, in bytes: names of a thousand variables, and more.
const ANSWER_LIMIT_BYTES: usize = 4 * 1024 * 1024;
/// The vault gives up on its database sooner.
const FIRST_BYTE: Duration = Duration::from_secs(20);

/// Asks for one function of the half at this base URL, with its arguments, at `now` in Unix
/// seconds. `T` is the function's whole result.
pub async fn ask<T: DeserializeOwned>(
    keys: &KeyRing,
    half: &str,
    function: &str,
    arguments: &impl Serialize,
    now: u64,
) -> Result<T, VaultError> {
    let body = serde_json::to_vec(arguments).map_err(|_| broken(function, "its arguments"))?;
    let body = Zeroizing::new(body);
    let signed = signature::sign(keys, function, &body, now);
    let asked = exchange(half, function, signed, body).await;
    let (status, answer) = asked.map_err(|error| {
        match error {
            ErrorCode::HttpRequestDenied => {
                let line = format!("{half} is not among allowed_outbound_hosts");
                log::error("vault.denied", &line);
            }
            error => log::error("vault.unavailable", &format!("{error:?}")),
        }
        unavailable()
    })?;
    serde_json::from_slice(&answer).map_err(|_| {
        broken(function, status.as_str());
        match status.is_server_error() {
            true => unavailable(),
            false => VaultError::internal(),
        }
    })
}

fn unavailable() -> VaultError {
    VaultError::new(
        Code::Unavailable,
        "the vault does not answer: try again later",
    )
}

/// What came or was to go is not repeated.
fn broken(function: &str, what: &str) -> VaultError {
    log::error("vault.strange", &format!("{function}: {what}"));
    VaultError::internal()
}

async fn exchange(
    half: &str,
    function: &str,
    signed: String,
    body: Zeroizing<Vec<u8>>,
) -> Result<(StatusCode, Zeroizing<Vec<u8>>), ErrorCode> {
    let request = http::Request::post(format!("{half}/{function}"))
        .header(http::header::CONTENT_TYPE, "application/json")
        .header(signature::FIELD, signed)
        .extension(RequestOptionsExtension(time_limits()))
        // Overwritten when the last reader lets go of it.
        .body(Full::new(Bytes::from_owner(body)))
        .map_err(|_| ErrorCode::InternalError(None))?;
    let request = http_into_wasi_request(request)?;
    let response = wasip3::http::client::send(request).await?;
    let (head, body) = http_from_wasi_response(response)?.into_parts();
    let answer = read(body, ANSWER_LIMIT_BYTES).await;
    let answer = answer.map_err(|_| ErrorCode::HttpResponseIncomplete)?;
    Ok((head.status, Zeroizing::new(answer)))
}

/// A host that knows no such limit is bounded by the vault's own.
fn time_limits() -> RequestOptions {
    let options = RequestOptions::new();
    let nanoseconds = u64::try_from(FIRST_BYTE.as_nanos()).unwrap_or(u64::MAX);
    let _ = options.set_first_byte_timeout(Some(nanoseconds));
    options
}
