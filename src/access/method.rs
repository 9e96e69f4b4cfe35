//! For which methods does a rule stand?

use core::fmt;

use super::rule::split;

/// The methods that a rule can name: RFC 9110 §9.3, RFC 5789, and those of WebDAV
/// and its kin. CONNECT and TRACE are served nowhere.
const KNOWN: [&str; 17] = [
    "GET",
    "HEAD",
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
    const GET: Self = Self(1);
    const HEAD: Self = Self(2);
    /// Methods that no rule names.
    const OTHER: Self = Self(1 << 31);
    /// Where a rule names none, it stands for all.
    pub(super) const ALL: Self = Self(u32::MAX);

    /// The one of a request. HEAD counts as GET (RFC 9110 §9.3.2). Case is let
    /// go, although methods have one: some apps let it go too.
    pub(super) fn of_request(method: &str) -> Self {
        match Self::named(method) {
            Self::HEAD => Self::GET,
            method => method,
        }
    }

    /// Parses `GET,POST`. None when one is unknown. HEAD goes without saying
    /// beside GET, and is refused without it: the two are never told apart.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut methods = Self(0);
        let mut rest = text;
        while !rest.is_empty() {
            let (name, after) = split(rest, b",");
            rest = after;
            methods.0 |= Self::named(name).0;
        }
        let unpaired_head = methods.overlaps(Self::HEAD) && !methods.overlaps(Self::GET);
        methods.0 &= !Self::HEAD.0;
        (methods.0 != 0 && !methods.overlaps(Self::OTHER) && !unpaired_head).then_some(methods)
    }

    pub(super) const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn named(name: &str) -> Self {
        KNOWN
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))
            .map_or(Self::OTHER, |bit| Self(1 << bit))
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
