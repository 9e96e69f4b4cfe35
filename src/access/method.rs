//! For which methods does a rule stand?

use core::fmt;

/// The methods that a rule can name: RFC 9110 §9.3, RFC 5789, and those of WebDAV
/// and its kin. CONNECT and TRACE are served nowhere.
const KNOWN: [&str; 16] = [
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "QUERY",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "REPORT",
    "SEARCH",
];

/// A set of methods, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Methods(u32);

impl Methods {
    /// Methods that no rule names.
    const OTHER: Self = Self(1 << KNOWN.len());
    /// Where a rule names none, it stands for all.
    pub(super) const ALL: Self = Self(u32::MAX);

    /// The one of a request. HEAD counts as GET (RFC 9110 §9.3.2). Case is let
    /// go, although methods have one: some apps let it go too.
    pub(super) fn of_request(method: &str) -> Self {
        let method = if method.eq_ignore_ascii_case("HEAD") {
            "GET"
        } else {
            method
        };
        Self::known(method).unwrap_or(Self::OTHER)
    }

    /// Parses `GET,POST`. None when one is unknown. HEAD alone is none: GET could
    /// not be told apart from it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let names = || text.split(',').filter(|name| !name.is_empty());
        let mut methods = Self(0);
        for name in names().filter(|name| !name.eq_ignore_ascii_case("HEAD")) {
            methods.0 |= Self::known(name)?.0;
        }
        let head = names().any(|name| name.eq_ignore_ascii_case("HEAD"));
        let nothing_but_head = head && !methods.overlaps(Self(1));
        (methods.0 != 0 && !nothing_but_head).then_some(methods)
    }

    pub(super) const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn known(name: &str) -> Option<Self> {
        KNOWN
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))
            .map(|bit| Self(1 << bit))
    }
}

/// `GET,POST`; nothing for all of them.
impl fmt::Display for Methods {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALL {
            return Ok(());
        }
        let mut joint = "";
        for (bit, name) in KNOWN.iter().enumerate() {
            if self.overlaps(Self(1 << bit)) {
                write!(out, "{joint}{name}")?;
                joint = ",";
            }
        }
        Ok(())
    }
}
