//! Which session cookies have these keys verified lately? A signature that was right for
//! these bytes under these keys is right for ever, so it is not computed again. Nothing
//! else is remembered: for whom the cookie is good, until when and for what is judged
//! each time. Other keys are another list, which remembers nothing.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::claims::{Claims, Kept};
use crate::head::Lines;
use crate::identity;
use crate::key::MAC_TEXT_BYTES;

/// Rows of places for cookies. Each cookie has its row, by its MAC.
const ROWS: usize = 1_024;
/// Places in a row: of more, the one that was asked for last longest ago goes.
const PLACES: usize = 4;

/// A session cookie whose signature is right.
pub(crate) struct Authentic {
    /// As it was sent.
    value: Zeroizing<Box<[u8]>>,
    claims: Kept,
    told: Lines,
}

/// Those that were seen last. Only what was verified has a place, so nobody fills it who
/// cannot sign.
#[derive(Default)]
pub(crate) struct Recent(Mutex<Vec<Row>>);

/// Those that were asked for last are first.
type Row = [Option<Arc<Authentic>>; PLACES];

impl Authentic {
    /// A value whose signature is right, and its claims in base64url. None where those
    /// are not in our form.
    pub(crate) fn new(value: &[u8], claims: &[u8]) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims).ok()?);
        let claims = Claims::decode(&bytes)?;
        Some(Self {
            value: Zeroizing::new(value.into()),
            told: identity::told(&claims),
            claims: Kept::new(&claims),
        })
    }

    /// What it says.
    pub(crate) fn claims(&self) -> Claims<'_> {
        self.claims.claims()
    }

    /// What an app is told of the user.
    pub(crate) const fn told(&self) -> &Lines {
        &self.told
    }

    /// Whether it is this very value. How long that takes tells nothing to whoever does
    /// not have the MAC, and who has it has the value that it was made of.
    fn is(&self, value: &[u8]) -> bool {
        let (Some((text, mac)), Some((shown, claimed))) =
            (split_mac(&self.value), split_mac(value))
        else {
            return false;
        };
        bool::from(mac.ct_eq(claimed)) && text == shown
    }
}

impl Recent {
    /// The cookie of this value, where it was verified lately.
    pub(crate) fn find(&self, value: &[u8]) -> Option<Arc<Authentic>> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = rows.get_mut(row(value)?)?;
        let is_it = |place: &Option<Arc<Authentic>>| place.as_ref().is_some_and(|it| it.is(value));
        let at = row.iter().position(is_it)?;
        row[..=at].rotate_right(1);
        row[0].clone()
    }

    /// Keeps one that was just verified.
    pub(crate) fn keep(&self, cookie: &Arc<Authentic>) {
        let Some(row) = row(&cookie.value) else {
            return;
        };
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.is_empty() {
            rows.resize_with(ROWS, Row::default);
        }
        rows[row].rotate_right(1);
        rows[row][0] = Some(Arc::clone(cookie));
    }
}

/// Whoever takes a copy of the keys begins with none.
impl Clone for Recent {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// In which row a cookie of this value has its place: by some of its MAC, which is as good
/// as random.
fn row(value: &[u8]) -> Option<usize> {
    let (_, mac) = split_mac(value)?;
    let folded = mac.iter().take(8).fold(0, |folded: usize, letter| {
        folded.rotate_left(5) ^ usize::from(*letter)
    });
    Some(folded % ROWS)
}

/// A value's text, and its MAC at the end.
fn split_mac(value: &[u8]) -> Option<(&[u8], &[u8])> {
    value.split_at_checked(value.len().checked_sub(MAC_TEXT_BYTES)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cookie::{NoSession, RawCookies, Scratch, find, sign};
    use crate::fixture::{BASE_URL, KEY, NOW, OTHER_KEY, claims, keys};
    use crate::key::KeyRing;

    const NAME: &str = "__Host-gatelet";

    fn cookie(value: &str) -> Authentic {
        let text = value.split('.').nth(2).expect("claims");
        Authentic::new(value.as_bytes(), text.as_bytes()).expect("base64url")
    }

    /// Signed for somebody, for an audience, until some time.
    fn signed(email: &str, audience: &str, expires_at: u64, key: &str) -> String {
        let claims = Claims {
            email,
            audience,
            expires_at,
            ..claims()
        };
        sign(&claims, &keys(key)).expect("fits")
    }

    #[test]
    fn a_cookie_is_known_by_all_of_its_bytes() {
        let value = signed("ada@example.com", BASE_URL, NOW + 600, KEY);
        let known = cookie(&value);
        assert!(known.is(value.as_bytes()));
        for at in 0..value.len() {
            let mut other = value.clone().into_bytes();
            other[at] ^= 1;
            assert!(!known.is(&other), "{at}");
            assert!(!known.is(&value.as_bytes()[..at]), "{at}");
            assert!(!known.is(&value.as_bytes()[at + 1..]), "{at}");
        }
    }

    #[test]
    fn of_more_cookies_than_a_row_has_places_all_are_good_and_the_last_are_kept() {
        let keys = keys(KEY);
        let value =
            |number: u64| signed(&format!("{number}@example.com"), BASE_URL, NOW + 600, KEY);
        let first = value(0);
        let same_row = |other: &String| row(other.as_bytes()) == row(first.as_bytes());
        let row: Vec<_> = (0..).map(value).filter(same_row).take(PLACES + 1).collect();
        let ask = |value: &str| {
            let email = email(&format!("{NAME}={value}"), &keys);
            assert!(email.is_ok_and(|email| value == signed(&email, BASE_URL, NOW + 600, KEY)));
        };
        let is_kept = |value: &str| {
            let rows = keys.recent().0.lock().expect("nobody panics");
            let mut places = rows.iter().flatten().flatten();
            places.any(|known| known.is(value.as_bytes()))
        };
        for value in &row[..PLACES] {
            ask(value);
            assert!(is_kept(value));
        }
        // The first was asked for last, so the second goes.
        ask(&row[0]);
        ask(&row[PLACES]);
        for (number, value) in row.iter().enumerate() {
            assert_eq!(is_kept(value), number != 1, "{number}");
        }
        for value in row.iter().chain(&row).rev() {
            ask(value);
            assert!(is_kept(value));
        }
    }

    #[test]
    fn nothing_is_kept_but_what_was_verified_and_other_keys_know_nothing_of_it() {
        let (ours, others) = (keys(KEY), keys(OTHER_KEY));
        let value = signed("ada@example.com", BASE_URL, NOW + 600, KEY);
        let field = format!("{NAME}={value}");
        assert!(email(&field, &others).is_err());
        assert!(others.recent().find(value.as_bytes()).is_none());
        assert!(email(&field, &ours).is_ok());
        assert!(ours.recent().find(value.as_bytes()).is_some());
        assert!(ours.clone().recent().find(value.as_bytes()).is_none());
    }

    fn email(field: &str, keys: &KeyRing) -> Result<String, NoSession> {
        let mut scratch = Scratch::new();
        let cookies = RawCookies::new(field.as_bytes());
        find(cookies, NAME, keys, BASE_URL, NOW, &mut scratch).map(|claims| claims.email.to_owned())
    }

    /// Good ones, and those that are not for here, have run out, are of another key, or
    /// are broken at some byte.
    fn any_value() -> impl Strategy<Value = String> {
        let good = (0..4_u8, 0..3_u8, any::<bool>()).prop_map(|(who, what, ours)| {
            let (audience, expires_at) = match what {
                0 => (BASE_URL, NOW + 600),
                1 => ("https://other.example.com", NOW + 600),
                _ => (BASE_URL, NOW),
            };
            let key = if ours { KEY } else { OTHER_KEY };
            signed(&format!("{who}@example.com"), audience, expires_at, key)
        });
        (good, any::<prop::sample::Index>(), 0..3_u8).prop_map(|(value, at, broken)| {
            let mut bytes = value.into_bytes();
            let at = at.index(bytes.len());
            if broken == 0 {
                bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            }
            String::from_utf8(bytes).expect("ASCII")
        })
    }

    proptest! {
        #[test]
        fn what_came_before_decides_nothing(
            asked in proptest::collection::vec(proptest::collection::vec(any_value(), 1..4), 1..12),
        ) {
            let lasting = keys(KEY);
            for values in asked {
                let field: Vec<_> = values.iter().map(|value| format!("{NAME}={value}")).collect();
                let field = field.join("; ");
                prop_assert_eq!(email(&field, &lasting), email(&field, &keys(KEY)));
            }
        }
    }
}
