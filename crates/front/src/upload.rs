//! How does a request's body reach the upstream?

use std::cell::Cell;
use std::error::Error as _;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::task::AtomicWaker;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::head;
use super::request_body::RequestBody;
use super::watch::Turn;

/// The body of a request on its way upstream, piece by piece.
pub(super) enum Upload {
    Empty,
    Stream(Box<Stream>),
}

pub(super) struct Stream {
    incoming: RequestBody,
    turn: Turn,
    hold: Option<Hold>,
    progress: Rc<Progress>,
}

/// How far an upload has come; shared with whoever waits for the response.
pub(super) struct Progress {
    /// The next move is the visitor's.
    is_visitors: Cell<bool>,
    moved: Cell<Instant>,
    fault: Cell<Option<Fault>>,
}

/// What the visitor did wrong with a body. It is no fault of the upstream's, though its
/// connection ends by it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not framed as bodies are: a chunk without a size.
    Malformed,
    /// It ended before its end.
    CutOff,
}

impl Fault {
    /// By the error with which the body ended.
    pub(super) fn of(error: &hyper::Error) -> Self {
        let mut source = error.source();
        while let Some(error) = source {
            if let Some(error) = error.downcast_ref::<io::Error>() {
                return match error.kind() {
                    io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Self::Malformed,
                    _ => Self::CutOff,
                };
            }
            source = error.source();
        }
        Self::CutOff
    }
}

impl Progress {
    /// What the visitor did wrong, if so.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault.get()
    }

    /// Since when the upstream has done nothing: it takes no more of the body, or it has
    /// all of it and does not answer. None while the visitor is waited for.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        (!self.is_visitors.get()).then(|| self.moved.get())
    }
}

impl Upload {
    pub(super) fn stream(
        incoming: RequestBody,
        turn: Turn,
        hold: Option<Hold>,
    ) -> (Self, Rc<Progress>) {
        let progress = Rc::new(Progress {
            is_visitors: Cell::new(false),
            moved: Cell::new(Instant::now()),
            fault: Cell::new(None),
        });
        let stream = Stream {
            incoming,
            turn,
            hold,
            progress: Rc::clone(&progress),
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
            self.progress.is_visitors.set(true);
            return Poll::Pending;
        };
        self.turn.take();
        self.progress.is_visitors.set(false);
        self.progress.moved.set(Instant::now());
        if let Some(Err(error)) = &frame {
            self.progress.fault.set(Some(Fault::of(error)));
        }
        let frame = frame.map(|frame| {
            frame.map(|frame| {
                self.turn.came(frame.data_ref().map_or(0, Bytes::len));
                head::permitted_trailers(frame)
            })
        });
        Poll::Ready(frame)
    }
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
