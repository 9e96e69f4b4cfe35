//! Is it a person at a browser who asks, or a program? And in which language is the
//! answer read?

use gatelet_texts::Language;

use crate::head::Head;

/// Who reads the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A person, for whom a page is right.
    Person,
    /// A program, for which JSON is.
    Program,
}

/// Most languages of a request that are looked at.
const LANGUAGES_MAX: usize = 16;

/// Who reads an answer, and in which language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Who.
    pub reader: Reader,
    /// In which.
    pub language: Language,
}

impl Reading {
    /// A person of whom nothing is known.
    pub const PERSON: Self = Self {
        reader: Reader::Person,
        language: Language::English,
    };
    /// A program of which nothing is known.
    pub const PROGRAM: Self = Self {
        reader: Reader::Program,
        language: Language::English,
    };
}

/// A script that asks for whole pages in a person's stead, and shows them itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageScript {
    /// By `X-Inertia` (the Inertia protocol).
    Inertia,
    /// By `HX-Boosted`.
    Htmx,
}

/// What a request's head says about its reader.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signs<'a> {
    /// `Accept`.
    pub accept: Option<&'a [u8]>,
    /// `Accept-Language`.
    pub accept_language: Option<&'a [u8]>,
    /// `Sec-Fetch-Mode` (W3C Fetch Metadata §2.2).
    pub fetch_mode: Option<&'a [u8]>,
    /// Whether `Sec-Fetch-Dest` (§2.1) names a frame or what else stands within a page.
    pub framed: bool,
    /// Whether `Upgrade` asks for a WebSocket. Any other protocol is not switched to
    /// and says nothing: clients offer h2c with every request.
    pub web_socket: bool,
    /// Whether `X-Requested-With` names what scripts ask by. WebViews put the name of
    /// their app there, with every page.
    pub requested_with: bool,
    /// Which script asks for a page, if one does.
    pub page_script: Option<PageScript>,
    /// Whether it is asked for before anybody wants it (`Purpose`, `Sec-Purpose`).
    pub ahead: bool,
}

impl<'a> Signs<'a> {
    /// Of a head.
    #[must_use]
    pub fn of(head: &Head<'a>) -> Self {
        let mut signs = Self::default();
        for field in head.fields() {
            signs.note(field.name, field.value);
        }
        signs
    }

    /// Takes note of a field; its name is in lower case. Answers whether it was a sign.
    pub fn note(&mut self, name: &[u8], value: &'a [u8]) -> bool {
        match name {
            b"accept" => self.accept = Some(value),
            b"accept-language" => self.accept_language = Some(value),
            b"sec-fetch-mode" => self.fetch_mode = Some(value),
            b"sec-fetch-dest" => {
                self.framed |= matches!(value, b"iframe" | b"frame" | b"object" | b"embed");
            }
            b"upgrade" => {
                self.web_socket |= value.trim_ascii().eq_ignore_ascii_case(b"websocket");
            }
            b"x-requested-with" => {
                self.requested_with |= value.trim_ascii().eq_ignore_ascii_case(b"xmlhttprequest");
            }
            b"x-inertia" => self.page_script = Some(PageScript::Inertia),
            b"hx-boosted" => self.page_script = Some(PageScript::Htmx),
            b"purpose" | b"sec-purpose" => self.ahead |= value.starts_with(b"prefetch"),
            _ => return false,
        }
        true
    }
}

impl Signs<'_> {
    /// Who reads an answer, whatever was asked for.
    #[must_use]
    pub fn reader(&self) -> Reader {
        match self.fetch_mode {
            _ if self.web_socket => Reader::Program,
            Some(b"navigate") => Reader::Person,
            _ if self.requested_with => Reader::Program,
            Some(_) => Reader::Program,
            None if self.accept.is_some_and(prefers_html) => Reader::Person,
            None => Reader::Program,
        }
    }

    /// Who reads an answer, in one of these languages.
    #[must_use]
    pub fn reading(&self, offered: &[Language]) -> Reading {
        Reading {
            reader: self.reader(),
            language: self.language(offered),
        }
    }

    /// The offered language that the reader likes best (RFC 9110 §12.5.4; RFC 4647 §3.4
    /// down to the primary subtag), the first of them where none is liked.
    #[must_use]
    pub fn language(&self, offered: &[Language]) -> Language {
        let ranges = self.accept_language.unwrap_or_default();
        let ranges = ranges.split(|byte| *byte == b',').take(LANGUAGES_MAX);
        let mut best = (0, offered.first().copied().unwrap_or_default());
        for range in ranges {
            let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
            let tag = core::str::from_utf8(parts.next().unwrap_or_default());
            let quality = parts.find_map(quality).unwrap_or(1000);
            if let Some(language) = tag.ok().and_then(Language::of_tag)
                && quality > best.0
                && offered.contains(&language)
            {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The script that can be sent elsewhere by this answer, if there is one: not where it
    /// only fetches ahead.
    #[must_use]
    pub fn visits(&self) -> Option<PageScript> {
        self.page_script.filter(|_| !self.ahead)
    }

    /// Whether a browser can be sent elsewhere by this answer: a person's GET or
    /// HEAD. Anything else would lose its body or surprise a script.
    #[must_use]
    pub fn is_navigation(&self, method: &str) -> bool {
        matches!(method, "GET" | "HEAD") && self.reader() == Reader::Person
    }
}

/// Whether HTML is named, and nothing that programs read is preferred to it
/// (RFC 9110 §12.5.1). A bare `*/*` prefers nothing.
fn prefers_html(accept: &[u8]) -> bool {
    let (mut html, mut other) = (0, 0);
    for range in accept.split(|byte| *byte == b',') {
        let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let media = parts.next().unwrap_or_default();
        let quality = parts.find_map(quality).unwrap_or(1000);
        if [&b"text/html"[..], b"application/xhtml+xml"]
            .iter()
            .any(|name| media.eq_ignore_ascii_case(name))
        {
            html = html.max(quality);
        } else if [&b"application/json"[..], b"text/event-stream"]
            .iter()
            .any(|name| media.eq_ignore_ascii_case(name))
        {
            other = other.max(quality);
        }
    }
    html > 0 && html >= other
}

/// `q=0.5` in thousandths; anything that is no number is nothing.
fn quality(part: &[u8]) -> Option<u16> {
    let [b'q' | b'Q', b'=', digits @ ..] = part else {
        return None;
    };
    Some(match digits {
        [b'1', ..] => 1000,
        [b'0', b'.', decimals @ ..]
            if decimals.len() <= 3 && decimals.iter().all(u8::is_ascii_digit) =>
        {
            let value = decimals
                .iter()
                .fold(0, |value, digit| value * 10 + u16::from(digit - b'0'));
            value * 10_u16.pow(3 - decimals.len() as u32)
        }
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_of_another_protocol_says_nothing_of_the_reader() {
        for (upgrade, web_socket) in [
            ("websocket", true),
            (" WebSocket", true),
            ("h2c", false),
            ("h2c, websocket", false),
            ("", false),
        ] {
            let mut signs = Signs::default();
            assert!(signs.note(b"upgrade", upgrade.as_bytes()));
            assert_eq!(signs.web_socket, web_socket, "{upgrade}");
        }
        assert!(!Signs::default().note(b"host", b"x"));
    }

    #[test]
    fn what_a_field_says_is_noted_by_its_name() {
        let mut signs = Signs::default();
        assert!(signs.note(b"accept", b"text/html"));
        assert!(signs.note(b"sec-fetch-mode", b"navigate"));
        let noted = (signs.accept, signs.fetch_mode);
        assert_eq!(noted, (Some(&b"text/html"[..]), Some(&b"navigate"[..])));
        for (dest, framed) in [
            ("document", false),
            ("", false),
            ("iframe", true),
            ("frame", true),
            ("embed", true),
            ("object", true),
        ] {
            let mut signs = Signs::default();
            assert!(signs.note(b"sec-fetch-dest", dest.as_bytes()));
            assert_eq!(signs.framed, framed, "{dest}");
        }
    }

    #[test]
    fn qualities_are_thousandths() {
        for (part, expected) in [
            ("q=1", Some(1000)),
            ("q=1.000", Some(1000)),
            ("Q=0.5", Some(500)),
            ("q=0.75", Some(750)),
            ("q=0.125", Some(125)),
            ("q=0.", Some(0)),
            ("q=0", Some(0)),
            ("q=0.1234", Some(0)),
            ("q=0.a", Some(0)),
            ("q=", Some(0)),
            ("q", None),
            ("level=1", None),
        ] {
            assert_eq!(quality(part.as_bytes()), expected, "{part}");
        }
    }

    #[test]
    fn the_name_of_an_app_around_a_page_is_no_sign_of_a_script() {
        for (value, script) in [
            ("XMLHttpRequest", true),
            (" xmlhttprequest ", true),
            ("com.slack", false),
            ("com.example.XMLHttpRequest", false),
            ("", false),
        ] {
            let mut signs = Signs {
                accept: Some(b"text/html"),
                ..Signs::default()
            };
            assert!(signs.note(b"x-requested-with", value.as_bytes()));
            let reader = signs.reader();
            assert_eq!(reader == Reader::Program, script, "{value}");
        }
    }

    #[test]
    fn people_get_pages_and_programs_json() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        for (accept, fetch_mode, reader) in [
            (browser, "navigate", Reader::Person),
            (browser, "", Reader::Person),
            ("*/*", "navigate", Reader::Person),
            ("", "navigate", Reader::Person),
            (browser, "cors", Reader::Program),
            (browser, "no-cors", Reader::Program),
            (browser, "same-origin", Reader::Program),
            (browser, "websocket", Reader::Program),
            ("*/*", "", Reader::Program),
            ("", "", Reader::Program),
            ("application/json", "", Reader::Program),
            ("text/event-stream", "", Reader::Program),
            ("application/json, text/html", "", Reader::Person),
            ("application/json, text/html;q=0.5", "", Reader::Program),
            (
                "text/html;q=0.5, application/json;q=0.25",
                "",
                Reader::Person,
            ),
            ("text/html;q=0", "", Reader::Program),
            ("TEXT/HTML ; level=1 ; q=0.8", "", Reader::Person),
            ("text/html;q=nonsense", "", Reader::Program),
            ("text/html;q=0.99999999999999999999", "", Reader::Program),
            (",,;;q=1,", "", Reader::Program),
        ] {
            let signs = Signs {
                accept: Some(accept.as_bytes()).filter(|accept| !accept.is_empty()),
                accept_language: None,
                fetch_mode: Some(fetch_mode.as_bytes()).filter(|mode| !mode.is_empty()),
                framed: false,
                page_script: None,
                ahead: false,
                web_socket: false,
                requested_with: false,
            };
            assert_eq!(signs.reader(), reader, "{accept} {fetch_mode}");
            assert_eq!(
                signs.is_navigation("GET"),
                reader == Reader::Person,
                "{accept} {fetch_mode}"
            );
            assert_eq!(
                signs.is_navigation("HEAD"),
                reader == Reader::Person,
                "{accept} {fetch_mode}"
            );
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get"] {
                assert!(!signs.is_navigation(method), "{method}");
            }
            assert_eq!(
                Signs {
                    web_socket: true,
                    ..signs
                }
                .reader(),
                Reader::Program,
                "{accept} {fetch_mode}"
            );
            assert_eq!(
                Signs {
                    requested_with: true,
                    ..signs
                }
                .reader(),
                if fetch_mode == "navigate" {
                    Reader::Person
                } else {
                    Reader::Program
                },
                "{accept} {fetch_mode}"
            );
        }
    }

    #[test]
    fn the_language_is_the_offered_one_that_is_liked_best() {
        use Language::{Arabic, English, German, Spanish};
        let many = vec!["fr;q=0.9"; LANGUAGES_MAX].join(",");
        for (ranges, offered, language) in [
            ("", &Language::ALL[..], English),
            ("", &[German, English], German),
            ("fr, *;q=0.1", &[German, English], German),
            ("de", &Language::ALL, German),
            ("de-CH, en;q=0.9", &Language::ALL, German),
            ("DE-ch", &Language::ALL, German),
            ("en;q=0.8, ar-EG;q=0.9, de;q=0.7", &Language::ALL, Arabic),
            ("es, de", &Language::ALL, Spanish),
            ("ar, de", &[English, German], German),
            ("ar", &[English], English),
            ("de;q=0, es;q=0", &Language::ALL, English),
            ("de;q=NaN", &Language::ALL, English),
            ("de;q=inf, es;q=0.1", &Language::ALL, Spanish),
            (" ; , ;q=1,, de ; q=0.5", &Language::ALL, German),
            (&format!("{many},de"), &Language::ALL, English),
            ("de", &[], English),
        ] {
            let signs = Signs {
                accept_language: Some(ranges.as_bytes()),
                ..Signs::default()
            };
            assert_eq!(signs.language(offered), language, "{ranges}");
        }
        let signs = Signs {
            accept_language: Some(b"de\xff, es;q=0.5"),
            ..Signs::default()
        };
        assert_eq!(signs.language(&Language::ALL), Spanish);
    }
}
