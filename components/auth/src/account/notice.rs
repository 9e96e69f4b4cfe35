//! What has just been done? After a form the browser is sent on, with a word in the
//! query that the next page knows a sentence for.

macro_rules! notices {
    ($($(#[$meta:meta])* $variant:ident = $word:literal, $sentence:literal;)*) => {
        /// Something that was done. Anybody can link to a page with its word in the query,
        /// so the sentence tells nothing that would matter if it were not true.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Notice { $($(#[$meta])* $variant,)* }

        impl Notice {
            /// Every one.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in the query.
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What the page says.
            pub(crate) const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence),* }
            }
        }
    };
}

notices! {
    /// The name is another.
    ProfileSaved = "profile-saved", "Your profile is saved.";
    /// There is one more.
    PasskeyAdded = "passkey-added", "The passkey is added.";
    /// It has another name.
    PasskeyRenamed = "passkey-renamed", "The passkey has its new name.";
    /// It is gone.
    PasskeyRemoved = "passkey-removed", "The passkey is removed.";
    /// There is no app any more.
    AuthenticatorRemoved = "authenticator-removed", "The app is removed.";
    /// There is another password.
    PasswordSet = "password-set", "Your new password is set.";
    /// There is none any more.
    PasswordRemoved = "password-removed", "Your password is removed.";
    /// An account elsewhere lets the user in.
    ProviderLinked = "provider-linked", "The account is linked.";
    /// And no longer does.
    ProviderUnlinked = "provider-unlinked", "The account is unlinked.";
    /// A session is no more.
    SessionEnded = "session-ended", "The session is ended.";
    /// This one alone is left.
    OthersEnded = "others-ended", "All other sessions are ended.";
    /// A token is good for nothing now.
    TokenRevoked = "token-revoked", "The token is revoked.";
    /// The address is another.
    EmailChanged = "email-changed", "Your address is changed.";
}

impl Notice {
    /// By its word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|notice| notice.word() == word)
    }

    /// Path and query of the page that says it.
    pub(crate) fn at(self, path: &str) -> String {
        format!("{path}?done={}", self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_is_found_by_its_word_and_speaks_in_sentences() {
        for notice in Notice::ALL {
            assert_eq!(Notice::of(notice.word()), Some(*notice));
            assert!(notice.sentence().ends_with('.'), "{notice:?}");
        }
        assert_eq!(Notice::of("<b>"), None);
        assert_eq!(Notice::of(""), None);
    }
}
