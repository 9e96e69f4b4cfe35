//! Is whoever asks willing to work for it? Where limits are near, a browser computes for a
//! moment before it may ask; without a script it waits instead. Nobody else is asked about
//! anybody, and a person sees a button.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::key::KeyRing;
use sha2::{Digest as _, Sha256};

/// Random bytes of a challenge.
pub const NONCE_BYTES: usize = 16;
/// How long a challenge is good for.
const GOOD_SECONDS: u64 = 600;
/// Longest challenge and longest solution that are looked at, in bytes.
const CHALLENGE_MAX_BYTES: usize = 256;
const SOLUTION_MAX_BYTES: usize = 20;

/// How much is asked: the first bits of a digest that are zero, and how long one waits
/// who computes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difficulty {
    /// Less than half is left.
    Low,
    /// Less than a quarter.
    Middle,
    /// Less than an eighth.
    High,
}

/// What a browser is given to work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Sealed: it goes into the form and comes back with it.
    pub text: String,
    /// How many bits.
    pub bits: u8,
    /// From when on it is good without a solution, in seconds from now.
    pub wait_seconds: u64,
}

/// A challenge that was met. It is good once: whoever takes it spends its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// SHA-256 of the challenge.
    pub digest: [u8; 32],
    /// Until when it could be used again.
    pub expires_at: u64,
}

impl Difficulty {
    /// By what is left of a limit; None where half of it is.
    #[must_use]
    pub const fn by_rest(left: u32, most: u32) -> Option<Self> {
        let (left, most) = (left as u64, most as u64);
        match () {
            () if left * 8 < most => Some(Self::High),
            () if left * 4 < most => Some(Self::Middle),
            () if left * 2 < most => Some(Self::Low),
            () => None,
        }
    }

    /// A browser computes some 100,000 digests a second.
    const fn bits(self) -> u8 {
        match self {
            Self::Low => 15,
            Self::Middle => 17,
            Self::High => 19,
        }
    }

    const fn wait_seconds(self) -> u64 {
        match self {
            Self::Low => 10,
            Self::Middle => 30,
            Self::High => 60,
        }
    }

    const fn of_bits(bits: u8) -> Option<Self> {
        match bits {
            15 => Some(Self::Low),
            17 => Some(Self::Middle),
            19 => Some(Self::High),
            _ => None,
        }
    }
}

impl Challenge {
    /// A new one out of fresh random bytes, for one kind of form at one origin.
    #[must_use]
    pub fn new(
        form: &str,
        difficulty: Difficulty,
        base_url: &BaseUrl,
        keys: &KeyRing,
        nonce: [u8; NONCE_BYTES],
        now: u64,
    ) -> Self {
        let mut payload = now.to_be_bytes().to_vec();
        payload.push(difficulty.bits());
        payload.extend(nonce);
        let sealed = keys.seal(&purpose(form, base_url), &payload);
        Self {
            text: URL_SAFE_NO_PAD.encode(sealed),
            bits: difficulty.bits(),
            wait_seconds: difficulty.wait_seconds(),
        }
    }

    /// Whether a challenge that came back was met: by a number that the digest of
    /// `challenge:number` begins with so many zero bits for, or by waiting. It is ours, for
    /// this form and this origin, has not run out, and asks for no less than is asked now.
    #[must_use]
    pub fn judge(
        text: &str,
        solution: &str,
        form: &str,
        wanted: Difficulty,
        base_url: &BaseUrl,
        keys: &KeyRing,
        now: u64,
    ) -> Option<Met> {
        if text.len() > CHALLENGE_MAX_BYTES || solution.len() > SOLUTION_MAX_BYTES {
            return None;
        }
        let sealed = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let payload = keys.open(&purpose(form, base_url), &sealed)?;
        let (issued, rest) = payload.split_first_chunk()?;
        let (&bits, _nonce) = rest.split_first()?;
        let issued = u64::from_be_bytes(*issued);
        let difficulty = Difficulty::of_bits(bits)?;
        let expires_at = issued.checked_add(GOOD_SECONDS)?;
        let has_waited = now >= issued.checked_add(difficulty.wait_seconds())?;
        let good = now < expires_at
            && difficulty.bits() >= wanted.bits()
            && (has_waited || is_solved(text, solution, bits));
        good.then(|| Met {
            digest: Sha256::digest(text).into(),
            expires_at,
        })
    }
}

fn is_solved(text: &str, solution: &str, bits: u8) -> bool {
    let digits = !solution.is_empty() && solution.bytes().all(|byte| byte.is_ascii_digit());
    digits && {
        let digest = Sha256::digest([text, ":", solution].concat());
        zero_bits(&digest) >= u32::from(bits)
    }
}

fn zero_bits(digest: &[u8]) -> u32 {
    let zeros = digest.iter().take_while(|byte| **byte == 0).count();
    let next = digest.get(zeros).map_or(0, |byte| byte.leading_zeros());
    8 * u32::try_from(zeros).unwrap_or(0) + next
}

/// Neither part has a blank.
fn purpose(form: &str, base_url: &BaseUrl) -> String {
    ["work", form, base_url.as_str()].join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn keys() -> KeyRing {
        KeyRing::parse("k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE").expect("a key")
    }

    fn here() -> BaseUrl {
        BaseUrl::parse("https://app.example.com").expect("a URL")
    }

    fn new(difficulty: Difficulty) -> Challenge {
        Challenge::new(
            "sign-up",
            difficulty,
            &here(),
            &keys(),
            [7; NONCE_BYTES],
            NOW,
        )
    }

    fn judge(text: &str, solution: &str, wanted: Difficulty, now: u64) -> Option<Met> {
        Challenge::judge(text, solution, "sign-up", wanted, &here(), &keys(), now)
    }

    fn solved(challenge: &Challenge) -> String {
        let solves = |solution: &String| is_solved(&challenge.text, solution, challenge.bits);
        let mut solutions = (0_u64..).map(|number| number.to_string());
        solutions.find(solves).expect("there is one")
    }

    #[test]
    fn a_challenge_is_met_by_work_or_by_waiting_and_by_nothing_else() {
        let challenge = new(Difficulty::Low);
        let text = &challenge.text;
        let solution = solved(&challenge);
        let met = judge(text, &solution, Difficulty::Low, NOW).expect("work");
        assert_eq!(met.expires_at, NOW + GOOD_SECONDS);
        let wait = challenge.wait_seconds;
        assert_eq!(judge(text, "", Difficulty::Low, NOW + wait), Some(met));
        for solution in [
            "",
            "x",
            "-1",
            "1",
            &format!("+{solution}"),
            &format!("{solution} "),
        ] {
            assert_eq!(judge(text, solution, Difficulty::Low, NOW + wait - 1), None);
        }
        assert_eq!(judge("", &solution, Difficulty::Low, NOW), None);
    }

    #[test]
    fn a_challenge_is_good_for_a_while_at_its_form_and_its_origin_alone() {
        let text = new(Difficulty::Low).text;
        let late = NOW + GOOD_SECONDS;
        assert!(judge(&text, "", Difficulty::Low, late - 1).is_some());
        assert_eq!(judge(&text, "", Difficulty::Low, late), None);
        let at = |form: &str, base_url: &str| {
            let base_url = BaseUrl::parse(base_url).expect("a URL");
            let low = Difficulty::Low;
            Challenge::judge(&text, "", form, low, &base_url, &keys(), late - 1)
        };
        assert!(at("sign-up", "https://app.example.com").is_some());
        assert_eq!(at("reset", "https://app.example.com"), None);
        assert_eq!(at("sign-up", "https://b.example.com"), None);
        let altered = format!("A{}", &text[1..]);
        assert_eq!(judge(&altered, "", Difficulty::Low, late - 1), None);
    }

    #[test]
    fn an_easier_challenge_from_before_does_not_do() {
        let late = NOW + 300;
        for (given, wanted, good) in [
            (Difficulty::Low, Difficulty::Low, true),
            (Difficulty::Low, Difficulty::Middle, false),
            (Difficulty::High, Difficulty::Middle, true),
        ] {
            let met = judge(&new(given).text, "", wanted, late);
            assert_eq!(met.is_some(), good, "{given:?} {wanted:?}");
        }
    }

    #[test]
    fn it_grows_with_what_is_gone() {
        for (left, difficulty) in [
            (10, None),
            (5, None),
            (4, Some(Difficulty::Low)),
            (2, Some(Difficulty::Middle)),
            (1, Some(Difficulty::High)),
            (0, Some(Difficulty::High)),
        ] {
            assert_eq!(Difficulty::by_rest(left, 10), difficulty, "{left}");
        }
        assert_eq!(Difficulty::by_rest(1, 1), None);
    }

    #[test]
    fn bits_are_counted_from_the_front() {
        for (digest, bits) in [
            (&[0xff, 0][..], 0),
            (&[0x7f], 1),
            (&[0, 0x80], 8),
            (&[0, 0x01], 15),
            (&[0, 0, 0x20], 18),
            (&[0, 0], 16),
        ] {
            assert_eq!(zero_bits(digest), bits, "{digest:?}");
        }
    }
}
