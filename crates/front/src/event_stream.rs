//! How does an event stream end with the session that it was let in by? It may last
//! for days, and what comes over it is as good as any page.
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};
use http_body::Frame;
use tokio::time::Instant;

use super::application::BodyError;
use super::reply_body::Source;
use super::standing::{self, Standing};

/// An event stream, and what tells its end.
pub(super) struct EventStream {
    pub(super) source: Source,
    moved: Rc<Cell<Instant>>,
    ended: Pin<Box<dyn Future<Output = ()>>>,
}

/// The response; where it is an event stream that somebody was let in to, one that ends
/// when they would be let in no longer.
pub(super) fn watched(
    mut response: Response<Source>,
    standing: Option<Standing>,
) -> Response<Source> {
    if standing.is_none() || !is_event_stream(response.headers()) {
        return response;
    }
    let moved = Rc::new(Cell::new(Instant::now()));
    let watched = Rc::clone(&moved);
    let ended = Box::pin(async move { standing::ended(standing, &watched).await });
    let source = std::mem::replace(response.body_mut(), Source::Empty);
    *response.body_mut() = Source::Events(Box::new(EventStream {
        source,
        moved,
        ended,
    }));
    response
}

impl EventStream {
    pub(super) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.ended.as_mut().poll(cx).is_ready() {
            let why = "the session that it was let in by has ended";
            return Poll::Ready(Some(Err(why.into())));
        }
        let polled = self.source.poll_frame(cx);
        if polled.is_ready() {
            self.moved.set(Instant::now());
        }
        polled
    }
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
    media.is_some_and(|media| {
        let essence = media.split(|byte| *byte == b';').next().unwrap_or_default();
        essence
            .trim_ascii()
            .eq_ignore_ascii_case(b"text/event-stream")
    })
}
