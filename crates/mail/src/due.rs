//! How does a host have letters tried that are due? It asks `auth`, by a path that no
//! public route leads to, for all places or for that of one site.

/// The path.
const PATH: &str = "/mail/due";
/// Before the authority of a site's base URL.
const AT: &str = "?at=";

/// Whose letters are to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due<'a> {
    /// Everybody's.
    Everywhere,
    /// Those in the place of the site with this authority.
    At(&'a str),
}

impl<'a> Due<'a> {
    /// Path and query of the request.
    #[must_use]
    pub fn target(self) -> String {
        match self {
            Self::Everywhere => PATH.to_owned(),
            Self::At(authority) => format!("{PATH}{AT}{authority}"),
        }
    }

    /// What a request asks; none where it is none of these.
    #[must_use]
    pub fn parse(target: &'a str) -> Option<Self> {
        match target.strip_prefix(PATH)? {
            "" => Some(Self::Everywhere),
            query => query.strip_prefix(AT).map(Self::At),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_as_it_was_written() {
        for due in [
            Due::Everywhere,
            Due::At("[::1]:3000"),
            Due::At("app.example.com"),
        ] {
            assert_eq!(Due::parse(&due.target()), Some(due));
        }
        for other in [
            "/",
            "/mail",
            "/mail/dues",
            "/mail/due/",
            "/mail/errand",
            "/auth/mail/due",
        ] {
            assert_eq!(Due::parse(other), None, "{other}");
        }
    }
}
