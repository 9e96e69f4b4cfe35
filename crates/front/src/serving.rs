//! How is one visitor's connection served from its first byte to its last?

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::connection::Connection;
use super::exchange;
use super::order::{Handle, obey};
use super::places::Admission;
use super::replay::Replay;
use super::watch::Watched;
use super::worker::Worker;

/// Serve a connection that has just been accepted.
pub(super) async fn serve(
    worker: Rc<Worker>,
    stream: TcpStream,
    peer: SocketAddr,
    admission: Admission,
) {
    let handle = Arc::clone(&admission.handle);
    let connection = Rc::new(Connection::new(Rc::clone(&worker), peer, admission));
    // A task is as large as the largest of what it may become. Ten thousand connections
    // that wait are plain HTTP/1.1 as a rule, so whatever else there is has its own place.
    if let Some(acceptor) = &worker.tls {
        Box::pin(async {
            let handshake = acceptor.accept(stream);
            if let Some(stream) = begun(&worker, &handle, handshake).await {
                let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                drive(connection, handle, stream, http2).await;
            }
        })
        .await;
    } else {
        let first = Replay::begins_http2(stream);
        if let Some((stream, http2)) = begun(&worker, &handle, first).await {
            drive(connection, handle, stream, http2).await;
        }
    }
}

/// What a connection begins with, within the time for a head and unless it is told to
/// go.
async fn begun<T, E: std::fmt::Display>(
    worker: &Worker,
    handle: &Handle,
    beginning: impl Future<Output = Result<T, E>>,
) -> Option<T> {
    let beginning = Box::pin(tokio::time::timeout(worker.limits.head_timeout, beginning));
    match obey(handle, pin!(beginning), |_| {}).await? {
        Ok(Ok(begun)) => Some(begun),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a connection broke off before its first request");
            None
        }
        Err(_elapsed) => {
            worker.shard.connection_overstays();
            None
        }
    }
}

async fn drive<S>(connection: Rc<Connection>, handle: Arc<Handle>, stream: S, http2: bool)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let worker = Rc::clone(&connection.worker);
    let activity = Arc::clone(&connection.activity);
    let registered = worker.register(handle);
    let stream = TokioIo::new(Watched::new(stream, Arc::clone(&activity)));
    // hyper keeps room for an answer's state as long as the connection. In a place of its
    // own it is there while there is a request.
    let service =
        service_fn(move |request| Box::pin(exchange::answer(Rc::clone(&connection), request)));
    let served = if http2 {
        activity.set_multiplexed();
        let mut serving = Box::pin(worker.http2.serve_connection(stream, service));
        obey(registered.handle(), serving.as_mut(), |serving| {
            serving.graceful_shutdown();
        })
        .await
    } else {
        let serving = worker.http1.serve_connection(stream, service);
        obey(
            registered.handle(),
            pin!(serving.with_upgrades()),
            |serving| {
                serving.graceful_shutdown();
            },
        )
        .await
    };
    if let Some(Err(error)) = served {
        tracing::debug!(%error, "a connection ended in error");
    }
}
