//! The app's answers, by path.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::{Seen, State};

type Content = BoxBody<Bytes, io::Error>;
type Answer = Result<Response<Content>, io::Error>;

const PIECE_BYTES: usize = 64 * 1024;

pub(super) async fn answer(request: Request<Incoming>, state: Arc<State>) -> Answer {
    let target = request.uri().path_and_query().map_or_else(
        || request.uri().path().to_owned(),
        |target| target.as_str().to_owned(),
    );
    state.seen.lock().expect("nothing panics").push(Seen {
        method: request.method().clone(),
        target: target.clone(),
        headers: request.headers().clone(),
    });
    let path = request.uri().path().to_owned();
    let mut parts = path.split('/').skip(1);
    let name = parts.next().unwrap_or_default().to_owned();
    let numbers: Vec<usize> = parts.map_while(|part| part.parse().ok()).collect();

    let mut answer = match (name.as_str(), numbers.as_slice()) {
        ("bytes", [count]) => Ok(plain(pieces(*count, PIECE_BYTES, &state, true))),
        ("chunks", [count, size]) => Ok(plain(pieces(count * size, *size, &state, false))),
        ("events", [count, every_ms]) => Ok(events(*count, *every_ms, &state)),
        ("sink", _) => sink(request, &state).await,
        ("mirror", _) => Ok(plain(request.into_body().map_err(io::Error::other).boxed())),
        ("trailers", _) => trailers(request).await,
        ("status", [status]) => with_status(*status),
        ("slow", [milliseconds]) => {
            sleep(Duration::from_millis(*milliseconds as u64)).await;
            echo(request, target).await
        }
        ("hop", _) => Ok(hop_by_hop()),
        ("cookies", _) => Ok(two_cookies()),
        ("cached", _) => Ok(cached(request.headers())),
        ("port", [port]) => Ok(to_port(*port)),
        ("refuse", _) => refuse(request),
        ("cut-head", _) => Err(io::Error::other("cut before the head")),
        ("cut-body", _) => Ok(plain(cut_body())),
        ("socket", _) => socket(request),
        ("tunnel", _) => tunnel(request),
        ("greet", _) => Ok(greet(request.headers())),
        ("dated", _) => Ok(dated(request.headers())),
        _ => echo(request, target).await,
    }?;
    let mark = HeaderValue::from_static("1");
    answer.headers_mut().insert("x-test-upstream", mark);
    Ok(answer)
}

async fn echo(request: Request<Incoming>, target: String) -> Answer {
    let (head, body) = request.into_parts();
    let headers: Vec<[String; 2]> = pairs(&head.headers);
    let content = body.collect().await.map_err(io::Error::other)?;
    let trailers = content.trailers().map(pairs);
    let content = content.to_bytes();
    Ok(json_answer(&json!({
        "method": head.method.as_str(),
        "target": target,
        "version": format!("{:?}", head.version),
        "headers": headers,
        "length": content.len(),
        "text": String::from_utf8_lossy(&content[..content.len().min(4096)]),
        "trailers": trailers,
    })))
}

async fn sink(request: Request<Incoming>, state: &State) -> Answer {
    let mut body = request.into_body();
    let (mut length, mut sum) = (0u64, 0u64);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            state.broken.fetch_add(1, Ordering::SeqCst);
            return Err(io::Error::other("the sender went away"));
        };
        if let Some(data) = frame.data_ref() {
            length += data.len() as u64;
            sum += u64::from(data.first().copied().unwrap_or_default());
        }
    }
    Ok(json_answer(&json!({ "length": length, "sum": sum })))
}

/// Whoever closes on content that nobody has read resets the connection, and the reset
/// may overtake the answer (RFC 9112 §9.6). So it is read.
fn refuse(request: Request<Incoming>) -> Answer {
    tokio::spawn(request.into_body().collect());
    with_status(413)
}

async fn trailers(request: Request<Incoming>) -> Answer {
    let content = request
        .into_body()
        .collect()
        .await
        .map_err(io::Error::other)?;
    let seen = content.trailers().map(pairs).unwrap_or_default();
    let mut fields = HeaderMap::new();
    fields.insert("x-checksum", HeaderValue::from_static("c0ffee"));
    let text = json!({ "trailers": seen }).to_string();
    let frames = [
        Ok::<_, io::Error>(Frame::data(Bytes::from(text))),
        Ok(Frame::trailers(fields)),
    ];
    let mut answer = plain(BodyExt::boxed(StreamBody::new(futures_util::stream::iter(
        frames,
    ))));
    let announced = HeaderValue::from_static("x-checksum");
    answer.headers_mut().insert("trailer", announced);
    Ok(answer)
}

fn events(count: usize, every_ms: usize, state: &Arc<State>) -> Response<Content> {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let state = state.clone();
    tokio::spawn(async move {
        for number in 0..count {
            let event = Bytes::from(format!("id: {number}\ndata: event {number}\n\n"));
            if sender.send(event).await.is_err() {
                state.abandoned.fetch_add(1, Ordering::SeqCst);
                return;
            }
            // Notices a reader that leaves while nothing is being sent.
            tokio::select! {
                () = sleep(Duration::from_millis(every_ms as u64)) => {}
                () = sender.closed() => {
                    state.abandoned.fetch_add(1, Ordering::SeqCst);
                    return;
                }
            }
        }
    });
    let mut answer = plain(BodyExt::boxed(Received(receiver)));
    let kind = HeaderValue::from_static("text/event-stream");
    answer.headers_mut().insert("content-type", kind);
    answer
}

fn hop_by_hop() -> Response<Content> {
    let mut answer = json_answer(&json!({}));
    for (name, value) in [
        ("connection", "keep-alive, x-between-us"),
        ("keep-alive", "timeout=5"),
        ("x-between-us", "not for the visitor"),
        ("proxy-authenticate", "Basic"),
        ("x-for-the-visitor", "yes"),
    ] {
        let value = HeaderValue::from_static(value);
        answer.headers_mut().append(name, value);
    }
    answer
}

fn to_port(port: usize) -> Response<Content> {
    let mut answer = json_answer(&json!({}));
    *answer.status_mut() = StatusCode::FOUND;
    let location = format!("http://127.0.0.1:{port}/headers");
    let location = HeaderValue::try_from(location).expect("ASCII");
    answer.headers_mut().insert("location", location);
    answer
}

fn two_cookies() -> Response<Content> {
    let mut answer = json_answer(&json!({}));
    for value in ["theirs=1; Path=/", "other=2; Path=/; HttpOnly"] {
        let value = HeaderValue::from_static(value);
        answer.headers_mut().append("set-cookie", value);
    }
    answer
}

fn cached(headers: &HeaderMap) -> Response<Content> {
    let mut answer = plain(full("for everybody"));
    for (name, value) in [
        ("cache-control", "public, max-age=600, s-maxage=900"),
        ("cdn-cache-control", "max-age=900"),
        ("etag", "\"one\""),
    ] {
        let value = HeaderValue::from_static(value);
        answer.headers_mut().insert(name, value);
    }
    if headers.contains_key("if-none-match") {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        *answer.body_mut() = full("");
    }
    answer
}

fn greet(headers: &HeaderMap) -> Response<Content> {
    let value = |name: &str| {
        let text = headers.get(name).and_then(|value| value.to_str().ok());
        text.unwrap_or("nobody").replace('<', "&lt;")
    };
    let html = format!(
        "<!doctype html><title>App</title><h1>Hello, {}</h1><p>{}</p>",
        value("x-forwarded-name"),
        value("x-forwarded-email"),
    );
    let mut answer = plain(full(html));
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    answer.headers_mut().insert("content-type", kind);
    answer
}

/// Caches may guess from the date how long it is fresh (RFC 9111 §4.2.2).
fn dated(headers: &HeaderMap) -> Response<Content> {
    let mut answer = greet(headers);
    let date = HeaderValue::from_static("Thu, 01 Jan 2015 00:00:00 GMT");
    answer.headers_mut().insert("last-modified", date);
    answer
}

fn socket(mut request: Request<Incoming>) -> Answer {
    let Some(key) = request.headers().get("sec-websocket-key") else {
        return with_status(400);
    };
    let accept = derive_accept_key(key.as_bytes());
    let user = request.headers().get("x-forwarded-user").cloned();
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let io = TokioIo::new(upgraded);
        let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
        let greeting = user.map_or_else(
            || "nobody".into(),
            |user| String::from_utf8_lossy(user.as_bytes()).into_owned(),
        );
        let _gone = socket.send(greeting.into()).await;
        while let Some(Ok(message)) = socket.next().await {
            if message.is_text() || message.is_binary() {
                let _gone = socket.send(message).await;
            }
        }
    });
    upgraded("websocket", Some(&accept))
}

fn tunnel(mut request: Request<Incoming>) -> Answer {
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let mut io = TokioIo::new(upgraded);
        let mut piece = vec![0; 16 * 1024];
        while let Ok(count) = io.read(&mut piece).await {
            if count == 0 || io.write_all(&piece[..count]).await.is_err() {
                break;
            }
            let _gone = io.flush().await;
        }
        let _closed = io.shutdown().await;
    });
    upgraded("test-echo", None)
}

fn upgraded(protocol: &'static str, accept: Option<&str>) -> Answer {
    let mut answer = with_status(101)?;
    let headers = answer.headers_mut();
    headers.insert("connection", HeaderValue::from_static("upgrade"));
    headers.insert("upgrade", HeaderValue::from_static(protocol));
    if let Some(accept) = accept {
        let accept = HeaderValue::from_str(accept).map_err(io::Error::other)?;
        headers.insert("sec-websocket-accept", accept);
    }
    Ok(answer)
}

fn with_status(status: usize) -> Answer {
    let status = u16::try_from(status).map_err(io::Error::other)?;
    let mut answer = plain(full(""));
    *answer.status_mut() = StatusCode::from_u16(status).map_err(io::Error::other)?;
    Ok(answer)
}

fn plain(content: Content) -> Response<Content> {
    Response::new(content)
}

fn json_answer(value: &Value) -> Response<Content> {
    let mut answer = plain(full(value.to_string()));
    let kind = HeaderValue::from_static("application/json");
    answer.headers_mut().insert("content-type", kind);
    answer
}

fn full(text: impl Into<Bytes>) -> Content {
    Full::new(text.into())
        .map_err(|never: Infallible| match never {})
        .boxed()
}

fn pairs(headers: &HeaderMap) -> Vec<[String; 2]> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            [name.to_string(), value.into_owned()]
        })
        .collect()
}

/// Zeroes in pieces, made as they are read; counts being dropped before the end.
struct Pieces {
    left: usize,
    piece: Bytes,
    told_length: bool,
    state: Arc<State>,
}

fn pieces(count: usize, size: usize, state: &Arc<State>, told_length: bool) -> Content {
    BodyExt::boxed(Pieces {
        left: count,
        piece: Bytes::from(vec![b'x'; size.max(1)]),
        told_length,
        state: state.clone(),
    })
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let count = self.left.min(self.piece.len());
        self.left -= count;
        self.state.given.fetch_add(count, Ordering::SeqCst);
        Poll::Ready(Some(Ok(Frame::data(self.piece.slice(..count)))))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        if self.told_length {
            http_body::SizeHint::with_exact(self.left as u64)
        } else {
            http_body::SizeHint::default()
        }
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        if self.left > 0 {
            self.state.abandoned.fetch_add(1, Ordering::SeqCst);
        }
    }
}

struct Received(tokio::sync::mpsc::Receiver<Bytes>);

impl Body for Received {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0
            .poll_recv(context)
            .map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}

/// Ten bytes, and an error once they have left.
fn cut_body() -> Content {
    let frames = futures_util::stream::iter(0..2).then(|step| async move {
        if step == 0 {
            return Ok(Frame::data(Bytes::from_static(b"ten bytes.")));
        }
        sleep(Duration::from_millis(50)).await;
        Err(io::Error::other("cut within the body"))
    });
    BodyExt::boxed(StreamBody::new(Box::pin(frames)))
}
