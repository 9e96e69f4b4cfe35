//! What does a browser send that stays on one connection? The fields of a person's clicks,
//! the same cookies each time: those that an answer sets are not kept.

use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;

use super::kept::{Kept, Reply};

pub(crate) struct Browser {
    connection: Kept,
    /// Of every request.
    fields: String,
    origin: String,
}

impl Browser {
    /// As a visitor is on this page. `more` are lines of further fields.
    pub(crate) fn on(gatelet: &Gatelet, visitor: &Visitor, page: &Response, more: &str) -> Self {
        let origin = visitor.origin();
        let (_, host) = origin.split_once("://").expect("an origin");
        let cookies = visitor.jar().header(&page.url).unwrap_or_default();
        Self {
            connection: Kept::to(gatelet.address()),
            fields: format!(
                "Host: {host}\r\nCookie: {cookies}\r\nAccept: text/html,*/*;q=0.8\r\n\
                 Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: same-origin\r\n{more}"
            ),
            origin,
        }
    }

    /// Follows a link.
    pub(crate) fn visit(&mut self, path: &str) -> Reply<'_> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.fields);
        self.connection.ask(request.as_bytes())
    }

    /// Sends a form off, which is encoded already.
    pub(crate) fn submit(&mut self, path: &str, form: &str) -> Reply<'_> {
        let request = format!(
            "POST {path} HTTP/1.1\r\n{}Origin: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            self.fields,
            self.origin,
            form.len()
        );
        self.connection.ask(request.as_bytes())
    }
}
