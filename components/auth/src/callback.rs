//! `GET|POST /auth/callback/<provider>`, and the API's callback that providers share: the
//! provider sends the browser back.
//! Whatever goes wrong ends on a page, never on another redirect.

use crate::account;
use crate::complete::{Begun, Completion, complete};
use crate::issuer::{self, Reached};
use crate::limits;
use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use crate::{exchange, landed, provider_tokens, relay};
use gatelet_core::cookie::CookieAge;
use gatelet_core::return_target::ReturnTarget;
use gatelet_ports::store::once;
use gatelet_sign_in::attempt::Attempt;
use gatelet_sign_in::callback::{AuthorizationCode, AuthorizationResponse};
use gatelet_sign_in::callback_path::CallbackPath;
use gatelet_sign_in::limits::Act;
use gatelet_sign_in::proof::Proof;
use gatelet_sign_in::provider::Provider;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::relay::Passage;
use gatelet_web::{Answer, see_other, with_cookies};

/// Which address an answer came to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At<'a> {
    /// This provider's own.
    Own(&'a str),
    /// The one of the API.
    Shared,
}

/// What an answer comes to that is good.
pub(crate) struct Landed {
    /// Where whoever it is goes on to.
    pub location: String,
    /// To set.
    pub cookies: Vec<String>,
    /// Whether somebody is signed in now; not where more is to be proved first.
    pub end: End,
}

/// What becomes of an answer whose attempt is over, where somebody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Late {
    /// A browser that goes back or reloads is sent on.
    SentOn,
    /// A program is told: nothing of this answer was checked.
    Refused,
}

/// Who is signed in after an answer.
#[derive(Debug)]
pub(crate) enum End {
    /// Somebody, from now on.
    Begun(Begun),
    /// Somebody who was already.
    AsBefore,
    /// Nobody yet.
    NotYet,
}

/// A callback by `form_post` comes from the provider's site, so the browser
/// leaves our cookies out. Asked again with a GET it brings them. What was posted goes
/// along sealed: it may be the person's name, and the code is not for an address bar.
pub(crate) fn by_post(visit: &Visit<'_>, at: At<'_>, form: &[u8]) -> Result<Answer, Failure> {
    let response = AuthorizationResponse::parse(form).map_err(|refusal| visit.refused(refusal))?;
    let user = response.unverified_user();
    if let At::Own(provider) = at
        && let Some(answer) = relay::pass_on(visit, provider, &response, user)
    {
        return answer;
    }
    let path = came_to(visit, at)?;
    let state = response.state().map_err(|refusal| visit.refused(refusal))?;
    let home = Passage::home(visit.arrival.base_url(), &path, state);
    let random = gatelet_wasi::random::bytes();
    let location = home.location(&response, user, visit.arrival.keys, &random);
    let location = location.map_err(|refusal| visit.refused(refusal))?;
    Ok(relay::sent_on(&location))
}

/// Judges the callback and signs in whoever it is.
pub(crate) async fn finish(visit: &Visit<'_>, at: At<'_>) -> Result<Answer, Failure> {
    let response = AuthorizationResponse::parse(visit.arrival.head.query().as_bytes())
        .map_err(|refusal| visit.refused(refusal))?;
    if let At::Own(provider) = at
        && let Some(answer) = relay::pass_on(visit, provider, &response, None)
    {
        return answer;
    }
    let landed = landing(visit, at, &response, Late::SentOn).await?;
    Ok(with_cookies(see_other(&landed.location), landed.cookies))
}

/// The same of an answer that is this origin's own, however it was brought.
pub(crate) async fn landing(
    visit: &Visit<'_>,
    at: At<'_>,
    response: &AuthorizationResponse,
    late: Late,
) -> Result<Landed, Failure> {
    let path = came_to(visit, at)?;
    let as_before = |return_to: ReturnTarget| Landed {
        location: return_to.as_str().to_owned(),
        cookies: Vec::new(),
        end: End::AsBefore,
    };
    let attempt = match found(visit, &path, response) {
        Ok(attempt) => attempt,
        Err(refusal) => {
            return match late {
                Late::SentOn => landed::again(visit, response, refusal).await.map(as_before),
                Late::Refused => Err(visit.refused(refusal).into()),
            };
        }
    };
    let provider = known(visit, attempt.provider().as_str())?;
    let names = visit.arrival.cookie_names().host_only();
    // An app elsewhere may have left the list meanwhile.
    let return_to = visit.return_to(attempt.return_target().as_str());
    let spent = names.set(&attempt.cookie_name(names.session()), "", CookieAge::Clear);
    let (reached, code) = match spend(visit, provider, response, &attempt).await {
        Ok(spent) => spent,
        // Nothing is used up: reloaded later, the same address is as good as now.
        Err(problem) if problem.passes() => {
            return Err(Failure::from(problem).returning(&return_to));
        }
        Err(Problem::Refused(RefusalCode::Replayed))
            if late == Late::SentOn && landed::is_signed_in(visit).await =>
        {
            return Ok(as_before(return_to));
        }
        Err(problem) => {
            return Err(Failure::from(problem)
                .returning(&return_to)
                .with_cookie(spent));
        }
    };
    match signed_in(visit, provider, &reached, &code, &attempt).await {
        Ok(landing) => {
            let end = landing.end();
            limits::give_back_to_network(visit, &[Act::Start, Act::Callback]).await;
            let (location, mut cookies) = match landing {
                Landing::Linked(cookies) => (return_to.as_str().to_owned(), cookies),
                Landing::SignedIn(completion) => completion.onward(visit, &return_to),
            };
            cookies.push(spent);
            cookies.push(landed::remember(visit, attempt.state(), &return_to));
            Ok(Landed {
                location,
                cookies,
                end,
            })
        }
        Err(problem) => Err(Failure::from(problem)
            .returning(&return_to)
            .with_cookie(spent)),
    }
}

/// The path that it came to; a provider's own is one's that there is.
fn came_to(visit: &Visit<'_>, at: At<'_>) -> Result<CallbackPath, Problem> {
    Ok(match at {
        At::Own(provider) => CallbackPath::Own(known(visit, provider)?.id.clone()),
        At::Shared => CallbackPath::Shared,
    })
}

fn known<'a>(visit: &'a Visit<'_>, provider: &str) -> Result<&'a Provider, Problem> {
    let provider = visit.providers().get(provider);
    provider.ok_or_else(|| visit.refused(Refusal::new(RefusalCode::ProviderUnknown, "callback")))
}

/// The attempt that it is the answer to.
fn found(
    visit: &Visit<'_>,
    path: &CallbackPath,
    response: &AuthorizationResponse,
) -> Result<Attempt, Refusal> {
    Attempt::find(
        visit.arrival.cookies(),
        visit.arrival.cookie_names().host_only().session(),
        response.state()?,
        path,
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

impl Landing {
    fn end(&self) -> End {
        match self {
            Self::SignedIn(Completion::SignedIn(begun, _)) => End::Begun(begun.clone()),
            Self::SignedIn(Completion::Leaving(_) | Completion::Needs(..)) => End::NotYet,
            Self::Linked(_) => End::AsBefore,
        }
    }
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
    let (identity, tokens) = identity.map_err(|refusal| visit.refused(refusal))?;
    if let Some(which) = identity.groups().left_out() {
        visit.groups_left_out(&identity, which);
    }
    let landing = match attempt.link() {
        Some(to) => Landing::Linked(account::link(visit, &identity, to).await?),
        None => {
            let proof = Proof::Provider(identity.clone());
            Landing::SignedIn(complete(visit, proof).await?)
        }
    };
    // Whoever is about to leave gets no session that could use them.
    if !matches!(landing, Landing::SignedIn(Completion::Leaving(_))) {
        provider_tokens::keep(visit, &identity, &tokens).await;
    }
    Ok(landing)
}
