//! Where do a guest's words go? Into the host's log under the component's name,
//! line by line: standard output for information, standard error as a warning. A
//! failure that goes on is told seldom, with the number of times.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use serde::Deserialize;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

use crate::grants::Grants;
use crate::repeated::{Repeated, and_more};

/// Longest line; a longer one is cut into several.
const LINE_MAX_BYTES: usize = 4096;

/// One output stream of one instance.
#[derive(Clone, Debug)]
pub(crate) struct GuestLog {
    component: String,
    stream: GuestStream,
    line: Vec<u8>,
    said: Arc<Mutex<Repeated>>,
}

/// A failure as the store tells it: a line of JSON.
#[derive(Deserialize)]
struct Failure<'a> {
    component: &'a str,
    operation: &'a str,
    code: &'a str,
    message: String,
    schema: Option<String>,
}

/// Which of a guest's two.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GuestStream {
    /// What happened.
    Output,
    /// What failed.
    Error,
}

impl GuestLog {
    pub(crate) fn new(grants: &Grants, stream: GuestStream) -> Self {
        Self {
            component: grants.component.clone(),
            stream,
            line: Vec::new(),
            said: Arc::clone(&grants.said),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => self.say(),
                byte => self.line.push(*byte),
            }
            if self.line.len() == LINE_MAX_BYTES {
                self.say();
            }
        }
    }

    fn say(&mut self) {
        if !self.line.is_empty() {
            let line = String::from_utf8_lossy(&self.line);
            let component = &self.component;
            match (self.stream, serde_json::from_str::<Failure<'_>>(&line)) {
                (GuestStream::Output, _) => {
                    tracing::info!(target: "gatelet::guest", %component, "{line}");
                }
                (GuestStream::Error, Ok(failure)) => {
                    if let Some(line) = self.told(&failure) {
                        tracing::warn!(target: "gatelet::guest", %component, "{line}");
                    }
                }
                (GuestStream::Error, Err(_)) => {
                    tracing::warn!(target: "gatelet::guest", %component, "{line}");
                }
            }
            self.line.clear();
        }
    }
}

impl GuestLog {
    /// A failure in one readable line, where it is time for one.
    fn told(&self, failure: &Failure<'_>) -> Option<String> {
        let Failure {
            component,
            operation,
            code,
            message,
            schema,
        } = failure;
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        // Of an outage each call has its own words, and all say the same.
        let kind = match *code {
            "store.unavailable" => (*code).to_owned(),
            code => format!("{code} {operation} {message}"),
        };
        let since = said.say(&kind, Instant::now())?;
        let place = schema
            .as_ref()
            .map_or_else(String::new, |schema| format!(" in {schema}"));
        let more = and_more(since);
        Some(format!(
            "{component}: {code} at {operation}{place}: {message}{more}"
        ))
    }
}

impl Drop for GuestLog {
    fn drop(&mut self) {
        self.say();
    }
}

impl IsTerminal for GuestLog {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestLog {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(Self {
            component: self.component.clone(),
            stream: self.stream,
            line: Vec::new(),
            said: Arc::clone(&self.said),
        })
    }
}

impl AsyncWrite for GuestLog {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.say();
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_the_store_is_one_readable_line_and_not_one_a_request() {
        let log = GuestLog {
            component: "gateway".to_owned(),
            stream: GuestStream::Error,
            line: Vec::new(),
            said: Arc::default(),
        };
        let line = r#"{"code":"store.unavailable","component":"store","level":"error","message":"db:5432 \"does\" not answer","operation":"sessions.resume","sqlstate":null}"#;
        let failure: Failure<'_> = serde_json::from_str(line).unwrap();
        let told: Vec<_> = (0..1000).filter_map(|_| log.told(&failure)).collect();
        assert_eq!(
            told,
            ["store: store.unavailable at sessions.resume: db:5432 \"does\" not answer"]
        );
    }
}
