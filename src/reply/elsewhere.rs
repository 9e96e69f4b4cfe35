//! What is somebody told who sits at this very machine and asks at an address that
//! is not served? Where the server does answer.

use gatelet_texts::denials;

use super::{Reply, json, link};
use crate::base_url::BaseUrl;
use crate::error::Code;
use crate::negotiate::{Reader, Reading};

impl Reply {
    /// `origin.unknown`, with the base URL that would have been right. For whoever
    /// may know it: other visitors get [`Reply::refusal`].
    #[must_use]
    pub fn elsewhere(reading: Reading, base_url: &BaseUrl) -> Self {
        let code = Code::OriginUnknown;
        // Scheme, host and port: nothing in it needs escaping.
        let url = base_url.to_string();
        let more = [
            "<p>",
            denials::ELSEWHERE.of(reading.language),
            "</p>",
            &link(&url, &url),
        ]
        .concat();
        let mut reply = Self::explained(code, reading, "", &more);
        if reading.reader == Reader::Program {
            let told = json(code, reading.language);
            let open = told.len() - "}\n".len();
            reply.body = [&told[..open], b",\"baseUrl\":\"", url.as_bytes(), b"\"}\n"].concat();
        }
        reply
    }
}

#[cfg(test)]
mod tests {
    use gatelet_texts::Language;

    use super::*;

    #[test]
    fn people_get_a_link_and_programs_a_field() {
        let base_url = BaseUrl::parse("http://localhost:3000").unwrap();
        let reading = |reader| Reading {
            reader,
            language: Language::English,
        };
        let page = Reply::elsewhere(reading(Reader::Person), &base_url);
        let html = String::from_utf8(page.body).unwrap();
        let link = r#"<a href="http://localhost:3000">http://localhost:3000</a>"#;
        assert!(
            html.contains(link) && html.contains("origin.unknown"),
            "{html}"
        );

        let answer = Reply::elsewhere(reading(Reader::Program), &base_url);
        let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(json["error"], "origin.unknown");
        assert_eq!(json["baseUrl"], "http://localhost:3000");
        for reply in [page.status, answer.status] {
            assert_eq!(reply, 421);
        }
    }
}
