//! Signing out at a provider: what is over there ends here, and whoever signs out here is
//! led there, where the operator wants it so.

use crate::issuer::{self, Reached, judged_by_keys};
use crate::problem::Problem;
use crate::provider_tokens;
use crate::visit::{Failure, Visit};
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;
use gatelet_forms::Form;
use gatelet_ports::store::{once, user_sessions};
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::end_session::end_session_url;
use gatelet_sign_in::id_token::ID_TOKEN_MAX_BYTES;
use gatelet_sign_in::logout_token::{Expected, FIELD, Over, VerifiedLogoutToken};
use gatelet_sign_in::provider::{Provider, ProviderKind};
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_web::{Answer, Explain as _, json, text};
use http::StatusCode;
use serde_json::json;

/// `POST /auth/backchannel-logout/<provider>`: the provider's server says so, and signs it
/// (OpenID Connect Back-Channel Logout 1.0 §2.5).
pub(crate) async fn by_server(
    visit: &Visit<'_>,
    provider: &str,
    form: &[u8],
) -> Result<Answer, Failure> {
    let form = Form::parse_known(form, &[FIELD], &[], ID_TOKEN_MAX_BYTES)?;
    match judged(visit, provider, form.text(FIELD)).await {
        Ok((provider, token)) => {
            end(visit, provider, token.over()).await?;
            Ok(text(StatusCode::OK, String::new()))
        }
        // It may come again.
        Err(problem) if problem.passes() => Err(problem.into()),
        // §2.8.
        Err(problem) => {
            let said = json!({ "error": "invalid_request", "error_description": problem.code() });
            Ok(json(StatusCode::BAD_REQUEST, &said))
        }
    }
}

/// `GET /auth/frontchannel-logout/<provider>`: the browser says so, in a frame of the
/// provider's page that has no cookies of ours (Front-Channel Logout 1.0 §3).
pub(crate) async fn by_browser(visit: &Visit<'_>, provider: &str) -> Result<Answer, Failure> {
    let query = visit.arrival.query();
    let provider = known(visit, provider)?;
    let over = Over::in_browser(provider, query.text("iss"), query.text("sid"));
    let over = over.ok_or_else(|| {
        let detail = "iss and sid name no session of this provider's";
        visit.refused(Refusal::new(RefusalCode::LogoutTokenMalformed, detail))
    })?;
    end(visit, provider, &over).await?;
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
            // What comes back by way of a relay, the provider knows no address of.
            let is_relayed = visit.site.relay.is_some();
            let back = (!is_relayed).then(|| visit.arrival.base_url());
            end_session_url(provider, reached.endpoints(), back, return_to)
        }
        Err(refusal) => {
            visit.refused(refusal);
            None
        }
    }
}

fn known<'a>(visit: &'a Visit<'_>, provider: &str) -> Result<&'a Provider, Problem> {
    let provider = visit.providers().get(provider);
    provider.ok_or_else(|| visit.refused(Refusal::new(RefusalCode::ProviderUnknown, "logout")))
}

async fn judged<'a>(
    visit: &'a Visit<'_>,
    provider: &str,
    token: &str,
) -> Result<(&'a Provider, VerifiedLogoutToken), Problem> {
    let provider = known(visit, provider)?;
    let now = visit.arrival.now;
    let reached = issuer::reach(provider, now).await;
    let reached = reached.map_err(|refusal| visit.refused(refusal))?;
    let (ProviderKind::OpenIdConnect(oidc), Reached::OpenIdConnect(metadata)) =
        (&provider.kind, &reached)
    else {
        return Err(visit.refused(RefusalCode::ProviderUnknown));
    };
    let (token, expected) = (
        Secret::new(token.to_owned()),
        Expected {
            provider,
            oidc,
            issuer: &metadata.issuer,
            algorithms: &metadata.algorithms,
            now,
        },
    );
    let verify = |keys: &_| VerifiedLogoutToken::verify(&token, keys, &expected);
    let judged = judged_by_keys(&metadata.jwks_uri, now, verify).await;
    let token = judged.and_then(|judged| judged);
    let token = token.map_err(|refusal| visit.refused(refusal))?;
    let is_first = once::spend(
        visit.arrival.place(),
        "logout".into(),
        token.digest().to_vec(),
        now,
        token.expires(),
    );
    match is_first.await? {
        true => Ok((provider, token)),
        false => Err(visit.refused(RefusalCode::LogoutTokenReplayed)),
    }
}

/// Ends what began by it, at whichever origin of this place.
async fn end(visit: &Visit<'_>, provider: &Provider, over: &Over) -> Result<(), Problem> {
    let Over {
        issuer,
        subject,
        session,
    } = over.clone();
    let over = user_sessions::Over {
        issuer,
        subject,
        session,
    };
    for user_id in user_sessions::end_over(visit.arrival.place(), over).await? {
        visit.record(Event::of(Act::SessionsOver, &user_id).about(provider.id.as_str()));
        provider_tokens::let_go(visit, &user_id).await;
    }
    Ok(())
}
