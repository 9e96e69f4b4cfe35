//! How does an operator try whether mail arrives? The program asks `auth` to send one
//! letter, and `auth` says what became of it. Question and answer are a field each; the
//! question is sealed, so that nobody else has letters sent by it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::key::KeyRing;

use crate::address::Address;

/// Where `auth` answers. No public route leads to it.
pub const PATH: &str = "/mail/trial";
/// The request field that holds the question.
pub const QUESTION: &str = "gatelet-trial-1";
/// The response field that says why no letter was taken; absent where one was.
pub const ANSWER: &str = "gatelet-trial-answer-1";

const PURPOSE: &str = "mail-trial";
/// How long a question is good.
const VALID_SECONDS: u64 = 60;

/// The question whether a letter to this address is taken, asked at `now`.
#[must_use]
pub fn question(keys: &KeyRing, to: &Address, now: u64) -> String {
    keys.seal(PURPOSE, format!("{now} {to}").as_bytes())
}

/// To whom a letter is to go. None for a question that is none, or is no longer one.
#[must_use]
pub fn open(keys: &KeyRing, question: &str, now: u64) -> Option<Address> {
    let opened = String::from_utf8(keys.open(PURPOSE, question)?).ok()?;
    let (asked_at, to) = opened.split_once(' ')?;
    let asked_at: u64 = asked_at.parse().ok()?;
    (now.abs_diff(asked_at) <= VALID_SECONDS).then_some(())?;
    Address::parse(to).ok()
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
    fn a_question_is_good_for_a_minute_and_from_us_alone() {
        let to = Address::parse("ann@example.com").expect("an address");
        let question = question(&keys(1), &to, 1000);
        for (seed, now, good) in [
            (1, 1000, true),
            (1, 1060, true),
            (1, 940, true),
            (1, 1061, false),
            (1, 939, false),
            (2, 1000, false),
        ] {
            let opened = open(&keys(seed), &question, now);
            assert_eq!(opened, good.then(|| to.clone()), "{seed} {now}");
        }
        for other in ["", "x", &keys(1).seal("csrf", b"1000 ann@example.com")] {
            assert_eq!(open(&keys(1), other, 1000), None);
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
