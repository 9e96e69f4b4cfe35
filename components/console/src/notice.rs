//! What has just been done? After a form the browser is sent on, with a word in the query
//! that the next page knows a sentence for.

use gatelet_texts::{account, console};

gatelet_web::notices! {
    /// There is one more secret.
    Stored = "secret-stored", console::DONE_STORED;
    /// A secret has another value.
    Rotated = "secret-rotated", console::DONE_ROTATED;
    /// A secret is gone.
    Deleted = "secret-deleted", console::DONE_DELETED;
    /// There is one more application.
    ApplicationAdded = "application-added", console::DONE_APPLICATION_ADDED;
    /// An application is gone.
    ApplicationRemoved = "application-removed", console::DONE_APPLICATION_REMOVED;
    /// A variable has a value.
    VariableSet = "variable-set", console::DONE_VARIABLE_SET;
    /// A variable is gone.
    VariableDeleted = "variable-deleted", console::DONE_VARIABLE_DELETED;
    /// A variable has a secret's value.
    Bound = "secret-bound", console::DONE_BOUND;
    /// All variables have that which a project declares.
    Reconciled = "reconciled", console::DONE_RECONCILED;
    /// A token is good for nothing now.
    TokenRevoked = "token-revoked", account::DONE_TOKEN_REVOKED;
    /// A user gets in no more.
    UserOff = "user-off", console::DONE_USER_OFF;
    /// A user gets in again.
    UserOn = "user-on", console::DONE_USER_ON;
    /// A session is no more.
    SessionEnded = "session-ended", account::DONE_SESSION_ENDED;
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
    }
}
