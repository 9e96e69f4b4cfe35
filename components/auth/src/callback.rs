//! `GET|POST /auth/callback/<provider>`: the provider sends the browser back.
//! Whatever goes wrong ends on a page, never on another redirect.

use crate::complete::complete;
use crate::issuer::{self, Reached};
use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use crate::{exchange, relay};
use gatelet_core::cookie::CookieAge;
use gatelet_forms::{self as forms, Form};
use gatelet_ports::store::once;
use gatelet_sign_in::attempt::Attempt;
use gatelet_sign_in::callback::{AuthorizationCode, AuthorizationResponse};
use gatelet_sign_in::proof::Proof;
use gatelet_sign_in::provider::Provider;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
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
    let names = visit.arrival.cookie_names().host_only();
    let attempt = Attempt::find(
        visit.arrival.cookies(),
        names.session(),
        response.state().map_err(Problem::from)?,
        &provider.id,
        visit.arrival.base_url().as_str(),
        visit.arrival.keys,
        visit.arrival.now,
    )
    .map_err(Problem::from)?;
    // An app elsewhere may have left the list meanwhile.
    let return_to = visit.return_to(attempt.return_target().as_str());
    let spent = names.set(&attempt.cookie_name(names.session()), "", CookieAge::Clear);
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
    complete(visit, Proof::Provider(identity)).await?.cookies()
}
