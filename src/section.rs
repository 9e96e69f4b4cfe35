//! What of a message crosses the gateway? One edit of header sections and of
//! trailers, whoever forwards them and in whichever form he holds them.
//!
//! A request's section loses what is about one connection (RFC 9110 §7.6.1) and what
//! is to be removed; what is to be set then replaces any of its name. A response's
//! loses the former and gains what is to be appended. Trailers lose whatever only a
//! header section, or only we, may say.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::cookie::is_ours_raw;
use crate::head::Fields;
use crate::hop_by_hop::{self, NAMES};
use crate::reserved::{FOLDED_MAX_BYTES, fold, reserved};

mod caching;
mod home;

/// The field of a block for [`edit_response`] by which an answer is for its visitor
/// alone unless the app says otherwise.
pub(crate) const CACHING: &str = "cache-control";

/// A header or trailer section that can be edited. Names are the same in any case.
pub trait Section {
    /// Shows every field, name and value.
    fn each(&self, see: &mut dyn FnMut(&str, &[u8]));
    /// Drops every field of this name.
    fn remove(&mut self, name: &str);
    /// Puts one field in the place of any of this name.
    fn set(&mut self, name: &str, value: &[u8]);
    /// Adds a field beside any of this name.
    fn append(&mut self, name: &str, value: &[u8]);
}

/// Where a request goes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onward {
    /// Over a connection, whose own fields are written here too.
    Connection {
        /// Whether this request may ask for another protocol: a GET of HTTP/1.1
        /// without content.
        may_switch: bool,
    },
    /// To a host that writes Host and the connection's fields by itself and lets no
    /// guest do so: `wasi:http`.
    Handle,
}

/// What the fields about the connection asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// `TE: trailers`: whoever asks takes them (RFC 9110 §6.5.1).
    pub trailers: bool,
    /// To switch to WebSocket (RFC 6455 §4.1) and to nothing else. Any other protocol
    /// would be a tunnel past every rule; a server is free to ignore the wish
    /// (RFC 9110 §7.8).
    pub web_socket: bool,
}

/// Edits a request's header section: `remove` are names, `cookies` is what its Cookie field
/// becomes, and `set` a block of `name:value` lines. Without a byte of `cookies` no Cookie
/// field is left; `None` leaves what came, in one field.
pub fn edit_request<'r>(
    section: &mut impl Section,
    remove: impl IntoIterator<Item = &'r str>,
    cookies: Option<&[u8]>,
    set: &[u8],
    onward: Onward,
) -> Hop {
    let mut found = Found::in_section(section);
    found.drop_from(section);
    if onward == Onward::Handle {
        section.remove("host");
    }
    for name in remove {
        section.remove(name);
    }
    if let Some(cookies) = cookies {
        section.remove("cookie");
        if !cookies.is_empty() {
            section.append("cookie", cookies);
        }
    } else if found.cookie_fields > 1 {
        join_cookies(section);
    }
    for field in Fields::new(set) {
        let is_the_hosts_own = onward == Onward::Handle && field.name == b"host";
        if let Ok(name) = core::str::from_utf8(field.name)
            && !is_the_hosts_own
        {
            section.set(name, field.value);
        }
    }
    match onward {
        Onward::Connection { may_switch } => {
            found.hop.web_socket &= may_switch;
            if found.hop.web_socket {
                section.set("connection", b"upgrade");
                section.set("upgrade", b"websocket");
            } else if found.hop.trailers {
                // RFC 9110 §10.1.4: who sends TE names it in Connection.
                section.set("connection", b"te");
                section.set("te", b"trailers");
            }
        }
        Onward::Handle if found.hop.trailers => section.set("te", b"trailers"),
        Onward::Handle => {}
    }
    found.hop
}

/// Which response it is, and to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Whether HEAD was asked for.
    pub to_head: bool,
    /// Whether it came [`LATE_SECONDS`] or more after the request was judged.
    pub is_late: bool,
}

/// How long after the judgement, in seconds, a browser may have another session than the one
/// that was judged: whoever signed in or out meanwhile would lose that, or get the old one back.
pub const LATE_SECONDS: u64 = 2;

impl Answer {
    /// Whether a cache would add its fields to a response that it has stored: one that
    /// was not modified, and an answer to HEAD (RFC 9111 §4.3.4, §4.3.5).
    fn freshens(self) -> bool {
        const NOT_MODIFIED: u16 = 304;
        self.to_head || self.status == NOT_MODIFIED
    }
}

/// Edits a response's header section: `append` is a block of `name:value` lines.
/// Answers whether it changed.
///
/// A cookie of ours that was to be renewed or cleared stays as it is where the answer is late:
/// the next request does it.
///
/// What sets a cookie of ours is made private, or a shared cache in front would hand
/// one visitor's session to the next. What freshens a stored response sets none: the
/// cookie comes with the next response then. `cache-control` makes private what does not
/// say itself whom it is for, and is no field beside the app's.
pub fn edit_response(section: &mut impl Section, answer: Answer, append: &[u8]) -> bool {
    let found = Found::in_section(section);
    found.drop_from(section);
    let mut changed = found.any();
    for field in Fields::new(append) {
        let is_cookie = field.name == b"set-cookie";
        let is_caching = field.name == CACHING.as_bytes();
        let brings_none = (is_cookie || is_caching) && answer.freshens()
            || is_cookie && answer.is_late && is_ours_raw(name_of(field.value))
            || is_cookie && app_sets(section, field.value);
        if brings_none || field.name == INSISTS && found.insists {
            continue;
        }
        if is_cookie {
            caching::keep_private(section);
        }
        if is_caching {
            changed |= caching::keep_private_unless_said(section);
            continue;
        }
        if let Ok(name) = core::str::from_utf8(field.name) {
            section.append(name, field.value);
            changed = true;
        }
    }
    changed
}

/// Whether the app itself sets the cookie of another program that we would renew: whoever
/// signs out or in there has the last word. Ours it cannot mean.
fn app_sets(section: &impl Section, set_cookie: &[u8]) -> bool {
    let wanted = name_of(set_cookie);
    let mut found = false;
    if !is_ours_raw(wanted) {
        section.each(&mut |field, value| {
            found |= field.eq_ignore_ascii_case("set-cookie") && name_of(value) == wanted;
        });
    }
    found
}

fn name_of(set_cookie: &[u8]) -> &[u8] {
    let end = set_cookie.iter().position(|byte| *byte == b'=');
    set_cookie[..end.unwrap_or(0)].trim_ascii()
}

/// Puts a response's `Location` and `Content-Location` right where they name the
/// upstream's own origin. `told` is what was set of the request. Answers whether it
/// changed anything.
pub fn keep_home(section: &mut impl Section, upstream: &str, told: &[u8]) -> bool {
    home::keep(section, upstream, told)
}

/// Drops the fields that are about one connection, those that `Connection` names
/// among them, and says what they asked for.
pub fn leave_connection(section: &mut impl Section) -> Hop {
    let found = Found::in_section(section);
    found.drop_from(section);
    found.hop
}

/// Drops what no trailer section may say, in any spelling: some servers merge
/// trailers into header fields (RFC 9110 §6.5.1). Answers whether there was any.
pub fn edit_trailers(section: &mut impl Section) -> bool {
    let mut refused = Vec::new();
    section.each(&mut |name, _| {
        if !crosses_as_trailer(name) {
            refused.push(name.to_owned());
        }
    });
    for name in &refused {
        section.remove(name);
    }
    !refused.is_empty()
}

/// Whether a trailer field of this name crosses. What is about framing, routing,
/// authentication, caching or content belongs in a header section; identity and
/// provenance are ours to tell.
fn crosses_as_trailer(name: &str) -> bool {
    const NEVER: [&[u8]; 15] = [
        b"authorization",
        b"cache-control",
        b"content-encoding",
        b"content-length",
        b"content-range",
        b"content-type",
        b"cookie",
        b"destination",
        b"expect",
        b"host",
        b"http2-settings",
        b"set-cookie",
        b"trailer",
        b"www-authenticate",
        b"x-request-id",
    ];
    let mut buffer = [0; FOLDED_MAX_BYTES];
    let folded = fold(name.as_bytes(), &mut buffer);
    let listed = NEVER.contains(&folded) || NAMES.iter().any(|known| known.as_bytes() == folded);
    !listed && reserved(name.as_bytes()).is_none()
}

/// RFC 9113 §8.2.3: HTTP/2 may send cookies as several fields; whoever speaks
/// HTTP/1.1 or reads a generic header section gets one.
fn join_cookies(section: &mut impl Section) {
    let mut joined = Vec::new();
    section.each(&mut |name, value| {
        if name.eq_ignore_ascii_case("cookie") {
            if !joined.is_empty() {
                joined.extend_from_slice(b"; ");
            }
            joined.extend_from_slice(value);
        }
    });
    // They may have been taken away by their name.
    if !joined.is_empty() {
        section.set("cookie", &joined);
    }
}

/// What one pass over a section finds of its connection.
#[derive(Default)]
struct Found {
    hop: Hop,
    /// Which of [`NAMES`] are there, a bit each.
    names: u16,
    /// What `Connection` names beyond those.
    named: Vec<String>,
    cookie_fields: usize,
    /// Whether the app says itself for how long browsers are to use HTTPS alone: of two
    /// that do, they would hear the first (RFC 6797 §8.1).
    insists: bool,
}

const INSISTS: &[u8] = b"strict-transport-security";

impl Found {
    fn in_section(section: &impl Section) -> Self {
        let mut found = Self::default();
        let (mut upgrades, mut web_socket, mut named_upgrade) = (0_usize, false, false);
        section.each(&mut |name, value| {
            let Some(at) = hop_by_hop::position(name) else {
                found.cookie_fields += usize::from(name.eq_ignore_ascii_case("cookie"));
                found.insists |= name.as_bytes().eq_ignore_ascii_case(INSISTS);
                return;
            };
            found.names |= 1 << at;
            match NAMES[at] {
                "te" => {
                    found.hop.trailers |= hop_by_hop::named_by(value)
                        .any(|coding| coding.eq_ignore_ascii_case("trailers"));
                }
                "upgrade" => {
                    upgrades += 1;
                    web_socket = value.trim_ascii().eq_ignore_ascii_case(b"websocket");
                }
                "connection" => {
                    for name in hop_by_hop::named_by(value) {
                        named_upgrade |= name.eq_ignore_ascii_case("upgrade");
                        // Neither is a connection option (§7.6.1): a message that
                        // says so is out to confuse somebody.
                        let kept = ["content-length", "host"]
                            .iter()
                            .any(|kept| name.eq_ignore_ascii_case(kept));
                        if !kept && hop_by_hop::position(name).is_none() {
                            found.named.push(name.to_owned());
                        }
                    }
                }
                _ => {}
            }
        });
        found.hop.web_socket = upgrades == 1 && web_socket && named_upgrade;
        found
    }

    fn any(&self) -> bool {
        self.names != 0
    }

    fn drop_from(&self, section: &mut impl Section) {
        if self.names == 0 {
            return;
        }
        for (at, name) in NAMES.iter().enumerate() {
            if self.names & (1 << at) != 0 {
                section.remove(name);
            }
        }
        for name in &self.named {
            section.remove(name);
        }
    }
}

/// A section as `wasi:http` hands it over.
impl Section for Vec<(String, Vec<u8>)> {
    fn each(&self, see: &mut dyn FnMut(&str, &[u8])) {
        for (name, value) in self {
            see(name, value);
        }
    }

    fn remove(&mut self, name: &str) {
        self.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
    }

    fn set(&mut self, name: &str, value: &[u8]) {
        Section::remove(self, name);
        Section::append(self, name, value);
    }

    fn append(&mut self, name: &str, value: &[u8]) {
        self.push((name.to_owned(), value.to_vec()));
    }
}

/// What is no field name or value is left out.
impl Section for HeaderMap {
    fn each(&self, see: &mut dyn FnMut(&str, &[u8])) {
        for (name, value) in self {
            see(name.as_str(), value.as_bytes());
        }
    }

    fn remove(&mut self, name: &str) {
        HeaderMap::remove(self, name);
    }

    fn set(&mut self, name: &str, value: &[u8]) {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(value))
        {
            self.insert(name, value);
        }
    }

    fn append(&mut self, name: &str, value: &[u8]) {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(value))
        {
            HeaderMap::append(self, name, value);
        }
    }
}

#[cfg(test)]
mod tests;
