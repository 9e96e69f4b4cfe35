//! How is the vault asked? One request by service chaining, bounded in size and time.
//! Nothing of what is asked or answered is in any line of the log.

use core::time::Duration;

use bytes::Bytes;
use gatelet_secrets::{Code, VaultError};
use gatelet_web::{log, read};
use http::StatusCode;
use http_body_util::Full;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasip3::http::types::{ErrorCode, RequestOptions};
use wasip3::http_compat::{
    RequestOptionsExtension, http_from_wasi_response, http_into_wasi_request,
};
use zeroize::Zeroizing;

/// The component that keeps secrets, by service chaining.
const BASE: &str = "http://vault.spin.internal";
/// The most that it may answer, in bytes: names of a thousand variables, and more.
const ANSWER_LIMIT_BYTES: usize = 4 * 1024 * 1024;
/// The vault gives up on its database sooner.
const FIRST_BYTE: Duration = Duration::from_secs(20);

/// Asks for one function, with its arguments.
pub(super) async fn ask<T: DeserializeOwned>(
    function: &str,
    arguments: &impl Serialize,
) -> Result<T, VaultError> {
    let body = serde_json::to_vec(arguments).map_err(|_| broken(function, "its arguments"))?;
    let (status, answer) = exchange(function, body).await.map_err(|error| {
        match error {
            ErrorCode::HttpRequestDenied => log::error(
                "vault.denied",
                "the console may not ask the vault: it needs http://vault.spin.internal among its allowed_outbound_hosts",
            ),
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

async fn exchange(function: &str, body: Vec<u8>) -> Result<(StatusCode, Vec<u8>), ErrorCode> {
    // Overwritten when the last reader lets go of it.
    let body = Full::new(Bytes::from_owner(Zeroizing::new(body)));
    let request = http::Request::post(format!("{BASE}/{function}"))
        .header(http::header::CONTENT_TYPE, "application/json")
        .extension(RequestOptionsExtension(time_limits()))
        .body(body)
        .map_err(|_| ErrorCode::InternalError(None))?;
    let request = http_into_wasi_request(request)?;
    let response = wasip3::http::client::send(request).await?;
    let (head, body) = http_from_wasi_response(response)?.into_parts();
    let answer = read(body, ANSWER_LIMIT_BYTES).await;
    let answer = answer.map_err(|_| ErrorCode::HttpResponseIncomplete)?;
    Ok((head.status, answer))
}

/// A host that knows no such limit is bounded by the vault's own.
fn time_limits() -> RequestOptions {
    let options = RequestOptions::new();
    let nanoseconds = u64::try_from(FIRST_BYTE.as_nanos()).unwrap_or(u64::MAX);
    let _ = options.set_first_byte_timeout(Some(nanoseconds));
    options
}
