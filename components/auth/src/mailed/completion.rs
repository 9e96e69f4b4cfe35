//! What does an opened link come to? Looks up who has its address, and puts the core's
//! decision into the store's words.

use super::present::void;
use crate::complete::{Completion, complete};
use crate::landed;
use crate::limits;
use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use gatelet_core::error::Code;
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;
use gatelet_ports::store::accounts::{self, Found};
use gatelet_ports::store::session_writer::{
    MailedReclaim, MailedRegistration, MailedSignIn, OtherWays, SignIn,
};
use gatelet_ports::store::types::{Error, User};
use gatelet_sign_in::limits::Act;
use gatelet_sign_in::linking::{LocalUser, SignUp};
use gatelet_sign_in::mailed::decision::{Owner, Unproved, Use, Withheld, decide};
use gatelet_sign_in::mailed::proof::MailedProof;
use gatelet_sign_in::mailed::{Opened, Purpose};
use gatelet_sign_in::proof::Proof;
use gatelet_sign_in::user_id::UserId;
use gatelet_wasi::random;
use gatelet_web::{Answer, with_cookies};

/// Who has a link's address now.
pub(super) async fn holder(visit: &Visit<'_>, opened: &Opened) -> Result<Option<Found>, Error> {
    let email = opened.link().email.as_str().to_owned();
    accounts::find_by_email(visit.arrival.place(), email).await
}

/// What would be done now.
pub(super) fn judged(
    visit: &Visit<'_>,
    opened: &Opened,
    holder: Option<&Found>,
    owner: Option<Owner>,
    choice: Option<Unproved>,
) -> Result<Use, Withheld> {
    // Whoever an operator switched off is let in by no letter either.
    if holder.is_some_and(|found| found.seen.disabled) {
        return Err(Withheld::Void);
    }
    let holder = holder.map(|found| LocalUser {
        id: found.user.id.clone(),
        email: found.user.email.clone(),
        email_verified: found.user.email_verified,
    });
    let may_sign_up = match visit.sign_up().judge(&opened.link().email, false) {
        Ok(()) => SignUp::Open,
        Err(_) => SignUp::Closed,
    };
    decide(opened, holder.as_ref(), owner, choice, may_sign_up)
}

/// Signs in by what a link has proved, and leads on.
pub(super) async fn signed_in(
    visit: &Visit<'_>,
    proof: MailedProof,
    return_to: &ReturnTarget,
) -> Result<Answer, Failure> {
    let purpose = proof.opened.link().purpose;
    let remembered = landed::remember_link(visit, proof.opened.link(), return_to);
    match complete(visit, Proof::Mailed(proof)).await {
        Ok(completion) => {
            let is_in = matches!(completion, Completion::SignedIn(..));
            if purpose == Purpose::SignIn && is_in {
                limits::give_back_to_network(visit, &[Act::Mail]).await;
            }
            let answer = completion.after_form(visit, return_to)?;
            Ok(with_cookies(answer, is_in.then_some(remembered)))
        }
        Err(problem) => Err(Failure::from(problem).returning(return_to)),
    }
}

/// What the store is to do, on what was seen just now.
pub(crate) async fn decided(visit: &Visit<'_>, proof: &MailedProof) -> Result<SignIn, Problem> {
    let MailedProof {
        opened,
        owner,
        choice,
        new_hash,
    } = proof;
    let found = holder(visit, opened).await?;
    let decision = judged(visit, opened, found.as_ref(), *owner, *choice)
        .map_err(|_withheld| void(visit, &[opened.link().purpose]))?;
    let link = opened.link();
    let (token, hash) = (
        link.token_digest.to_vec(),
        new_hash.as_ref().map(Secret::expose).map(str::to_owned),
    );
    match (decision, found) {
        (decision @ (Use::SignIn { .. } | Use::TakeOver { .. }), Some(found)) => {
            Ok(SignIn::Mailed(MailedSignIn {
                seen: found.seen,
                link: token,
                email: link.email.as_str().to_owned(),
                others: match (decision, link.purpose) {
                    (Use::TakeOver { .. }, _) => OtherWays::Drop,
                    (_, Purpose::ResetPassword) => OtherWays::EndSessions,
                    _ => OtherWays::Keep,
                },
                new_hash: hash,
            }))
        }
        (Use::Reclaim { from: _ }, Some(found)) => Ok(SignIn::MailedReclaim(MailedReclaim {
            link: token,
            seen: found.seen,
            user: new_user(visit, opened),
            hash: hash.or_else(|| registered_hash(opened)),
        })),
        (Use::Register, _) => Ok(SignIn::MailedRegistration(MailedRegistration {
            link: token,
            user: new_user(visit, opened),
            hash: hash.or_else(|| registered_hash(opened)),
        })),
        // The decision is about the user that it was given.
        (Use::SignIn { .. } | Use::TakeOver { .. } | Use::Reclaim { .. }, None) => {
            Err(Problem::denied(Code::Internal))
        }
    }
}

fn registered_hash(opened: &Opened) -> Option<String> {
    let hash = opened.link().hash.as_ref()?;
    Some(hash.expose().to_owned())
}

fn new_user(visit: &Visit<'_>, opened: &Opened) -> User {
    User {
        id: UserId::from_random(random::bytes()).as_str().to_owned(),
        email: opened.link().email.as_str().to_owned(),
        email_verified: true,
        name: opened.link().name.clone(),
        created_at: visit.arrival.now,
    }
}
