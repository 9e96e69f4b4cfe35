//! Which code does an authenticator app show now? Time-based one-time passwords
//! (RFC 6238) as every app makes them: SHA-1, six digits, thirty seconds.

use core::fmt;

use gatelet_core::key::KeyRing;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::digits;
use crate::second_factor::SecondProof;

/// Bytes of a secret: as many as SHA-1 has (RFC 4226 §4, R6).
pub const SECRET_BYTES: usize = 20;
/// For how long a code is shown, in seconds.
pub const STEP_SECONDS: u64 = 30;

/// What an app and we share.
#[derive(Clone)]
pub struct AuthenticatorSecret(Zeroizing<[u8; SECRET_BYTES]>);

/// For how long a secret that was offered can be taken, in seconds.
const OFFER_SECONDS: u64 = 1800;
const PURPOSE: &str = "authenticator";

/// A code that was right, at a time step that the store has not been asked about yet.
#[derive(Debug)]
pub struct RightCode {
    user_id: String,
    step: u64,
}

impl AuthenticatorSecret {
    /// A new one, out of fresh random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// One that was kept.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_random)
    }

    /// As the page brings it back that shows it: for this user alone, and for half an
    /// hour. It hides nothing, as the page does not.
    #[must_use]
    pub fn offer(&self, user_id: &str, keys: &KeyRing, now: u64) -> String {
        let expires = now.saturating_add(OFFER_SECONDS);
        let payload = postcard::to_allocvec(&(user_id, &*self.0, expires));
        keys.seal(PURPOSE, &payload.expect("text and numbers serialise"))
    }

    /// What was offered to this user.
    #[must_use]
    pub fn offered(value: &str, user_id: &str, keys: &KeyRing, now: u64) -> Option<Self> {
        let payload = keys.open(PURPOSE, value)?;
        let (whose, secret, expires): (&str, [u8; SECRET_BYTES], u64) =
            postcard::from_bytes(&payload).ok()?;
        (whose == user_id && now < expires).then(|| Self::from_random(secret))
    }

    /// The bytes, to be kept.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &*self.0
    }

    /// As people type it into an app that cannot see: base32 in groups of four.
    #[must_use]
    pub fn text(&self) -> String {
        let base32 = self.base32();
        let groups: Vec<&str> = base32
            .as_bytes()
            .chunks(4)
            .filter_map(|group| core::str::from_utf8(group).ok())
            .collect();
        groups.join(" ")
    }

    /// As apps read it from a picture:
    /// <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>.
    #[must_use]
    pub fn uri(&self, site_name: &str, account: &str) -> String {
        let encoded = |text: &str| -> String {
            let bytes = text.bytes();
            bytes
                .map(|byte| match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        char::from(byte).to_string()
                    }
                    _ => format!("%{byte:02X}"),
                })
                .collect()
        };
        // The colon parts the two, and some apps take it for that encoded as well.
        let site_name = site_name.replace(':', " ");
        let site_name = site_name.split_whitespace().collect::<Vec<_>>().join(" ");
        let (issuer, account) = (encoded(&site_name), encoded(account));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}",
            self.base32()
        )
    }

    /// Whether this is the code of now, of the step before or of the one after (RFC 6238
    /// §5.2), and of a later step than the last that was used. `now` in Unix seconds.
    #[must_use]
    pub fn check(&self, user_id: &str, typed: &str, last_step: u64, now: u64) -> Option<RightCode> {
        let typed = digits::plain(typed);
        let step = self.totp().check(&typed, now)?;
        (step > last_step).then(|| RightCode {
            user_id: user_id.to_owned(),
            step,
        })
    }

    /// The code at a time, as the app shows it.
    #[cfg(any(test, feature = "fuzz"))]
    #[must_use]
    pub fn code(&self, now: u64) -> String {
        self.totp().generate(now).to_string()
    }

    fn base32(&self) -> String {
        Secret::from(self.0.to_vec()).to_base32()
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_secret(self.0.to_vec())
            .build()
            .expect("twenty bytes, six digits and thirty seconds are within the standard")
    }
}

impl RightCode {
    /// The time step that it is of: to be used up.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Proof, where it was the first of its step: a code works once.
    #[must_use]
    pub fn used(self, is_first: bool) -> Option<SecondProof> {
        is_first.then(|| SecondProof::code(self.user_id))
    }
}

/// Shows nothing of itself.
impl fmt::Debug for AuthenticatorSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> AuthenticatorSecret {
        AuthenticatorSecret::from_random(*b"12345678901234567890")
    }

    fn step(typed: &str, last_step: u64, now: u64) -> Option<u64> {
        let right = secret().check("ann", typed, last_step, now);
        right.map(|right| right.step())
    }

    /// RFC 6238, appendix B, the last six of eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().code(time), code);
            assert_eq!(step(code, 0, time), Some(time / 30), "{time}");
        }
    }

    #[test]
    fn a_code_is_right_for_one_step_around_its_own() {
        let code = secret().code(3000);
        for (now, right) in [
            (2969, false),
            (2970, true),
            (3000, true),
            (3029, true),
            (3059, true),
            (3060, false),
        ] {
            assert_eq!(step(&code, 0, now).is_some(), right, "{now}");
        }
    }

    #[test]
    fn a_code_of_a_step_that_was_used_or_is_older_is_wrong() {
        let code = secret().code(3000);
        assert_eq!(step(&code, 99, 3000), Some(100));
        assert_eq!(step(&code, 100, 3000), None, "used");
        assert_eq!(step(&code, 101, 3000), None, "a later one was used");
        let right = || secret().check("ann", &code, 0, 3000).expect("right");
        assert!(right().used(false).is_none(), "somebody was faster");
        assert!(right().used(true).is_some());
    }

    #[test]
    fn nothing_but_the_six_digits_is_a_code() {
        let code = secret().code(3000);
        let spaced = format!(" {} {}\n", &code[..3], &code[3..]);
        assert_eq!(step(&spaced, 0, 3000), Some(100), "as people type it");
        for wrong in [
            "",
            "0",
            "+12345",
            "-12345",
            "1234567",
            "abcdef",
            "１２３４５６",
        ] {
            assert_eq!(step(wrong, 0, 3000), None, "{wrong}");
        }
        assert_eq!(step(&code[1..], 0, 3000), None);
        let other = AuthenticatorSecret::from_random([7; SECRET_BYTES]);
        assert!(other.check("ann", &code, 0, 3000).is_none(), "another's");
    }

    #[test]
    fn a_secret_is_taken_by_whom_it_was_offered_to_and_within_half_an_hour() {
        let key = "k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE";
        let keys = KeyRing::parse(key).expect("a key");
        let offer = secret().offer("ann", &keys, 1000);
        let taken = |who, now| AuthenticatorSecret::offered(&offer, who, &keys, now);
        assert_eq!(
            taken("ann", 2799).expect("hers").expose(),
            secret().expose()
        );
        assert!(taken("ann", 2800).is_none() && taken("bob", 1000).is_none());
        assert!(AuthenticatorSecret::offered("", "ann", &keys, 1000).is_none());
    }

    #[test]
    fn an_app_gets_the_secret_as_text_and_as_a_uri() {
        let text = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ";
        assert_eq!(secret().text(), text);
        assert_eq!(
            secret().uri("Acme & Co", "ann@example.com"),
            "otpauth://totp/Acme%20%26%20Co:ann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%26%20Co"
        );
        // The colon is what parts them, encoded too.
        let uri = secret().uri("Acme: Staging:2", "ann@example.com");
        let named = "otpauth://totp/Acme%20Staging%202:ann%40example.com?";
        assert!(uri.starts_with(named) && uri.ends_with("&issuer=Acme%20Staging%202"));
        assert_eq!(format!("{:?}", secret()), "[redacted]");
        assert!(AuthenticatorSecret::from_bytes(&[1; 19]).is_none());
    }
}
