//! Whose account does this provider's answer open? The decision that stands
//! between a provider's word on an email address and somebody's account.

use crate::email::Email;
use crate::identity::ProviderIdentity;
use crate::refusal::{Refusal, RefusalCode};

/// Whether people may make accounts for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// Anybody may.
    Open,
    /// Those who were invited may.
    Invited,
    /// Nobody may; existing users sign in.
    Closed,
}

/// A user of ours, as far as the decision goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalUser {
    /// The user's id.
    pub id: String,
    /// The user's address; empty where somebody else has proved it.
    pub email: String,
    /// Whether our own record says that the address is the person's.
    pub email_verified: bool,
}

/// The user to whom an account is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedUser {
    /// The user.
    pub user: LocalUser,
    /// The address that the provider vouched for when it signed the user in last.
    pub vouched: Option<String>,
    /// Whether the user has no other way in.
    pub is_sole: bool,
    /// Whether another account of the user's vouches for the user's address.
    pub vouched_elsewhere: bool,
}

/// What to do with a provider's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkDecision {
    /// The account is linked: a session for this user.
    SignIn {
        /// Whose.
        user_id: String,
        /// What becomes of the address, where the provider says something else of it
        /// than last time.
        word: Option<Word>,
    },
    /// Link the account to this user, who keeps every other way in.
    Link {
        /// Whose.
        user_id: String,
        /// The address that both sides have proved.
        email: Email,
    },
    /// A new user with this account linked, who gets the address of another that
    /// nobody had proved. That one is not joined: it keeps its data and its ways in,
    /// without the address, and its sessions end.
    Reclaim {
        /// Who has the address.
        from: String,
    },
    /// A new user with this account linked.
    Create,
}

/// What a provider's word on the address of a linked account comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The address that the provider vouches for now.
    pub vouched: Option<String>,
    /// The user's address from now on; empty for none.
    pub email: String,
    /// Whether somebody vouches for that.
    pub email_verified: bool,
}

/// Decides.
///
/// `linked` is the user to whom this provider and subject are linked, `holder` the
/// one who has the identity's canonical address. Accounts are joined by address only
/// where the provider vouches for it *and* somebody proved it to us before. A user of
/// ours that nobody has proved may be a squatter's, who waits for the owner (THREATS:
/// pre-hijacking), so whoever proves the address gets a user of their own.
///
/// Where nobody may sign up, who has no account here and who has one that is not
/// joined hear the same.
pub fn decide(
    identity: &ProviderIdentity,
    linked: Option<LinkedUser>,
    holder: Option<LocalUser>,
    sign_up: SignUp,
) -> Result<LinkDecision, Refusal> {
    if let Some(linked) = linked {
        return Ok(LinkDecision::SignIn {
            word: followed(identity, &linked, holder.as_ref()),
            user_id: linked.user.id,
        });
    }
    let Some(email) = identity.email() else {
        return Err(identity.email_refusal());
    };
    let proved = holder.as_ref().is_some_and(|user| user.email_verified);
    match (holder, identity.email_verified(), sign_up) {
        (Some(LocalUser { id, .. }), true, _) if proved => Ok(LinkDecision::Link {
            user_id: id,
            email: email.clone(),
        }),
        (_, _, SignUp::Closed) => Err(RefusalCode::SignUpClosed.into()),
        (_, _, SignUp::Invited) => Err(RefusalCode::NotInvited.into()),
        (Some(LocalUser { id, .. }), true, SignUp::Open) => Ok(LinkDecision::Reclaim { from: id }),
        (Some(_), false, SignUp::Open) if identity.email_is_unknown() => {
            Err(identity.email_refusal())
        }
        (Some(_), false, SignUp::Open) => Err(Refusal::new(
            RefusalCode::EmailUnverified,
            format!("provider {}", identity.provider()),
        )),
        (None, _, SignUp::Open) => Ok(LinkDecision::Create),
    }
}

/// Whether [`decide`] has to know who holds the identity's address.
#[must_use]
pub fn wants_holder(identity: &ProviderIdentity, linked: Option<&LinkedUser>) -> bool {
    match (identity.email(), linked) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(email), Some(linked)) => linked.is_sole && email.as_str() != linked.user.email,
    }
}

/// The address of a user whom one provider's account alone lets in is what that
/// provider says, where nobody else has it. With several ways in it stays. Either way
/// it is verified only while a provider vouches for it.
fn followed(
    identity: &ProviderIdentity,
    linked: &LinkedUser,
    holder: Option<&LocalUser>,
) -> Option<Word> {
    let LinkedUser {
        user,
        vouched: before,
        is_sole,
        vouched_elsewhere,
    } = linked;
    // A provider that could not be asked for the address takes nothing back.
    if identity.email_is_unknown() {
        return None;
    }
    let said = identity.email().map(Email::as_str);
    let vouched = said.filter(|_| identity.email_verified());
    let is_free = holder.is_none_or(|holder| holder.id == user.id);
    let email = match said {
        Some(said) if *is_sole && is_free => said,
        Some(_) | None => user.email.as_str(),
    };
    let email_verified = match said {
        _ if vouched == Some(email) => true,
        _ if email != user.email => false,
        // Where it says nothing, it takes nothing back: the session of this sign-in
        // counts as unverified, what was proved stays.
        None => user.email_verified,
        Some(_) => user.email_verified && *vouched_elsewhere,
    };
    let word = Word {
        vouched: vouched.map(str::to_owned),
        email: email.to_owned(),
        email_verified,
    };
    let is_news = word.vouched != *before
        || word.email != user.email
        || word.email_verified != user.email_verified;
    is_news.then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::ProviderId;

    const ANN: &str = "ann@example.com";

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
            email: ANN.into(),
            email_verified,
        })
    }

    fn linked(email: &str, email_verified: bool) -> LinkedUser {
        LinkedUser {
            user: LocalUser {
                id: "linked".into(),
                email: email.into(),
                email_verified,
            },
            vouched: email_verified.then(|| email.to_owned()),
            is_sole: true,
            vouched_elsewhere: false,
        }
    }

    fn code(
        identity: &ProviderIdentity,
        linked: Option<LinkedUser>,
        holder: Option<LocalUser>,
        sign_up: SignUp,
    ) -> Result<LinkDecision, RefusalCode> {
        decide(identity, linked, holder, sign_up).map_err(|refusal| refusal.code)
    }

    #[test]
    fn every_case_of_linking_is_decided() {
        use SignUp::{Closed, Open};
        let (said, claimed, silent) = (
            identity(Some(ANN), true),
            identity(Some(ANN), false),
            identity(None, false),
        );
        let link = || {
            Ok(LinkDecision::Link {
                user_id: "holder".into(),
                email: Email::parse(ANN).expect("an address"),
            })
        };
        let reclaim = Ok(LinkDecision::Reclaim {
            from: "holder".into(),
        });
        let (missing, closed) = (
            Err(RefusalCode::EmailMissing),
            Err(RefusalCode::SignUpClosed),
        );
        for (case, identity, holder, sign_up, expected) in [
            ("both verified", &said, user(true), Open, link()),
            ("both, closed", &said, user(true), Closed, link()),
            ("ours unproved", &said, user(false), Open, reclaim),
            (
                "ours unproved, closed",
                &said,
                user(false),
                Closed,
                closed.clone(),
            ),
            (
                "theirs unverified",
                &claimed,
                user(true),
                Open,
                Err(RefusalCode::EmailUnverified),
            ),
            (
                "neither",
                &claimed,
                user(false),
                Open,
                Err(RefusalCode::EmailUnverified),
            ),
            // As if there were no such user.
            (
                "theirs, closed",
                &claimed,
                user(true),
                Closed,
                closed.clone(),
            ),
            (
                "neither, closed",
                &claimed,
                user(false),
                Closed,
                closed.clone(),
            ),
            ("new", &said, None, Open, Ok(LinkDecision::Create)),
            (
                "new, unverified",
                &claimed,
                None,
                Open,
                Ok(LinkDecision::Create),
            ),
            ("new, closed", &said, None, Closed, closed),
            ("no address", &silent, None, Open, missing.clone()),
            (
                "verified without an address is not verified",
                &super::tests::identity(None, true),
                user(true),
                Open,
                missing,
            ),
        ] {
            assert_eq!(code(identity, None, holder, sign_up), expected, "{case}");
        }
    }

    #[test]
    fn an_account_that_is_linked_is_its_users_whoever_holds_the_address() {
        for sign_up in [SignUp::Open, SignUp::Closed] {
            for (identity, holder) in [
                (identity(None, false), None),
                (identity(Some(ANN), true), user(true)),
                (identity(Some("new@example.com"), true), user(false)),
            ] {
                let decision = code(&identity, Some(linked(ANN, true)), holder, sign_up);
                assert!(
                    matches!(&decision, Ok(LinkDecision::SignIn { user_id, .. }) if user_id == "linked"),
                    "{decision:?}"
                );
            }
        }
    }

    #[test]
    fn the_holder_of_an_address_is_looked_for_where_that_decides_something() {
        let sole = linked("old@example.com", true);
        let several = LinkedUser {
            is_sole: false,
            ..sole.clone()
        };
        let (silent, said) = (identity(None, false), identity(Some(ANN), true));
        for (case, identity, linked, wanted) in [
            ("nobody linked, no address", &silent, None, false),
            ("nobody linked", &said, None, true),
            ("no address", &silent, Some(&sole), false),
            ("another address", &said, Some(&sole), true),
            ("the same", &said, Some(&linked(ANN, true)), false),
            ("other ways in", &said, Some(&several), false),
        ] {
            assert_eq!(wants_holder(identity, linked), wanted, "{case}");
        }
    }

    #[test]
    fn an_address_follows_the_provider_that_alone_lets_somebody_in() {
        let new = "new@example.com";
        let several = |vouched_elsewhere| LinkedUser {
            is_sole: false,
            vouched_elsewhere,
            ..linked(ANN, true)
        };
        let nameless = || LinkedUser {
            vouched: None,
            ..linked("", false)
        };
        for (case, identity, linked, holder, expected) in [
            (
                "the same",
                identity(Some(ANN), true),
                linked(ANN, true),
                None,
                None,
            ),
            (
                "proved at last",
                identity(Some(ANN), true),
                linked(ANN, false),
                None,
                Some((Some(ANN), ANN, true)),
            ),
            (
                "another",
                identity(Some(new), true),
                linked(ANN, true),
                None,
                Some((Some(new), new, true)),
            ),
            (
                "another, not vouched for",
                identity(Some(new), false),
                linked(ANN, true),
                None,
                Some((None, new, false)),
            ),
            (
                "another, and others vouched for the one before",
                identity(Some(new), false),
                LinkedUser {
                    vouched_elsewhere: true,
                    ..linked(ANN, true)
                },
                None,
                Some((None, new, false)),
            ),
            (
                "another, neither vouched for",
                identity(Some(new), false),
                linked(ANN, false),
                None,
                Some((None, new, false)),
            ),
            (
                "vouched for before, and proved only now",
                identity(Some(ANN), true),
                LinkedUser {
                    vouched: Some(ANN.to_owned()),
                    ..linked(ANN, false)
                },
                None,
                Some((Some(ANN), ANN, true)),
            ),
            (
                "another, which somebody else has",
                identity(Some(new), true),
                linked(ANN, true),
                user(true),
                Some((Some(new), ANN, false)),
            ),
            (
                "no longer vouched for",
                identity(Some(ANN), false),
                linked(ANN, true),
                None,
                Some((None, ANN, false)),
            ),
            (
                "silence takes nothing back, and vouches for nothing",
                identity(None, false),
                linked(ANN, true),
                None,
                Some((None, ANN, true)),
            ),
            (
                "with other ways in the address stays, unverified",
                identity(Some(new), true),
                several(false),
                None,
                Some((Some(new), ANN, false)),
            ),
            (
                "and verified while another provider vouches for it",
                identity(Some(new), true),
                several(true),
                None,
                Some((Some(new), ANN, true)),
            ),
            (
                "somebody who lost an address gets the next",
                identity(Some(new), true),
                nameless(),
                None,
                Some((Some(new), new, true)),
            ),
            (
                "and not the one that was lost",
                identity(Some(ANN), false),
                nameless(),
                user(true),
                None,
            ),
        ] {
            let decision = decide(&identity, Some(linked), holder, SignUp::Closed);
            let Ok(LinkDecision::SignIn { word, .. }) = decision else {
                panic!("{case}: {decision:?}");
            };
            let word = word
                .as_ref()
                .map(|word| (word.vouched.as_deref(), &*word.email, word.email_verified));
            assert_eq!(word, expected, "{case}");
        }
    }
}
