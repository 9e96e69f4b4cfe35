//! How is a whole request given to a component?

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::FutureExt as _;
use gatelet_core::section;
use http::{HeaderValue, Request, Response, StatusCode, Version};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;

use super::application::{BodyError, ComponentIndex, Unanswered, Visitor};
use super::connection::Connection;
use super::head;
use super::refusal::Refusal;
use super::reply_body::Source;
use super::request_body::RequestBody;
use super::watch::Turn;

/// Have a component answer, which runs on threads of its own: they may be kept busy (a
/// password hash takes 25 ms) without holding up this worker's other visitors.
/// Both bodies stream; if the visitor goes away, the component is stopped.
pub(super) async fn handle(
    connection: &Rc<Connection>,
    component: ComponentIndex,
    request: Request<RequestBody>,
    request_id: HeaderValue,
) -> Result<Response<Source>, Refusal> {
    let worker = &connection.worker;
    let (mut parts, body) = request.into_parts();
    let hop = section::leave_connection(&mut parts.headers);
    if hop.trailers {
        parts
            .headers
            .insert(http::header::TE, HeaderValue::from_static("trailers"));
    }
    // Whatever `Connection` named.
    parts
        .headers
        .insert(super::X_REQUEST_ID, request_id.clone());
    parts.extensions.clear();
    parts.extensions.insert(Visitor {
        peer: connection.peer,
        whose: connection.client(&parts.headers),
        tls: connection.tls,
    });
    let body = Watched {
        incoming: body,
        turn: Turn::new(Arc::clone(&connection.activity)),
    };
    let request = Request::from_parts(parts, body.boxed_unsync());
    let answered = Arc::clone(&worker.application).handle(component, request);
    // Nothing of it is looked at afterwards.
    let answered = AssertUnwindSafe(answered).catch_unwind().await;
    let answered = answered.map_err(|_| {
        tracing::error!(?request_id, "a component's host panicked");
        Refusal::ComponentEnded
    })?;
    let response = answered.map_err(|unanswered| match unanswered {
        Unanswered::Full => Refusal::ComponentFull,
        Unanswered::TimedOut => Refusal::ComponentTimedOut,
        Unanswered::Ended => Refusal::ComponentEnded,
        Unanswered::Failed => Refusal::ComponentFailed,
    })?;

    let (mut parts, body) = response.into_parts();
    section::leave_connection(&mut parts.headers);
    if parts.status.is_informational() {
        tracing::error!(status = %parts.status, "a component answered with an interim status");
        return Err(Refusal::ComponentFailed);
    }
    if matches!(
        parts.status,
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
    ) {
        parts.headers.remove(http::header::CONTENT_LENGTH);
    }
    parts.version = Version::HTTP_11;
    Ok(Response::from_parts(parts, Source::Component(body)))
}

/// A request's body on its way to a component, watched for stalls.
struct Watched {
    incoming: RequestBody,
    turn: Turn,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match Pin::new(&mut self.incoming).poll_frame(cx) {
            Poll::Pending => {
                self.turn.give();
                Poll::Pending
            }
            Poll::Ready(frame) => {
                self.turn.take();
                if let Some(Ok(frame)) = &frame {
                    self.turn.came(frame.data_ref().map_or(0, Bytes::len));
                }
                let frame = frame.map(|frame| frame.map(head::permitted_trailers));
                Poll::Ready(frame.map(|frame| frame.map_err(BodyError::from)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
