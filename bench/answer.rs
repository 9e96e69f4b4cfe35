//! What does a contender answer, byte for byte?

use std::net::SocketAddr;

use gatelet_tests::raw_socket::RawSocket;

use super::head::Head;

/// An answer whose body has a length.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
    /// Of all of it.
    pub(crate) bytes: usize,
}

impl Answer {
    /// What a port of this machine answers this head.
    pub(crate) fn of(port: u16, head: &Head) -> Self {
        let mut socket = RawSocket::connect(SocketAddr::from(([127, 0, 0, 1], port)));
        assert!(socket.send(head.text()), "it listens");
        let mut all = socket.read_until("\r\n\r\n");
        let end = all.find("\r\n\r\n").expect("the end of the head") + 4;
        let mut answer = Self::of_head(&all[..end]);
        let length = answer
            .field("content-length")
            .and_then(|text| text.parse().ok());
        let length: usize = length.expect("an answer with a length");
        while all.len() < end + length {
            let piece = socket.read_some();
            assert!(!piece.is_empty(), "it broke off: {all}");
            all += &String::from_utf8(piece).expect("text");
        }
        answer.body = all[end..].to_owned();
        answer.bytes = all.len();
        answer
    }

    /// Its first field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let (_, value) = fields.find(|(one, _)| one.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Names of the fields that this one has and the other has not.
    pub(crate) fn names_beyond(&self, other: &Self) -> Vec<String> {
        let mut names: Vec<String> = self
            .fields
            .iter()
            .filter(|(name, _)| other.field(name).is_none())
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect();
        names.sort_unstable();
        names
    }

    fn of_head(head: &str) -> Self {
        let mut lines = head.split("\r\n").filter(|line| !line.is_empty());
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        Self {
            status: status.expect("a status line"),
            fields: lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: String::new(),
            bytes: 0,
        }
    }
}
