//! What has just been done? After a form the browser is sent on, with a word in the
//! query that the next page knows a sentence for.

use gatelet_texts::account;

gatelet_web::notices! {
    /// The name is another.
    ProfileSaved = "profile-saved", account::DONE_PROFILE_SAVED;
    /// There is one more.
    PasskeyAdded = "passkey-added", account::DONE_PASSKEY_ADDED;
    /// There is one more, which nobody gets in by alone.
    PasskeySecondStep = "passkey-second-step", account::DONE_PASSKEY_SECOND_STEP;
    /// It has another name.
    PasskeyRenamed = "passkey-renamed", account::DONE_PASSKEY_RENAMED;
    /// It is gone.
    PasskeyRemoved = "passkey-removed", account::DONE_PASSKEY_REMOVED;
    /// There is no app any more.
    AuthenticatorRemoved = "authenticator-removed", account::DONE_AUTHENTICATOR_REMOVED;
    /// There is another password.
    PasswordSet = "password-set", account::DONE_PASSWORD_SET;
    /// There is none any more.
    PasswordRemoved = "password-removed", account::DONE_PASSWORD_REMOVED;
    /// An account elsewhere lets the user in.
    ProviderLinked = "provider-linked", account::DONE_PROVIDER_LINKED;
    /// And no longer does.
    ProviderUnlinked = "provider-unlinked", account::DONE_PROVIDER_UNLINKED;
    /// A session is no more.
    SessionEnded = "session-ended", account::DONE_SESSION_ENDED;
    /// This one alone is left.
    OthersEnded = "others-ended", account::DONE_OTHERS_ENDED;
    /// A token is good for nothing now.
    TokenRevoked = "token-revoked", account::DONE_TOKEN_REVOKED;
    /// The address is another.
    EmailChanged = "email-changed", account::DONE_EMAIL_CHANGED;
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
