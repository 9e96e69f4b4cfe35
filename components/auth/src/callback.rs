//! `GET|POST /auth/callback/<provider>`: the provider sends the browser back.
//! Whatever goes wrong ends on a page, never on another redirect.

use crate::issuer::{self, Reached};
use crate::problem::Problem;
use crate::visit::Failure;
use crate::visit::Visit;
use crate::{exchange, relay, session};
use gatelet_core::cookie::CookieAge;
use gatelet_core::error::Code;
use gatelet_forms::{self as forms, Form};
use gatelet_ports::store::accounts::{self, Found};
use gatelet_ports::store::once;
use gatelet_ports::store::session_writer::{
    Link, LinkedRegistration, LinkedSignIn, SignIn, TakeOver,
};
use gatelet_ports::store::types::{Error, Identity, User};
use gatelet_sign_in::attempt::Attempt;
use gatelet_sign_in::callback::{AuthorizationCode, AuthorizationResponse};
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::linking::{self, LinkDecision, LocalUser};
use gatelet_sign_in::provider::Provider;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::user_id::UserId;
use gatelet_web::{Answer, see_other, with_cookies};

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
        forms::encode(parameters)
    )))
}

/// Judges the callback and signs in whoever it is.
pub(crate) async fn finish(visit: &Visit<'_>, provider: &str) -> Result<Answer, Failure> {
    let response = AuthorizationResponse::parse(visit.arrival.head.query().as_bytes())
        .map_err(Problem::from)?;
    if let Some(answer) = relay::pass_on(visit, provider, &response, None) {
        return answer;
    }
    let provider = known(visit, provider)?;
    let attempt = Attempt::find(
        visit.arrival.cookies(),
        visit.arrival.cookie_names().prefix(),
        response.state().map_err(Problem::from)?,
        &provider.id,
        visit.arrival.base_url().as_str(),
        visit.arrival.keys,
        visit.arrival.now,
    )
    .map_err(Problem::from)?;
    let names = visit.arrival.cookie_names();
    // An app elsewhere may have left the list meanwhile.
    let return_to = visit.return_to(attempt.return_target().as_str());
    let spent = names.set(&attempt.cookie_name(names.prefix()), "", CookieAge::Clear);
    let (reached, code) = match spend(visit, provider, &response, &attempt).await {
        Ok(spent) => spent,
        // Nothing is used up: reloaded later, the same address is as good as now.
        Err(problem) if problem.passes() => {
            return Err(Failure::from(problem).returning(&return_to));
        }
        Err(problem) => {
            return Err(Failure::from(problem)
                .returning(&return_to)
                .with_cookie(spent));
        }
    };
    match signed_in(visit, provider, &reached, &code, &attempt).await {
        Ok(mut cookies) => {
            cookies.push(spent);
            Ok(with_cookies(see_other(return_to.as_str()), cookies))
        }
        Err(problem) => Err(Failure::from(problem)
            .returning(&return_to)
            .with_cookie(spent)),
    }
}

fn known<'a>(visit: &'a Visit<'_>, provider: &str) -> Result<&'a Provider, Problem> {
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
) -> Result<(Reached, AuthorizationCode), Problem> {
    let reached = issuer::reach(provider, visit.arrival.now).await?;
    let code = response.judge(
        attempt,
        &reached.endpoints().issuer_parameter,
        visit.arrival.keys,
    )?;
    let is_first = once::spend(
        visit.arrival.place(),
        "attempt".into(),
        attempt.digest().to_vec(),
        visit.arrival.now,
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
) -> Result<Vec<String>, Problem> {
    let identity = exchange::identity(provider, reached, code, attempt, visit.arrival.now).await?;
    match begun(visit, provider, &identity).await {
        // Somebody was faster with this account or this address: look again.
        Err(problem) if problem == Problem::denied(Code::StoreConflict) => {
            begun(visit, provider, &identity).await
        }
        settled => settled,
    }
}

async fn begun(
    visit: &Visit<'_>,
    provider: &Provider,
    identity: &ProviderIdentity,
) -> Result<Vec<String>, Problem> {
    let decided = decided(visit, provider, identity).await?;
    // No value of RFC 8176: what others write for a provider's word.
    Ok(session::begin(visit, decided, "fed").await?)
}

/// Whose account this is, and what is to be done about it.
async fn decided(
    visit: &Visit<'_>,
    provider: &Provider,
    identity: &ProviderIdentity,
) -> Result<SignIn, Problem> {
    let key = Identity {
        issuer: provider.account_issuer().to_owned(),
        subject: identity.subject().to_owned(),
        provider: provider.id.as_str().to_owned(),
    };
    let linked = accounts::find_linked(visit.arrival.place(), key.clone()).await?;
    let holder = match (&linked, identity.email()) {
        (None, Some(email)) => {
            accounts::find_by_email(visit.arrival.place(), email.as_str().to_owned()).await?
        }
        (Some(_), _) | (None, None) => None,
    };
    let decision = linking::decide(
        identity,
        linked.as_ref().map(local),
        holder.as_ref().map(local),
        visit.sign_up(),
    )?;
    let verified_email = identity.email().filter(|_| identity.email_verified());
    Ok(match (decision, linked, holder) {
        (LinkDecision::SignIn { .. }, Some(found), _) => SignIn::Linked(LinkedSignIn {
            seen: found.seen,
            identity: key,
            name: identity.name().map(|name| name.as_str().to_owned()),
            verified_email: verified_email.map(|email| email.as_str().to_owned()),
        }),
        (LinkDecision::Link { .. }, _, Some(found)) => SignIn::Link(Link {
            seen: found.seen,
            identity: key,
        }),
        (LinkDecision::TakeOver { .. }, _, Some(found)) => SignIn::TakeOver(TakeOver {
            seen: found.seen,
            identity: key,
            // Whatever the one before was called.
            name: identity.display_name().to_owned(),
        }),
        (LinkDecision::Create, _, _) => {
            let email = identity
                .email()
                .ok_or_else(|| Refusal::from(RefusalCode::EmailMissing))?;
            SignIn::LinkedRegistration(LinkedRegistration {
                user: User {
                    id: UserId::from_random(gatelet_wasi::random::bytes())
                        .as_str()
                        .to_owned(),
                    email: email.as_str().to_owned(),
                    email_verified: identity.email_verified(),
                    name: identity.display_name().to_owned(),
                    created_at: visit.arrival.now,
                },
                identity: key,
            })
        }
        // The decision names the user that it was given.
        (
            LinkDecision::SignIn { .. } | LinkDecision::Link { .. } | LinkDecision::TakeOver { .. },
            _,
            _,
        ) => return Err(Error::Internal.into()),
    })
}

fn local(found: &Found) -> LocalUser {
    LocalUser {
        id: found.user.id.clone(),
        email_verified: found.user.email_verified,
    }
}
