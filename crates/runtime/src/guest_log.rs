//! Where do a guest's words go? Into the host's log under the component's name,
//! line by line: standard output for information, standard error as a warning.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

/// Longest line; a longer one is cut into several.
const LINE_MAX_BYTES: usize = 4096;

/// One output stream of one instance.
#[derive(Clone, Debug)]
pub(crate) struct GuestLog {
    component: String,
    stream: GuestStream,
    line: Vec<u8>,
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
    pub(crate) fn new(component: &str, stream: GuestStream) -> Self {
        Self {
            component: component.to_owned(),
            stream,
            line: Vec::new(),
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
            match self.stream {
                GuestStream::Output => {
                    tracing::info!(target: "gatelet::guest", %component, "{line}");
                }
                GuestStream::Error => {
                    tracing::warn!(target: "gatelet::guest", %component, "{line}");
                }
            }
            self.line.clear();
        }
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
        Box::new(Self::new(&self.component, self.stream))
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
