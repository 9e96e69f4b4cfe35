//! How does a test send what no HTTP library would? Bytes out, bytes in.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Fields that ask for a WebSocket (RFC 6455 §4.1).
pub const WEB_SOCKET: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
/// A frame that is answered (RFC 6455 §5.5.2), with a mask of nothing.
pub const PING: &[u8] = b"\x89\x80\0\0\0\0";

/// The rest of a request, whose head this begins, with trailers that a visitor may not
/// send and `X-Digest`, which he may. All are announced: what is not is often left out
/// by whoever forwards.
#[must_use]
pub fn spoofed_trailers(head: &str) -> String {
    let mut names = vec![
        "Cookie".to_owned(),
        "Set-Cookie".to_owned(),
        "Content-Length".to_owned(),
        "Authorization".to_owned(),
    ];
    for between in "!#$%&'*+-.^_`|~".chars() {
        for name in ["X-Forwarded-User", "X-Real-IP", "Spin-Client-Addr"] {
            names.push(name.replace('-', &between.to_string()));
        }
    }
    let lines: String = names
        .iter()
        .map(|name| format!("{name}: spoofed\r\n"))
        .collect();
    let names = names.join(", ");
    format!(
        "{head}Transfer-Encoding: chunked\r\nTrailer: X-Digest, {names}\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\nX-Digest: 123\r\n{lines}\r\n"
    )
}

/// A TCP connection.
#[derive(Debug)]
pub struct RawSocket(TcpStream);

impl RawSocket {
    /// Connects. Ten seconds of silence are no end of anything: reading then fails the
    /// test.
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a TCP socket");
        let limit = Some(Duration::from_secs(10));
        stream.set_read_timeout(limit).expect("a TCP socket");
        Self(stream)
    }

    /// Sends bytes; false when the other side has closed.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).is_ok()
    }

    /// Says that nothing more will come.
    pub fn finish(&mut self) {
        let _closed = self.0.shutdown(Shutdown::Write);
    }

    /// Reads until this text has come or the other side closes; gives all of it.
    #[track_caller]
    pub fn read_until(&mut self, text: &str) -> String {
        self.read_while(|all| !all.contains(text))
    }

    /// Reads until the other side closes; a reset counts as that.
    #[track_caller]
    pub fn read_all(&mut self) -> String {
        self.read_while(|_| true)
    }

    /// Reads what has come, waiting for it where need be; nothing at the end.
    pub fn read_some(&mut self) -> Vec<u8> {
        let mut piece = vec![0; 16 * 1024];
        let count = self.0.read(&mut piece).unwrap_or_default();
        piece.truncate(count);
        piece
    }

    /// Sends this many bytes of no meaning; false when the other side has closed.
    pub fn send_filler(&mut self, mut count: usize) -> bool {
        let piece = vec![b'x'; 256 * 1024];
        while count > 0 {
            let now = count.min(piece.len());
            if self.0.write_all(&piece[..now]).is_err() {
                return false;
            }
            count -= now;
        }
        true
    }

    /// Reads to the end without keeping it; gives the number of bytes. `each` is
    /// called now and then.
    pub fn count_rest(&mut self, mut each: impl FnMut(usize)) -> usize {
        let mut piece = vec![0; 256 * 1024];
        let mut all = 0;
        while let Ok(count) = self.0.read(&mut piece) {
            if count == 0 {
                break;
            }
            all += count;
            each(all);
        }
        all
    }

    /// A second handle on the same connection, to read while writing.
    pub fn other_half(&self) -> Self {
        Self(self.0.try_clone().expect("an open socket"))
    }

    /// Sends bytes and reads all that comes.
    #[track_caller]
    pub fn exchange(address: SocketAddr, bytes: impl AsRef<[u8]>) -> String {
        let mut socket = Self::connect(address);
        socket.send(bytes);
        socket.read_all()
    }

    #[track_caller]
    fn read_while(&mut self, more: impl Fn(&str) -> bool) -> String {
        let mut all = Vec::new();
        let mut piece = [0; 16 * 1024];
        loop {
            let text = String::from_utf8_lossy(&all);
            if !more(&text) {
                return text.into_owned();
            }
            match self.0.read(&mut piece) {
                Ok(0) => return text.into_owned(),
                Ok(count) => all.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    panic!("nothing more came, and no end: {text}")
                }
                Err(_) => return text.into_owned(),
            }
        }
    }
}
