//! `/auth/mcp`: where agents call tools. What is decided from data alone is decided in
//! `gatelet-mcp`; here the store says whose a token is, and the vault does what is asked.

mod authorization;
mod dispatch;

use gatelet_core::Head;
use gatelet_mcp::{
    BODY_MAX_BYTES, Caller, Denial, Endpoint, Fields, Method, Received, Refusal, Reply, preflight,
    receive, shared,
};
use gatelet_secrets::Kind;
use gatelet_web::{Answer, BodyError, json, log, no_content, read, with};
use http::header::{ALLOW, CONTENT_LENGTH, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use wasip3::http_compat::IncomingRequestBody;
use zeroize::Zeroizing;

use crate::actor::actor;
use crate::vault::Vault;
use crate::visit::Visit;

/// The answer to any request at the endpoint.
pub(crate) async fn answered(visit: &Visit<'_>, body: IncomingRequestBody) -> Answer {
    let head = visit.arrival.head.core();
    // Browsers ask before they send a token.
    if Method::of(&head) == Method::Options {
        return with_fields(no_content(), preflight(&head));
    }
    let endpoint = Endpoint::at(visit.arrival.base_url());
    let reply = judged(visit, &head, &endpoint, body).await;
    let reply = reply.unwrap_or_else(|denial| {
        visit.note(denial.as_str(), "");
        denial.reply(&endpoint)
    });
    with_fields(sendable(reply), shared(&head))
}

/// The answer at the address of the endpoint's metadata.
pub(crate) fn metadata(visit: &Visit<'_>) -> Answer {
    let head = visit.arrival.head.core();
    match Method::of(&head) {
        Method::Options => with_fields(no_content(), preflight(&head)),
        Method::Post | Method::Other => {
            with_fields(sendable(gatelet_mcp::metadata()), shared(&head))
        }
    }
}

/// Who asks is judged before the body is read, and whether the token is good for the tool
/// before the vault is asked.
async fn judged(
    visit: &Visit<'_>,
    head: &Head<'_>,
    endpoint: &Endpoint,
    body: IncomingRequestBody,
) -> Result<Reply, Denial> {
    let caller = Caller::of(head)?;
    let agent = authorization::agent(visit, endpoint, &caller.token).await?;
    if caller.method != Method::Post {
        return Err(Denial::MethodNotAllowed);
    }
    let body = match read(body, BODY_MAX_BYTES).await.map(Zeroizing::new) {
        Ok(body) => body,
        Err(BodyError::TooLarge) => return Ok(Refusal::too_large().reply()),
        Err(BodyError::Broken) => return Ok(Refusal::broken().reply()),
    };
    let call = match receive(&Fields::of(head), &body) {
        Received::Answered(reply) => return Ok(reply),
        Received::Called(call) => call,
    };
    agent.permit(call.tool())?;
    let vault = Vault {
        keys: visit.arrival.keys,
        actor: actor(&visit.arrival, Kind::Agent, agent.user_id(), agent.role()),
        now: visit.arrival.now,
    };
    let asked = call.read();
    let answer = match asked {
        Ok(asked) => dispatch::asked(&vault, visit.arrival.base_url(), asked).await,
        Err(error) => Err(error),
    };
    Ok(call.answered(answer))
}

fn sendable(reply: Reply) -> Answer {
    let Reply {
        status,
        body,
        challenge,
        allow,
    } = reply;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = match body {
        Some(body) => json(status, &body),
        None => {
            let mut answer = no_content();
            *answer.status_mut() = status;
            with(answer, CONTENT_LENGTH, HeaderValue::from_static("0"))
        }
    };
    if let Some(methods) = allow {
        answer = with(answer, ALLOW, HeaderValue::from_static(methods));
    }
    match challenge.as_deref().map(HeaderValue::from_str) {
        None => answer,
        Some(Ok(challenge)) => with(answer, WWW_AUTHENTICATE, challenge),
        // A base URL and scopes are ASCII.
        Some(Err(error)) => {
            log::error("mcp.challenge", &error.to_string());
            answer
        }
    }
}

/// Fields whose values are ours, but for names that were found to be tokens.
fn with_fields(answer: Answer, fields: Vec<(&'static str, String)>) -> Answer {
    fields.into_iter().fold(
        answer,
        |answer, (name, value)| match HeaderValue::try_from(value) {
            Ok(value) => with(answer, HeaderName::from_static(name), value),
            Err(_) => answer,
        },
    )
}
