//! How is one visitor's connection served from its first byte to its last?

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::connection::Connection;
use super::exchange;
use super::listener::Admission;
use super::order::{Handle, obey};
use super::watch::Watched;
use super::worker::Worker;

/// Serve a connection that has just been accepted.
pub(super) async fn serve(
    worker: Rc<Worker>,
    stream: TcpStream,
    peer: SocketAddr,
    admission: Admission,
) {
    let head_timeout = worker.limits.head_timeout;
    let connection = Rc::new(Connection::new(Rc::clone(&worker), peer, admission));
    if let Some(acceptor) = &worker.tls {
        let handshake = tokio::time::timeout(head_timeout, acceptor.accept(stream));
        match Box::pin(handshake).await {
            Ok(Ok(stream)) => {
                let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                drive(connection, stream, http2).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_elapsed) => worker.shard.connection_overstays(),
        }
    } else {
        match tokio::time::timeout(head_timeout, begins_http2(&stream)).await {
            Ok(Ok(http2)) => drive(connection, stream, http2).await,
            Ok(Err(error)) => tracing::debug!(%error, "a connection broke off"),
            Err(_elapsed) => worker.shard.connection_overstays(),
        }
    }
}

/// Whether the first bytes are HTTP/2's preface (RFC 9113 §3.4). They are left
/// where they are.
async fn begins_http2(stream: &TcpStream) -> io::Result<bool> {
    const PREFACE: &[u8; 16] = b"PRI * HTTP/2.0\r\n";
    let mut first = [0_u8; PREFACE.len()];
    loop {
        let seen = stream.peek(&mut first).await?;
        if seen == 0 || first[..seen] != PREFACE[..seen] {
            return Ok(false);
        }
        if seen == PREFACE.len() {
            return Ok(true);
        }
        // Rare: the preface arrives in pieces, and a peek does not wait for more.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn drive<S>(connection: Rc<Connection>, stream: S, http2: bool)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let worker = Rc::clone(&connection.worker);
    let activity = Arc::clone(&connection.activity);
    let registered = worker.register(Rc::new(Handle::new(Arc::clone(&activity))));
    let stream = TokioIo::new(Watched::new(stream, Arc::clone(&activity)));
    let service = service_fn(move |request| exchange::answer(Rc::clone(&connection), request));
    let served = if http2 {
        activity.set_multiplexed();
        let serving = worker.http2.serve_connection(stream, service);
        obey(registered.handle(), pin!(serving), |serving| {
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
