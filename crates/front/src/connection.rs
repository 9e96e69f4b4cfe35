//! How is one visitor's connection served from its first byte to its last?

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::exchange;
use super::listener::Admission;
use super::watch::{Activity, Watched};
use super::worker::Worker;

/// A visitor's connection, as its requests see it.
pub(super) struct Connection {
    pub(super) worker: Rc<Worker>,
    pub(super) peer: SocketAddr,
    /// The peer's IP address, spelled out once.
    pub(super) peer_address: String,
    /// Whether the peer may name requests.
    pub(super) trusted: bool,
    pub(super) tls: bool,
    pub(super) activity: Arc<Activity>,
    _admission: Admission,
}

/// What a worker keeps of each of its connections to end it with.
pub(super) struct Handle {
    pub(super) activity: Arc<Activity>,
    order: Cell<Order>,
    waker: RefCell<Option<Waker>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Serve,
    /// Finish what is in flight and take nothing new.
    Drain,
    Close,
}

impl Handle {
    fn new(activity: Arc<Activity>) -> Self {
        Self {
            activity,
            order: Cell::new(Order::Serve),
            waker: RefCell::new(None),
        }
    }

    pub(super) fn drain(&self) {
        self.give(Order::Drain);
    }

    pub(super) fn close(&self) {
        self.give(Order::Close);
    }

    fn give(&self, order: Order) {
        self.order.set(order);
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }

    /// A task's waker stays the same, so it is cloned once.
    fn wake_me(&self, cx: &Context<'_>) {
        let mut waker = self.waker.borrow_mut();
        if !waker
            .as_ref()
            .is_some_and(|kept| kept.will_wake(cx.waker()))
        {
            *waker = Some(cx.waker().clone());
        }
    }
}

/// Serve a connection that has just been accepted.
pub(super) async fn serve(
    worker: Rc<Worker>,
    stream: TcpStream,
    peer: SocketAddr,
    admission: Admission,
) {
    let head_timeout = worker.limits.head_timeout;
    let canonical = peer.ip().to_canonical();
    let activity = Arc::new(Activity::new(worker.clock.clone()));
    let connection = Rc::new(Connection {
        peer,
        peer_address: canonical.to_string(),
        trusted: worker
            .request_id_from
            .iter()
            .any(|network| network.contains(&canonical)),
        tls: worker.tls.is_some(),
        activity,
        worker: Rc::clone(&worker),
        _admission: admission,
    });
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

/// Serve until done or told otherwise.
async fn obey<F: Future>(
    handle: &Handle,
    mut serving: Pin<&mut F>,
    wind_down: impl Fn(Pin<&mut F>),
) -> Option<F::Output> {
    let mut winding_down = false;
    poll_fn(|cx| {
        handle.wake_me(cx);
        match handle.order.get() {
            Order::Serve => {}
            Order::Close => return Poll::Ready(None),
            Order::Drain if winding_down => {}
            Order::Drain => {
                winding_down = true;
                wind_down(serving.as_mut());
            }
        }
        serving.as_mut().poll(cx).map(Some)
    })
    .await
}
