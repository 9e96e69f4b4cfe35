//! What has just been done? After a form the browser is sent on, with a word in the
//! query that the next page knows a sentence for.

use gatelet_texts::{Text, account};

macro_rules! notices {
    ($($(#[$meta:meta])* $variant:ident = $word:literal, $sentence:ident;)*) => {
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
            pub(crate) const fn sentence(self) -> Text {
                match self { $(Self::$variant => account::$sentence),* }
            }
        }
    };
}

notices! {
    /// The name is another.
    ProfileSaved = "profile-saved", DONE_PROFILE_SAVED;
    /// There is one more.
    PasskeyAdded = "passkey-added", DONE_PASSKEY_ADDED;
    /// It has another name.
    PasskeyRenamed = "passkey-renamed", DONE_PASSKEY_RENAMED;
    /// It is gone.
    PasskeyRemoved = "passkey-removed", DONE_PASSKEY_REMOVED;
    /// There is no app any more.
    AuthenticatorRemoved = "authenticator-removed", DONE_AUTHENTICATOR_REMOVED;
    /// There is another password.
    PasswordSet = "password-set", DONE_PASSWORD_SET;
    /// There is none any more.
    PasswordRemoved = "password-removed", DONE_PASSWORD_REMOVED;
    /// An account elsewhere lets the user in.
    ProviderLinked = "provider-linked", DONE_PROVIDER_LINKED;
    /// And no longer does.
    ProviderUnlinked = "provider-unlinked", DONE_PROVIDER_UNLINKED;
    /// A session is no more.
    SessionEnded = "session-ended", DONE_SESSION_ENDED;
    /// This one alone is left.
    OthersEnded = "others-ended", DONE_OTHERS_ENDED;
    /// A token is good for nothing now.
    TokenRevoked = "token-revoked", DONE_TOKEN_REVOKED;
    /// The address is another.
    EmailChanged = "email-changed", DONE_EMAIL_CHANGED;
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
    use gatelet_texts::are_sentences;

    use super::*;

    #[test]
    fn every_notice_is_found_by_its_word_and_speaks_in_sentences() {
        for notice in Notice::ALL {
            assert_eq!(Notice::of(notice.word()), Some(*notice));
            assert!(are_sentences(notice.sentence()), "{notice:?}");
        }
        assert_eq!(Notice::of("<b>"), None);
        assert_eq!(Notice::of(""), None);
    }
}
