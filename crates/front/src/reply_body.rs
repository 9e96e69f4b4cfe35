//! How does a response's body reach the visitor?

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::application::{BodyError, ComponentBody};
use super::download::Download;
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
}

impl ReplyBody {
    pub(super) fn new(source: Source, declared: Option<u64>, record: Record, turn: Turn) -> Self {
        let mut body = Self {
            source,
            declared,
            failed: None,
            record,
            turn,
        };
        body.record.ended = body.is_end_stream() || declared == Some(0);
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
        let polled = match &mut this.source {
            Source::Empty => Poll::Ready(None),
            Source::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                this.source = Source::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Source::Upstream(download) => download
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map(head::permitted_trailers))),
            Source::Component(body) => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map(head::permitted_trailers))),
        };
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
                }
                let complete = this.declared == Some(this.record.body_bytes);
                if frame.is_trailers() || complete || this.is_end_stream() {
                    this.record.ended = true;
                } else {
                    this.turn.give();
                }
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Empty => true,
            Source::Whole(bytes) => bytes.is_empty(),
            Source::Upstream(download) => download.is_end_stream(),
            Source::Component(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Empty => SizeHint::with_exact(0),
            Source::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Source::Upstream(download) => download.size_hint(),
            Source::Component(body) => body.size_hint(),
        }
    }
}
