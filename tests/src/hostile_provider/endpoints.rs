//! The endpoints, each in the planned manner.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, MutexGuard};

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body::Frame;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::Request;
use hyper::body::Incoming;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{ACCESS_TOKEN, Asked, CLIENT_ID, Manner, Plan, State, id_token, now};

type Answer = Response<BoxBody<Bytes, io::Error>>;

pub(super) async fn answer(request: Request<Incoming>, state: Arc<State>) -> io::Result<Answer> {
    let path = request.uri().path().to_owned();
    state
        .requests
        .lock()
        .expect("nothing panics")
        .push(format!("{} {path}", request.method()));
    let bearer = request
        .headers()
        .get("authorization")
        .is_some_and(|value| value.as_bytes() == format!("Bearer {ACCESS_TOKEN}").as_bytes());
    match (request.method(), path.as_str()) {
        (&Method::GET, "/.well-known/openid-configuration") => {
            let (document, manner) = {
                let plan = plan(&state);
                (discovery(&state, &plan), plan.discovery_manner.clone())
            };
            said(document, manner).await
        }
        (&Method::GET, "/keys") => {
            let (keys, manner) = {
                let plan = plan(&state);
                let mut keys = json!({ "keys": [id_token::public(&state.key, id_token::KEY_ID)] });
                (plan.keys)(&mut keys);
                (keys, plan.keys_manner.clone())
            };
            said(keys, manner).await
        }
        (&Method::GET, "/authorize" | "/login/oauth/authorize") => {
            Ok(authorize(&state, request.uri().query().unwrap_or_default()))
        }
        (&Method::POST, "/token" | "/login/oauth/access_token") => {
            let content = request.into_body().collect().await;
            let content = content.map_err(io::Error::other)?.to_bytes();
            let github = path.starts_with("/login");
            let form = String::from_utf8_lossy(&content).into_owned();
            let met = &state.token_requests;
            met.lock().expect("nothing panics").push(form);
            let (tokens, manner) = {
                let plan = plan(&state);
                let tokens = tokens(&state, &plan, &content, github);
                (tokens, plan.token_manner.clone())
            };
            said(tokens, manner).await
        }
        (&Method::GET, "/userinfo") if bearer => {
            let (claims, manner) = {
                let plan = plan(&state);
                let mut claims = honest_person();
                (plan.userinfo)(&mut claims);
                (claims, plan.userinfo_manner.clone())
            };
            said(claims, manner).await
        }
        (&Method::GET, "/api/user") if bearer => {
            let user = plan(&state).github_user.clone();
            said(user, Manner::Honest).await
        }
        (&Method::GET, "/api/user/emails") if bearer => {
            let (emails, manner) = {
                let plan = plan(&state);
                (
                    plan.github_emails.clone(),
                    plan.github_emails_manner.clone(),
                )
            };
            said(emails, manner).await
        }
        _ => {
            said(
                json!({ "message": "Not Found" }),
                Manner::Instead(404, "{}".into()),
            )
            .await
        }
    }
}

fn plan(state: &State) -> MutexGuard<'_, Plan> {
    // A test that failed while changing it has failed already.
    state.plan.lock().unwrap_or_else(|held| held.into_inner())
}

fn discovery(state: &State, plan: &Plan) -> Value {
    let at = |path: &str| format!("{}{path}", state.issuer);
    let mut document = json!({
        "issuer": state.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    (plan.discovery)(&mut document);
    document
}

/// Nobody is asked: this provider says yes to everything.
fn authorize(state: &State, query: &str) -> Answer {
    let parameter = |name: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let mut asked = state.asked.lock().expect("nothing panics");
    let code = format!("code-{}{}", asked.len(), plan(state).code_tail);
    asked.push(Asked {
        code: code.clone(),
        nonce: parameter("nonce"),
    });
    let back = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", &parameter("state"))
        .append_pair("iss", &state.issuer)
        .finish();
    let mut answer = Response::new(full(""));
    *answer.status_mut() = StatusCode::FOUND;
    let location = format!("{}?{back}", parameter("redirect_uri"));
    answer
        .headers_mut()
        .insert("location", location.parse().expect("an encoded URL"));
    answer
}

fn tokens(state: &State, plan: &Plan, content: &[u8], github: bool) -> Value {
    let code = form_urlencoded::parse(content)
        .find(|(key, _)| key == "code")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let asked = state.asked.lock().expect("nothing panics");
    let nonce = asked
        .iter()
        .find(|asked| asked.code == code)
        .map(|asked| asked.nonce.clone());
    let mut tokens =
        json!({ "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 600 });
    if !github {
        let mut claims = honest_person();
        for (name, value) in [
            ("iss", json!(state.issuer)),
            ("aud", json!(CLIENT_ID)),
            ("nonce", json!(nonce)),
            ("iat", json!(now())),
            ("exp", json!(now() + 600)),
        ] {
            claims[name] = value;
        }
        tokens["id_token"] = id_token::made(plan, &state.key, claims).into();
    }
    (plan.tokens)(&mut tokens);
    tokens
}

fn honest_person() -> Value {
    json!({
        "sub": "subject-of-mallory", "email": "mallory@example.com",
        "email_verified": true, "name": "Mallory",
    })
}

async fn said(value: Value, manner: Manner) -> io::Result<Answer> {
    let mut status = 200;
    let mut location = None;
    let content = match manner {
        Manner::Honest => full(value.to_string()),
        Manner::Redirect(to) => {
            status = 302;
            location = Some(to);
            full("")
        }
        Manner::Instead(other, content) => {
            status = other;
            full(content)
        }
        Manner::Padded(count) => full(format!("{}{value}", " ".repeat(count))),
        Manner::Slow(time) => {
            tokio::time::sleep(time).await;
            full(value.to_string())
        }
        Manner::CutOff => {
            let text = value.to_string();
            let half = Bytes::from(text[..text.len() / 2].to_owned());
            let frames = [Ok(Frame::data(half)), Err(io::Error::other("cut off"))];
            BodyExt::boxed(StreamBody::new(futures_util::stream::iter(frames)))
        }
    };
    let mut answer = Response::new(content);
    *answer.status_mut() = StatusCode::from_u16(status).map_err(io::Error::other)?;
    let headers = answer.headers_mut();
    headers.insert("content-type", "application/json".parse().expect("ASCII"));
    if let Some(location) = location {
        headers.insert("location", location.parse().map_err(io::Error::other)?);
    }
    Ok(answer)
}

fn full(text: impl Into<Bytes>) -> BoxBody<Bytes, io::Error> {
    Full::new(text.into())
        .map_err(|never: Infallible| match never {})
        .boxed()
}
