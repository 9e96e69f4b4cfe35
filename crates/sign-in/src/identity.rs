//! Who is this, says the provider? What every kind of provider boils down to.

use serde::{Deserialize, Serialize};

use crate::email::Email;
use crate::id_token::CLOCK_SKEW_SECONDS;
use crate::name::DisplayName;
use crate::provider::ProviderId;
use crate::provider_groups::ProviderGroups;
use crate::refusal::{Refusal, RefusalCode};
use gatelet_core::secret::Secret;

/// Longest subject, in bytes: OpenID Connect Core 1.0 §2 allows 255 ASCII
/// characters.
pub const SUBJECT_MAX_BYTES: usize = 255;

/// An account at a provider, as the provider itself said it over a channel that
/// was verified: made by [`crate::id_token`] and [`crate::github`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderIdentity {
    provider: ProviderId,
    issuer: Option<String>,
    subject: String,
    email: Option<Email>,
    email_verified: bool,
    name: Option<DisplayName>,
    email_refusal: Option<Refusal>,
    groups: ProviderGroups,
    asked_at: Option<u64>,
    session: Option<String>,
}

/// An identity between two steps of a sign-in.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptIdentity {
    provider: String,
    issuer: Option<String>,
    subject: String,
    email: Option<String>,
    email_verified: bool,
    name: Option<String>,
    email_is_unknown: bool,
    groups: String,
    asked_at: Option<u64>,
    session: Option<String>,
}

impl ProviderIdentity {
    pub(crate) fn kept(&self) -> KeptIdentity {
        KeptIdentity {
            provider: self.provider.as_str().to_owned(),
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            email: self.email.as_ref().map(|email| email.as_str().to_owned()),
            email_verified: self.email_verified,
            name: self.name.as_ref().map(|name| name.as_str().to_owned()),
            email_is_unknown: self.email_is_unknown(),
            groups: self.groups.joined(),
            asked_at: self.asked_at,
            session: self.session.clone(),
        }
    }

    /// Of what we kept ourselves.
    pub(crate) fn of_kept(kept: KeptIdentity) -> Option<Self> {
        let provider = ProviderId::parse(&kept.provider)?;
        let email = match &kept.email {
            Some(email) => Some(Email::parse(email).ok()?),
            None => None,
        };
        let name = kept.name.as_deref().and_then(DisplayName::from_provider);
        let unknown = kept
            .email_is_unknown
            .then(|| Refusal::new(RefusalCode::ProviderUnreachable, "in the first step"));
        let identity = Self::new(provider, kept.subject, email, kept.email_verified, name);
        let identity = identity.of_issuer(kept.issuer).without_email(unknown);
        let identity = identity.in_groups(ProviderGroups::of_kept(&kept.groups));
        Some(identity.asked_at(kept.asked_at).in_session(kept.session))
    }

    pub(super) fn new(
        provider: ProviderId,
        subject: String,
        email: Option<Email>,
        email_verified: bool,
        name: Option<DisplayName>,
    ) -> Self {
        // "Verified" is about an address; without one it means nothing.
        let email_verified = email_verified && email.is_some();
        Self {
            provider,
            issuer: None,
            subject,
            email,
            email_verified,
            name,
            email_refusal: None,
            groups: ProviderGroups::default(),
            asked_at: None,
            session: None,
        }
    }

    /// The same, of an issuer of its own: one tenant's, where the provider is of many.
    #[must_use]
    pub(super) fn of_issuer(self, issuer: Option<String>) -> Self {
        Self { issuer, ..self }
    }

    /// The same, and why there is no address, where that is known.
    #[must_use]
    pub(super) fn without_email(self, email_refusal: Option<Refusal>) -> Self {
        Self {
            email_refusal,
            ..self
        }
    }

    /// The same, in these groups.
    #[must_use]
    pub(super) fn in_groups(self, groups: ProviderGroups) -> Self {
        Self { groups, ..self }
    }

    /// The same, of whom the provider asked for a proof then, in Unix seconds.
    #[must_use]
    pub(super) fn asked_at(self, asked_at: Option<u64>) -> Self {
        Self { asked_at, ..self }
    }

    /// The same, in a session of the provider's that it calls so.
    #[must_use]
    pub(super) fn in_session(self, session: Option<String>) -> Self {
        Self { session, ..self }
    }

    /// The same, by the name that came beside the code, where the provider says none
    /// elsewhere. Nobody has verified it; nor has anybody a name that is typed.
    #[must_use]
    pub fn or_called(self, unverified_user: Option<&Secret>) -> Self {
        let name = self.name.clone();
        let name = name.or_else(|| unverified_name(unverified_user?.expose()));
        Self { name, ..self }
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// The issuer, where it is another than the provider's configured one.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The account's name at the provider: stable, never reassigned, never shown.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The address, where the provider gave one that can be used.
    #[must_use]
    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// Why there is no address, or none that counts, for somebody who needs one.
    #[must_use]
    pub fn email_refusal(&self) -> Refusal {
        self.email_refusal.clone().unwrap_or_else(|| {
            let detail = format!("provider {}", self.provider);
            Refusal::new(RefusalCode::EmailMissing, detail)
        })
    }

    /// Whether the provider failed when it was asked for the address, or whether that is
    /// verified: then it says nothing either way. One that refuses to tell says that it has
    /// none.
    #[must_use]
    pub fn email_is_unknown(&self) -> bool {
        let failed = |refusal: &Refusal| refusal.code != RefusalCode::EmailMissing;
        self.email_refusal.as_ref().is_some_and(failed)
    }

    /// Whether the provider vouches for the address: says that it is the person's now.
    #[must_use]
    pub fn email_verified(&self) -> bool {
        self.email_verified
    }

    /// The display name, where the provider gave one.
    #[must_use]
    pub fn name(&self) -> Option<&DisplayName> {
        self.name.as_ref()
    }

    /// The groups that the provider named.
    #[must_use]
    pub fn groups(&self) -> &ProviderGroups {
        &self.groups
    }

    /// When it was proved who it is, in Unix seconds: when the provider asked last, which
    /// may be hours ago where it remembers people. One that does not say is believed to have
    /// asked now, and so is one whose clock is ahead.
    #[must_use]
    pub fn proved_at(&self, now: u64) -> u64 {
        self.asked_at.map_or(now, |asked_at| asked_at.min(now))
    }

    /// What the provider calls its session, by which it says later that it is over; empty
    /// where it gave no name.
    #[must_use]
    pub fn session(&self) -> &str {
        self.session.as_deref().unwrap_or_default()
    }

    /// The same in the first of two steps. Whoever has proved just now who it is has proved it
    /// when the second is done, as with a password.
    #[must_use]
    pub fn in_first_step(self, now: u64) -> Self {
        let is_now = now.saturating_sub(self.proved_at(now)) <= CLOCK_SKEW_SECONDS.unsigned_abs();
        Self {
            asked_at: self.asked_at.filter(|_| !is_now),
            ..self
        }
    }

    /// A name in any case: the given one, else what stands before the `@` in the
    /// address, else the provider's id.
    #[must_use]
    pub fn display_name(&self) -> &str {
        match (&self.name, &self.email) {
            (Some(name), _) => name.as_str(),
            (None, Some(email)) => email.local_part(),
            (None, None) => self.provider.as_str(),
        }
    }
}

/// Apple's `user`, which comes at the first sign-in alone:
/// <https://developer.apple.com/documentation/signinwithapple/incorporating-sign-in-with-apple-into-other-platforms>.
fn unverified_name(user: &str) -> Option<DisplayName> {
    #[derive(Deserialize)]
    struct User {
        name: Name,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Name {
        #[serde(default)]
        first_name: String,
        #[serde(default)]
        last_name: String,
    }
    let User { name } = serde_json::from_str(user).ok()?;
    DisplayName::from_provider(&format!("{} {}", name.first_name, name.last_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_step_just_now_is_proved_when_the_second_is_done() {
        let acme = ProviderId::parse("acme").expect("an id");
        let identity = ProviderIdentity::new(acme, "s".into(), None, false, None);
        for (asked_at, proved_at) in [
            (None, 1_500),
            (Some(1_000), 1_500),
            (Some(940), 1_500),
            (Some(939), 939),
            (Some(0), 0),
            (Some(1_030), 1_500),
        ] {
            let first = identity.clone().asked_at(asked_at).in_first_step(1_000);
            assert_eq!(first.proved_at(1_500), proved_at, "{asked_at:?}");
        }
        let ahead = identity.asked_at(Some(1_600));
        assert_eq!(ahead.proved_at(1_500), 1_500);
    }

    #[test]
    fn a_name_that_comes_beside_the_code_is_for_want_of_another() {
        let called = |name: Option<&str>, user: &str| {
            let identity = ProviderIdentity::new(
                ProviderId::parse("apple").expect("an id"),
                "s".into(),
                None,
                false,
                name.and_then(DisplayName::from_provider),
            );
            let user = Secret::new(user.to_owned());
            identity.or_called(Some(&user)).display_name().to_owned()
        };
        let user = r#"{"name":{"firstName":"Ann","lastName":"Lee"},"email":"x@y.example"}"#;
        assert_eq!(called(None, user), "Ann Lee");
        assert_eq!(called(Some("Annabel"), user), "Annabel");
        for nothing in [
            "",
            "{}",
            "[]",
            r#"{"name":5}"#,
            r#"{"name":{}}"#,
            r#"{"name":{"firstName":" "}}"#,
        ] {
            assert_eq!(called(None, nothing), "apple", "{nothing}");
        }
        assert_eq!(called(None, r#"{"name":{"lastName":"Lee\u202e"}}"#), "Lee");
    }
}
