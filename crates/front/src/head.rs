//! What crosses from one connection to the next, and in which shape does the
//! gate see it?

use std::cell::RefCell;

use bytes::Bytes;
use gatelet_core::head::{Field, Fields, Lines};
use gatelet_core::section::{self, Answer, Hop, Onward, Section};
use http::header::EXPECT;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Frame;

/// Write the header section as `name:value\n` lines.
pub(super) fn write_block(headers: &HeaderMap, block: &mut Vec<u8>) {
    for (name, value) in headers {
        block.extend_from_slice(name.as_str().as_bytes());
        block.push(b':');
        block.extend_from_slice(value.as_bytes());
        block.push(b'\n');
    }
}

/// Read such a block back: how a request is had again that was sent in vain.
pub(super) fn read_block(block: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(16);
    for Field { name, value } in Fields::new(block) {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            headers.append(name, value);
        }
    }
    headers
}

/// Field names that the gate sets, parsed once.
#[derive(Default)]
pub(super) struct Names(RefCell<Vec<HeaderName>>);

impl Names {
    /// More than the gate ever sets; the bound is against one that makes names
    /// up.
    const REMEMBERED: usize = 32;

    fn get(&self, name: &[u8]) -> Option<HeaderName> {
        let mut known = self.0.borrow_mut();
        if let Some(known) = known.iter().find(|known| known.as_str().as_bytes() == name) {
            return Some(known.clone());
        }
        let parsed = HeaderName::from_bytes(name).ok()?;
        if known.len() < Self::REMEMBERED {
            known.push(parsed.clone());
        }
        Some(parsed)
    }
}

/// A header section as [`gatelet_core::section`] edits it.
pub(super) struct Headers<'a> {
    map: &'a mut HeaderMap,
    names: &'a Names,
    /// Values that lie in it are set without a copy.
    block: Bytes,
}

impl Headers<'_> {
    fn value(&self, value: &[u8]) -> Option<HeaderValue> {
        let (block, part) = (self.block.as_ptr_range(), value.as_ptr_range());
        if block.start <= part.start && part.end <= block.end {
            HeaderValue::from_maybe_shared(self.block.slice_ref(value)).ok()
        } else {
            HeaderValue::from_bytes(value).ok()
        }
    }
}

/// What is no field name or value is skipped; the gate builds both from checked
/// parts.
impl Section for Headers<'_> {
    fn each(&self, see: &mut dyn FnMut(&str, &[u8])) {
        for (name, value) in &*self.map {
            see(name.as_str(), value.as_bytes());
        }
    }

    fn remove(&mut self, name: &str) {
        self.map.remove(name);
    }

    fn set(&mut self, name: &str, value: &[u8]) {
        if let (Some(name), Some(value)) = (self.names.get(name.as_bytes()), self.value(value)) {
            self.map.insert(name, value);
        }
    }

    fn append(&mut self, name: &str, value: &[u8]) {
        if let (Some(name), Some(value)) = (self.names.get(name.as_bytes()), self.value(value)) {
            self.map.append(name, value);
        }
    }
}

/// Make the gate's edits to a request that goes on over a connection of ours.
pub(super) fn edit_request(
    map: &mut HeaderMap,
    remove: &[String],
    cookies: Option<&[u8]>,
    set: &Bytes,
    may_switch: bool,
    names: &Names,
) -> Hop {
    let block = set.clone();
    let remove = remove.iter().map(String::as_str);
    let onward = Onward::Connection { may_switch };
    let mut headers = Headers { map, names, block };
    section::edit_request(&mut headers, remove, cookies, set, onward)
}

/// Make the gate's edits to a response, and drop what was about its connection.
pub(super) fn edit_response(map: &mut HeaderMap, answer: Answer, append: Lines, names: &Names) {
    let append = Bytes::from(append.into_string());
    let block = append.clone();
    section::edit_response(&mut Headers { map, names, block }, answer, &append);
}

/// Trailers without what only a header section, or only we, may say.
pub(super) fn permitted_trailers(frame: Frame<Bytes>) -> Frame<Bytes> {
    match frame.into_trailers() {
        Ok(mut trailers) => {
            section::edit_trailers(&mut trailers);
            Frame::trailers(trailers)
        }
        Err(data) => data,
    }
}

/// The fields of a reply.
pub(super) fn append_fields(map: &mut HeaderMap, fields: String, names: &Names) {
    let fields = Bytes::from(fields);
    let block = fields.clone();
    let mut section = Headers { map, names, block };
    for Field { name, value } in Fields::new(&fields) {
        if let Ok(name) = std::str::from_utf8(name) {
            section.append(name, value);
        }
    }
}

/// Whether the client waits for `100 Continue` before it sends its body.
pub(super) fn expects_continue(headers: &HeaderMap) -> bool {
    headers
        .get(EXPECT)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        headers
    }

    #[test]
    fn a_block_reads_back_as_it_was_written() {
        let headers = map(&[
            ("host", "app.test"),
            ("cookie", "a=b:c"),
            ("x-empty", ""),
            ("accept", "text/html"),
            ("cookie", "d=e"),
        ]);
        let mut block = Vec::new();
        write_block(&headers, &mut block);
        assert_eq!(
            block,
            b"host:app.test\ncookie:a=b:c\ncookie:d=e\nx-empty:\naccept:text/html\n"
        );
        assert_eq!(read_block(&block), headers);
    }

    #[test]
    fn a_section_is_edited_as_the_core_edits_one() {
        let fields = [
            ("host", "app.test"),
            ("x-forwarded+user", "eve"),
            ("x-user", "mallory"),
            ("connection", "Upgrade, x-named"),
            ("upgrade", "websocket"),
            ("http2-settings", "AAA"),
            ("x-named", "gone"),
            ("cookie", "a=1"),
            ("cookie", "b=2"),
            ("te", "trailers"),
        ];
        let remove = ["x-forwarded+user".to_owned()];
        let set = "x-user:alice\nx-bad:a\rb\nx-colon:a:b\n";
        let cookies = [None, Some(&b""[..]), Some(b"b=\xe9"), Some(b"b=\n")];
        for (may_switch, cookies) in [true, false]
            .into_iter()
            .flat_map(|may_switch| cookies.map(|cookies| (may_switch, cookies)))
        {
            let mut headers = map(&fields);
            let names = Names::default();
            let hop = edit_request(
                &mut headers,
                &remove,
                cookies,
                &Bytes::from_static(set.as_bytes()),
                may_switch,
                &names,
            );
            let mut pairs: Vec<(String, Vec<u8>)> = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect();
            let onward = Onward::Connection { may_switch };
            let of_core = ["x-forwarded+user"];
            let set = set.as_bytes();
            let expected = section::edit_request(&mut pairs, of_core, cookies, set, onward);
            assert_eq!(hop, expected);
            assert_eq!(hop.web_socket, may_switch);
            // A map keeps no value that is none.
            pairs.retain(|(name, value)| name != "x-bad" && !value.contains(&b'\n'));
            let mut edited: Vec<(String, Vec<u8>)> = headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
                .collect();
            edited.sort();
            pairs.sort();
            assert_eq!(edited, pairs);
        }
    }

    #[test]
    fn a_response_gains_what_is_to_be_appended() {
        let mut headers = map(&[("cache-control", "public"), ("set-cookie", "theirs=1")]);
        let append = Lines::of_block("set-cookie:a=1\nset-cookie:b=2\n");
        let answer = Answer {
            status: 200,
            to_head: false,
            is_late: false,
        };
        edit_response(&mut headers, answer, append, &Names::default());
        assert_eq!(headers.get_all("set-cookie").iter().count(), 3);
        assert_eq!(headers["cache-control"], "private");
    }

    #[test]
    fn trailers_cannot_bring_in_what_headers_may_not() {
        let trailers = [
            ("checksum", "1"),
            ("x_forwarded_user", "2"),
            ("x+forwarded.email", "3"),
            ("content-length", "4"),
            ("spin-client-addr", "5"),
        ];
        let kept = permitted_trailers(Frame::trailers(map(&trailers)));
        assert_eq!(kept.into_trailers().ok(), Some(map(&[("checksum", "1")])));
        let data = permitted_trailers(Frame::data(Bytes::from_static(b"x")));
        assert_eq!(data.into_data().ok(), Some(Bytes::from_static(b"x")));
    }
}
