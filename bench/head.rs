//! What is every contender sent? One request head, byte for byte, but for the value of
//! the one cookie where contenders must differ.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use super::wrk;

/// The path that everybody asks for.
pub(crate) const PATH: &str = "/page.txt";

/// A request head: `GET /page.txt`, a host and a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    host: String,
    cookie: String,
}

impl Head {
    /// `cookie` is name and value; there may be more of them.
    pub(crate) fn new(host: &str, cookie: &str) -> Self {
        Self {
            host: host.to_owned(),
            cookie: cookie.to_owned(),
        }
    }

    /// As long as this one, with a cookie that is not Gatelet's: somebody whom it does
    /// not know.
    pub(crate) fn of_a_stranger(&self) -> Self {
        let (_, value) = self.cookie.split_once('=').expect("name and value");
        let name_length = self.cookie.len() - value.len() - 1;
        let cookie = format!("{:x<name_length$}={}", "app", "x".repeat(value.len()));
        Self::new(&self.host, &cookie)
    }

    /// Names and values.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// `name: value` of each field.
    pub(crate) fn fields(&self) -> [String; 2] {
        [
            format!("Host: {}", self.host),
            format!("Cookie: {}", self.cookie),
        ]
    }

    /// What goes over the wire.
    pub(crate) fn text(&self) -> String {
        let [host, cookie] = self.fields();
        format!("GET {PATH} HTTP/1.1\r\n{host}\r\n{cookie}\r\n\r\n")
    }

    /// Has the load generator send it, and fails where that sends anything else.
    pub(crate) fn assert_sent(&self) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let recorded = std::thread::spawn(move || {
            // The first connection may be a trial that says nothing.
            loop {
                let (mut stream, _) = listener.accept().expect("the load generator connects");
                let (mut all, mut piece) = (Vec::new(), [0; 4096]);
                while let Ok(count @ 1..) = stream.read(&mut piece) {
                    all.extend_from_slice(&piece[..count]);
                    if all.ends_with(b"\r\n\r\n") {
                        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                        stream.write_all(answer).expect("it still listens");
                        break;
                    }
                }
                if !all.is_empty() {
                    // Kept open, so that it does not connect anew.
                    return (String::from_utf8(all).expect("text"), stream);
                }
            }
        });
        let url = format!("http://{address}{PATH}");
        wrk::run(&url, Some(self), None, 1, Duration::from_secs(1));
        let (sent, _open) = recorded.join().expect("something was recorded");
        // Of fields the order is the load generator's, the same for all.
        let lines = |text: &str| {
            let mut lines: Vec<String> = text.split("\r\n").map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(lines(&sent), lines(&self.text()), "another head was sent");
        assert_eq!(sent.len(), self.text().len());
    }
}
