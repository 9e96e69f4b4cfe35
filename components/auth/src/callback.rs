//! `GET|POST /auth/callback/<provider>`: the provider sends the browser back.
//! Whatever goes wrong ends on a page, never on another redirect.

use crate::answer::{Answer, see_other, with_cookies};
use crate::failure::Failure;
use crate::issuer::{self, Reached};
use crate::ports::{Error, Identity, User, account_writer, accounts, once};
use crate::problem::Problem;
use crate::visit::Visit;
use crate::{exchange, relay, session};
use gatelet_core::cookie::CookieAge;
use gatelet_core::error::Code;
use gatelet_sign_in::attempt::Attempt;
use gatelet_sign_in::callback::{AuthorizationCode, AuthorizationResponse};
use gatelet_sign_in::form::{self, Form};
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::linking::{self, LinkDecision, LocalUser};
use gatelet_sign_in::provider::Provider;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::user_id::UserId;

/// A callback by `form_post` comes from the provider's site, so the browser
/// leaves our cookies out. Asked again with a GET it brings them.
pub(crate) fn by_post(visit: &Visit<'_>, provider: &str, form: &Form) -> Result<Answer, Failure> {
    let response = AuthorizationResponse::from_form(form.clone());
    if let Some(answer) = relay::pass_on(visit, provider, &response, form.get("user")) {
        return answer;
    }
    let provider = known(visit, provider)?;
    let parameters = form
        .iter()
        .filter(|(name, _)| ["code", "state", "iss", "error", "error_description"].contains(name));
    Ok(see_other(&format!(
        "/auth/callback/{}?{}",
        provider.id,
        form::encode(parameters)
    )))
}

/// Judges the callback and signs in whoever it is.
pub(crate) async fn finish(visit: &Visit<'_>, provider: &str) -> Result<Answer, Failure> {
    let response = AuthorizationResponse::parse(visit.head.query.as_bytes())?;
    if let Some(answer) = relay::pass_on(visit, provider, &response, None) {
        return answer;
    }
    let provider = known(visit, provider)?;
    let attempt = Attempt::find(
        visit.cookies(),
        visit.cookie_names().prefix(),
        response.state()?,
        &provider.id,
        visit.base_url(),
        visit.keys(),
        visit.now,
    )?;
    let names = visit.cookie_names();
    // An app elsewhere may have left the list meanwhile.
    let return_to = visit.return_to(attempt.return_target().as_str());
    let spent = names.set(&attempt.cookie_name(names.prefix()), "", CookieAge::Clear);
    let (reached, code) = match spend(visit, provider, &response, &attempt).await {
        Ok(spent) => spent,
        // Nothing is used up: reloaded later, the same address is as good as now.
        Err(failure) if failure.problem.passes() => return Err(failure.returning(&return_to)),
        Err(failure) => return Err(failure.returning(&return_to).with_cookie(spent)),
    };
    match signed_in(visit, provider, &reached, &code, &attempt).await {
        Ok(mut cookies) => {
            cookies.push(spent);
            Ok(with_cookies(see_other(return_to.as_str()), cookies))
        }
        Err(failure) => Err(failure.returning(&return_to).with_cookie(spent)),
    }
}

fn known<'a>(visit: &'a Visit<'_>, provider: &str) -> Result<&'a Provider, Failure> {
    let provider = visit.providers().get(provider);
    provider.ok_or_else(|| Refusal::new(RefusalCode::ProviderUnknown, "callback").into())
}

/// Judges the answer and uses the attempt up, before its code is used: of two copies
/// of one callback one gets through.
async fn spend(
    visit: &Visit<'_>,
    provider: &Provider,
    response: &AuthorizationResponse,
    attempt: &Attempt,
) -> Result<(Reached, AuthorizationCode), Failure> {
    let reached = issuer::reach(provider, visit.now).await?;
    let code = response.judge(attempt, &reached.endpoints().issuer_parameter, visit.keys())?;
    let is_first = once::spend(
        visit.place(),
        "attempt".into(),
        attempt.digest().to_vec(),
        visit.now,
        attempt.expires(),
    );
    if !is_first.await? {
        return Err(Refusal::from(RefusalCode::Replayed).into());
    }
    Ok((reached, code))
}

/// From the code to the cookies of a session.
async fn signed_in(
    visit: &Visit<'_>,
    provider: &Provider,
    reached: &Reached,
    code: &AuthorizationCode,
    attempt: &Attempt,
) -> Result<Vec<String>, Failure> {
    let identity = exchange::identity(provider, reached, code, attempt, visit.now).await?;
    let user = match account(visit, &identity).await {
        // Somebody was faster with this account or this address: look again.
        Err(Failure {
            problem: Problem::Denied(Code::StoreConflict),
            ..
        }) => account(visit, &identity).await?,
        settled => settled?,
    };
    Ok(session::begin(visit, &user, provider.id.as_str()).await?)
}

/// The user whose account this is, made or linked where need be.
async fn account(visit: &Visit<'_>, identity: &ProviderIdentity) -> Result<User, Failure> {
    let key = || Identity {
        provider: identity.provider().as_str().to_owned(),
        subject: identity.subject().to_owned(),
    };
    let linked = accounts::find_linked(visit.place(), key()).await?;
    let holder = match (&linked, identity.email()) {
        (None, Some(email)) => {
            accounts::find_by_email(visit.place(), email.as_str().to_owned()).await?
        }
        (Some(_), _) | (None, None) => None,
    };
    let decision = linking::decide(
        identity,
        linked.as_ref().map(local),
        holder.as_ref().map(local),
        visit.sign_up(),
    )?;
    match (decision, linked, holder) {
        (LinkDecision::SignIn { .. }, Some(user), _) => Ok(refreshed(visit, user, identity).await?),
        (LinkDecision::Link { user_id }, _, Some(user)) => {
            account_writer::link(visit.place(), user_id, key(), visit.now).await?;
            Ok(user)
        }
        (LinkDecision::TakeOver { user_id }, _, Some(user)) => {
            account_writer::take_over(visit.place(), user_id, key(), visit.now).await?;
            // Whatever the one before was called.
            let user = User {
                email_verified: true,
                name: identity.display_name().to_owned(),
                ..user
            };
            account_writer::update_profile(
                visit.place(),
                user.id.clone(),
                user.name.clone(),
                true,
                visit.now,
            )
            .await?;
            Ok(user)
        }
        (LinkDecision::Create, _, _) => {
            let email = identity
                .email()
                .ok_or_else(|| Refusal::from(RefusalCode::EmailMissing))?;
            let user = User {
                id: UserId::from_random(crate::random::bytes())
                    .as_str()
                    .to_owned(),
                email: email.as_str().to_owned(),
                email_verified: identity.email_verified(),
                name: identity.display_name().to_owned(),
                created_at: visit.now,
            };
            account_writer::register_linked(visit.place(), user.clone(), key()).await?;
            Ok(user)
        }
        // The decision names the user that it was given.
        (
            LinkDecision::SignIn { .. } | LinkDecision::Link { .. } | LinkDecision::TakeOver { .. },
            _,
            _,
        ) => Err(Error::Internal.into()),
    }
}

fn local(user: &User) -> LocalUser {
    LocalUser {
        id: user.id.clone(),
        email_verified: user.email_verified,
    }
}

/// Takes over what the provider says now: the name, and that the address, if it
/// is still the user's, is verified. What was verified stays so.
async fn refreshed(
    visit: &Visit<'_>,
    user: User,
    identity: &ProviderIdentity,
) -> Result<User, Error> {
    let same_address = identity
        .email()
        .is_some_and(|email| email.as_str() == user.email);
    let email_verified = user.email_verified || (same_address && identity.email_verified());
    let name = identity
        .name()
        .map_or_else(|| user.name.clone(), |name| name.as_str().to_owned());
    if name == user.name && email_verified == user.email_verified {
        return Ok(user);
    }
    account_writer::update_profile(
        visit.place(),
        user.id.clone(),
        name.clone(),
        email_verified,
        visit.now,
    )
    .await?;
    Ok(User {
        name,
        email_verified,
        ..user
    })
}
