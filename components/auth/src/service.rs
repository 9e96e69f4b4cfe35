//! `/api/v1/auth/*` and `/api/rpc/v1/auth/*`: the words of a central auth service, for apps
//! that were written for one. Both surfaces are the same calls; a call is a flow that pages
//! have too.

mod view;

use crate::callback::{self, At, End, Late};
use crate::limits;
use crate::pages::ServicePage;
use crate::problem::Problem;
use crate::session;
use crate::session_api;
use crate::session_id::SessionId;
use crate::start::{self, Asked, Callback};
use crate::visit::{Failure, Visit};
use crate::{elsewhere, shared, sign_out};
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_forms::{Form, FormCode, is_form_content_type};
use gatelet_sign_in::callback::AuthorizationResponse;
use gatelet_sign_in::login_hint::LoginHint;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::service::{
    ApiError, CallbackAsked, Endpoint, ErrorCode, Fault, SignInAsked, SignOutAsked, Surface,
    document, judge_nothing_asked, rpc,
};
use gatelet_web::{
    Answer, Explain, in_language, json, see_other, with, with_cookies, worth_a_retry,
};
use http::header::{ALLOW, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use wasip3::http_compat::IncomingRequestBody;

/// Answers a call that comes by one of its methods.
pub(crate) async fn answer(
    visit: &Visit<'_>,
    endpoint: Endpoint,
    surface: Surface,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    if endpoint == Endpoint::Callback && surface == Surface::Rest {
        if visit.arrival.head.method() == "GET" {
            return callback::finish(visit, At::Shared).await;
        }
        // From the provider's site, without our cookies: it only brings the browser back.
        if is_form(visit) {
            let form = visit.arrival.encoded_form(body).await?;
            return callback::by_post(visit, At::Shared, &form);
        }
    }
    if endpoint.changes() {
        visit.arrival.judge_caller()?;
    }
    let asked = asked(visit, surface, body).await?;
    match endpoint {
        Endpoint::SignIn => sign_in(visit, surface, &asked).await,
        Endpoint::Callback => take_answer(visit, surface, &asked).await,
        Endpoint::SignOut => sign_out(visit, surface, &asked).await,
        Endpoint::Session | Endpoint::Me => {
            judge_nothing_asked(&asked).map_err(Problem::Input)?;
            let (who, cookies) = session_api::who(visit).await?;
            let told = match endpoint {
                Endpoint::Me => view::me(&who),
                _ => view::session(&who),
            };
            Ok(with_cookies(said(surface, &told), cookies))
        }
    }
}

/// What programs are told of all this.
pub(crate) fn document(visit: &Visit<'_>) -> Answer {
    let arrival = &visit.arrival;
    let document = document::openapi(
        arrival.base_url().as_str(),
        arrival.origin.site_name(),
        arrival.cookie_names().session(),
    );
    json(StatusCode::OK, &document)
}

/// The same for people.
pub(crate) fn page(visit: &Visit<'_>) -> Answer {
    gatelet_web::page(StatusCode::OK, &ServicePage::new(visit.frame()))
}

/// The answer to a program's call that gets no further.
pub(crate) fn failed(visit: &Visit<'_>, failure: Failure, surface: Surface) -> Answer {
    let Failure {
        problem,
        return_to: _,
        cookies,
    } = failure;
    let language = visit.language();
    let code = match problem {
        Problem::Refused(code) => ErrorCode::of_refusal(code),
        Problem::NoProvider | Problem::Elsewhere => ErrorCode::AuthProviderError,
        problem => ErrorCode::of_status(problem.status().as_u16()),
    };
    let error = ApiError {
        code,
        reason: problem.code(),
        message: problem.message().of(language),
        field: match problem {
            Problem::Input(Fault::Field(field, why)) => Some((field, why)),
            _ => None,
        },
    };
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::FORBIDDEN);
    let answer = in_language(json(status, &wrapped(surface, error.to_json())), language);
    let answer = match problem.common() {
        Some(gatelet_web::Problem::MethodNotAllowed(methods)) => {
            with(answer, ALLOW, HeaderValue::from_static(methods))
        }
        // RFC 6750 §3.1.
        Some(gatelet_web::Problem::Denied(Code::TokenInvalid)) => with(
            answer,
            WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer error=\"invalid_token\""),
        ),
        _ => worth_a_retry(answer),
    };
    limits::told(with_cookies(answer, cookies), problem)
}

/// To the provider: a browser at once, a program with the address.
async fn sign_in(visit: &Visit<'_>, surface: Surface, asked: &Value) -> Result<Answer, Failure> {
    let asked = SignInAsked::read(asked).map_err(Problem::Input)?;
    let provider = chosen(visit, asked.provider.as_deref())?;
    let (asked_for, hint) = (asked.return_to.unwrap_or_default(), asked.login_hint);
    let mut told = json!({ "started": true, "providerId": provider });
    let hint = hint.as_deref().and_then(LoginHint::parse);
    let there = shared::start_elsewhere(visit, &provider, &asked_for, hint.as_ref());
    let (location, cookies) = match there {
        Some(there) => (there, Vec::new()),
        None => {
            let return_to = visit.return_to(&asked_for);
            let asked = Asked {
                provider: &provider,
                return_to,
                hint,
                anew: false,
            };
            let started = start::prepared(visit, asked, None, Callback::Shared).await?;
            told["state"] = started.state.into();
            (started.location, started.cookies)
        }
    };
    if is_for_a_person(visit, surface) {
        return Ok(with_cookies(see_other(&location), cookies));
    }
    told["redirectUrl"] = location.into();
    Ok(with_cookies(said(surface, &told), cookies))
}

/// The provider that is asked for; where none is, the only one.
fn chosen(visit: &Visit<'_>, asked: Option<&str>) -> Result<String, Problem> {
    let mut all = visit.providers().iter();
    let Some(first) = all.next() else {
        return Err(Problem::NoProvider);
    };
    match asked {
        Some(id) => match visit.providers().get(id) {
            Some(provider) => Ok(provider.id.as_str().to_owned()),
            None => Err(visit.refused(Refusal::new(RefusalCode::ProviderUnknown, "signin"))),
        },
        None if all.next().is_none() => Ok(first.id.as_str().to_owned()),
        None => Err(Problem::Input(Fault::Field(
            "provider",
            "several are set up: name one",
        ))),
    }
}

/// A provider's answer that a program brings, which holds the attempt's cookie.
async fn take_answer(
    visit: &Visit<'_>,
    surface: Surface,
    asked: &Value,
) -> Result<Answer, Failure> {
    let asked = CallbackAsked::read(asked).map_err(Problem::Input)?;
    let response = AuthorizationResponse::parse(asked.encoded.as_bytes())
        .map_err(|refusal| visit.refused(refusal))?;
    let landed = callback::landing(visit, At::Shared, &response, Late::Refused).await?;
    if is_for_a_person(visit, surface) {
        return Ok(with_cookies(see_other(&landed.location), landed.cookies));
    }
    let mut told = json!({
        "completed": !matches!(landed.end, End::NotYet),
        "redirectTo": landed.location,
    });
    if let End::Begun(begun) = landed.end {
        told["sessionId"] = SessionId::of(&begun.token_digest).as_str().into();
        told["subject"] = begun.user_id.into();
    }
    Ok(with_cookies(said(surface, &told), landed.cookies))
}

/// Ends this browser's session. Where there is none, that is how it ends too.
async fn sign_out(visit: &Visit<'_>, surface: Surface, asked: &Value) -> Result<Answer, Failure> {
    let asked = SignOutAsked::read(asked).map_err(Problem::Input)?;
    let mut told = json!({ "signedOut": true });
    if let Some(id) = asked.session_id {
        let mut shown = session::shown(visit).into_iter();
        let own = shown.any(|digest| SessionId::of(&digest).as_str() == id);
        if !own {
            let why = "not the session of this browser";
            return Err(Problem::Input(Fault::Field("sessionId", why)).into());
        }
        told["sessionId"] = id.into();
    }
    let cookies = match sign_out::end(visit).await {
        Ok(cookies) => cookies,
        Err(failure) => return Ok(sign_out::forgotten(visit.failed(failure))),
    };
    let return_to = visit.return_to(asked.return_to.as_deref().unwrap_or_default());
    let there = elsewhere::sign_out_address(visit, &return_to);
    let answer = if is_for_a_person(visit, surface) {
        see_other(&there.unwrap_or_else(|| sign_out::signed_out(&return_to)))
    } else {
        if let Some(there) = there {
            told["redirectTo"] = there.into();
        } else if asked.return_to.is_some() {
            told["redirectTo"] = return_to.as_str().into();
        }
        said(surface, &told)
    };
    Ok(sign_out::forgotten(with_cookies(answer, cookies)))
}

/// What is asked, in whichever form it came.
async fn asked(
    visit: &Visit<'_>,
    surface: Surface,
    body: IncomingRequestBody,
) -> Result<Value, Failure> {
    let malformed = || {
        Failure::from(Problem::Common(gatelet_web::Problem::Form(
            FormCode::Malformed,
        )))
    };
    let head = visit.arrival.head;
    if head.method() != "POST" {
        return match surface {
            Surface::Rest => Ok(Value::Null),
            Surface::Rpc => rpc::asked_by_query(head.query()).map_err(|_| malformed()),
        };
    }
    let body = visit.arrival.body(body).await?;
    if body.is_empty() {
        return Ok(Value::Null);
    }
    match surface {
        Surface::Rest if is_form(visit) => {
            let form = Form::parse(&body)?;
            let fields = form
                .iter()
                .map(|(name, value)| (name.to_owned(), value.into()));
            Ok(Value::Object(fields.collect::<Map<_, _>>()))
        }
        _ if !is_json(visit) => Err(malformed()),
        Surface::Rest => serde_json::from_slice(&body).map_err(|_| malformed()),
        Surface::Rpc => rpc::asked(&body).map_err(|_| malformed()),
    }
}

fn is_form(visit: &Visit<'_>) -> bool {
    is_form_content_type(content_type(visit))
}

fn is_json(visit: &Visit<'_>) -> bool {
    let media_type = content_type(visit).split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

fn content_type<'a>(visit: &Visit<'a>) -> &'a str {
    visit.arrival.head.field("content-type").unwrap_or_default()
}

/// Whether a browser goes on by itself.
fn is_for_a_person(visit: &Visit<'_>, surface: Surface) -> bool {
    surface == Surface::Rest && visit.arrival.head.reader() == Reader::Person
}

fn said(surface: Surface, value: &Value) -> Answer {
    json(StatusCode::OK, &wrapped(surface, value.clone()))
}

fn wrapped(surface: Surface, value: Value) -> Value {
    match surface {
        Surface::Rest => value,
        Surface::Rpc => rpc::answered(&value),
    }
}
