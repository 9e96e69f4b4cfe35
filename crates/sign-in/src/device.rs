//! Has this browser been signed in on before, and by whom? A signed cookie says so. It
//! opens nothing: guesses on a device of one's own are counted apart from everybody
//! else's, and a sign-in on a new one is worth a notice.

use gatelet_core::base_url::BaseUrl;
use gatelet_core::cookie::{COOKIES_MAX, CookieAge, CookieNames, TRIES_MAX};
use gatelet_core::key::KeyRing;
use sha2::{Digest as _, Sha256};

/// Most people of one device who are remembered: those who were there last.
const PEOPLE_MAX: usize = 5;
/// How long somebody is remembered after signing in: as long as browsers keep a cookie
/// (RFC 6265bis §5.5).
const REMEMBERED_DAYS: u32 = 400;
const DAY: u64 = 86_400;
/// Bytes of a device's name.
const ID_BYTES: usize = 16;
/// Bytes of who somebody is: enough that no two users of a place share them.
const WHO_BYTES: usize = 16;
const PERSON_BYTES: usize = WHO_BYTES + 4;
/// Longest cookie that is looked at, in bytes.
const VALUE_MAX_BYTES: usize = 512;

/// A browser that somebody has signed in on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    id: [u8; ID_BYTES],
    /// Who, and on which day last since 1970; the last one first.
    people: Vec<([u8; WHO_BYTES], u32)>,
}

impl Device {
    /// The device that a request's cookies speak of, at this origin. Every cookie of the
    /// name is tried, and whoever was there too long ago is forgotten.
    #[must_use]
    pub fn find<'c>(
        cookies: impl Iterator<Item = (&'c str, &'c str)>,
        names: &CookieNames,
        base_url: &BaseUrl,
        keys: &KeyRing,
        now: u64,
    ) -> Option<Self> {
        let wanted = cookie_name(names);
        cookies
            .take(COOKIES_MAX)
            .filter(|(name, value)| *name == wanted && value.len() <= VALUE_MAX_BYTES)
            .take(TRIES_MAX)
            .find_map(|(_, value)| {
                let device = Self::decode(&keys.open(&purpose(base_url), value)?, today(now))?;
                (!device.people.is_empty()).then_some(device)
            })
    }

    /// A device that nobody has signed in on, out of fresh random bytes.
    #[must_use]
    pub const fn new(id: [u8; ID_BYTES]) -> Self {
        Self {
            id,
            people: Vec::new(),
        }
    }

    /// By what its guesses are counted.
    #[must_use]
    pub const fn id(&self) -> [u8; ID_BYTES] {
        self.id
    }

    /// Whether this user has signed in on it.
    #[must_use]
    pub fn knows(&self, user_id: &str) -> bool {
        self.people.iter().any(|(who, _)| *who == who_is(user_id))
    }

    /// A `Set-Cookie` value that says that this user has signed in on it now.
    #[must_use]
    pub fn remember(
        mut self,
        user_id: &str,
        names: &CookieNames,
        base_url: &BaseUrl,
        keys: &KeyRing,
        now: u64,
    ) -> String {
        let user = who_is(user_id);
        self.people.retain(|(who, _)| *who != user);
        self.people.insert(0, (user, today(now)));
        self.people.truncate(PEOPLE_MAX);
        let value = keys.seal(&purpose(base_url), &self.encode());
        let age = CookieAge::Seconds(u64::from(REMEMBERED_DAYS) * DAY);
        names.host_only().set(&cookie_name(names), &value, age)
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = self.id.to_vec();
        for (who, day) in &self.people {
            bytes.extend(who);
            bytes.extend(day.to_be_bytes());
        }
        bytes
    }

    fn decode(bytes: &[u8], today: u32) -> Option<Self> {
        let (id, people) = bytes.split_first_chunk()?;
        let (people, []) = people.as_chunks::<PERSON_BYTES>() else {
            return None;
        };
        let people = people.iter().filter_map(|person| {
            let (who, day) = person.split_first_chunk()?;
            let day = u32::from_be_bytes(day.try_into().ok()?);
            (day.saturating_add(REMEMBERED_DAYS) > today).then_some((*who, day))
        });
        Some(Self {
            id: *id,
            people: people.take(PEOPLE_MAX).collect(),
        })
    }
}

/// Name of the cookie. No host that shares sessions reads it or sets it.
#[must_use]
pub fn cookie_name(names: &CookieNames) -> String {
    names.host_only().named("device")
}

/// It is good at this origin alone. A base URL has no blank.
fn purpose(base_url: &BaseUrl) -> String {
    ["device", base_url.as_str()].join(" ")
}

fn today(now: u64) -> u32 {
    u32::try_from(now / DAY).unwrap_or(u32::MAX)
}

/// Not the user's id itself: the cookie can be read by whoever has the browser.
fn who_is(user_id: &str) -> [u8; WHO_BYTES] {
    let digest: [u8; 32] = Sha256::digest(user_id).into();
    let (who, _) = digest.split_first_chunk().expect("longer than that");
    *who
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatelet_core::cookie::CookieScope;

    const NOW: u64 = 1_800_000_000;

    fn keys(text: &str) -> KeyRing {
        KeyRing::parse(text).expect("keys")
    }

    fn ring() -> KeyRing {
        keys("k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE")
    }

    fn base_url(text: &str) -> BaseUrl {
        BaseUrl::parse(text).expect(text)
    }

    fn names() -> CookieNames {
        CookieNames::new(CookieScope::Domain("example.com".into()), None)
    }

    fn remembered(device: Device, user: &str, now: u64) -> String {
        let here = base_url("https://app.example.com");
        let cookie = device.remember(user, &names(), &here, &ring(), now);
        let (name, rest) = cookie.split_once('=').expect("a cookie");
        assert_eq!(name, "__Host-gatelet-device");
        assert!(!cookie.contains("Domain"), "{cookie}");
        let (value, attributes) = rest.split_once(';').expect("attributes");
        assert!(attributes.contains("HttpOnly; Secure; SameSite=Lax"));
        value.to_owned()
    }

    fn find(value: &str, at: &str, keys: &KeyRing, now: u64) -> Option<Device> {
        let cookies = [("__Host-gatelet-device", value)];
        Device::find(cookies.into_iter(), &names(), &base_url(at), keys, now)
    }

    fn found(value: &str, now: u64) -> Option<Device> {
        find(value, "https://app.example.com", &ring(), now)
    }

    #[test]
    fn a_device_knows_who_has_signed_in_on_it_and_nobody_else() {
        let value = remembered(Device::new([1; 16]), "ann", NOW);
        let device = found(&value, NOW).expect("ours");
        assert_eq!(device.id(), [1; 16]);
        assert!(device.knows("ann") && !device.knows("bob"));
        let value = remembered(device, "bob", NOW);
        let device = found(&value, NOW).expect("ours");
        assert_eq!(device.id(), [1; 16], "the same device");
        assert!(device.knows("ann") && device.knows("bob"));
    }

    #[test]
    fn a_device_is_good_at_its_origin_and_under_our_keys_alone() {
        let value = remembered(Device::new([1; 16]), "ann", NOW);
        assert!(found(&value, NOW).is_some());
        assert_eq!(find(&value, "https://b.example.com", &ring(), NOW), None);
        let other = keys("k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w");
        assert_eq!(find(&value, "https://app.example.com", &other, NOW), None);
        let altered = value.replacen('.', ".A", 1);
        assert_eq!(found(&altered, NOW), None);
        for wrong in ["", "x", "k1..", &"x".repeat(5_000)] {
            assert_eq!(found(wrong, NOW), None);
        }
    }

    #[test]
    fn whoever_was_there_too_long_ago_is_forgotten() {
        let value = remembered(Device::new([1; 16]), "ann", NOW);
        let last = NOW + 399 * DAY;
        assert!(found(&value, last).expect("still").knows("ann"));
        assert_eq!(found(&value, last + DAY), None);
        let value = remembered(found(&value, last).expect("still"), "bob", last);
        let device = found(&value, last + DAY).expect("bob was there");
        assert!(device.knows("bob") && !device.knows("ann"));
    }

    #[test]
    fn a_device_of_many_keeps_the_last_and_a_cookie_that_is_short() {
        let mut value = remembered(Device::new([1; 16]), "0", NOW);
        for user in 1..20 {
            let device = found(&value, NOW).expect("ours");
            value = remembered(device, &user.to_string(), NOW);
        }
        assert!(value.len() <= VALUE_MAX_BYTES / 2, "{}", value.len());
        let device = found(&value, NOW).expect("ours");
        let known: Vec<_> = (0..20).filter(|n| device.knows(&n.to_string())).collect();
        assert_eq!(known, [15, 16, 17, 18, 19]);
    }

    #[test]
    fn what_is_no_whole_list_of_people_is_no_device() {
        let device = Device {
            id: [1; 16],
            people: vec![([2; 16], 5)],
        };
        let bytes = device.encode();
        assert_eq!(Device::decode(&bytes, 5), Some(device));
        for length in 0..bytes.len() {
            let cut = Device::decode(&bytes[..length], 5);
            assert!(
                cut.is_none_or(|device| device.people.is_empty()),
                "{length}"
            );
        }
    }
}
