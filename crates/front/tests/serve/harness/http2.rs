//! A client that speaks HTTP/2.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use super::Front;

pub type Body = BoxBody<Bytes, Infallible>;

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
}

pub fn nothing() -> Body {
    Empty::new().boxed()
}

/// Without TLS, by prior knowledge.
pub async fn http2(front: &Front) -> SendRequest<Body> {
    let stream = TcpStream::connect(front.address).await.expect("a listener");
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("HTTP/2");
    tokio::spawn(connection);
    sender
}
