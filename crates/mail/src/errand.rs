//! How does an operator have a letter sent? The program asks `auth` to send one at once,
//! and `auth` says what became of it. Errand and answer are a field each; the errand is
//! signed, so that nobody else has letters sent by it, and stays within the process.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::key::KeyRing;
use gatelet_core::secret::Secret;

use crate::address::Address;

/// Where `auth` answers. No public route leads to it.
pub const PATH: &str = "/mail/errand";
/// The request field that holds the errand.
pub const FIELD: &str = "gatelet-errand-1";
/// The response field that says why no letter was taken; absent where one was.
pub const ANSWER: &str = "gatelet-errand-answer-1";

const PURPOSE: &str = "mail-errand";
/// How long an errand is good.
const VALID_SECONDS: u64 = 60;

/// A letter to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Whom to.
    pub to: Address,
    /// What it is about.
    pub about: About,
}

/// What a letter that an operator sends is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Whether mail arrives.
    Trial,
    /// An invitation, by this link.
    Invitation(Secret),
}

impl Errand {
    /// For the field, asked at `now`.
    #[must_use]
    pub fn seal(&self, keys: &KeyRing, now: u64) -> String {
        let link = match &self.about {
            About::Trial => "",
            About::Invitation(link) => link.expose(),
        };
        let to = &self.to;
        keys.seal(PURPOSE, format!("{now} {to} {link}").as_bytes())
    }

    /// None for what is no errand, or is no longer one.
    #[must_use]
    pub fn open(keys: &KeyRing, field: &str, now: u64) -> Option<Self> {
        let opened = String::from_utf8(keys.open(PURPOSE, field)?).ok()?;
        let (asked_at, rest) = opened.split_once(' ')?;
        let (to, link) = rest.split_once(' ')?;
        let asked_at: u64 = asked_at.parse().ok()?;
        (now.abs_diff(asked_at) <= VALID_SECONDS).then_some(())?;
        Some(Self {
            to: Address::parse(to).ok()?,
            about: match link {
                "" => About::Trial,
                link => About::Invitation(Secret::new(link.to_owned())),
            },
        })
    }
}

/// The field that says why.
#[must_use]
pub fn write_answer(why: &str) -> String {
    URL_SAFE_NO_PAD.encode(why)
}

/// Why. None for what is no answer.
#[must_use]
pub fn read_answer(field: &[u8]) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(field).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(seed: u8) -> KeyRing {
        let bytes: [u8; 32] = core::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ seed);
        KeyRing::parse(&KeyRing::entry("k1", &bytes)).expect("keys")
    }

    #[test]
    fn an_errand_is_good_for_a_minute_and_from_us_alone() {
        let invitation =
            About::Invitation(Secret::new("https://a.example/auth/sign-up?x=1".to_owned()));
        for about in [About::Trial, invitation] {
            is_good_for_a_minute(&Errand {
                to: Address::parse("ann@example.com").expect("an address"),
                about,
            });
        }
    }

    fn is_good_for_a_minute(errand: &Errand) {
        let field = errand.seal(&keys(1), 1000);
        for (seed, now, good) in [
            (1, 1000, true),
            (1, 1060, true),
            (1, 940, true),
            (1, 1061, false),
            (1, 939, false),
            (2, 1000, false),
        ] {
            let opened = Errand::open(&keys(seed), &field, now);
            assert_eq!(opened, good.then(|| errand.clone()), "{seed} {now}");
        }
        for other in ["", "x", &keys(1).seal("csrf", b"1000 ann@example.com")] {
            assert_eq!(Errand::open(&keys(1), other, 1000), None);
        }
    }

    #[test]
    fn an_answer_comes_as_it_was_written() {
        let why = "550 \u{fc} no\r\n";
        assert_eq!(
            read_answer(write_answer(why).as_bytes()).as_deref(),
            Some(why)
        );
        assert_eq!(read_answer(b"!"), None);
    }
}
