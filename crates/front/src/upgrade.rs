//! How does a WebSocket go through? No other protocol does: what is inside a tunnel
//! is judged by nobody.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::UPGRADE;
use http::{HeaderMap, Request, Response, StatusCode};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::connection::Connection;
use super::download::AbortOnDrop;
use super::refusal::Refusal;
use super::reply_body::Source;
use super::request_body::RequestBody;
use super::send::{self, Address, SendFault};
use super::standing::{self, Standing};
use super::upload::Upload;
use super::upstream::{self, Upstream};
use super::worker::Worker;

/// Forward a request that asks for a WebSocket, over a connection of its
/// own. If the upstream agrees, both are joined once the 101 has been sent.
pub(super) async fn forward(
    connection: &Rc<Connection>,
    upstream: &Rc<Upstream>,
    address: Address<'_>,
    request: Request<RequestBody>,
    visitor: OnUpgrade,
    standing: &mut Option<Standing>,
) -> Result<Response<Source>, Refusal> {
    let worker = &connection.worker;
    let stream = send::open(worker, address).await?;
    let (mut sender, driver) = upstream::builder(&worker.limits)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| send::broken(worker, address, &error))?;
    let task = tokio::task::spawn_local(driver.with_upgrades());
    let task = AbortOnDrop(task.abort_handle());

    let answer = sender.try_send_request(request.map(|_no_content| Upload::Empty));
    let limit = worker.limits.response_timeout;
    let answered = match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer.map_err(SendFault::from),
        Err(_elapsed) => Err(SendFault::TimedOut),
    };
    let mut response = answered.map_err(|error| match error {
        SendFault::TimedOut => send::fault(worker, Refusal::UpstreamTimedOut),
        SendFault::Unsent(_) => send::fault(worker, Refusal::UpstreamBroken),
        SendFault::Broken(error) => send::broken(worker, address, &error),
    })?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return send::finish_own(worker, upstream, response, task);
    }
    if !is_web_socket(response.headers()) {
        worker.tell("switched", address.host, address.port, |times| {
            tracing::warn!(
                host = address.host,
                port = address.port,
                times,
                "the upstream switched to a protocol that nobody asked for"
            );
        });
        return Err(send::fault(worker, Refusal::UpstreamBroken));
    }

    let standing = standing.take();
    let upstream_side = hyper::upgrade::on(&mut response);
    connection.activity.set_tunnel();
    worker.join(Rc::clone(connection), async move |connection| {
        let _driver = task;
        match tokio::try_join!(visitor, upstream_side) {
            Ok((visitor, upstream)) => {
                tunnel(&connection.worker, visitor, upstream, standing).await;
            }
            Err(error) => tracing::debug!(%error, "an upgrade came to nothing"),
        }
    });

    let (mut parts, _incoming) = response.into_parts();
    // Upgrades of the upstream's half belong to it.
    parts.extensions.clear();
    Ok(Response::from_parts(parts, Source::Empty))
}

/// Whether a 101 is for the protocol that was asked for (RFC 6455 §4.1, step 2 of
/// what the client checks), and for no other beside it.
fn is_web_socket(headers: &HeaderMap) -> bool {
    let mut protocols = headers.get_all(UPGRADE).iter();
    let only = protocols.next().filter(|_| protocols.next().is_none());
    only.is_some_and(|only| only.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Copy both ways until both have ended, nothing has moved for too long, or the head
/// that asked for it would be let in no longer. One side's end is passed on and the
/// other direction goes on (half close). What ends here ends without a close frame:
/// nobody has looked where in a message the stream is.
async fn tunnel(
    worker: &Worker,
    visitor: Upgraded,
    upstream: Upgraded,
    standing: Option<Standing>,
) {
    let moved = Rc::new(Cell::new(Instant::now()));
    let mut visitor = Moving::new(visitor, &moved);
    let mut upstream = Moving::new(upstream, &moved);
    let copying = tokio::io::copy_bidirectional(&mut visitor, &mut upstream);
    tokio::select! {
        copied = copying => {
            if let Err(error) = copied {
                tracing::debug!(%error, "an upgraded connection broke off");
            }
        }
        () = silence(&moved, worker.limits.tunnel_idle_timeout) => {
            worker.shard.connection_overstays();
        }
        () = standing::ended(standing, &moved) => {
            tracing::debug!("a WebSocket ended with the session that it was let in by");
        }
    }
}

async fn silence(moved: &Cell<Instant>, limit: Duration) {
    loop {
        let due = moved.get() + limit;
        if due <= Instant::now() {
            return;
        }
        tokio::time::sleep_until(due).await;
    }
}

/// Notes when bytes move.
struct Moving {
    stream: TokioIo<Upgraded>,
    moved: Rc<Cell<Instant>>,
}

impl Moving {
    fn new(stream: Upgraded, moved: &Rc<Cell<Instant>>) -> Self {
        Self {
            stream: TokioIo::new(stream),
            moved: Rc::clone(moved),
        }
    }
}

impl AsyncRead for Moving {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if polled.is_ready() {
            self.moved.set(Instant::now());
        }
        polled
    }
}

impl AsyncWrite for Moving {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        if polled.is_ready() {
            self.moved.set(Instant::now());
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
