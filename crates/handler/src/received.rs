//! What came in? A request's head, copied out of the host's handles once.

use gatelet_core::Head;
use gatelet_core::error::Code;
use gatelet_core::forwarded::{self, CLIENT_ADDRESS};
use gatelet_core::head::write_fields;
use gatelet_core::negotiate::{Reading, Signs};
use gatelet_texts::Language;
use wasip3::http::types::{Method, Request, Scheme};

/// A header section: names and values as the host gave them.
pub type Pairs = Vec<(String, Vec<u8>)>;

/// A request's head.
pub struct Received {
    pub(crate) method: Method,
    /// None where there is none, as of `OPTIONS *`.
    pub(crate) target: Option<String>,
    authority: String,
    tls: bool,
    peer: String,
    fields: Vec<u8>,
    pub(crate) section: Pairs,
}

impl Received {
    /// Reads a request's head. The error is for a section that is no HTTP.
    pub fn read(request: &Request) -> Result<Self, Code> {
        let section = request.get_headers().copy_all();
        let value = |name: &str| {
            let (_, value) = section
                .iter()
                .find(|(found, _)| found.eq_ignore_ascii_case(name))?;
            std::str::from_utf8(value).ok()
        };
        let addresses = section
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(CLIENT_ADDRESS))
            .map(|(_, value)| value.as_slice());
        let peer = forwarded::peer(addresses);
        Ok(Self {
            method: request.get_method(),
            target: request.get_path_with_query(),
            authority: request
                .get_authority()
                .or_else(|| value("host").map(str::to_owned))
                .unwrap_or_default(),
            tls: matches!(request.get_scheme(), Some(Scheme::Https)),
            peer: peer.map_or_else(String::new, |peer| peer.to_string()),
            fields: write_fields(
                section
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_slice())),
            )?,
            section,
        })
    }

    /// As the core reads it.
    #[must_use]
    pub fn head(&self) -> Head<'_> {
        let Self {
            method,
            target,
            authority,
            tls,
            peer,
            fields,
            section: _,
        } = self;
        Head {
            method: method_name(method),
            target: target.as_deref().unwrap_or("/"),
            authority,
            tls: *tls,
            peer,
            fields,
        }
    }

    /// The header section as it came.
    #[must_use]
    pub fn section(&self) -> &Pairs {
        &self.section
    }

    /// Who reads a refusal, in one of these languages.
    #[must_use]
    pub fn reading(&self, offered: &[Language]) -> Reading {
        Signs::of(&self.head()).reading(offered)
    }

    /// Whether it asks for fields alone.
    #[must_use]
    pub fn is_head(&self) -> bool {
        matches!(self.method, Method::Head)
    }

    /// Whether it asks for a WebSocket: a GET that says so (RFC 6455 §4.1). An offer
    /// of any other protocol is passed over. Hosts keep `Upgrade` itself from guests, so
    /// that the key is the one sign of it: whoever sends that without an offer is told
    /// too, which is better than a WebSocket that fails without a word.
    #[must_use]
    pub fn wants_web_socket(&self) -> bool {
        let values = |name| self.head().values(name);
        let asked = match values("upgrade").next() {
            Some(protocol) => protocol.eq_ignore_ascii_case(b"websocket"),
            None => values("sec-websocket-key").next().is_some(),
        };
        asked && matches!(self.method, Method::Get)
    }
}

fn method_name(method: &Method) -> &str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        Method::Connect => "CONNECT",
        Method::Options => "OPTIONS",
        Method::Trace => "TRACE",
        Method::Patch => "PATCH",
        Method::Other(name) => name,
    }
}
