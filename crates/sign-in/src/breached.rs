//! Is a password known from a breach? Asked of a service that may not learn it: by the
//! first five digits of its SHA-1, which thousands of passwords share, the service answers
//! with the rest of each of them (k-anonymity, as Have I Been Pwned has it).

use gatelet_core::secret::Secret;
use gatelet_settings::{Setting, SettingError, Values};
use sha1::{Digest as _, Sha1};

use crate::endpoint::EndpointUrl;
use crate::password::NewPassword;

/// Hexadecimal digits that leave.
const PREFIX_DIGITS: usize = 5;

/// Where breached passwords are looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeApi(String);

/// The question about one password.
#[derive(Debug)]
pub struct Lookup {
    url: String,
    /// The digits that stay here.
    rest: Secret,
}

/// An answer that is no list of digits and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRange;

impl RangeApi {
    /// `breached_passwords` and `breached_passwords_url`; None where it is off.
    pub fn from_values(values: &Values<'_>) -> Result<Option<Self>, SettingError> {
        let on = values.is(Setting::BreachedPasswords, "on", "off")?;
        let url = values.get(Setting::BreachedPasswordsUrl);
        let parsed = EndpointUrl::parse(url)
            .map_err(|error| SettingError::new(Setting::BreachedPasswordsUrl, error))?;
        if parsed.as_str().contains('?') || !parsed.as_str().ends_with('/') {
            return Err(SettingError::new(
                Setting::BreachedPasswordsUrl,
                "does not end in a slash: the five digits come after it",
            ));
        }
        Ok(on.then(|| Self(parsed.as_str().to_owned())))
    }

    /// The question about a password.
    #[must_use]
    pub fn lookup(&self, password: &NewPassword) -> Lookup {
        let digest = Sha1::digest(password.as_bytes());
        let mut digits = String::with_capacity(2 * digest.len());
        for byte in digest {
            for digit in [byte >> 4, byte & 15] {
                digits.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
        let rest = Secret::new(digits.split_off(PREFIX_DIGITS));
        Lookup {
            url: format!("{}{digits}", self.0),
            rest,
        }
    }
}

impl Lookup {
    /// What is to be fetched.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the password is among those of the answer. A count of 0 is padding.
    pub fn is_in(&self, answer: &[u8]) -> Result<bool, NoRange> {
        let answer = core::str::from_utf8(answer).map_err(|_| NoRange)?;
        let mut found = false;
        for line in answer.lines().filter(|line| !line.trim().is_empty()) {
            let (rest, count) = line.trim().split_once(':').ok_or(NoRange)?;
            let count: u64 = count.trim().parse().map_err(|_| NoRange)?;
            found |= count > 0 && rest.eq_ignore_ascii_case(self.rest.expose());
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::Email;

    fn api() -> RangeApi {
        RangeApi("https://range.example/range/".to_owned())
    }

    fn password(text: &str) -> NewPassword {
        let ann = Email::parse("ann@example.com").expect("an address");
        NewPassword::parse(text, &ann, "").expect(text)
    }

    // `printf %s vqmzkhrt | sha1sum`
    const PREFIX: &str = "9118F";
    const REST: &str = "D2FE65D6136896D9EA0459326075E81CF0E";

    #[test]
    fn five_digits_leave_and_the_rest_is_looked_for_here() {
        let lookup = api().lookup(&password("vqmzkhrt"));
        assert_eq!(
            lookup.url(),
            format!("https://range.example/range/{PREFIX}")
        );
        let lower = REST.to_lowercase();
        for (answer, expected) in [
            (format!("{REST}:3\r\n"), Ok(true)),
            (format!("0000:1\r\n{lower}:1\r\n1111:1"), Ok(true)),
            (format!("{REST}:0\r\n"), Ok(false)),
            (format!("{REST}0:1\n"), Ok(false)),
            (String::new(), Ok(false)),
            (REST.to_owned(), Err(NoRange)),
            (format!("{REST}:x"), Err(NoRange)),
            ("<html>".to_owned(), Err(NoRange)),
        ] {
            assert_eq!(lookup.is_in(answer.as_bytes()), expected, "{answer}");
        }
        assert_eq!(lookup.is_in(&[0xff]), Err(NoRange));
        assert!(!format!("{lookup:?}").contains(REST));
    }

    #[test]
    fn two_spellings_of_one_password_are_one_question() {
        let url = |text| api().lookup(&password(text)).url().to_owned();
        assert_eq!(url("caf\u{e9} vqmzkhrt"), url("cafe\u{301} vqmzkhrt"));
        assert_ne!(url("vqmzkhrt"), url("vqmzkhru"));
    }

    #[test]
    fn the_setting_is_off_unless_asked_for_and_names_a_place_for_digits() {
        let of = |values: &[(&str, &str)]| {
            let values = Values::of_variables(values.iter().copied());
            RangeApi::from_values(&values).map_err(|error| error.to_string())
        };
        assert_eq!(of(&[]), Ok(None));
        let on = of(&[("breached_passwords", "on")]).expect("a setting");
        let public = "https://api.pwnedpasswords.com/range/";
        assert_eq!(on, Some(RangeApi(public.to_owned())));
        for (name, value) in [
            ("breached_passwords", "yes"),
            ("breached_passwords_url", "http://range.example/"),
            ("breached_passwords_url", "https://range.example/range"),
            ("breached_passwords_url", "https://range.example/?a=/"),
        ] {
            let line = of(&[(name, value)]).expect_err(value);
            assert!(line.starts_with(name), "{line}");
        }
    }
}
