//! May this way in be taken away? Only where another is left by which its user can come
//! back.

/// What stands in the place of an issuer for a password.
pub const PASSWORD: &str = "password";

/// What stands in the place of an issuer for a mailbox that was proved.
pub const MAILBOX: &str = "email";

/// One of a user's ways in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way<'a> {
    /// [`PASSWORD`], or the issuer.
    pub issuer: &'a str,
    /// The account there.
    pub subject: &'a str,
    /// Whether it lets its user in as the site is set up now: a provider that is
    /// configured no longer lets nobody in.
    pub is_open: bool,
}

/// Whether no open way in is left without this one.
#[must_use]
pub fn is_last<'a>(ways: impl IntoIterator<Item = Way<'a>>, issuer: &str, subject: &str) -> bool {
    !ways
        .into_iter()
        .any(|way| way.is_open && (way.issuer != issuer || way.subject != subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_in_is_the_last_where_no_other_is_open() {
        let way = |issuer, subject, is_open| Way {
            issuer,
            subject,
            is_open,
        };
        let (password, closed) = (way(PASSWORD, "u", true), way(PASSWORD, "u", false));
        let (one, other) = (way("https://a", "1", true), way("https://a", "2", true));
        let gone = way("https://gone", "1", false);
        for (ways, is_the_last) in [
            (&[password][..], true),
            (&[password, one], false),
            (&[password, gone], true),
            (&[], true),
        ] {
            assert_eq!(
                is_last(ways.iter().copied(), PASSWORD, "u"),
                is_the_last,
                "{ways:?}"
            );
        }
        for (ways, is_the_last) in [
            (&[one][..], true),
            (&[one, other], false),
            (&[one, password], false),
            (&[one, closed], true),
            (&[one, gone, closed], true),
        ] {
            assert_eq!(
                is_last(ways.iter().copied(), "https://a", "1"),
                is_the_last,
                "{ways:?}"
            );
        }
    }
}
