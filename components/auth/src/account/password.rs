//! `/auth/account/password`: set, changed, or taken away. A change ends every other
//! session and gives this one a new token: whoever knew the old password, or stole a
//! cookie, is out.

use super::{Member, Notice, TRIES, is_last, unreadable};
use crate::breached;
use crate::hashing::hashed;
use crate::mailed::notices::{self, Told};
use crate::pages::PasswordPage;
use crate::problem::Problem;
use crate::visit::Failure;
use gatelet_core::claims::SessionToken;
use gatelet_core::error::Code;
use gatelet_forms::Form;
use gatelet_ports::store::own_account::{self, Profile};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::email::Email;
use gatelet_sign_in::password::NewPassword;
use gatelet_sign_in::ways;
use gatelet_wasi::random;
use gatelet_web::{Answer, Explain as _, Faults, page, under, with_cookies, worth_a_retry};
use http::StatusCode;

pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let profile = member.profile().await?;
    let shown = form(member, &profile, Faults::default());
    Ok(page(StatusCode::OK, &shown))
}

pub(super) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    match typed.text("act") {
        "set" => set(member, typed).await,
        "remove" => remove(member).await,
        _ => Err(unreadable()),
    }
}

async fn set(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let mut profile = member.profile().await?;
    if !may_set(&profile) {
        return Err(Problem::EmailNotVerified.into());
    }
    // Who has no address is judged against one that nobody has.
    let nobody = || Email::parse("nobody@nobody.invalid").expect("the literal is an address");
    let email = Email::parse(&profile.user.email).unwrap_or_else(|_| nobody());
    let parsed = NewPassword::parse(typed.text("password"), &email, &profile.user.name);
    let password = match parsed {
        Ok(password) => password,
        Err(error) => {
            let mut faults = Faults::default();
            faults.field("password", error.message());
            let shown = form(member, &profile, faults);
            return Ok(worth_a_retry(page(
                StatusCode::UNPROCESSABLE_ENTITY,
                &shown,
            )));
        }
    };
    if let Err(error) = breached::judge(member.visit, &password).await {
        let mut faults = Faults::default();
        faults.field("password", error.message());
        let shown = form(member, &profile, faults);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(worth_a_retry(page(status, &shown)));
    }
    let hash = match hashed(member.visit, password.hash(random::bytes())).await {
        Ok(hash) => hash,
        Err(problem) if problem.passes() => {
            let mut faults = Faults::default();
            faults.passing(problem.code(), problem.message());
            let shown = form(member, &profile, faults);
            return Ok(worth_a_retry(page(problem.status(), &shown)));
        }
        Err(problem) => return Err(problem.into()),
    };
    let arrival = &member.visit.arrival;
    let token = SessionToken::from_random(random::bytes());
    for _ in 0..TRIES {
        let outcome = own_account::set_password(
            arrival.place(),
            member.session.holder(),
            profile.seen.clone(),
            hash.clone(),
            token.digest().to_vec(),
            arrival.now,
        );
        match outcome.await {
            // Somebody signed in meanwhile, or this session has ended: looked at again.
            Err(Error::Conflict) => profile = member.profile().await?,
            outcome => {
                outcome?;
                member.record(Act::PasswordChanged, None);
                let (email, is_verified) = (&profile.user.email, profile.user.email_verified);
                notices::tell(member.visit, email, is_verified, Told::PasswordChanged).await;
                let cookie = under(arrival, token).await?;
                return Ok(with_cookies(member.done(Notice::PasswordSet), cookie));
            }
        }
    }
    Err(Problem::denied(Code::StoreConflict).into())
}

async fn remove(member: &Member<'_>) -> Result<Answer, Failure> {
    let arrival = &member.visit.arrival;
    let profile = member.profile().await?;
    let user_id = member.session.user_id.clone();
    if is_last(member.visit, &profile, ways::PASSWORD, &user_id) {
        return Err(Problem::LastWayIn.into());
    }
    own_account::remove_way(
        arrival.place(),
        member.session.holder(),
        profile.seen,
        ways::PASSWORD.to_owned(),
        user_id,
        arrival.now,
    )
    .await?;
    member.record(Act::PasswordRemoved, None);
    let (email, is_verified) = (&profile.user.email, profile.user.email_verified);
    notices::tell(member.visit, email, is_verified, Told::PasswordChanged).await;
    Ok(member.done(Notice::PasswordRemoved))
}

fn has_password(profile: &Profile) -> bool {
    profile.ways.iter().any(|way| way.issuer == ways::PASSWORD)
}

/// A first password only to whoever has proved the address: it would be the way in for
/// whoever types that address.
fn may_set(profile: &Profile) -> bool {
    has_password(profile) || profile.user.email_verified
}

fn form(member: &Member<'_>, profile: &Profile, faults: Faults) -> PasswordPage {
    let user_id = &member.session.user_id;
    let has_password = has_password(profile);
    PasswordPage {
        frame: member.visit.frame(),
        account: member.frame(),
        faults,
        email: profile.user.email.clone(),
        has_password,
        may_set: may_set(profile),
        may_remove: has_password && !is_last(member.visit, profile, ways::PASSWORD, user_id),
        csrf: member.csrf.clone(),
    }
}
