//! What is written down of what people and operators do? A closed set of acts. Of
//! whoever did it there is the id, of what it was about one word of ours: no address,
//! no secret, nothing that a visitor typed.

use core::fmt;
use std::net::IpAddr;

use sha2::{Digest as _, Sha256};

use crate::user_id::UserId;

macro_rules! acts {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $outcome:ident;)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Act { $($(#[$meta])* $variant,)* }

        impl Act {
            /// Every act, for documentation, tools and tests.
            pub const ALL: &'static [Act] = &[$(Act::$variant),*];

            /// The stable text: `session.begun`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Act::$variant => $text),* }
            }

            /// How it went.
            #[must_use]
            pub const fn outcome(self) -> Outcome {
                match self { $(Act::$variant => Outcome::$outcome),* }
            }
        }
    };
}

/// How an act went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done: a row each.
    Done,
    /// It was refused: counted, a row for many.
    Refused,
}

acts! {
    /// Somebody signed in; how stands beside it.
    SessionBegun = "session.begun", Done;
    /// Somebody signed out.
    SessionEnded = "session.ended", Done;
    /// One session of a user's was ended from elsewhere.
    SessionRevoked = "session.revoked", Done;
    /// All sessions of a user's were ended, or all but the one that asked.
    SessionsRevoked = "sessions.revoked", Done;
    /// A provider said that its own session is over: what began by it ended.
    SessionsOver = "sessions.over", Done;
    /// The password or the user was wrong.
    CredentialsWrong = "credentials.wrong", Refused;
    /// The shared passphrase was wrong.
    PassphraseWrong = "passphrase.wrong", Refused;
    /// A sign-in was refused, for the reason beside it.
    SignInRefused = "sign_in.refused", Refused;
    /// Somebody signed in rightly whom an operator has switched off.
    AccountDisabled = "account.disabled", Refused;
    /// Too often wrong: nobody is let in for a while.
    AccountLocked = "account.locked", Refused;
    /// More was asked than is allowed.
    Limited = "request.limited", Refused;
    /// The known device or the new one that somebody signed in from.
    DeviceNew = "device.new", Done;
    /// An account was made.
    AccountCreated = "account.created", Done;
    /// Somebody wanted an account for an address that has one.
    EmailTaken = "account.email_taken", Refused;
    /// An account came from elsewhere.
    AccountImported = "account.imported", Done;
    /// A provider's account was linked.
    AccountLinked = "account.linked", Done;
    /// A provider's account was taken away.
    AccountUnlinked = "account.unlinked", Done;
    /// Somebody proved the address that another had, and has it now.
    EmailReclaimed = "account.email_reclaimed", Done;
    /// Name or other things that are shown were changed.
    ProfileChanged = "account.profile_changed", Done;
    /// The account is to go after a while.
    DeletionAsked = "account.deletion_asked", Done;
    /// It is not, after all.
    DeletionWithdrawn = "account.deletion_withdrawn", Done;
    /// The account is gone.
    AccountDeleted = "account.deleted", Done;
    /// All that is kept of somebody was handed out.
    AccountExported = "account.exported", Done;
    /// An operator switched an account off.
    AccountSwitchedOff = "account.switched_off", Done;
    /// An operator switched it on again.
    AccountSwitchedOn = "account.switched_on", Done;
    /// A lock was opened before its time.
    AccountUnlocked = "account.unlocked", Done;
    /// The address was changed.
    EmailChanged = "email.changed", Done;
    /// The address was proved.
    EmailVerified = "email.verified", Done;
    /// A password was changed by whoever knew it.
    PasswordChanged = "password.changed", Done;
    /// A password was set anew by a letter or an operator.
    PasswordReset = "password.reset", Done;
    /// A password was taken away by whoever has another way in.
    PasswordRemoved = "password.removed", Done;
    /// A letter with a link was asked for.
    LinkSent = "link.sent", Done;
    /// An operator made a link, for what stands beside it, to hand it on.
    LinkMade = "link.made", Done;
    /// A link was good for nothing.
    LinkRefused = "link.refused", Refused;
    /// A second factor was set up.
    FactorAdded = "factor.added", Done;
    /// A second factor was taken away.
    FactorRemoved = "factor.removed", Done;
    /// A second factor was wrong.
    FactorWrong = "factor.wrong", Refused;
    /// A recovery code was used.
    RecoveryCodeUsed = "recovery_code.used", Done;
    /// New recovery codes were made.
    RecoveryCodesMade = "recovery_codes.made", Done;
    /// An operator took all second factors away.
    FactorsReset = "factors.reset", Done;
    /// Somebody proved anew who they are.
    StepUp = "step_up.done", Done;
    /// A personal access token was made.
    TokenMade = "token.made", Done;
    /// A personal access token was taken back.
    TokenRevoked = "token.revoked", Done;
    /// A provider takes its own tokens no more: what came through its account ended.
    ProviderTokensEnded = "provider_tokens.ended", Done;
    /// A provider's tokens went from an account, and it was told so.
    ProviderTokensRevoked = "provider_tokens.revoked", Done;
    /// Somebody was invited.
    InvitationMade = "invitation.made", Done;
    /// An invitation was taken up.
    InvitationUsed = "invitation.used", Done;
    /// An invitation was taken back.
    InvitationRevoked = "invitation.revoked", Done;
    /// An operator switched login on at an origin.
    LoginSwitchedOn = "login.switched_on", Done;
    /// An operator switched login off at an origin.
    LoginSwitchedOff = "login.switched_off", Done;
    /// A group was made.
    GroupCreated = "group.created", Done;
    /// A group is gone.
    GroupDeleted = "group.deleted", Done;
    /// Somebody came into a group.
    GroupJoined = "group.joined", Done;
    /// Somebody left a group.
    GroupLeft = "group.left", Done;
    /// An app was granted.
    AppGranted = "app.granted", Done;
    /// An app was granted no longer.
    AppRevoked = "app.revoked", Done;
    /// A secret was asked for: a link to enter it was made.
    SecretRequested = "secret.requested", Done;
    /// A secret was entered that was not there.
    SecretEntered = "secret.entered", Done;
    /// A secret was entered in place of an older value.
    SecretRotated = "secret.rotated", Done;
    /// A secret could not be entered by a link, for the reason beside it.
    SecretEntryRefused = "secret.entry_refused", Refused;
    /// A secret was deleted.
    SecretDeleted = "secret.deleted", Done;
    /// A secret was given to an application.
    SecretBound = "secret.bound", Done;
    /// Secrets were handed to an application that starts, or to our own settings.
    SecretRevealed = "secret.revealed", Done;
    /// Variables of an application were set.
    VariablesSet = "variables.set", Done;
    /// Variables of an application were deleted.
    VariablesDeleted = "variables.deleted", Done;
    /// An application was given the secrets that its project declares.
    ProjectReconciled = "project.reconciled", Done;
    /// An application was written down by hand.
    ApplicationAdded = "application.added", Done;
    /// An application was taken away, with its variables.
    ApplicationRemoved = "application.removed", Done;
    /// All that is sealed was sealed under the first key.
    VaultRekeyed = "vault.rekeyed", Done;
}

impl Act {
    /// The act of this text.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|act| act.as_str() == text)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What an act was about, beside the user: a provider's id, a reason's code, a group,
/// an app. One word, which no address is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target(String);

/// Longest word: an application's id, a colon, and a key of its environment.
const TARGET_MAX_BYTES: usize = 63 + 1 + 128;

impl Target {
    /// What is no such word is not written down.
    #[must_use]
    pub fn new(word: &str) -> Self {
        let is_word = word.len() <= TARGET_MAX_BYTES
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte));
        Self(if is_word { word } else { "unprintable" }.to_owned())
    }

    /// The word; empty where there is none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub act: Act,
    /// To which user, or by which; empty where nobody knows.
    pub user_id: String,
    /// What it was about.
    pub target: Target,
}

impl Event {
    /// Of a user.
    #[must_use]
    pub fn of(act: Act, user_id: &str) -> Self {
        Self {
            act,
            user_id: user_id.to_owned(),
            target: Target::default(),
        }
    }

    /// Of nobody known.
    #[must_use]
    pub fn of_nobody(act: Act) -> Self {
        Self::of(act, "")
    }

    /// About something.
    #[must_use]
    pub fn about(self, word: &str) -> Self {
        Self {
            target: Target::new(word),
            ..self
        }
    }

    /// For a line of the log.
    #[must_use]
    pub fn detail(&self) -> String {
        let Self {
            act: _,
            user_id,
            target: Target(target),
        } = self;
        match (user_id.as_str(), target.as_str()) {
            ("", "") => String::new(),
            ("", target) => target.to_owned(),
            (user, "") => format!("user {user}"),
            (user, target) => format!("user {user} {target}"),
        }
    }
}

/// Seconds for which refusals of one kind are counted in one row.
const COUNTED_SECONDS: u64 = 3_600;
/// Rows of one kind and hour, whatever the addresses: a flood fills no table.
const LANES: u8 = 16;

/// The id of the row that an event is written into. What was done has one of its own.
/// Refusals of one kind (the same act, reason, user and origin) within one hour share
/// sixteen, by the visitor's network; the row says how many and who was last.
#[must_use]
pub fn row_id(
    event: &Event,
    origin: &str,
    address: Option<IpAddr>,
    now: u64,
    random: [u8; 16],
) -> UserId {
    match event.act.outcome() {
        Outcome::Done => UserId::from_random(random),
        Outcome::Refused => {
            let mut hash = Sha256::new();
            let hour = (now / COUNTED_SECONDS).to_be_bytes();
            let parts = [
                event.act.as_str().as_bytes(),
                event.target.as_str().as_bytes(),
                event.user_id.as_bytes(),
                origin.as_bytes(),
                &hour,
                &[lane(address)],
            ];
            for part in parts {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
            let digest: [u8; 32] = hash.finalize().into();
            let (head, _) = digest.split_first_chunk().expect("32 bytes begin with 16");
            UserId::from_random(*head)
        }
    }
}

/// Whoever has an IPv6 address has as many as they like in its /64.
fn lane(address: Option<IpAddr>) -> u8 {
    let mixed = |bytes: &[u8]| bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    match address {
        Some(IpAddr::V4(address)) => mixed(&address.octets()) % LANES,
        Some(IpAddr::V6(address)) => mixed(&address.octets()[..8]) % LANES,
        None => 0,
    }
}

/// As much of a `User-Agent` as is written down.
const USER_AGENT_MAX_CHARACTERS: usize = 200;

/// A `User-Agent` as it is written down: cut, and what is not printable left out.
#[must_use]
pub fn user_agent(field: &str) -> String {
    field
        .chars()
        .filter(|c| !gatelet_core::printable::is_unprintable(*c))
        .take(USER_AGENT_MAX_CHARACTERS)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn address(number: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(number.into()))
    }

    #[test]
    fn every_act_has_a_text_of_its_own_and_is_found_by_it() {
        let texts: BTreeSet<_> = Act::ALL.iter().map(|act| act.as_str()).collect();
        assert_eq!(texts.len(), Act::ALL.len());
        for act in Act::ALL {
            assert_eq!(Act::named(act.as_str()), Some(*act));
            assert_eq!(Target::new(act.as_str()).as_str(), act.as_str());
        }
        assert_eq!(Act::named("session.Begun"), None);
    }

    #[test]
    fn no_address_and_nothing_that_was_typed_is_a_target() {
        let longest = format!("{}:{}", "a".repeat(63), "A".repeat(128));
        for word in ["google", "oauth.state_mismatch", "team:eu-1", "", &longest] {
            assert_eq!(Target::new(word).as_str(), word);
        }
        let long = "x".repeat(193);
        for word in ["ann@example.com", "a b", "a\nb", "ä", "\"", &long] {
            assert_eq!(Target::new(word).as_str(), "unprintable", "{word:?}");
        }
    }

    #[test]
    fn refusals_of_one_kind_share_sixteen_rows_an_hour_whatever_the_addresses() {
        let event = Event::of(Act::CredentialsWrong, "ann");
        let mut random = 0u128;
        let mut id = |event: &Event, origin: &str, from, now| {
            random += 1;
            row_id(event, origin, from, now, random.to_be_bytes())
        };
        let ids: BTreeSet<_> = (0..10_000)
            .map(|n| {
                id(
                    &event,
                    "https://a.example",
                    address(n),
                    7_200 + u64::from(n) % 3_600,
                )
            })
            .collect();
        assert_eq!(ids.len(), 16);
        let first = id(&event, "https://a.example", address(1), 7_200);
        for (other, origin, now) in [
            (event.clone(), "https://a.example", 10_800),
            (event.clone(), "https://b.example", 7_200),
            (
                Event::of(Act::CredentialsWrong, "bob"),
                "https://a.example",
                7_200,
            ),
            (
                Event::of(Act::FactorWrong, "ann"),
                "https://a.example",
                7_200,
            ),
            (event.clone().about("x"), "https://a.example", 7_200),
        ] {
            assert_ne!(id(&other, origin, address(1), now), first, "{other:?}");
        }
        let done = Event::of(Act::SessionBegun, "ann");
        let ids: BTreeSet<_> = (0..100)
            .map(|_| id(&done, "https://a.example", address(1), 7_200))
            .collect();
        assert_eq!(ids.len(), 100, "what was done has a row of its own");
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let event = Event::of_nobody(Act::CredentialsWrong);
        let id = |text: &str| row_id(&event, "", Some(text.parse().expect(text)), 0, [0; 16]);
        assert_eq!(id("2001:db8::1"), id("2001:db8::2:3:4:5"));
        assert_ne!(id("2001:db8::1"), id("2001:db8:0:1::1"));
    }

    #[test]
    fn a_user_agent_is_cut_and_printable() {
        assert_eq!(user_agent("Mozilla/5.0 (X11)"), "Mozilla/5.0 (X11)");
        assert_eq!(user_agent("a\r\nb\u{202e}c"), "abc");
        assert_eq!(user_agent(&"ä".repeat(500)).chars().count(), 200);
    }
}
