//! Signing out at a provider: what is over there ends here, and whoever signs out here is
//! led there, where the operator wants it so.

use crate::issuer::{self, Reached, WhenAway, judged_by_keys_or};
use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use crate::{limits, provider_tokens, shared};
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;
use gatelet_forms::Form;
use gatelet_ports::store::user_sessions;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::end_session::end_session_url;
use gatelet_sign_in::id_token::ID_TOKEN_MAX_BYTES;
use gatelet_sign_in::limits::Act as LimitedAct;
use gatelet_sign_in::logout_token::{Expected, FIELD, Over};
use gatelet_sign_in::pending::PENDING_SECONDS;
use gatelet_sign_in::provider::{Provider, ProviderKind};
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_web::{Answer, Explain as _, json, log, text};
use http::StatusCode;
use serde_json::json;

/// `POST /auth/backchannel-logout/<provider>`: the provider's server says so, and signs it
/// (OpenID Connect Back-Channel Logout 1.0 §2.5). Anybody may post: what is refused counts for
/// the network that it came from, and nothing that is true does. Nor does what nobody can judge
/// while the provider is away, for it may be true; nobody waits for that.
pub(crate) async fn by_server(
    visit: &Visit<'_>,
    provider: &str,
    form: &[u8],
) -> Result<Answer, Failure> {
    limits::check_remembered(visit, LimitedAct::Logout)?;
    let form = Form::parse_known(form, &[FIELD], &[], ID_TOKEN_MAX_BYTES)?;
    match judged(visit, provider, form.text(FIELD)).await {
        Ok((provider, over)) => {
            end(visit, provider, &over, Known::Kept).await?;
            Ok(text(StatusCode::OK, String::new()))
        }
        // It may come again.
        Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE => Err(problem.into()),
        // §2.8.
        Err(problem) => {
            let _counted = limits::admit(visit, LimitedAct::Logout, None).await?;
            let said = json!({ "error": "invalid_request", "error_description": problem.code() });
            Ok(json(StatusCode::BAD_REQUEST, &said))
        }
    }
}

/// `GET /auth/frontchannel-logout/<provider>`: the browser says so, in a frame of the
/// provider's page that has no cookies of ours (Front-Channel Logout 1.0 §3). Anybody may ask,
/// and any page may have a browser ask often. So nobody is refused for it: what ends nothing
/// counts for the network that it came from, and over the limit only what would be written
/// beside the end is left out.
pub(crate) async fn by_browser(visit: &Visit<'_>, provider: &str) -> Result<Answer, Failure> {
    let query = visit.arrival.query();
    let provider = known(visit, provider)?;
    let (issuer, session) = (query.get("iss"), query.text("sid"));
    let over = Over::in_browser(provider, issuer, session, visit.arrival.now);
    let over = over.ok_or_else(|| {
        let detail = "iss and sid name no session of this provider's";
        visit.not_believed(Refusal::new(RefusalCode::LogoutTokenMalformed, detail))
    })?;
    let admitted = match limits::admit(visit, LimitedAct::LogoutFrame, None).await {
        Ok(admitted) => Some(admitted),
        Err(Problem::Limited(_)) => None,
        Err(problem) => return Err(problem.into()),
    };
    let known = match &admitted {
        Some(_) => Known::Kept,
        None => Known::NotKept,
    };
    if end(visit, provider, &over, known).await?
        && let Some(admitted) = admitted
    {
        admitted.give_back(visit).await;
    }
    Ok(text(StatusCode::OK, String::new()))
}

/// Where whoever has signed out here goes on to end the session at the provider that they
/// came by. None where that is not wanted, or cannot be had: they are signed out here.
pub(crate) async fn onward(
    visit: &Visit<'_>,
    provider: &str,
    return_to: &ReturnTarget,
) -> Option<String> {
    let provider = visit.providers().get(provider)?;
    if !provider.ends_session() {
        return None;
    }
    match issuer::reach(provider, visit.arrival.now).await {
        Ok(reached) => {
            // The provider knows the addresses of the origin that people sign in at, and
            // none of one whose sign-ins come by way of a relay.
            let there = visit.signs_in_at();
            let (base_url, state) = match &there {
                Some(site) => (site.base_url(), shared::back(visit, return_to.as_str())),
                None => (visit.arrival.base_url(), return_to.clone()),
            };
            let back = visit.site.relay.is_none().then_some((base_url, &state));
            let url = end_session_url(provider, reached.endpoints(), back);
            if url.is_none() {
                let detail = format!("{}: it names no end_session_endpoint", provider.id);
                log::note("end_session.none", &detail);
            }
            url
        }
        Err(refusal) => {
            visit.not_believed(refusal);
            None
        }
    }
}

fn known<'a>(visit: &'a Visit<'_>, provider: &str) -> Result<&'a Provider, Problem> {
    let provider = visit.providers().get(provider);
    provider.ok_or_else(|| visit.not_believed(Refusal::new(RefusalCode::ProviderUnknown, "logout")))
}

async fn judged<'a>(
    visit: &'a Visit<'_>,
    provider: &str,
    token: &str,
) -> Result<(&'a Provider, Over), Problem> {
    let provider = known(visit, provider)?;
    let now = visit.arrival.now;
    let reached = issuer::reach_or(provider, WhenAway::FailFast, now).await;
    let reached = reached.map_err(|refusal| visit.not_believed(refusal))?;
    let (ProviderKind::OpenIdConnect(oidc), Reached::OpenIdConnect(metadata)) =
        (&provider.kind, &reached)
    else {
        return Err(visit.not_believed(RefusalCode::ProviderUnknown));
    };
    let token = Secret::new(token.to_owned());
    let expected = Expected {
        provider,
        oidc,
        issuer: &metadata.issuer,
        algorithms: &metadata.algorithms,
        now,
    };
    let judge = |keys: &_| Over::of_token(&token, keys, &expected);
    let keys = &metadata.jwks_uri;
    let judged = judged_by_keys_or(keys, WhenAway::FailFast, now, judge).await;
    let over = judged.and_then(|judged| judged);
    Ok((
        provider,
        over.map_err(|refusal| visit.not_believed(refusal))?,
    ))
}

/// Whether it is kept what is over, for sign-ins that wait for their second step.
#[derive(Clone, Copy)]
enum Known {
    Kept,
    NotKept,
}

/// Ends what began by it, at whichever origin of this place, and sign-ins that wait for their
/// second step where that is kept; whether any session was there.
async fn end(
    visit: &Visit<'_>,
    provider: &Provider,
    over: &Over,
    known: Known,
) -> Result<bool, Problem> {
    let Over {
        issuer,
        subject,
        session,
        until,
    } = over.clone();
    // Whoever has begun to sign in since is not meant, whatever clocks say.
    let first_step_until = until.min(visit.arrival.now);
    let over = user_sessions::Over {
        provider: provider.id.as_str().to_owned(),
        issuer,
        subject,
        session,
        until,
        first_step_until,
        known_until: match known {
            Known::Kept => Some(first_step_until.saturating_add(PENDING_SECONDS)),
            Known::NotKept => None,
        },
    };
    let whose = user_sessions::end_over(visit.arrival.place(), over).await?;
    for user_id in &whose {
        note_over(visit, user_id, provider.id.as_str()).await;
    }
    Ok(!whose.is_empty())
}

/// Sessions of this user are over at this provider, and so here.
pub(crate) async fn note_over(visit: &Visit<'_>, user_id: &str, provider: &str) {
    visit.record(Event::of(Act::SessionsOver, user_id).about(provider));
    provider_tokens::let_go(visit, user_id).await;
}
