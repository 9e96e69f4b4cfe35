//! What becomes of a request's body that nobody reads to its end?
//!
//! An answer may come before it: a denial, an app's 413. To close a connection on which bytes
//! arrive that were not read resets it, and the answer may be lost with that (RFC 9112 §9.6).
//! So the rest is read and thrown away for a while.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Version;
use http::header::EXPECT;
use http::request::Parts;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// For how long a rest is read, and how long one waits for the next of it: as nginx does.
const WHOLE: Duration = Duration::from_secs(30);
const SILENT: Duration = Duration::from_secs(5);

/// A body that leaves nothing behind.
pub(super) struct RequestBody {
    /// None once there is nothing to come.
    incoming: Option<Incoming>,
    /// HTTP/2 tells the visitor to stop.
    is_http1: bool,
    /// Whether the visitor sends it by now: whoever expects `100 Continue` waits until somebody
    /// reads.
    comes: bool,
}

impl RequestBody {
    /// Of this head.
    pub(super) fn of(parts: &Parts, incoming: Incoming) -> Self {
        let is_http1 = parts.version <= Version::HTTP_11;
        Self {
            incoming: (!incoming.is_end_stream()).then_some(incoming),
            is_http1,
            comes: is_http1 && !parts.headers.contains_key(EXPECT),
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(incoming) = &mut self.incoming else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(incoming).poll_frame(cx);
        self.comes = self.is_http1;
        if let Poll::Ready(None | Some(Err(_))) = &polled {
            self.incoming = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.incoming.as_ref().map(Body::size_hint);
        hint.unwrap_or_else(|| SizeHint::with_exact(0))
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        let Some(incoming) = self.incoming.take() else {
            return;
        };
        if !self.comes || incoming.is_end_stream() {
            return;
        }
        // Without a runtime there is no connection any more.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(throw_away(incoming));
        }
    }
}

async fn throw_away(mut incoming: Incoming) {
    let rest = async { while let Ok(Some(Ok(_))) = timeout(SILENT, incoming.frame()).await {} };
    // What comes after that is cut off.
    let _in_time = timeout(WHOLE, rest).await;
}
