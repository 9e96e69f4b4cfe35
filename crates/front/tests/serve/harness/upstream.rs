//! Apps to stand behind the front.

use std::convert::Infallible;
use std::future::Future;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

use super::PATIENCE;

pub type Body = BoxBody<Bytes, hyper::Error>;
pub type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// An app on hyper.
pub struct App {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl App {
    pub fn start(answer: impl Fn(Request<Incoming>) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let accepting = async {
                    loop {
                        let (stream, _peer) = listener.accept().await.expect("a connection");
                        stream.set_nodelay(true).expect("a socket");
                        counted.fetch_add(1, Ordering::SeqCst);
                        let answer = Arc::clone(&answer);
                        tokio::spawn(async move {
                            let service = service_fn(move |request| {
                                let answered = answer(request);
                                async move { Ok::<_, Infallible>(answered.await) }
                            });
                            let _ = hyper::server::conn::http1::Builder::new()
                                .serve_connection(TokioIo::new(stream), service)
                                .with_upgrades()
                                .await;
                        });
                    }
                };
                tokio::select! {
                    () = accepting => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            address,
            connections,
            _stop: stop,
        }
    }

    /// Answers every request with a description of it.
    pub fn describing() -> Self {
        Self::start(|request| Box::pin(describe(request)))
    }

    /// Answers every request with its own body.
    pub fn echoing() -> Self {
        Self::start(|request| Box::pin(async move { Response::new(request.into_body().boxed()) }))
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

pub fn full(body: impl Into<Bytes>) -> Body {
    Full::new(body.into())
        .map_err(|never: Infallible| match never {})
        .boxed()
}

/// `METHOD target`, then a line a field, then the body's length and trailers.
pub async fn describe(request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let mut text = format!("{} {}\n", parts.method, parts.uri);
    for (name, value) in &parts.headers {
        text.push_str(&format!("{name}: {}\n", value.to_str().unwrap_or("?")));
    }
    match body.collect().await {
        Ok(collected) => {
            let trailers = collected.trailers().cloned().unwrap_or_default();
            text.push_str(&format!("body {}\n", collected.to_bytes().len()));
            for (name, value) in &trailers {
                text.push_str(&format!(
                    "trailer {name}: {}\n",
                    value.to_str().unwrap_or("?")
                ));
            }
        }
        Err(_) => text.push_str("body cut off\n"),
    }
    Response::new(full(text))
}

/// An app that is a function of a connection, run on a thread for each.
pub struct RawApp {
    pub address: SocketAddr,
}

impl RawApp {
    pub fn start(serve: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let serve = Arc::new(serve);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let Ok(stream) = stream else { return };
                stream.set_nodelay(true).expect("a socket");
                stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(stream, number));
            }
        });
        Self { address }
    }

    /// Answers each request head with the same bytes.
    pub fn answering(response: &'static [u8]) -> Self {
        Self::start(move |mut stream, _number| {
            while read_head(&mut stream).is_some() {
                if stream.write_all(response).is_err() {
                    return;
                }
            }
        })
    }

    /// Reports everything it is sent, byte for byte, and answers each read with
    /// a complete response.
    pub fn reporting() -> (Self, mpsc::Receiver<Vec<u8>>) {
        let (report, reports) = mpsc::channel();
        let report = std::sync::Mutex::new(report);
        let app = Self::start(move |mut stream, _number| {
            let report = report.lock().expect("no panic").clone();
            let mut buffer = vec![0; 65536];
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                if report.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            }
        });
        (app, reports)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Read up to the end of a head; `None` at the connection's end.
pub fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}
