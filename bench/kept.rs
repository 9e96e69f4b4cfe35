//! A connection that is kept: one request after the other, each answer read to its end.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

pub(crate) struct Kept {
    stream: TcpStream,
    /// What came last.
    buffer: Vec<u8>,
}

/// A whole answer.
pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Kept {
    pub(crate) fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket of ours");
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Sends a request, and waits for all of its answer.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Reply<'_> {
        self.stream
            .write_all(request)
            .expect("the connection is kept");
        self.buffer.clear();
        let mut piece = [0; 8192];
        let (status, from) = loop {
            if let Some((status, from, length)) = head(&self.buffer)
                && self.buffer.len() >= from + length
            {
                break (status, from);
            }
            let count = self.stream.read(&mut piece).expect("an answer");
            assert!(count > 0, "the connection was closed");
            self.buffer.extend_from_slice(&piece[..count]);
        };
        let body = &self.buffer[from..];
        Reply { status, body }
    }
}

/// Status, where the body begins and how long it is, once the head is whole.
fn head(answer: &[u8]) -> Option<(u16, usize, usize)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse().ok());
    Some((
        status.expect("a status line"),
        end + 4,
        length.expect("an answer that says its length"),
    ))
}
