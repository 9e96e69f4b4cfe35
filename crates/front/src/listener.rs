//! Who gets in, and to which worker?

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::{mpsc, watch};

use super::order::Handle;
use super::places::{Admission, Places};
use super::server::Stop;
use super::watch::{Activity, CoarseClock};

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
    pub(super) clock: CoarseClock,
}

/// Accept until told to stop, giving each connection to the worker that has
/// fewest. The kernel's own spreading (SO_REUSEPORT) goes by a hash and leaves
/// few connections uneven: 32 over two workers may fall 20 to 12.
pub(super) async fn accept(
    listener: tokio::net::TcpListener,
    lanes: Vec<Lane>,
    places: Arc<Places>,
    mut stop: watch::Receiver<Stop>,
) {
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop == Stop::Draining) => return,
            accepted = listener.accept() => accepted,
        };
        let stream = accepted.and_then(|(stream, peer)| {
            stream.set_nodelay(true)?;
            Ok((stream.into_std()?, peer))
        });
        match stream {
            Ok((stream, peer)) => {
                // Only now that somebody knocks is anybody shown out for them.
                tokio::select! {
                    _ = stop.wait_for(|stop| *stop == Stop::Draining) => return,
                    () = places.room() => send(&lanes, &places, stream, peer),
                }
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors, mostly: those go that ask for nothing.
                places.make_room();
                if let Some(times) = places.refused.due("", Instant::now()) {
                    tracing::warn!(%error, times, "cannot accept connections");
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn send(lanes: &[Lane], places: &Arc<Places>, stream: std::net::TcpStream, peer: SocketAddr) {
    let Some(lane) = lanes.iter().min_by_key(|lane| lane.load.load(Relaxed)) else {
        return;
    };
    let activity = Arc::new(Activity::new(lane.clock.clone()));
    let handle = Arc::new(Handle::new(activity));
    let Some(admission) = places.take(peer.ip(), handle, &lane.load) else {
        let peer = peer.ip().to_canonical().to_string();
        if let Some(times) = places.refused.due(&peer, Instant::now()) {
            tracing::warn!(
                peer,
                times,
                "a peer was refused connections beyond its share; a proxy belongs in trusted_proxies"
            );
        }
        return;
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
