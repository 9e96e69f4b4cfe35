//! `GET|POST /auth/callback/<provider>`: the provider sends the browser back.
//! Whatever goes wrong ends on a page, never on another redirect.

use crate::account;
use crate::complete::{Completion, complete};
use crate::issuer::{self, Reached};
use crate::limits;
use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use crate::{exchange, landed, relay};
use gatelet_core::cookie::CookieAge;
use gatelet_ports::store::once;
use gatelet_sign_in::attempt::Attempt;
use gatelet_sign_in::callback::{AuthorizationCode, AuthorizationResponse};
use gatelet_sign_in::limits::Act;
use gatelet_sign_in::proof::Proof;
use gatelet_sign_in::provider::Provider;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::relay::Passage;
use gatelet_web::{Answer, see_other, with_cookies};

/// A callback by `form_post` comes from the provider's site, so the browser
/// leaves our cookies out. Asked again with a GET it brings them. What was posted goes
/// along sealed: it may be the person's name, and the code is not for an address bar.
pub(crate) fn by_post(visit: &Visit<'_>, provider: &str, form: &[u8]) -> Result<Answer, Failure> {
    let response = AuthorizationResponse::parse(form).map_err(|refusal| visit.refused(refusal))?;
    let user = response.unverified_user();
    if let Some(answer) = relay::pass_on(visit, provider, &response, user) {
        return answer;
    }
    let provider = known(visit, provider)?;
    let state = response.state().map_err(|refusal| visit.refused(refusal))?;
    let home = Passage::home(visit.arrival.base_url(), &provider.id, state);
    let random = gatelet_wasi::random::bytes();
    let location = home.location(&response, user, visit.arrival.keys, &random);
    let location = location.map_err(|refusal| visit.refused(refusal))?;
    Ok(relay::sent_on(&location))
}

/// Judges the callback and signs in whoever it is.
pub(crate) async fn finish(visit: &Visit<'_>, provider: &str) -> Result<Answer, Failure> {
    let response = AuthorizationResponse::parse(visit.arrival.head.query().as_bytes())
        .map_err(|refusal| visit.refused(refusal))?;
    if let Some(answer) = relay::pass_on(visit, provider, &response, None) {
        return answer;
    }
    let provider = known(visit, provider)?;
    let attempt = match found(visit, provider, &response) {
        Ok(attempt) => attempt,
        Err(refusal) => return landed::again(visit, &response, refusal).await,
    };
    let names = visit.arrival.cookie_names().host_only();
    // An app elsewhere may have left the list meanwhile.
    let return_to = visit.return_to(attempt.return_target().as_str());
    let spent = names.set(&attempt.cookie_name(names.session()), "", CookieAge::Clear);
    let (reached, code) = match spend(visit, provider, &response, &attempt).await {
        Ok(spent) => spent,
        // Nothing is used up: reloaded later, the same address is as good as now.
        Err(problem) if problem.passes() => {
            return Err(Failure::from(problem).returning(&return_to));
        }
        Err(Problem::Refused(RefusalCode::Replayed)) if landed::is_signed_in(visit).await => {
            return Ok(see_other(return_to.as_str()));
        }
        Err(problem) => {
            return Err(Failure::from(problem)
                .returning(&return_to)
                .with_cookie(spent));
        }
    };
    match signed_in(visit, provider, &reached, &code, &attempt).await {
        Ok(landing) => {
            let (location, mut cookies) = match landing {
                Landing::Linked(cookies) => (return_to.as_str().to_owned(), cookies),
                Landing::SignedIn(completion) => completion.onward(visit, &return_to),
            };
            cookies.push(spent);
            cookies.push(landed::remember(visit, attempt.state(), &return_to));
            Ok(with_cookies(see_other(&location), cookies))
        }
        Err(problem) => Err(Failure::from(problem)
            .returning(&return_to)
            .with_cookie(spent)),
    }
}

fn known<'a>(visit: &'a Visit<'_>, provider: &str) -> Result<&'a Provider, Problem> {
    let provider = visit.providers().get(provider);
    provider.ok_or_else(|| visit.refused(Refusal::new(RefusalCode::ProviderUnknown, "callback")))
}

/// The attempt that it is the answer to.
fn found(
    visit: &Visit<'_>,
    provider: &Provider,
    response: &AuthorizationResponse,
) -> Result<Attempt, Refusal> {
    Attempt::find(
        visit.arrival.cookies(),
        visit.arrival.cookie_names().host_only().session(),
        response.state()?,
        &provider.id,
        visit.arrival.base_url().as_str(),
        visit.arrival.keys,
        visit.arrival.now,
    )
}

/// Judges the answer and uses the attempt up, before its code is used: of two copies
/// of one callback one gets through.
async fn spend(
    visit: &Visit<'_>,
    provider: &Provider,
    response: &AuthorizationResponse,
    attempt: &Attempt,
) -> Result<(Reached, AuthorizationCode), Problem> {
    let _counted = limits::admit(visit, Act::Callback, None).await?;
    let reached = issuer::reach(provider, visit.arrival.now).await;
    let reached = reached.map_err(|refusal| visit.refused(refusal))?;
    let code = response.judge(
        attempt,
        &reached.endpoints().issuer_parameter,
        visit.arrival.keys,
    );
    let code = code.map_err(|refusal| visit.refused(refusal))?;
    let is_first = once::spend(
        visit.arrival.place(),
        "attempt".into(),
        attempt.digest().to_vec(),
        visit.arrival.now,
        attempt.expires(),
    );
    if !is_first.await? {
        return Err(visit.refused(RefusalCode::Replayed));
    }
    Ok((reached, code))
}

/// What an answer of a provider comes to.
enum Landing {
    /// The account there is whoever's who is signed in here.
    Linked(Vec<String>),
    /// A session, or the second step.
    SignedIn(Completion),
}

/// From the code to what it comes to.
async fn signed_in(
    visit: &Visit<'_>,
    provider: &Provider,
    reached: &Reached,
    code: &AuthorizationCode,
    attempt: &Attempt,
) -> Result<Landing, Problem> {
    let identity = exchange::identity(provider, reached, code, attempt, visit.arrival.now).await;
    let identity = identity.map_err(|refusal| visit.refused(refusal))?;
    Ok(match attempt.link() {
        Some(to) => Landing::Linked(account::link(visit, &identity, to).await?),
        None => Landing::SignedIn(complete(visit, Proof::Provider(identity)).await?),
    })
}
