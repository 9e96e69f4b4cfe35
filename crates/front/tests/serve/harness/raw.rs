//! A client that writes what it is told and reads what comes.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use super::PATIENCE;

pub struct Raw {
    reader: BufReader<TcpStream>,
}

#[derive(Debug)]
pub struct RawResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub trailers: Vec<(String, String)>,
    /// The connection ended before the body did.
    pub cut_off: bool,
}

impl RawResponse {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }
}

impl Raw {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the front listens");
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        Self {
            reader: BufReader::new(stream),
        }
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).expect("the front reads");
    }

    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.reader.get_mut().write_all(bytes.as_ref())
    }

    /// `GET` with a `Host`.
    pub fn get(&mut self, path: &str) -> RawResponse {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: app.test\r\n\r\n"));
        self.response()
    }

    pub fn head_lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            if line.is_empty() {
                return lines;
            }
            lines.push(line);
        }
    }

    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("a line in time");
        line.trim_end_matches(['\r', '\n']).to_owned()
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.reader.read_exact(&mut bytes).expect("bytes in time");
        bytes
    }

    pub fn response(&mut self) -> RawResponse {
        self.response_to("GET")
    }

    pub fn response_to(&mut self, method: &str) -> RawResponse {
        let mut lines = self.head_lines().into_iter();
        let status_line = lines.next().expect("a response");
        let status: u16 = status_line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("a status line: {status_line:?}"));
        let headers = lines.map(|line| field(&line)).collect();
        let mut response = RawResponse {
            status,
            headers,
            body: Vec::new(),
            trailers: Vec::new(),
            cut_off: false,
        };
        if method == "HEAD" || status == 204 || status == 304 || status < 200 {
            return response;
        }
        if response.header("transfer-encoding") == Some("chunked") {
            self.chunks(&mut response);
        } else if let Some(length) = response.header("content-length") {
            let length: usize = length.parse().expect("a length");
            let mut body = (&mut self.reader).take(length as u64);
            let read = body.read_to_end(&mut response.body);
            response.cut_off = read.is_err() || response.body.len() < length;
        } else {
            response.cut_off = self.reader.read_to_end(&mut response.body).is_err();
        }
        response
    }

    fn chunks(&mut self, response: &mut RawResponse) {
        loop {
            let Some(chunk) = self.chunk() else {
                response.cut_off = true;
                return;
            };
            if chunk.is_empty() {
                response.trailers = self.head_lines().iter().map(|line| field(line)).collect();
                return;
            }
            response.body.extend_from_slice(&chunk);
        }
    }

    /// One chunk of a chunked body; the last is empty; `None` if cut off.
    pub fn chunk(&mut self) -> Option<Vec<u8>> {
        let mut line = String::new();
        let read = self.reader.read_line(&mut line).ok()?;
        if read == 0 {
            return None;
        }
        let size = usize::from_str_radix(line.trim(), 16).expect("a chunk size");
        let mut chunk = vec![0; size];
        self.reader.read_exact(&mut chunk).ok()?;
        if size > 0 {
            let mut end = [0; 2];
            self.reader.read_exact(&mut end).ok()?;
        }
        Some(chunk)
    }

    /// Whether the other side closes, without another byte.
    pub fn is_closed(&mut self) -> bool {
        let mut byte = [0; 1];
        matches!(self.reader.read(&mut byte), Ok(0))
            || self
                .reader
                .get_ref()
                .take_error()
                .is_ok_and(|error| error.is_some())
    }

    /// Everything until the other side closes: a reset counts as that, silence does not.
    #[track_caller]
    pub fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        let read = self.reader.read_to_end(&mut rest);
        let silent = read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        let rest = String::from_utf8_lossy(&rest).into_owned();
        assert!(!silent, "it was not closed after {rest:?}");
        rest
    }

    pub fn finish_writing(&mut self) {
        let _ = self.reader.get_ref().shutdown(Shutdown::Write);
    }

    pub fn stream(&self) -> &TcpStream {
        self.reader.get_ref()
    }
}

fn field(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').expect("a field line");
    (name.to_ascii_lowercase(), value.trim().to_owned())
}

/// Send bytes on a connection of their own and return all that is answered
/// until the front closes.
pub fn ask(address: SocketAddr, bytes: impl AsRef<[u8]>) -> String {
    let mut raw = Raw::connect(address);
    // The front may refuse and close before it has read everything.
    let _ = raw.try_send(bytes);
    raw.rest()
}
