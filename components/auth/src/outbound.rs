//! How is a provider asked? One request, no redirects, bounded in size and time.
//! What the answer means is the core's to say.

use bytes::Bytes;
use gatelet_web::{BodyError, read};
use http_body_util::Full;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use wasip3::clocks::monotonic_clock;
use wasip3::http::types::{ErrorCode, RequestOptions};
use wasip3::http_compat::{
    RequestOptionsExtension, http_from_wasi_response, http_into_wasi_request,
};

/// The most that a provider may send, in bytes.
pub(crate) const ANSWER_LIMIT_BYTES: usize = 256 * 1024;
/// From the first byte sent to the last byte received.
pub(crate) const TOTAL_SECONDS: u64 = 10;
const CONNECT_SECONDS: u64 = 5;

/// What a provider answered.
pub(crate) struct ProviderAnswer {
    /// Redirects included: nothing follows them.
    pub status: u16,
    /// As received; empty where there was none.
    pub content_type: String,
    /// Whole.
    pub body: Vec<u8>,
}

/// Why there is no answer. For the log; the visitor reads that the provider
/// does not answer.
#[derive(Debug)]
pub(crate) enum OutboundError {
    /// The host refused or could not connect.
    Failed(ErrorCode),
    /// No whole answer in time.
    TooSlow,
    /// Over [`ANSWER_LIMIT_BYTES`].
    TooLarge,
    /// Cut off within the body.
    Broken,
}

impl std::fmt::Display for OutboundError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failed(ErrorCode::HttpRequestDenied) => out.write_str(
                "the host does not allow it: see allowed_outbound_hosts and provider_hosts",
            ),
            Self::Failed(code) => write!(out, "{code:?}"),
            Self::TooSlow => out.write_str("no whole answer in time"),
            Self::TooLarge => write!(out, "answer over {ANSWER_LIMIT_BYTES} bytes"),
            Self::Broken => out.write_str("the answer broke off"),
        }
    }
}

/// Sends one request and reads the whole answer.
pub(crate) async fn send(request: http::Request<Vec<u8>>) -> Result<ProviderAnswer, OutboundError> {
    send_within(request, TOTAL_SECONDS).await
}

/// The same of a request that is not worth so long a wait.
pub(crate) async fn send_within(
    request: http::Request<Vec<u8>>,
    seconds: u64,
) -> Result<ProviderAnswer, OutboundError> {
    let deadline = monotonic_clock::wait_for(seconds.min(TOTAL_SECONDS) * SECOND);
    first(exchange(request), deadline)
        .await
        .unwrap_or(Err(OutboundError::TooSlow))
}

async fn exchange(request: http::Request<Vec<u8>>) -> Result<ProviderAnswer, OutboundError> {
    let (mut parts, body) = request.into_parts();
    parts
        .extensions
        .insert(RequestOptionsExtension(time_limits()));
    let request = http::Request::from_parts(parts, Full::new(Bytes::from(body)));
    let request = http_into_wasi_request(request).map_err(OutboundError::Failed)?;
    let response = wasip3::http::client::send(request)
        .await
        .map_err(OutboundError::Failed)?;
    let (head, body) = http_from_wasi_response(response)
        .map_err(OutboundError::Failed)?
        .into_parts();
    let body = read(body, ANSWER_LIMIT_BYTES)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => OutboundError::TooLarge,
            BodyError::Broken => OutboundError::Broken,
        })?;
    let content_type = head
        .headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    Ok(ProviderAnswer {
        status: head.status.as_u16(),
        content_type: content_type.unwrap_or_default().to_owned(),
        body,
    })
}

const SECOND: u64 = 1_000_000_000;

/// A host that knows no such limits is bounded by the whole one all the same.
fn time_limits() -> RequestOptions {
    let options = RequestOptions::new();
    let _ = options.set_connect_timeout(Some(CONNECT_SECONDS * SECOND));
    let _ = options.set_first_byte_timeout(Some(TOTAL_SECONDS * SECOND));
    let _ = options.set_between_bytes_timeout(Some(TOTAL_SECONDS * SECOND));
    options
}

/// The work's outcome, or None when the deadline comes first. What is dropped is
/// cancelled by the host.
async fn first<T>(work: impl Future<Output = T>, deadline: impl Future<Output = ()>) -> Option<T> {
    let (mut work, mut deadline) = (pin!(work), pin!(deadline));
    poll_fn(|context| {
        if let Poll::Ready(outcome) = work.as_mut().poll(context) {
            return Poll::Ready(Some(outcome));
        }
        deadline.as_mut().poll(context).map(|()| None)
    })
    .await
}
