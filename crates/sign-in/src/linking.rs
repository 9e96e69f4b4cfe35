//! Whose account does this provider's answer open? The decision that stands
//! between a provider's word on an email address and somebody's account.

use crate::identity::ProviderIdentity;
use crate::refusal::{Refusal, RefusalCode};

/// Whether people may make accounts for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// Anybody may.
    Open,
    /// Nobody may; existing users sign in.
    Closed,
}

/// A user of ours, as far as the decision goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalUser {
    /// The user's id.
    pub id: String,
    /// Whether our own record says that the address is the person's.
    pub email_verified: bool,
}

/// What to do with a provider's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkDecision {
    /// The account is linked: a session for this user.
    SignIn {
        /// Whose.
        user_id: String,
    },
    /// Link the account to this user, who keeps every other way in.
    Link {
        /// Whose.
        user_id: String,
    },
    /// Nobody had proved this user's address, and now somebody has: every
    /// password, link and session of the old holder goes, then link.
    TakeOver {
        /// Whose.
        user_id: String,
    },
    /// A new user with this account linked.
    Create,
}

/// Decides.
///
/// `linked` is the user to whom this provider and subject are linked, `holder`
/// the one who has the identity's canonical address. Accounts are joined by
/// address only when the provider has verified it; our own unverified record
/// loses to that proof, because its maker may be a squatter who waits for the
/// owner (THREATS: pre-hijacking).
pub fn decide(
    identity: &ProviderIdentity,
    linked: Option<LocalUser>,
    holder: Option<LocalUser>,
    sign_up: SignUp,
) -> Result<LinkDecision, Refusal> {
    if let Some(user) = linked {
        return Ok(LinkDecision::SignIn { user_id: user.id });
    }
    if identity.email().is_none() {
        return Err(Refusal::new(
            RefusalCode::EmailMissing,
            format!("provider {}", identity.provider()),
        ));
    }
    match (holder, identity.email_verified(), sign_up) {
        (
            Some(LocalUser {
                id,
                email_verified: true,
            }),
            true,
            _,
        ) => Ok(LinkDecision::Link { user_id: id }),
        (
            Some(LocalUser {
                id,
                email_verified: false,
            }),
            true,
            _,
        ) => Ok(LinkDecision::TakeOver { user_id: id }),
        (Some(_), false, _) => Err(Refusal::new(
            RefusalCode::EmailUnverified,
            format!("provider {}", identity.provider()),
        )),
        (None, _, SignUp::Open) => Ok(LinkDecision::Create),
        (None, _, SignUp::Closed) => Err(RefusalCode::SignUpClosed.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::Email;
    use crate::provider::ProviderId;

    fn identity(email: Option<&str>, verified: bool) -> ProviderIdentity {
        let email = email.map(|email| Email::parse(email).expect("an address"));
        ProviderIdentity::new(
            ProviderId::parse("acme").expect("an id"),
            "s-1".into(),
            email,
            verified,
            None,
        )
    }

    fn user(email_verified: bool) -> Option<LocalUser> {
        Some(LocalUser {
            id: "holder".into(),
            email_verified,
        })
    }

    #[test]
    fn every_case_of_linking_is_decided() {
        let linked = Some(LocalUser {
            id: "linked".into(),
            email_verified: false,
        });
        let ann = Some("ann@example.com");
        let id = || "holder".to_owned();
        for (case, identity, linked, holder, sign_up, expected) in [
            (
                "linked, nothing else",
                identity(None, false),
                linked.clone(),
                None,
                SignUp::Closed,
                Ok(LinkDecision::SignIn {
                    user_id: "linked".into(),
                }),
            ),
            (
                "linked wins over the holder of the address",
                identity(ann, true),
                linked,
                user(true),
                SignUp::Open,
                Ok(LinkDecision::SignIn {
                    user_id: "linked".into(),
                }),
            ),
            (
                "both verified",
                identity(ann, true),
                None,
                user(true),
                SignUp::Closed,
                Ok(LinkDecision::Link { user_id: id() }),
            ),
            (
                "ours unverified: the squatter loses",
                identity(ann, true),
                None,
                user(false),
                SignUp::Open,
                Ok(LinkDecision::TakeOver { user_id: id() }),
            ),
            (
                "ours unverified, sign-up closed",
                identity(ann, true),
                None,
                user(false),
                SignUp::Closed,
                Ok(LinkDecision::TakeOver { user_id: id() }),
            ),
            (
                "theirs unverified, ours verified",
                identity(ann, false),
                None,
                user(true),
                SignUp::Open,
                Err(RefusalCode::EmailUnverified),
            ),
            (
                "neither verified",
                identity(ann, false),
                None,
                user(false),
                SignUp::Open,
                Err(RefusalCode::EmailUnverified),
            ),
            (
                "new, verified",
                identity(ann, true),
                None,
                None,
                SignUp::Open,
                Ok(LinkDecision::Create),
            ),
            (
                "new, unverified",
                identity(ann, false),
                None,
                None,
                SignUp::Open,
                Ok(LinkDecision::Create),
            ),
            (
                "new, sign-up closed",
                identity(ann, true),
                None,
                None,
                SignUp::Closed,
                Err(RefusalCode::SignUpClosed),
            ),
            (
                "new, no address",
                identity(None, false),
                None,
                None,
                SignUp::Open,
                Err(RefusalCode::EmailMissing),
            ),
            (
                "verified without an address is not verified",
                identity(None, true),
                None,
                user(true),
                SignUp::Open,
                Err(RefusalCode::EmailMissing),
            ),
        ] {
            assert_eq!(
                decide(&identity, linked, holder, sign_up).map_err(|refusal| refusal.code),
                expected,
                "{case}"
            );
        }
    }
}
