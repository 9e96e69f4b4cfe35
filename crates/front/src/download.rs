//! How does an upstream's response body come in, and what becomes of the
//! connection afterwards?

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::task::AbortHandle;
use tokio::time::{Instant, Sleep};

use super::application::BodyError;
use super::upstream::{Link, Upstream};

/// A response body and the connection that it comes over.
pub(super) struct Download {
    incoming: Incoming,
    /// `None` only while dropping.
    carrier: Option<Carrier>,
    upstream: Rc<Upstream>,
    complete: bool,
    silence: Silence,
}

/// Who drives the upstream connection.
pub(super) enum Carrier {
    /// Whoever polls the body: the request had none of its own.
    Inline { link: Link, finished: bool },
    /// A task beside us, so that an upload goes on while the visitor is slow to
    /// take the response.
    Driven(Driven),
    /// A task that the connection belongs to; it is not kept.
    Own { _task: AbortOnDrop },
}

impl Carrier {
    /// Has the connection take note of what its server says of it.
    pub(super) fn heed(&mut self, answer: &HeaderMap) {
        match self {
            Self::Inline { link, .. } => link.heed(answer),
            Self::Driven(driven) => {
                driven.with(|link| link.heed(answer));
            }
            Self::Own { .. } => {}
        }
    }
}

/// An upstream silent in the middle of a body for this long is given up.
struct Silence {
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    running: bool,
}

impl Download {
    pub(super) fn new(
        incoming: Incoming,
        carrier: Carrier,
        upstream: Rc<Upstream>,
        silence_limit: Duration,
    ) -> Self {
        Self {
            incoming,
            carrier: Some(carrier),
            upstream,
            complete: false,
            silence: Silence {
                limit: silence_limit,
                timer: None,
                running: false,
            },
        }
    }

    pub(super) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let mut polled = Pin::new(&mut self.incoming).poll_frame(cx);
        if polled.is_pending()
            && let Some(Carrier::Inline { link, finished }) = &mut self.carrier
            && !*finished
        {
            *finished = link.poll(cx).is_ready();
            polled = Pin::new(&mut self.incoming).poll_frame(cx);
        }
        match polled {
            Poll::Ready(None) => {
                self.complete = true;
                Poll::Ready(None)
            }
            Poll::Ready(Some(frame)) => {
                self.silence.running = false;
                Poll::Ready(Some(frame.map_err(BodyError::from)))
            }
            Poll::Pending => self.silence.poll_over(cx).map(|()| {
                Some(Err(BodyError::from(
                    "the upstream fell silent in the middle of a body",
                )))
            }),
        }
    }

    pub(super) fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    pub(super) fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Silence {
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(self.limit)));
        if !self.running {
            self.running = true;
            timer.as_mut().reset(Instant::now() + self.limit);
        }
        timer.as_mut().poll(cx)
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        // Only a body that was read to its end leaves a connection on which the
        // next response begins where it should.
        if !self.complete && !self.incoming.is_end_stream() {
            return;
        }
        match self.carrier.take() {
            Some(Carrier::Inline { link, finished }) => {
                if !finished {
                    self.upstream.give_back(link);
                }
            }
            Some(Carrier::Driven(driven)) => {
                if let Some(link) = driven.take() {
                    self.upstream.give_back(link);
                }
            }
            Some(Carrier::Own { .. }) | None => {}
        }
    }
}

/// A connection driven by a task of its own for the length of one exchange.
pub(super) struct Driven {
    link: Rc<RefCell<Option<Link>>>,
    _task: AbortOnDrop,
}

impl Driven {
    pub(super) fn start(link: Link) -> Self {
        let link = Rc::new(RefCell::new(Some(link)));
        let driven = Rc::clone(&link);
        let task = tokio::task::spawn_local(poll_fn(move |cx| {
            let mut slot = driven.borrow_mut();
            match &mut *slot {
                None => Poll::Ready(()),
                Some(link) => match link.poll(cx) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(()) => {
                        *slot = None;
                        Poll::Ready(())
                    }
                },
            }
        }));
        Self {
            link,
            _task: AbortOnDrop(task.abort_handle()),
        }
    }

    /// Use the connection's sending half.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Link) -> T) -> Option<T> {
        self.link.borrow_mut().as_mut().map(act)
    }

    fn take(self) -> Option<Link> {
        self.link.borrow_mut().take()
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        // The task may not be dropped before its next turn; the connection of an
        // abandoned exchange must not live until then.
        self.link.borrow_mut().take();
    }
}

/// Ends a task with its owner.
pub(super) struct AbortOnDrop(pub(super) AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
