//! What came in? The head of a request as plain values, and its body within a
//! limit. Not the SDK's conversion: that one fails on a head without authority.

use gatelet_core::negotiate::{Reader, Signs};
use http::{HeaderMap, Method};
use http_body::Body;
use http_body_util::BodyExt;
use spin_sdk::http::IncomingMessage;
use wasip3::http::types as wasi;
use wasip3::http_compat::{IncomingBody, IncomingRequestBody};

/// A request's head.
pub(crate) struct Head {
    /// `GET`, `POST`, …
    pub method: Method,
    /// Path as received, without query.
    pub path: String,
    /// Query as received, without its `?`; empty where there was none.
    pub query: String,
    /// `Host` or `:authority` as received; empty where there was none.
    pub authority: String,
    /// Header fields.
    pub headers: HeaderMap,
}

impl Head {
    /// A field's value where it is text and comes once; several are none, as
    /// readers disagree on which one counts.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }

    /// Who reads the answer: a program gets errors in JSON.
    pub(crate) fn reader(&self) -> Reader {
        let mut signs = Signs::default();
        for (name, value) in &self.headers {
            signs.note(name.as_str().as_bytes(), value.as_bytes());
        }
        signs.reader()
    }
}

/// Splits a request into its head and its body. None when the host let something
/// through that is no HTTP.
pub(crate) fn split(request: wasi::Request) -> Option<(Head, IncomingRequestBody)> {
    let method = Method::try_from(request.get_method()).ok()?;
    let headers = HeaderMap::try_from(request.get_headers()).ok()?;
    let target = request.get_path_with_query().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let authority = match request.get_authority() {
        Some(authority) => authority,
        None => headers
            .get("host")
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
    };
    let (path, query) = (path.to_owned(), query.to_owned());
    let body = IncomingRequestBody::new(request).ok()?;
    Some((
        Head {
            method,
            path,
            query,
            authority,
            headers,
        },
        body,
    ))
}

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// Over the limit.
    TooLarge,
    /// The peer went away, or broke the framing.
    Broken,
}

/// Reads a body to its end, `limit_bytes` at most.
pub(crate) async fn read<T: IncomingMessage>(
    body: IncomingBody<T>,
    limit_bytes: usize,
) -> Result<Vec<u8>, BodyError> {
    // Says no before anything is read, where the length is announced.
    if body
        .size_hint()
        .upper()
        .is_some_and(|announced| announced > limit_bytes as u64)
    {
        return Err(BodyError::TooLarge);
    }
    let mut read = Vec::new();
    let mut body = body;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if read.len() + data.len() > limit_bytes {
            return Err(BodyError::TooLarge);
        }
        read.extend_from_slice(&data);
    }
    Ok(read)
}
