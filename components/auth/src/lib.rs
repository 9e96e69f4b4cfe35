//! Signs people in: its pages, its flows and its small API.
//!
//! What is decided from data alone is decided in the core. Here a request is
//! taken apart, ports and providers are asked in order, and the answer is put
//! together. Nothing of one request outlives it.

mod account;
mod answer;
mod bindings;
mod callback;
mod check;
mod clock;
mod continuation;
mod cors;
mod exchange;
mod failure;
mod gate;
mod issuer;
mod log;
mod outbound;
mod pages;
mod passphrase;
mod ports;
mod problem;
mod random;
mod relay;
mod request;
mod routes;
mod session;
mod session_api;
mod settings;
mod sign_in;
mod sign_out;
mod sign_up;
mod start;
mod visit;

use answer::Answer;
use failure::Failure;
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::origins::NoOrigin;
use gatelet_core::remote;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::form::{self, Form};
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::site::SiteKind;
use http::Method;
use http_body_util::Full;
use pages::Frame;
use problem::Problem;
use request::{BodyError, Head};
use routes::Route;
use visit::Visit;
use wasip3::http::types::{ErrorCode, Request, Response};
use wasip3::http_compat::{IncomingRequestBody, http_into_wasi_response};

/// The most of a body that is read, in bytes.
const BODY_LIMIT_BYTES: usize = 64 * 1024;

struct Auth;

impl wasip3::exports::http::handler::Guest for Auth {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        // No public route leads here; if one did, it would tell visitors what asking
        // the app tells them.
        if request.get_path_with_query().as_deref() == Some(remote::PATH) {
            return gate::answer(&request).await;
        }
        let answer = match request::split(request) {
            Some((head, body)) => answered(&head, body).await,
            None => nowhere(Problem::Denied(Code::RequestMalformed), Reader::Person),
        };
        http_into_wasi_response(answer.map(Full::new))
    }
}

async fn answered(head: &Head, body: IncomingRequestBody) -> Answer {
    let now = clock::now();
    let setup = match settings::setup(now).await {
        Ok(setup) => setup,
        Err(problem) => return nowhere(problem, head.reader()),
    };
    let site = match setup.sites.resolve(&head.authority, now) {
        Ok(site) => site,
        Err(NoOrigin { code, detail }) => {
            if !detail.is_empty() {
                log::error(code.as_str(), &detail);
            }
            return nowhere(Problem::Denied(code), head.reader());
        }
    };
    let visit = Visit {
        setup: &setup,
        site: &site,
        head,
        now,
    };
    let answer = match routed(&visit, body).await {
        Ok(answer) => answer,
        Err(failure) => visit.failed(failure),
    };
    cors::shared(&visit, answer)
}

async fn routed(visit: &Visit<'_>, body: IncomingRequestBody) -> Result<Answer, Failure> {
    let route = Route::of(&visit.head.path);
    // HEAD is answered as GET; the host leaves the body out. Not where a GET
    // uses something up.
    match (&visit.head.method, route) {
        (_, Route::Unknown) => Err(Problem::NotFound.into()),
        (&Method::GET | &Method::HEAD, Route::Root) => Ok(answer::see_other("/auth/account")),
        (&Method::GET | &Method::HEAD, Route::Style) => Ok(answer::style()),
        (&Method::GET | &Method::HEAD, Route::SignIn) => sign_in::show(visit).await,
        (&Method::GET | &Method::HEAD, Route::SignUp) => sign_up::show(visit).await,
        (&Method::GET | &Method::HEAD, Route::SignOut) => sign_out::show(visit).await,
        (&Method::GET | &Method::HEAD, Route::Passphrase) => passphrase::show(visit),
        (&Method::GET | &Method::HEAD, Route::Continue) => Ok(continuation::show(visit)),
        (&Method::GET | &Method::HEAD, Route::Account) => account::show(visit).await,
        (&Method::GET | &Method::HEAD, Route::Session) => session_api::session(visit).await,
        (&Method::GET | &Method::HEAD, Route::Me) => session_api::me(visit).await,
        (&Method::GET | &Method::HEAD, Route::Check) => check::check(visit).await,
        (&Method::OPTIONS, Route::Check) => Ok(cors::preflight(visit)),
        (&Method::GET, Route::Start(provider)) => start::begin(visit, provider).await,
        (&Method::GET, Route::Callback(provider)) => callback::finish(visit, provider).await,
        (&Method::POST, Route::SignIn) => {
            sign_in::submit(visit, &own_form(visit, body).await?).await
        }
        (&Method::POST, Route::SignUp) => {
            sign_up::submit(visit, &own_form(visit, body).await?).await
        }
        (&Method::POST, Route::SignOut) => {
            sign_out::submit(visit, &own_form(visit, body).await?).await
        }
        (&Method::POST, Route::Passphrase) => {
            passphrase::submit(visit, &own_form(visit, body).await?)
        }
        (&Method::POST, Route::Callback(provider)) => {
            callback::by_post(visit, provider, &form(visit, body).await?)
        }
        _ => Err(Problem::MethodNotAllowed(route.methods()).into()),
    }
}

/// A form that one of our own pages sent; its token is judged by the flow.
async fn own_form(visit: &Visit<'_>, body: IncomingRequestBody) -> Result<Form, Failure> {
    visit.judge_source()?;
    form(visit, body).await
}

async fn form(visit: &Visit<'_>, body: IncomingRequestBody) -> Result<Form, Failure> {
    if !form::is_form_content_type(visit.head.field("content-type").unwrap_or_default()) {
        return Err(
            Refusal::new(RefusalCode::FormMalformed, "not a form by its content type").into(),
        );
    }
    let body = request::read(body, BODY_LIMIT_BYTES)
        .await
        .map_err(|error| match error {
            BodyError::TooLarge => Problem::Refused(RefusalCode::FormTooLarge),
            BodyError::Broken => Problem::Denied(Code::RequestMalformed),
        })?;
    Ok(Form::parse(&body)?)
}

/// An answer from before it is known at which site.
fn nowhere(problem: Problem, reader: Reader) -> Answer {
    let frame = Frame {
        site_name: "Gatelet".to_owned(),
        insecure: false,
        kind: SiteKind::Origin,
    };
    failure::explained(frame, problem, reader, &ReturnTarget::default())
}
