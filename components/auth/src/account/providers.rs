//! `/auth/account/providers`: which accounts elsewhere let somebody in here, one more,
//! and one less.
//!
//! Linking goes the way of signing in, with an attempt that names the session that asked.
//! It begins with a form of ours, so that no link of a stranger's can begin it, and ends
//! only in that very session: whoever is sent another's callback links nothing.

use super::{Member, Notice, TRIES, is_last, unreadable};
use crate::continuation::onwards;
use crate::linking;
use crate::mailed::notices::{self, Factor, Told};
use crate::pages::{LinkedRow, ProviderChoice, ProvidersPage};
use crate::problem::Problem;
use crate::provider_tokens;
use crate::start::{self, Asked, Callback};
use crate::visit::{Failure, Visit};
use gatelet_core::error::Code;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_ports::store::accounts;
use gatelet_ports::store::own_account::{self, Holder};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::attempt::LinkTo;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::ways;
use gatelet_web::{Answer, Current, in_store, page, see_other, with_cookies};
use http::StatusCode;

pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    if let Some(answer) = elsewhere(member) {
        return Ok(answer);
    }
    let visit = member.visit;
    let profile = member.profile().await?;
    let linked = profile
        .ways
        .iter()
        .filter(|way| is_elsewhere(&way.issuer))
        .map(|way| LinkedRow {
            issuer: way.issuer.clone(),
            subject: way.subject.clone(),
            provider: visit.provider_name(&way.provider),
            is_open: visit.providers().get(&way.provider).is_some(),
            email: way.vouched_email.clone().unwrap_or_default(),
            linked_at: crate::pages::Moment(way.created_at),
            may_unlink: !is_last(visit, &profile, &way.issuer, &way.subject),
        })
        .collect();
    let choices = visit.providers().iter().map(|provider| ProviderChoice {
        id: provider.id.as_str().to_owned(),
        name: provider.name.clone(),
    });
    let shown = ProvidersPage {
        frame: visit.frame(),
        account: member.frame(),
        linked,
        choices: choices.collect(),
        csrf: member.csrf.clone(),
    };
    Ok(page(StatusCode::OK, &shown))
}

pub(super) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    if let Some(answer) = elsewhere(member) {
        return Ok(answer);
    }
    match typed.text("act") {
        "link" => begin(member, typed.text("provider")).await,
        "unlink" => unlink(member, typed.text("issuer"), typed.text("subject")).await,
        _ => Err(unreadable()),
    }
}

/// Whether a way in is an account at a provider's.
fn is_elsewhere(issuer: &str) -> bool {
    issuer != ways::PASSWORD && issuer != ways::MAILBOX
}

/// Apps of one login have these pages in common: providers know one address.
fn elsewhere(member: &Member<'_>) -> Option<Answer> {
    let site = member.visit.signs_in_at()?;
    let there = format!("{}{}", site.base_url(), member.section.path());
    Some(onwards(member.visit, &there))
}

/// By way of a page: the policy holds what a form leads to on this host.
async fn begin(member: &Member<'_>, provider: &str) -> Result<Answer, Failure> {
    let link = LinkTo {
        user_id: member.session.user_id.clone(),
        session: member.session.token_digest,
    };
    let back = Notice::ProviderLinked.at(member.section.path());
    let back = ReturnTarget::parse(&back).expect("our own paths are on this site");
    let (visit, link) = (member.visit, Some(link));
    let asked = Asked {
        provider,
        return_to: back,
        hint: None,
        anew: false,
    };
    let started = start::prepared(visit, asked, link, Callback::Own).await?;
    Ok(with_cookies(
        onwards(visit, &started.location),
        started.cookies,
    ))
}

/// Links the account of a judged callback to the user whose session asked for it.
pub(crate) async fn link(
    visit: &Visit<'_>,
    identity: &ProviderIdentity,
    to: &LinkTo,
) -> Result<Vec<String>, Problem> {
    let arrival = &visit.arrival;
    let (session, cookies) = match in_store(arrival).await? {
        Current::Live(session, cookies) => (session, cookies),
        Current::Nobody(_) => return Err(visit.refused(RefusalCode::LinkSession)),
    };
    if session.user_id != to.user_id || session.token_digest != to.session {
        return Err(visit.refused(RefusalCode::LinkSession));
    }
    let key = linking::key(visit, identity).map_err(|refusal| visit.refused(refusal))?;
    let vouched = identity.email().filter(|_| identity.email_verified());
    let vouched = vouched.map(Email::as_str).map(str::to_owned);
    for _ in 0..TRIES {
        match accounts::find_linked(arrival.place(), key.clone()).await? {
            Some(found) if found.user.id == session.user_id => return Ok(cookies),
            Some(_) => {
                let detail = format!("provider {}", identity.provider());
                return Err(visit.refused(Refusal::new(RefusalCode::LinkTaken, detail)));
            }
            None => {}
        }
        let profile = own_account::find(arrival.place(), session.user_id.clone()).await?;
        let Some(profile) = profile else {
            return Err(Problem::denied(Code::SessionNone));
        };
        let holder = Holder {
            user_id: session.user_id.clone(),
            session: session.token_digest.to_vec(),
        };
        let outcome = own_account::link(
            arrival.place(),
            holder,
            profile.seen,
            key.clone(),
            vouched.clone(),
            arrival.now,
        );
        match outcome.await {
            Err(Error::Conflict) => {}
            outcome => {
                outcome?;
                let (user, provider) = (&session.user_id, identity.provider());
                visit.record(Event::of(Act::AccountLinked, user).about(provider.as_str()));
                let (email, is_verified) = (&profile.user.email, profile.user.email_verified);
                let told = Told::FactorAdded(Factor::Provider);
                notices::tell(visit, email, is_verified, told).await;
                return Ok(cookies);
            }
        }
    }
    Err(Problem::denied(Code::StoreConflict))
}

async fn unlink(member: &Member<'_>, issuer: &str, subject: &str) -> Result<Answer, Failure> {
    let arrival = &member.visit.arrival;
    let profile = member.profile().await?;
    let found = profile
        .ways
        .iter()
        .find(|way| is_elsewhere(issuer) && way.issuer == issuer && way.subject == subject);
    let Some(way) = found.cloned() else {
        // Gone already, or never this user's.
        return Ok(see_other(member.section.path()));
    };
    if is_last(member.visit, &profile, issuer, subject) {
        return Err(Problem::LastWayIn.into());
    }
    let tokens =
        provider_tokens::of_way(member.visit, &way.issuer, &way.subject, &way.provider).await;
    let (provider, seen) = (way.provider, profile.seen);
    own_account::remove_way(
        arrival.place(),
        member.session.holder(),
        seen,
        way.issuer,
        way.subject,
        arrival.now,
    )
    .await?;
    member.record(Act::AccountUnlinked, Some(&provider));
    provider_tokens::revoke(member.visit, &member.session.user_id, tokens);
    let (email, is_verified) = (&profile.user.email, profile.user.email_verified);
    let told = Told::FactorRemoved(Factor::Provider);
    notices::tell(member.visit, email, is_verified, told).await;
    Ok(member.done(Notice::ProviderUnlinked))
}
