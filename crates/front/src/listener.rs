//! Who gets in, and to which worker?

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

/// Connections the kernel may hold for us.
const BACKLOG: i32 = 1024;

/// A listening socket. SO_REUSEADDR lets a restart take the port from its
/// predecessor's lingering connections; SO_REUSEPORT is left out, for with it
/// two hosts would share a port by mistake and nobody would be told.
pub(super) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// A connection's place among those allowed, and its weight on its worker.
pub(super) struct Admission {
    _place: OwnedSemaphorePermit,
    load: Arc<AtomicUsize>,
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.load.fetch_sub(1, Relaxed);
    }
}

/// A connection that has been accepted, on its way to a worker.
pub(super) struct Accepted {
    pub(super) stream: std::net::TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) admission: Admission,
}

/// The way to one worker.
#[derive(Clone)]
pub(super) struct Lane {
    pub(super) connections: mpsc::UnboundedSender<Accepted>,
    pub(super) load: Arc<AtomicUsize>,
}

/// Accept until told to stop, giving each connection to the worker that has
/// fewest. The kernel's own spreading (SO_REUSEPORT) goes by a hash and leaves
/// few connections uneven: 32 over two workers may fall 20 to 12.
pub(super) async fn accept(
    listener: tokio::net::TcpListener,
    lanes: Vec<Lane>,
    places: Arc<Semaphore>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let place = tokio::select! {
            _ = stop.wait_for(|stopping| *stopping) => return,
            place = Arc::clone(&places).acquire_owned() => match place {
                Ok(place) => place,
                Err(_closed) => return,
            },
        };
        let accepted = tokio::select! {
            _ = stop.wait_for(|stopping| *stopping) => return,
            accepted = listener.accept() => accepted,
        };
        let stream = accepted.and_then(|(stream, peer)| {
            stream.set_nodelay(true)?;
            Ok((stream.into_std()?, peer))
        });
        match stream {
            Ok((stream, peer)) => send(&lanes, stream, peer, place),
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors, mostly: some may be free soon.
                tracing::warn!(%error, "cannot accept connections");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn send(
    lanes: &[Lane],
    stream: std::net::TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
) {
    let Some(lane) = lanes.iter().min_by_key(|lane| lane.load.load(Relaxed)) else {
        return;
    };
    lane.load.fetch_add(1, Relaxed);
    let admission = Admission {
        _place: place,
        load: Arc::clone(&lane.load),
    };
    // A worker that is gone drops the connection, which is all there is to do.
    let _ = lane.connections.send(Accepted {
        stream,
        peer,
        admission,
    });
}

/// The peer gave up between knocking and being let in.
fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::NotConnected
            | io::ErrorKind::InvalidInput
    )
}
