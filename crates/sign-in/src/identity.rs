//! Who is this, says the provider? What every kind of provider boils down to.

use crate::email::Email;
use crate::name::DisplayName;
use crate::provider::ProviderId;

/// Longest subject, in bytes: OpenID Connect Core 1.0 §2 allows 255 ASCII
/// characters.
pub const SUBJECT_MAX_BYTES: usize = 255;

/// An account at a provider, as the provider itself said it over a channel that
/// was verified: made by [`crate::id_token`] and [`crate::github`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderIdentity {
    provider: ProviderId,
    subject: String,
    email: Option<Email>,
    email_verified: bool,
    name: Option<DisplayName>,
}

impl ProviderIdentity {
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
            subject,
            email,
            email_verified,
            name,
        }
    }

    /// The provider.
    #[must_use]
    pub fn provider(&self) -> &ProviderId {
        &self.provider
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

    /// Whether the provider says that the address is the person's.
    #[must_use]
    pub fn email_verified(&self) -> bool {
        self.email_verified
    }

    /// The display name, where the provider gave one.
    #[must_use]
    pub fn name(&self) -> Option<&DisplayName> {
        self.name.as_ref()
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
