//! What has whoever signs in proved, and is it enough for a session?
//!
//! A proof is made by the check that it is the outcome of, and by nothing else: a
//! function that takes one cannot be called without the check. From a proof to a
//! session there is one way, the `auth` component's `complete`, and it goes by the
//! proof's `judge`. `S` is what was seen of an account when it was looked up; the
//! store acts only where that still holds.

use core::fmt;

use gatelet_webauthn::{Challenge, Verified};

use crate::derivation::Derivation;
use crate::email::Email;
use crate::identity::ProviderIdentity;
use crate::link_token::LinkToken;
use crate::mailed::proof::MailedProof;
use crate::name::DisplayName;
use crate::password::{NewPassword, PasswordCheck, SALT_BYTES, TypedPassword, is_usable};
use crate::second_factor::{Factors, Needed, SecondFactorPolicy, SecondProof, Sufficient, judge};

/// For how long after signing in somebody may change how people get into the account.
pub const RECENT_SECONDS: u64 = 600;

/// How far the clocks of two servers may be apart, in seconds.
const CLOCKS_APART_SECONDS: u64 = 60;

/// Whether somebody who signed in then may, both in Unix seconds. A time that is yet to
/// come is another clock's; one far ahead says nothing.
#[must_use]
pub const fn is_recent(auth_time: u64, now: u64) -> bool {
    now.saturating_sub(auth_time) < RECENT_SECONDS
        && auth_time.saturating_sub(now) <= CLOCKS_APART_SECONDS
}

/// What one check has proved.
#[derive(Debug)]
pub enum Proof<S> {
    /// The password of an account was typed.
    Password(PasswordProof<S>),
    /// It was typed in the first step of this sign-in.
    PasswordBefore(PasswordBefore),
    /// A passkey has signed.
    Passkey(PasskeyProof<S>),
    /// A provider said who it is: the callback was this browser's, its code was
    /// exchanged, and what came of it was verified.
    Provider(ProviderIdentity),
    /// Somebody chose a password for an account that is yet to be made.
    Registration(Registration),
    /// A link that was mailed was opened, or the code beside it typed.
    Mailed(MailedProof),
    /// That was so in the first step of this sign-in.
    MailedBefore(MailedBefore),
}

/// An account with a password, as it was looked up.
#[derive(Clone)]
pub struct PasswordAccount<S> {
    /// What was seen of it.
    pub seen: S,
    /// PHC string.
    pub hash: String,
}

impl<S> PasswordAccount<S> {
    /// Whether anything can be checked against its hash. One that was written by others
    /// may ask for more memory than there is, or be of another kind.
    #[must_use]
    pub fn is_checkable(&self) -> bool {
        is_usable(&self.hash)
    }
}

/// Proof that the password of the account with this address was typed. Only
/// [`PasswordProof::check`] makes one.
#[derive(Debug)]
pub struct PasswordProof<S> {
    email: Email,
    typed: TypedPassword,
    account: PasswordAccount<S>,
    outdated: bool,
}

/// Whether a proof still holds.
#[derive(Debug)]
pub enum Again<S> {
    /// It does.
    Holds(PasswordProof<S>),
    /// What was typed is to be checked against another hash.
    Check(Derivation<Option<PasswordProof<S>>>),
}

impl<S: 'static> PasswordProof<S> {
    /// Checks what was typed against the account of this address. Where there is
    /// none, it does the same work to say so.
    pub fn check(
        email: Email,
        typed: TypedPassword,
        account: Option<PasswordAccount<S>>,
    ) -> Derivation<Option<Self>> {
        let stored = account.as_ref().map(|account| account.hash.as_str());
        typed.check(stored).map(move |checked| {
            let outdated = match checked {
                PasswordCheck::Wrong => return None,
                PasswordCheck::Right => false,
                PasswordCheck::RightButOutdated => true,
            };
            Some(Self {
                email,
                typed,
                account: account?,
                outdated,
            })
        })
    }

    /// The same against the account as it is now. What was checked once is not
    /// checked again.
    #[must_use]
    pub fn again(self, account: Option<PasswordAccount<S>>) -> Again<S> {
        match account {
            Some(account) if account.hash == self.account.hash => {
                Again::Holds(Self { account, ..self })
            }
            account => Again::Check(Self::check(self.email, self.typed, account)),
        }
    }

    /// Whose password it is.
    #[must_use]
    pub fn email(&self) -> &Email {
        &self.email
    }

    /// The account as it was looked up.
    #[must_use]
    pub fn account(&self) -> &PasswordAccount<S> {
        &self.account
    }

    /// The PHC string to store in place of one with outdated parameters, out of a
    /// fresh random salt; None where they are today's.
    #[must_use]
    pub fn renewed(&self, salt: impl FnOnce() -> [u8; SALT_BYTES]) -> Option<Derivation<String>> {
        self.outdated.then(|| self.typed.rehash(salt()))
    }
}

/// Proof that name, address and password of a new account will do. Only
/// [`Registration::new`] makes one.
pub struct Registration {
    name: DisplayName,
    email: Email,
    hash: String,
    invitation: Option<LinkToken>,
}

impl Registration {
    /// Of what was parsed, and a fresh random salt. Takes some 20 ms and 19 MiB,
    /// whether the address is free or not.
    pub fn new(
        name: DisplayName,
        email: Email,
        password: &NewPassword,
        salt: [u8; SALT_BYTES],
    ) -> Derivation<Self> {
        let hash = password.hash(salt);
        hash.map(|hash| Self {
            name,
            email,
            hash,
            invitation: None,
        })
    }

    /// The same by an invitation, which is the store's to judge.
    #[must_use]
    pub fn invited(self, invitation: LinkToken) -> Self {
        Self {
            invitation: Some(invitation),
            ..self
        }
    }

    /// By which invitation, where it is by one.
    #[must_use]
    pub fn invitation(&self) -> Option<&LinkToken> {
        self.invitation.as_ref()
    }

    /// What the user is to be called.
    #[must_use]
    pub fn name(&self) -> &DisplayName {
        &self.name
    }

    /// The address, which nobody has verified.
    #[must_use]
    pub fn email(&self) -> &Email {
        &self.email
    }

    /// PHC string.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// The password was right in the first step of this sign-in. Only what
/// [`crate::pending::Pending`] has opened makes one.
#[derive(Debug)]
pub struct PasswordBefore {
    email: Email,
    user_id: String,
    revision: u64,
}

impl PasswordBefore {
    pub(crate) fn new(email: Email, user_id: String, revision: u64) -> Self {
        Self {
            email,
            user_id,
            revision,
        }
    }

    /// Whose password it was.
    #[must_use]
    pub fn email(&self) -> &Email {
        &self.email
    }

    /// Whether this is the user, as it was then: what is a way in for them has not
    /// changed since.
    #[must_use]
    pub fn is_of(&self, user_id: &str, revision: u64) -> bool {
        self.user_id == user_id && self.revision == revision
    }
}

/// A link that was mailed was used in the first step of this sign-in. Only what
/// [`crate::pending::Pending`] has opened makes one.
#[derive(Debug)]
pub struct MailedBefore {
    user_id: String,
    revision: u64,
}

impl MailedBefore {
    pub(crate) fn new(user_id: String, revision: u64) -> Self {
        Self { user_id, revision }
    }

    /// Whose mailbox it was.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// As [`PasswordBefore::is_of`].
    #[must_use]
    pub fn is_of(&self, user_id: &str, revision: u64) -> bool {
        self.user_id == user_id && self.revision == revision
    }

    /// Judges whether this is enough for a session.
    pub fn judge(&self, beside: Beside<'_>) -> Result<Sufficient, Needed> {
        beside.judge(MAILBOX)
    }
}

impl MailedProof {
    /// Judges whether this is enough for a session.
    pub fn judge(&self, beside: Beside<'_>) -> Result<Sufficient, Needed> {
        beside.judge(MAILBOX)
    }
}

/// For a mailbox RFC 8176 has no value: `otp` is a generator's (RFC 4226, RFC 6238), and a
/// rule that asks for a second factor by it must not take a letter for one.
const MAILBOX: &str = "email";

/// A passkey of a user has signed, and has checked who holds it. Only
/// [`PasskeyProof::new`] makes one. It may have been shown before, by a copy too: what it signed
/// is used up with the session that begins on it, or before anything else is answered.
#[derive(Debug)]
pub struct PasskeyProof<S> {
    seen: S,
    id: String,
    signed: Verified,
    challenge: Challenge,
}

impl<S> PasskeyProof<S> {
    /// Of the user as seen, of the credential, and of what it was asked to sign. None where
    /// nobody was asked who they are.
    #[must_use]
    pub fn new(seen: S, id: String, signed: Verified, challenge: Challenge) -> Option<Self> {
        signed.user_verified.then_some(Self {
            seen,
            id,
            signed,
            challenge,
        })
    }

    /// The user, as seen.
    #[must_use]
    pub fn seen(&self) -> &S {
        &self.seen
    }

    /// The credential's id in base64url.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What its authenticator says.
    #[must_use]
    pub fn signed(&self) -> &Verified {
        &self.signed
    }

    /// What it was asked to sign.
    #[must_use]
    pub fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// Enough for a session by itself.
    #[must_use]
    pub fn judge(&self) -> Sufficient {
        Sufficient::by_passkey(self.signed.backup_eligible)
    }
}

/// What each proof is judged with: whom it is about, what they have, what the origin
/// asks for, and what was proved beside it.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Of the user that the proof is about.
    pub user_id: &'a str,
    /// What that user has; nothing where it is yet to be made.
    pub factors: Factors,
    /// What the origin asks for.
    pub policy: SecondFactorPolicy,
    /// What was proved in a second step.
    pub second: Option<&'a SecondProof>,
}

impl Beside<'_> {
    fn judge(self, first: &str) -> Result<Sufficient, Needed> {
        let Self {
            user_id,
            factors,
            policy,
            second,
        } = self;
        judge(first, user_id, factors, policy, second)
    }
}

impl<S> PasswordProof<S> {
    /// Judges whether this is enough for a session.
    pub fn judge(&self, beside: Beside<'_>) -> Result<Sufficient, Needed> {
        beside.judge("pwd")
    }
}

impl PasswordBefore {
    /// Judges whether this is enough for a session.
    pub fn judge(&self, beside: Beside<'_>) -> Result<Sufficient, Needed> {
        beside.judge("pwd")
    }
}

impl Registration {
    /// Judges whether this is enough for a session.
    pub fn judge(&self, beside: Beside<'_>) -> Result<Sufficient, Needed> {
        beside.judge("pwd")
    }
}

impl ProviderIdentity {
    /// Judges whether this is enough for a session. What the provider asked for is none
    /// of RFC 8176's values: `fed` says that it was another's to ask.
    pub fn judge(&self, beside: Beside<'_>) -> Result<Sufficient, Needed> {
        beside.judge("fed")
    }
}

/// Without the hash.
impl<S: fmt::Debug> fmt::Debug for PasswordAccount<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seen, hash: _ } = self;
        write!(out, "PasswordAccount({seen:?})")
    }
}

/// Without the hash.
impl fmt::Debug for Registration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            email,
            hash: _,
            invitation: _,
        } = self;
        write!(out, "Registration({name:?}, {email:?})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::ProviderId;
    use crate::tests::outdated_hash;

    const SALT: [u8; SALT_BYTES] = [7; SALT_BYTES];

    fn ann() -> Email {
        Email::parse("ann@example.com").expect("an address")
    }

    fn account(seen: u32, password: &str, salt: [u8; SALT_BYTES]) -> PasswordAccount<u32> {
        let password = NewPassword::parse(password, &ann(), "").expect("good");
        PasswordAccount {
            seen,
            hash: password.hash(salt).here().expect("affordable"),
        }
    }

    fn check(typed: &str, account: Option<PasswordAccount<u32>>) -> Option<PasswordProof<u32>> {
        let checked = PasswordProof::check(ann(), TypedPassword::new(typed), account);
        checked.here().expect("affordable")
    }

    #[test]
    fn only_the_accounts_own_password_proves_anything() {
        let proof = check("vqmzkhrt", Some(account(1, "vqmzkhrt", SALT))).expect("right");
        assert_eq!((proof.account().seen, proof.email()), (1, &ann()));
        assert!(proof.renewed(|| SALT).is_none(), "today's parameters");
        assert!(check("vqmzkhru", Some(account(1, "vqmzkhrt", SALT))).is_none());
        assert!(check("", Some(account(1, "vqmzkhrt", SALT))).is_none());
        assert!(check("vqmzkhrt", None).is_none(), "nobody");
    }

    /// What is to be computed is all that costs: once each, and as much each.
    #[test]
    fn whether_there_is_an_account_changes_nothing_about_the_work() {
        let typed = || TypedPassword::new("vqmzkhru");
        let known = PasswordProof::check(ann(), typed(), Some(account(1, "vqmzkhrt", SALT)));
        let nobodys = PasswordProof::<u32>::check(ann(), typed(), None);
        let cost =
            |work: &gatelet_hashing::Work| (work.means().clone(), work.salt().len(), work.length());
        assert_eq!(cost(known.work()), cost(nobodys.work()));
    }

    #[test]
    fn a_hash_that_nothing_can_be_checked_against_proves_nothing_and_is_told() {
        for hash in [
            "$2b$12$abcdefghijklmnopqrstuv",
            "$argon2id$v=19$m=262144,t=3,p=1$BwcHBwcHBwcHBwcHBwcHBw$7iLTzjUBMOWIpAfWiE0oYBNVPLhx0NaDHSFVwPzyqqE",
        ] {
            let hash = hash.to_owned();
            let account = PasswordAccount { seen: 1, hash };
            assert!(!account.is_checkable());
            assert!(check("vqmzkhrt", Some(account)).is_none());
        }
        assert!(account(1, "vqmzkhrt", SALT).is_checkable());
    }

    #[test]
    fn a_proof_holds_for_the_account_as_it_is_now_or_not_at_all() {
        let proof = || check("vqmzkhrt", Some(account(1, "vqmzkhrt", SALT))).expect("right");
        let again = |account| {
            let proof = match proof().again(account) {
                Again::Holds(proof) => Some(proof),
                Again::Check(checking) => checking.here().expect("affordable"),
            };
            proof.map(|proof| proof.account().seen)
        };
        assert_eq!(
            again(Some(account(2, "vqmzkhrt", SALT))),
            Some(2),
            "as it was"
        );
        let rehashed = account(3, "vqmzkhrt", [8; SALT_BYTES]);
        assert_eq!(again(Some(rehashed)), Some(3), "the same, hashed anew");
        assert_eq!(again(Some(account(4, "wxnalisu", SALT))), None, "changed");
        assert_eq!(again(None), None, "gone");
        let holds = |salt| proof().again(Some(account(5, "vqmzkhrt", salt)));
        assert!(
            matches!(holds(SALT), Again::Holds(_)),
            "no work is done twice"
        );
        assert!(matches!(holds([8; SALT_BYTES]), Again::Check(_)));
    }

    #[test]
    fn a_hash_with_outdated_parameters_is_renewed() {
        let hash = outdated_hash("vqmzkhrt");
        let proof = check("vqmzkhrt", Some(PasswordAccount { seen: 1, hash })).expect("right");
        let renewed = proof.renewed(|| SALT).expect("outdated");
        let renewed = renewed.here().expect("affordable");
        assert_eq!(renewed, account(1, "vqmzkhrt", SALT).hash);
    }

    #[test]
    fn a_registration_has_the_hash_that_is_stored() {
        let password = NewPassword::parse("vqmzkhrt", &ann(), "").expect("good");
        let name = DisplayName::parse("Ann").expect("a name");
        let registration = Registration::new(name.clone(), ann(), &password, SALT);
        let registration = registration.here().expect("affordable");
        assert_eq!(registration.hash(), account(1, "vqmzkhrt", SALT).hash);
        assert_eq!((registration.name(), registration.email()), (&name, &ann()));
    }

    #[test]
    fn debug_shows_no_hash() {
        let account = account(1, "vqmzkhrt", SALT);
        let proof = check("vqmzkhrt", Some(account.clone())).expect("right");
        let name = DisplayName::parse("Ann").expect("a name");
        let registration = Registration {
            name,
            email: ann(),
            hash: account.hash,
            invitation: None,
        };
        let shown = format!("{proof:?} {registration:?}");
        assert!(
            shown.contains("PasswordAccount(1)") && shown.contains("Registration("),
            "{shown}"
        );
        assert!(
            !shown.contains("argon2") && !shown.contains("vqmzkhrt"),
            "{shown}"
        );
    }

    #[test]
    fn every_proof_says_by_which_method_and_needs_a_second_of_whoever_has_one() {
        let password = check("vqmzkhrt", Some(account(1, "vqmzkhrt", SALT))).expect("right");
        let chosen = NewPassword::parse("vqmzkhrt", &ann(), "").expect("good");
        let name = DisplayName::parse("Ann").expect("a name");
        let registration = Registration::new(name, ann(), &chosen, SALT);
        let registration = registration.here().expect("affordable");
        let acme = ProviderId::parse("acme").expect("an id");
        let identity = ProviderIdentity::new(acme, "1".to_owned(), None, false, None);
        let before = PasswordBefore::new(ann(), "ann".to_owned(), 1);
        let judged = |authenticator, second: Option<&SecondProof>| {
            let factors = Factors {
                authenticator,
                passkeys: 0,
            };
            let beside = Beside {
                user_id: "ann",
                factors,
                policy: SecondFactorPolicy::Optional,
                second,
            };
            let methods = |judged: Result<Sufficient, Needed>| {
                judged.map(|sufficient| sufficient.methods().to_owned())
            };
            [
                methods(password.judge(beside)),
                methods(before.judge(beside)),
                methods(registration.judge(beside)),
                methods(identity.judge(beside)),
            ]
        };
        let all = |texts: [&str; 4]| texts.map(|text| Ok(text.to_owned()));
        assert_eq!(judged(false, None), all(["pwd", "pwd", "pwd", "fed"]));
        assert_eq!(judged(true, None), [const { Err(Needed::SecondFactor) }; 4]);
        let code = SecondProof::code("ann".to_owned());
        let both = ["pwd otp mfa", "pwd otp mfa", "pwd otp mfa", "fed otp mfa"];
        assert_eq!(judged(true, Some(&code)), all(both));
    }

    #[test]
    fn a_password_of_before_is_of_its_user_as_it_was() {
        let before = PasswordBefore::new(ann(), "ann".to_owned(), 7);
        assert!(before.is_of("ann", 7));
        assert!(!before.is_of("ann", 8) && !before.is_of("ann", 6) && !before.is_of("bob", 7));
    }

    #[test]
    fn a_sign_in_is_recent_for_ten_minutes() {
        for (auth_time, recent) in [
            (1000, true),
            (401, true),
            (400, false),
            (0, false),
            (1060, true),
            (1061, false),
        ] {
            assert_eq!(is_recent(auth_time, 1000), recent, "{auth_time}");
        }
    }
}
