//! Which pages does an account have? The one list of them: what they are called, where
//! they are, and whether they are offered here.

use crate::passkey;
use crate::visit::Visit;
use gatelet_sign_in::second_factor::SecondFactorPolicy;
use gatelet_texts::{Text, account, common, problems};

/// One page of `/auth/account`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Who am I.
    Overview,
    /// The name.
    Profile,
    /// The address.
    Email,
    /// The password.
    Password,
    /// Accounts at identity providers.
    Providers,
    /// Where somebody is signed in.
    Sessions,
    /// Passkeys.
    Passkeys,
    /// An authenticator app.
    Authenticator,
    /// Codes for whoever has lost the authenticator.
    RecoveryCodes,
    /// Personal access tokens.
    Tokens,
    /// What has happened to the account.
    Events,
    /// All that is kept, as a file.
    Export,
    /// The end of the account.
    Delete,
}

/// Where they are.
const ROOT: &str = "/auth/account";

impl Section {
    /// All, in the order of the navigation.
    pub(crate) const ALL: [Self; 13] = [
        Self::Overview,
        Self::Profile,
        Self::Email,
        Self::Password,
        Self::Providers,
        Self::Passkeys,
        Self::Authenticator,
        Self::RecoveryCodes,
        Self::Sessions,
        Self::Tokens,
        Self::Events,
        Self::Export,
        Self::Delete,
    ];

    /// The page of a path.
    pub(crate) fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.path() == path)
    }

    /// Its path.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Overview => ROOT,
            Self::Profile => "/auth/account/profile",
            Self::Email => "/auth/account/email",
            Self::Password => "/auth/account/password",
            Self::Providers => "/auth/account/providers",
            Self::Sessions => "/auth/account/sessions",
            Self::Passkeys => "/auth/account/passkeys",
            Self::Authenticator => "/auth/account/authenticator",
            Self::RecoveryCodes => "/auth/account/recovery-codes",
            Self::Tokens => "/auth/account/tokens",
            Self::Events => "/auth/account/events",
            Self::Export => "/auth/account/export",
            Self::Delete => "/auth/account/delete",
        }
    }

    /// What links to it and its title say.
    pub(crate) const fn label(self) -> Text {
        match self {
            Self::Overview => problems::YOUR_ACCOUNT,
            Self::Profile => account::PROFILE,
            Self::Email => account::EMAIL,
            Self::Password => common::PASSWORD,
            Self::Providers => account::LINKED_ACCOUNTS,
            Self::Sessions => account::SESSIONS,
            Self::Passkeys => account::PASSKEYS,
            Self::Authenticator => account::AUTHENTICATOR,
            Self::RecoveryCodes => account::RECOVERY_CODES,
            Self::Tokens => account::TOKENS,
            Self::Events => account::ACTIVITY,
            Self::Export => account::EXPORT,
            Self::Delete => account::DELETE,
        }
    }

    /// What its form's token is for.
    pub(crate) const fn purpose(self) -> &'static str {
        match self {
            Self::Overview => "csrf:account",
            Self::Profile => "csrf:account-profile",
            Self::Email => "csrf:account-email",
            Self::Password => "csrf:account-password",
            Self::Providers => "csrf:account-providers",
            Self::Sessions => "csrf:account-sessions",
            Self::Passkeys => "csrf:account-passkeys",
            Self::Authenticator => "csrf:account-authenticator",
            Self::RecoveryCodes => "csrf:account-recovery-codes",
            Self::Tokens => "csrf:account-tokens",
            Self::Events => "csrf:account-events",
            Self::Export => "csrf:account-export",
            Self::Delete => "csrf:account-delete",
        }
    }

    /// Whether it has a form.
    pub(crate) const fn takes_forms(self) -> bool {
        !matches!(self, Self::Overview | Self::Events)
    }

    /// Whether there is such a page at this site. One that is not offered is not found.
    pub(crate) fn is_offered(self, visit: &Visit<'_>) -> bool {
        match self {
            Self::Overview
            | Self::Profile
            | Self::Sessions
            | Self::Tokens
            | Self::Events
            | Self::Export
            | Self::Delete => true,
            Self::Password => visit.passwords(),
            Self::Providers => !visit.providers().is_empty(),
            Self::Authenticator | Self::RecoveryCodes => {
                visit.second_factor() != SecondFactorPolicy::Off
            }
            Self::Passkeys => passkey::party(visit).is_some(),
            Self::Email => visit.proves_addresses(),
        }
    }

    /// Whether it is for those alone who proved a short while ago who they are: it shows
    /// or changes what lets people in, or takes everything along.
    pub(crate) const fn is_sensitive(self) -> bool {
        matches!(
            self,
            Self::Password | Self::Providers | Self::Tokens | Self::Export | Self::Delete
        )
    }
}

#[cfg(test)]
mod tests {
    use gatelet_texts::Language;

    use super::*;

    #[test]
    fn every_page_has_a_path_a_label_and_a_purpose_of_its_own() {
        let distinct = |of: &dyn Fn(Section) -> &'static str| {
            let all: std::collections::BTreeSet<_> = Section::ALL.into_iter().map(of).collect();
            all.len()
        };
        assert_eq!(distinct(&Section::path), Section::ALL.len());
        assert_eq!(distinct(&Section::purpose), Section::ALL.len());
        for language in Language::ALL {
            let label = |section: Section| section.label().of(language);
            assert_eq!(distinct(&label), Section::ALL.len(), "{language:?}");
        }
        for section in Section::ALL {
            assert_eq!(Section::of(section.path()), Some(section));
            assert!(section.purpose().starts_with("csrf:account"));
        }
        for path in [
            "/auth/account/",
            "/auth/account/Profile",
            "/auth/account/x",
            "",
        ] {
            assert_eq!(Section::of(path), None, "{path}");
        }
    }
}
