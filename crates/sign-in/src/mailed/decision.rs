//! What does an opened link open? The decision that stands between whoever reads
//! somebody's mail and an account.
//!
//! Mail proves the address and nothing else. An account with that address that somebody
//! has proved is its owner's. One that nobody has may be a squatter's, who signed up and
//! waits for the owner (THREATS: pre-hijacking): it is proved only by whoever shows that
//! it is their own.

use super::{BrowserMark, Opened, Purpose, Void};
use crate::derivation::Derivation;
use crate::linking::{LocalUser, SignUp};
use crate::password::{PasswordCheck, TypedPassword};

/// Proof that whoever opened the link made the account that it is about. Only
/// [`Owner::by_browser`] and [`Owner::by_password`] make one: whoever squats on an address may
/// have put a session of theirs into its owner's browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner(());

/// What somebody wants with an account of their address that nobody has proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproved {
    /// To have it, without the ways in that there are to it.
    Keep,
    /// To have one of their own.
    StartAnew,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// This user's address is proved, and every way in stays.
    SignIn {
        /// Whose.
        user_id: String,
    },
    /// This user's address is proved; nobody had proved it, so every other way in goes.
    TakeOver {
        /// Whose.
        user_id: String,
    },
    /// A new user gets the address of this one, as a provider's word would have it
    /// ([`crate::linking::LinkDecision::Reclaim`]).
    Reclaim {
        /// Who has the address.
        from: String,
    },
    /// A new user.
    Register,
}

/// Why nothing is done yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// Nothing will be.
    Void,
    /// In this browser nobody made the account: its password is to be typed.
    Password,
    /// Nobody has proved the account of this address: one of these is to be chosen.
    Choice {
        /// Whether a new account may be made.
        may_start_anew: bool,
    },
}

impl Owner {
    /// Whether this browser asked for the link.
    #[must_use]
    pub fn by_browser(opened: &Opened, browser: Option<&BrowserMark>) -> Option<Self> {
        let asked = browser.is_some_and(|mark| mark.digest() == opened.link().browser_digest);
        asked.then_some(Self(()))
    }

    /// Whether what was typed is the password of this hash. Where there is none, it does
    /// the same work to say no.
    pub fn by_password(typed: &TypedPassword, stored: Option<&str>) -> Derivation<Option<Self>> {
        typed.check(stored).map(|checked| match checked {
            PasswordCheck::Right | PasswordCheck::RightButOutdated => Some(Self(())),
            PasswordCheck::Wrong => None,
        })
    }
}

/// Decides. `holder` is who has the link's address now.
///
/// 1. A link about a user is void once the address is not that user's.
/// 2. A user who has proved the address is signed in.
/// 3. A link that proves an address for an account, made or to be made, does so for
///    whoever made it.
/// 4. Any other makes whoever opened it choose what becomes of an account that nobody
///    has proved.
/// 5. Where nobody has the address, an account is made where that is allowed.
pub fn decide(
    opened: &Opened,
    holder: Option<&LocalUser>,
    owner: Option<Owner>,
    choice: Option<Unproved>,
    sign_up: SignUp,
) -> Result<Use, Withheld> {
    let link = opened.link();
    let is_of_another = |user: &str| holder.is_none_or(|holder| holder.id != user);
    if link.user_id.as_deref().is_some_and(is_of_another) {
        return Err(Withheld::Void);
    }
    let is_open = sign_up == SignUp::Open;
    match (link.purpose, holder) {
        // An address is changed by whoever is signed in, not by this.
        (Purpose::ChangeEmail | Purpose::UndoChange, _) => Err(Withheld::Void),
        // Made meanwhile, in another way.
        (Purpose::SignUp, Some(holder)) if holder.email_verified => Err(Withheld::Void),
        (Purpose::SignUp, _) if !is_open => Err(Withheld::Void),
        (Purpose::SignUp, _) if owner.is_none() => Err(Withheld::Password),
        (Purpose::SignUp, Some(LocalUser { id, .. })) => Ok(Use::Reclaim { from: id.clone() }),
        (Purpose::SignUp, None) => Ok(Use::Register),
        (_, Some(LocalUser { id, .. })) if holder.is_some_and(|holder| holder.email_verified) => {
            Ok(Use::SignIn {
                user_id: id.clone(),
            })
        }
        (Purpose::VerifyEmail, Some(LocalUser { id, .. })) => match owner {
            Some(Owner(())) => Ok(Use::SignIn {
                user_id: id.clone(),
            }),
            None => Err(Withheld::Password),
        },
        (Purpose::VerifyEmail | Purpose::ResetPassword, None) => Err(Withheld::Void),
        (Purpose::SignIn | Purpose::ResetPassword, Some(LocalUser { id, .. })) => match choice {
            Some(Unproved::Keep) => Ok(Use::TakeOver {
                user_id: id.clone(),
            }),
            Some(Unproved::StartAnew) if is_open => Ok(Use::Reclaim { from: id.clone() }),
            Some(Unproved::StartAnew) | None => Err(Withheld::Choice {
                may_start_anew: is_open,
            }),
        },
        (Purpose::SignIn, None) if is_open => Ok(Use::Register),
        (Purpose::SignIn, None) => Err(Withheld::Void),
    }
}

impl From<Void> for Withheld {
    fn from(Void: Void) -> Self {
        Self::Void
    }
}

#[cfg(test)]
mod tests;
