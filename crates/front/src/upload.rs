//! How does a request's body reach the upstream?

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::task::AtomicWaker;
use http::{HeaderMap, HeaderName};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::watch::Turn;

/// The body of a request on its way upstream, piece by piece.
pub(super) enum Upload {
    Empty,
    Stream(Box<Stream>),
}

pub(super) struct Stream {
    incoming: Incoming,
    turn: Turn,
    hold: Option<Hold>,
    progress: Rc<Progress>,
    /// Trailer fields that the gate sets in the header section, and which must
    /// therefore not come in by the back door.
    reserved: Vec<HeaderName>,
}

/// How far an upload has come; shared with whoever waits for the response.
pub(super) struct Progress {
    ended: Cell<bool>,
    moved: Cell<Instant>,
}

impl Progress {
    /// Since when the upstream has had all there is to have, or `None` while
    /// the upload goes on.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        self.ended.get().then(|| self.moved.get())
    }
}

impl Upload {
    pub(super) fn stream(
        incoming: Incoming,
        turn: Turn,
        hold: Option<Hold>,
        reserved: Vec<HeaderName>,
    ) -> (Self, Rc<Progress>) {
        let progress = Rc::new(Progress {
            ended: Cell::new(false),
            moved: Cell::new(Instant::now()),
        });
        let stream = Stream {
            incoming,
            turn,
            hold,
            progress: Rc::clone(&progress),
            reserved,
        };
        (Self::Stream(Box::new(stream)), progress)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Stream(stream) => stream.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Stream(stream) => stream.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Stream(stream) => stream.incoming.size_hint(),
        }
    }
}

impl Stream {
    fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(hold) = &mut self.hold {
            if hold.poll_released(cx).is_pending() {
                return Poll::Pending;
            }
            self.hold = None;
        }
        let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) else {
            self.turn.give();
            return Poll::Pending;
        };
        self.turn.take();
        self.progress.moved.set(Instant::now());
        if frame.is_none() || self.incoming.is_end_stream() {
            self.progress.ended.set(true);
        }
        let frame = frame.map(|frame| {
            frame.map(|frame| match frame.into_trailers() {
                Ok(trailers) => {
                    self.progress.ended.set(true);
                    Frame::trailers(permitted_trailers(trailers, &self.reserved))
                }
                Err(data) => data,
            })
        });
        Poll::Ready(frame)
    }
}

/// RFC 9110 §6.5.1: fields about framing, routing, authentication and the like
/// are not for trailers. Some servers merge trailers into headers, so whatever
/// the gate sets or strips there is dropped here too, in every spelling.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1>
fn permitted_trailers(trailers: HeaderMap, reserved: &[HeaderName]) -> HeaderMap {
    const NEVER: [&str; 17] = [
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-request-id",
    ];
    let mut kept = trailers;
    let refused: Vec<HeaderName> = kept
        .keys()
        .filter(|name| {
            let folded = name.as_str().replace(['_', '.'], "-");
            NEVER.contains(&folded.as_str())
                || folded.starts_with("x-forwarded-")
                || folded.starts_with("spin-")
                || reserved.iter().any(|name| name.as_str() == folded)
        })
        .cloned()
        .collect();
    for name in refused {
        kept.remove(name);
    }
    kept
}

/// Holds a body back until the upstream says `100 Continue`, so that the visitor
/// is told no sooner (RFC 9110 §10.1.1).
pub(super) struct Hold {
    released: Arc<Release>,
    at_latest: Pin<Box<Sleep>>,
}

/// Lets a held body go.
#[derive(Default)]
pub(super) struct Release {
    done: AtomicBool,
    waker: AtomicWaker,
}

impl Release {
    pub(super) fn release(&self) {
        self.done.store(true, Ordering::Release);
        self.waker.wake();
    }
}

impl Hold {
    pub(super) fn new(at_latest: Duration) -> (Self, Arc<Release>) {
        let released = Arc::new(Release::default());
        let hold = Self {
            released: Arc::clone(&released),
            at_latest: Box::pin(tokio::time::sleep(at_latest)),
        };
        (hold, released)
    }

    fn poll_released(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.released.waker.register(cx.waker());
        if self.released.done.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        self.at_latest.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_cannot_bring_in_what_headers_may_not() {
        let mut trailers = HeaderMap::new();
        for name in [
            "checksum",
            "x-forwarded-user",
            "x_forwarded_user",
            "x.forwarded.email",
            "host",
            "content_length",
            "x-app-user",
            "spin-client-addr",
        ] {
            trailers.insert(
                HeaderName::from_bytes(name.as_bytes()).expect("a field name"),
                http::HeaderValue::from_static("v"),
            );
        }
        let kept = permitted_trailers(trailers, &[HeaderName::from_static("x-app-user")]);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["checksum"]);
    }
}
