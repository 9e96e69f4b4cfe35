//! What came in? The head of a request as plain values, and its body within a
//! limit. Not the SDK's conversion: that one fails on a head without authority.

use gatelet_core::cookie::COOKIES_MAX;
use gatelet_core::error::Code;
use gatelet_core::negotiate::{Reader, Reading, Signs};
use gatelet_handler::Received;
use gatelet_texts::Language;
use http_body::Body;
use http_body_util::BodyExt;
use spin_sdk::http::IncomingMessage;
use wasip3::http::types as wasi;
use wasip3::http_compat::{IncomingBody, IncomingRequestBody};

/// A request's head.
pub struct Head(Received);

impl Head {
    /// `GET`, `POST`, …
    #[must_use]
    pub fn method(&self) -> &str {
        self.core().method
    }

    /// Path as received, without query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.core().path()
    }

    /// Query as received, without its `?`; empty where there was none.
    #[must_use]
    pub fn query(&self) -> &str {
        let target = self.core().target;
        target.split_once('?').map_or("", |(_, query)| query)
    }

    /// A field's value where it is text and comes once; several are none, as
    /// readers disagree on which one counts.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let head = self.core();
        let mut values = head.values(name);
        let value = core::str::from_utf8(values.next()?).ok()?;
        let is_text = value
            .bytes()
            .all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
        (is_text && values.next().is_none()).then_some(value)
    }

    /// Every cookie that came along and is text.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.core().cookies().take(COOKIES_MAX)
    }

    /// Who reads the answer: a program gets errors in JSON.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Signs::of(&self.core()).reader()
    }

    /// Who reads the answer, in any language: before it is known which are spoken here.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Signs::of(&self.core()).reading(&Language::ALL)
    }

    /// Who reads the answer, in one of these languages.
    #[must_use]
    pub fn reading_in(&self, offered: &[Language]) -> Reading {
        Signs::of(&self.core()).reading(offered)
    }

    /// Which of these languages the reader likes best.
    #[must_use]
    pub fn language(&self, offered: &[Language]) -> Language {
        Signs::of(&self.core()).language(offered)
    }

    /// As the core reads it.
    #[must_use]
    pub fn core(&self) -> gatelet_core::Head<'_> {
        self.0.head()
    }
}

/// Splits a request into its head and its body. The error is for what the host let
/// through that is no HTTP.
pub fn split(request: wasi::Request) -> Result<(Head, IncomingRequestBody), Code> {
    let head = Head(Received::read(&request)?);
    let body = IncomingRequestBody::new(request).map_err(|_| Code::RequestMalformed)?;
    Ok((head, body))
}

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq)]
pub enum BodyError {
    /// Over the limit.
    TooLarge,
    /// The peer went away, or broke the framing.
    Broken,
}

/// Reads a body to its end, `limit_bytes` at most.
pub async fn read<T: IncomingMessage>(
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
