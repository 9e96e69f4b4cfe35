//! What does somebody want who has opened a link?

use super::Opened;
use super::decision::{Owner, Unproved};
use gatelet_core::secret::Secret;

/// An opened link, and what is to come of it. What that opens is decided on who has the
/// address when it is used: [`super::decision::decide`].
#[derive(Clone, Debug)]
pub struct MailedProof {
    /// The link.
    pub opened: Opened,
    /// Whether whoever opened it made the account that it is about.
    pub owner: Option<Owner>,
    /// What was chosen about an account that nobody has proved.
    pub choice: Option<Unproved>,
    /// PHC string of the password that was chosen.
    pub new_hash: Option<Secret>,
}
