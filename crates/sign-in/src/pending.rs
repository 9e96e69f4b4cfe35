//! Who has proved what, and is yet to prove more? The memory of a sign-in between its
//! first step and its second: one signed cookie. It is no session: it opens nothing, for
//! this browser at this origin, once, and for ten minutes.

use core::fmt;

use gatelet_core::key::KeyRing;
use gatelet_core::return_target::ReturnTarget;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::email::Email;
use crate::identity::{KeptIdentity, ProviderIdentity};
use crate::proof::{MailedBefore, PasswordBefore, Proof};

/// How long somebody may take for the second step.
pub const PENDING_SECONDS: u64 = 600;
/// How many codes may be tried in one.
pub const PENDING_TRIES: u32 = 5;

const PURPOSE: &str = "second-factor";
/// Of a longer return target as much is kept as fits: all of it must fit a cookie.
const RETURN_TARGET_MAX_BYTES: usize = 1024;
/// The same together with the groups that a provider named.
const WITH_GROUPS_MAX_BYTES: usize = 1344;

/// How many codes of one user are tried in so many seconds, however often signing in
/// begins anew: the purpose, how many, and the seconds. Of a million codes three are right
/// at a time.
pub const TRIES_OF_USER: [(&str, u32, u32); 2] = [
    ("second-factor-quarter", 10, 900),
    ("second-factor-day", 50, 86_400),
];

/// By what a user's tries are counted.
#[must_use]
pub fn user_digest(user_id: &str) -> [u8; 32] {
    Sha256::digest(user_id).into()
}

/// A sign-in that has had its first step.
#[derive(Clone)]
pub struct Pending {
    id: [u8; 16],
    user_id: String,
    first: First,
    origin: String,
    return_target: String,
    expires: u64,
}

/// What the first step was.
#[derive(Clone)]
enum First {
    /// The password of this address was right, when the user was at this revision.
    Password { email: Email, revision: u64 },
    /// A provider said who it is.
    Provider(Box<ProviderIdentity>),
    /// A link that was mailed was used, and left the user at this revision.
    Mailbox { revision: u64 },
}

/// As it lies in the cookie.
#[derive(Serialize, Deserialize)]
struct Sealed {
    id: [u8; 16],
    user_id: String,
    first: SealedFirst,
    origin: String,
    return_target: String,
    expires: u64,
}

#[derive(Serialize, Deserialize)]
enum SealedFirst {
    Password { email: String, revision: u64 },
    Provider(KeptIdentity),
    Mailbox { revision: u64 },
}

impl Pending {
    /// After a password. `id` is random, `origin` the base URL, `now` in Unix seconds.
    #[must_use]
    pub fn by_password(
        id: [u8; 16],
        user_id: String,
        email: Email,
        revision: u64,
        origin: &str,
        now: u64,
    ) -> Self {
        Self::new(
            id,
            user_id,
            First::Password { email, revision },
            origin,
            now,
        )
    }

    /// After a provider's word.
    #[must_use]
    pub fn by_provider(
        id: [u8; 16],
        user_id: String,
        identity: ProviderIdentity,
        origin: &str,
        now: u64,
    ) -> Self {
        Self::new(
            id,
            user_id,
            First::Provider(Box::new(identity)),
            origin,
            now,
        )
    }

    /// After a link that was mailed.
    #[must_use]
    pub fn by_mail(id: [u8; 16], user_id: String, revision: u64, origin: &str, now: u64) -> Self {
        Self::new(id, user_id, First::Mailbox { revision }, origin, now)
    }

    fn new(id: [u8; 16], user_id: String, first: First, origin: &str, now: u64) -> Self {
        Self {
            id,
            user_id,
            first,
            origin: origin.to_owned(),
            return_target: String::new(),
            expires: now.saturating_add(PENDING_SECONDS),
        }
    }

    /// The same, to lead there in the end.
    #[must_use]
    pub fn returning(self, return_to: &ReturnTarget) -> Self {
        let beside = match &self.first {
            First::Provider(identity) => {
                identity.groups().joined().len() + identity.session().len()
            }
            First::Password { .. } | First::Mailbox { .. } => 0,
        };
        let room = WITH_GROUPS_MAX_BYTES.saturating_sub(beside);
        let fits = return_to.within(room.min(RETURN_TARGET_MAX_BYTES));
        Self {
            return_target: fits.as_str().to_owned(),
            ..self
        }
    }

    /// The same, after the user's own change of factors, which made the revision grow by
    /// this much.
    #[must_use]
    pub fn after_changes(mut self, changes: u64) -> Self {
        if let First::Password { revision, .. } | First::Mailbox { revision } = &mut self.first {
            *revision = revision.saturating_add(changes);
        }
        self
    }

    /// Whose sign-in it is.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Where to go in the end, to be judged anew.
    #[must_use]
    pub fn return_target(&self) -> &str {
        &self.return_target
    }

    /// When the first step was made, in Unix seconds.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.expires.saturating_sub(PENDING_SECONDS)
    }

    /// When it is void, in Unix seconds.
    #[must_use]
    pub fn expires(&self) -> u64 {
        self.expires
    }

    /// By what it is known to the store, which lets it be used once.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.id).into()
    }

    /// Whether a user at this revision is as when the first step was made. After a
    /// provider's word it is looked up anew who it is.
    #[must_use]
    pub fn holds_at(&self, now: u64) -> bool {
        match &self.first {
            First::Password { revision, .. } | First::Mailbox { revision } => *revision == now,
            First::Provider(_) => true,
        }
    }

    /// What was proved.
    #[must_use]
    pub fn into_proof<S>(self) -> Proof<S> {
        match self.first {
            First::Password { email, revision } => {
                Proof::PasswordBefore(PasswordBefore::new(email, self.user_id, revision))
            }
            First::Provider(identity) => Proof::Provider(*identity),
            First::Mailbox { revision } => {
                Proof::MailedBefore(MailedBefore::new(self.user_id, revision))
            }
        }
    }

    /// The cookie's value.
    #[must_use]
    pub fn seal(&self, keys: &KeyRing) -> String {
        let Self {
            id,
            user_id,
            first,
            origin,
            return_target,
            expires,
        } = self.clone();
        let first = match first {
            First::Password { email, revision } => SealedFirst::Password {
                email: email.as_str().to_owned(),
                revision,
            },
            First::Provider(identity) => SealedFirst::Provider(identity.kept()),
            First::Mailbox { revision } => SealedFirst::Mailbox { revision },
        };
        let sealed = Sealed {
            id,
            user_id,
            first,
            origin,
            return_target,
            expires,
        };
        let payload = postcard::to_allocvec(&sealed).expect("texts and numbers serialise");
        keys.seal(PURPOSE, &payload)
    }

    /// The one of a cookie's value that was begun at this origin and is not void yet.
    #[must_use]
    pub fn open(value: &str, origin: &str, keys: &KeyRing, now: u64) -> Option<Self> {
        let payload = keys.open(PURPOSE, value)?;
        let sealed: Sealed = postcard::from_bytes(&payload).ok()?;
        let Sealed {
            id,
            user_id,
            first,
            origin: begun_at,
            return_target,
            expires,
        } = sealed;
        if begun_at != origin || now >= expires || expires > now.saturating_add(2 * PENDING_SECONDS)
        {
            return None;
        }
        let first = match first {
            SealedFirst::Password { email, revision } => First::Password {
                email: Email::parse(&email).ok()?,
                revision,
            },
            SealedFirst::Provider(kept) => {
                First::Provider(Box::new(ProviderIdentity::of_kept(kept)?))
            }
            SealedFirst::Mailbox { revision } => First::Mailbox { revision },
        };
        Some(Self {
            id,
            user_id,
            first,
            origin: begun_at,
            return_target,
            expires,
        })
    }
}

/// Whose, and no more.
impl fmt::Debug for Pending {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Pending")
            .field("user_id", &self.user_id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::ProviderId;
    use crate::provider_groups::ProviderGroups;

    const ORIGIN: &str = "https://app.example";
    const NOW: u64 = 1_000_000;

    fn keys(seed: u8) -> KeyRing {
        let bytes: [u8; 32] = core::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ seed);
        KeyRing::parse(&KeyRing::entry("k1", &bytes)).expect("a key")
    }

    fn pending() -> Pending {
        let email = Email::parse("ann@example.com").expect("an address");
        let target = ReturnTarget::parse("/board?x=1").expect("a path");
        Pending::by_password([7; 16], "ann".to_owned(), email, 3, ORIGIN, NOW).returning(&target)
    }

    fn opened(value: &str, now: u64) -> Option<Pending> {
        Pending::open(value, ORIGIN, &keys(1), now)
    }

    #[test]
    fn a_first_step_is_remembered_for_ten_minutes_at_its_origin() {
        let value = pending().seal(&keys(1));
        let found = opened(&value, NOW + 599).expect("ours");
        assert_eq!(
            (found.user_id(), found.return_target()),
            ("ann", "/board?x=1")
        );
        assert_eq!(found.digest(), pending().digest());
        assert_eq!((found.begun(), found.expires()), (NOW, NOW + 600));
        assert!(found.holds_at(3) && !found.holds_at(4) && !found.holds_at(2));
        assert!(found.after_changes(1).holds_at(4));
        assert!(opened(&value, NOW + 600).is_none(), "void");
        assert!(opened(&value, NOW - 1201).is_none(), "a clock set far back");
        assert!(Pending::open(&value, "https://other.example", &keys(1), NOW).is_none());
        assert!(Pending::open(&value, ORIGIN, &keys(2), NOW).is_none());
    }

    #[test]
    fn no_character_of_it_can_be_changed() {
        let value = pending().seal(&keys(1));
        for at in 0..value.len() {
            let mut bytes = value.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            assert!(opened(&changed, NOW).is_none(), "{at}");
        }
        let other = keys(1).seal("attempt", b"x");
        assert!(opened(&other, NOW).is_none(), "sealed for another purpose");
        assert!(opened("", NOW).is_none());
    }

    #[test]
    fn a_providers_word_comes_back_as_it_was() {
        let acme = ProviderId::parse("acme").expect("an id");
        let email = Email::parse("ann@example.com").ok();
        let identity = ProviderIdentity::new(acme, "17".to_owned(), email, true, None)
            .of_issuer(Some("https://acme.example".to_owned()))
            .in_groups(ProviderGroups::of_kept("acme:web,staff"))
            .asked_at(Some(NOW - 60))
            .in_session(Some("s-1".to_owned()));
        let pending =
            Pending::by_provider([8; 16], "ann".to_owned(), identity.clone(), ORIGIN, NOW);
        let found = opened(&pending.seal(&keys(1)), NOW).expect("ours");
        assert!(found.holds_at(9));
        match found.into_proof::<u32>() {
            Proof::Provider(again) => assert_eq!(again, identity),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_used_link_holds_for_the_user_as_it_left_them() {
        let pending = Pending::by_mail([9; 16], "ann".to_owned(), 4, ORIGIN, NOW);
        let found = opened(&pending.seal(&keys(1)), NOW).expect("ours");
        assert!(found.holds_at(4) && !found.holds_at(3) && !found.holds_at(5));
        match found.into_proof::<u32>() {
            Proof::MailedBefore(before) => assert!(before.is_of("ann", 4)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_fits_a_cookie_and_a_longer_return_target_is_given_up() {
        let long = format!("/{}", "a".repeat(2000));
        let target = ReturnTarget::parse(&long).expect("a path");
        assert_eq!(pending().returning(&target).return_target(), "/");
        let longest = format!("/{}", "a".repeat(1023));
        let target = ReturnTarget::parse(&longest).expect("a path");
        let email = Email::parse(&format!("{}@example.com", "a".repeat(64))).ok();
        let acme = ProviderId::parse("acme").expect("an id");
        let identity = ProviderIdentity::new(acme, "s".repeat(255), email, true, None)
            .of_issuer(Some(format!("https://{}.example", "a".repeat(60))));
        let begun = |identity| Pending::by_provider([8; 16], "a".repeat(36), identity, ORIGIN, NOW);
        let pending = begun(identity.clone()).returning(&target);
        assert_eq!(pending.return_target(), longest);
        assert!(pending.seal(&keys(1)).len() < 3500);

        // With as many groups as there may be, a shorter one still fits; with the longest
        // name of the provider's session, a short one.
        let identity = identity.in_groups(ProviderGroups::of_kept(&"g".repeat(1024)));
        let named = identity.clone().in_session(Some("s".repeat(255)));
        for (identity, length, fits) in [
            (&identity, 320, true),
            (&identity, 321, false),
            (&named, 65, true),
            (&named, 66, false),
        ] {
            let target = format!("/{}", "a".repeat(length - 1));
            let target = ReturnTarget::parse(&target).expect("a path");
            let pending = begun(identity.clone()).returning(&target);
            assert_eq!(pending.return_target() != "/", fits, "{length}");
            assert!(pending.seal(&keys(1)).len() < 3950);
        }
    }
}
