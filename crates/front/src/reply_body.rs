//! How does a response's body reach the visitor?

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::application::{BodyError, ComponentBody};
use super::download::Download;
use super::event_stream::EventStream;
use super::head;
use super::record::Record;
use super::watch::Turn;

/// The body of a response, with the record that its end completes.
pub(super) struct ReplyBody {
    source: Source,
    /// What `Content-Length` says: hyper asks for no more once that is sent, so
    /// the end itself is never seen.
    declared: Option<u64>,
    /// Why the body breaks off, to be said at the next poll: hyper sends what it
    /// has when a body pauses, and throws it away when a body fails.
    failed: Option<BodyError>,
    record: Record,
    turn: Turn,
}

pub(super) enum Source {
    Empty,
    /// Taken by the first poll.
    Whole(Bytes),
    Upstream(Download),
    Component(ComponentBody),
    Events(Box<EventStream>),
}

impl ReplyBody {
    /// `bodiless` says that nobody asks for a body, whatever there may be of one: the
    /// answer to HEAD, 204, 304.
    pub(super) fn new(
        source: Source,
        declared: Option<u64>,
        bodiless: bool,
        record: Record,
        turn: Turn,
    ) -> Self {
        let mut body = Self {
            source,
            declared,
            failed: None,
            record,
            turn,
        };
        body.record.ended = bodiless || body.is_end_stream() || declared == Some(0);
        body
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        // Being asked for more means that the visitor has taken what there was.
        this.turn.take();
        if let Some(error) = this.failed.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let polled = this.source.poll_frame(cx);
        match polled {
            Poll::Ready(Some(Err(error))) => {
                tracing::debug!(%error, "a response broke off");
                this.failed = Some(error);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Pending => {}
            Poll::Ready(None) => this.record.ended = true,
            Poll::Ready(Some(Ok(ref frame))) => {
                if let Some(data) = frame.data_ref() {
                    this.record.body_bytes += data.len() as u64;
                    this.turn.went(data.len());
                }
                let complete = this.declared == Some(this.record.body_bytes);
                if frame.is_trailers() || complete || this.is_end_stream() {
                    this.record.ended = true;
                }
                // The last piece too: in HTTP/2 it is held until the visitor's window
                // has room.
                this.turn.give();
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.source.size_hint()
    }
}

impl Source {
    pub(super) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self {
            Self::Empty => Poll::Ready(None),
            Self::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::Upstream(download) => download
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map(head::permitted_trailers))),
            Self::Component(body) => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map(head::permitted_trailers))),
            Self::Events(stream) => stream.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Upstream(download) => download.is_end_stream(),
            Self::Component(body) => body.is_end_stream(),
            Self::Events(stream) => stream.source.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Upstream(download) => download.size_hint(),
            Self::Component(body) => body.size_hint(),
            Self::Events(stream) => stream.source.size_hint(),
        }
    }
}
