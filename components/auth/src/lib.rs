//! Signs people in: its pages, its flows and its small API.
//!
//! What is decided from data alone is decided in the core. Here a request is
//! taken apart, ports and providers are asked in order, and the answer is put
//! together. Nothing of one request outlives it.

mod account;
mod audit;
mod away;
mod bindings;
mod breached;
mod callback;
mod check;
mod complete;
mod confirm;
mod continuation;
mod cors;
mod device;
mod docs;
mod elsewhere;
#[cfg(test)]
mod english;
mod exchange;
mod fragment;
mod hashing;
mod invitation;
mod issuer;
mod landed;
mod leaving;
mod limits;
mod linking;
mod looks;
mod mail;
mod mailed;
mod once;
mod outbound;
mod pages;
mod passkey;
mod passphrase;
mod problem;
mod provider_sign_out;
mod provider_tokens;
mod relay;
mod remote;
mod renewal;
mod revealed;
mod routes;
mod second_factor;
mod service;
mod session;
mod session_api;
mod session_id;
mod settings;
mod shared;
mod sign_in;
mod sign_out;
mod sign_up;
mod start;
mod verifying;
mod visit;
mod work;
mod workos;

use gatelet_core::forwarded::Provenance;
use gatelet_core::negotiate::Reading;
use gatelet_mail::due::Due;
use gatelet_wasi::clock;
use gatelet_web::{Answer, Arrival, Head, insisting, log, nowhere, see_other, sent, sited, split};
use mailed::{change, magic_link, reset, verify};
use problem::Problem;
use routes::Route;
use visit::{Failure, Visit};
use wasip3::http::types::{ErrorCode, Request, Response};
use wasip3::http_compat::IncomingRequestBody;

struct Auth;

wasip3::http::service::export!(Auth);

impl wasip3::exports::http::handler::Guest for Auth {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        log::speak_as("auth");
        // No public route leads here; if one did, it would tell visitors what asking
        // the app tells them.
        if request.get_path_with_query().as_deref() == Some(gatelet_core::remote::PATH) {
            return remote::answer(&request).await;
        }
        if request.get_path_with_query().as_deref() == Some(gatelet_core::remote::SEALED_PATH) {
            return workos::answer(&request).await;
        }
        if request.get_path_with_query().as_deref() == Some(gatelet_core::remote::TOKEN_PATH) {
            return provider_tokens::answer(&request).await;
        }
        let target = request.get_path_with_query();
        if let Some(due) = target.as_deref().and_then(Due::parse) {
            return mail::due(due).await;
        }
        if request.get_path_with_query().as_deref() == Some(gatelet_mail::errand::PATH) {
            return mail::errand(&request).await;
        }
        sent(match split(request) {
            Ok((head, body)) => answered(&head, body).await,
            Err(code) => nowhere(code, Reading::PERSON),
        })
    }
}

async fn answered(head: &Head, body: IncomingRequestBody) -> Answer {
    let now = clock::unix_seconds();
    let setup = match settings::setup(now).await {
        Ok(setup) => setup,
        Err(code) => return nowhere(code, head.reading()),
    };
    let provenance = Provenance::of(&head.core(), &setup.gate.trusted_proxies);
    let resolve = |host: &str| setup.sites.resolve(host, now);
    let site = match sited(head, &provenance, resolve, |site| &site.origin) {
        Ok(site) => site,
        Err(answer) => return *answer,
    };
    let visit = Visit {
        arrival: Arrival {
            head,
            origin: &site.origin,
            keys: setup.keys(),
            now,
            client: provenance.client(),
        },
        setup: &setup,
        site: &site,
        is_by_proxy: provenance.is_by_proxy(),
        record: audit::Record::default(),
    };
    let answer = counted(&visit, body).await;
    audit::keep(&visit).await;
    let answer = cors::shared(&visit, answer);
    insisting(answer, provenance.transport_security(&site.origin))
}

/// The answer, where not too much was asked already.
async fn counted(visit: &Visit<'_>, body: IncomingRequestBody) -> Answer {
    // What browsers keep anyway.
    let route = Route::of(visit.arrival.head.path());
    // And a provider whose logouts are many at once does not ask again.
    if route.is_kept() || matches!(route, Route::BackChannelLogout(_)) {
        return match routed(visit, body).await {
            Ok(answer) => answer,
            Err(failure) => visit.failed(failure),
        };
    }
    let admitted = match limits::admit_request(visit).await {
        Ok(admitted) => admitted,
        Err(problem) => return visit.failed(problem.into()),
    };
    let answer = match routed(visit, body).await {
        Ok(answer) => answer,
        Err(failure) => visit.failed(failure),
    };
    limits::with_rest(answer, &admitted)
}

async fn routed(visit: &Visit<'_>, body: IncomingRequestBody) -> Result<Answer, Failure> {
    let Visit { arrival, .. } = visit;
    let route = Route::of(arrival.head.path());
    elsewhere::judge(visit, route)?;
    if let Some(answer) = shared::elsewhere(visit, route) {
        return Ok(answer);
    }
    // HEAD is answered as GET; the host leaves the body out. Not where a GET
    // uses something up.
    match (arrival.head.method(), route) {
        (_, Route::Unknown) => Err(Problem::not_found().into()),
        ("GET" | "HEAD", Route::Root) => Ok(see_other("/auth/account")),
        ("GET" | "HEAD", route) if route.is_kept() => looks::answer(visit, route),
        ("GET" | "HEAD", Route::SignIn) => sign_in::show(visit).await,
        (
            "GET" | "HEAD",
            Route::SignUp | Route::MagicLink | Route::ForgotPassword | Route::Start(_),
        ) if elsewhere::backend(visit).is_some() => sign_in::show(visit).await,
        ("GET" | "HEAD", Route::SignUp) => sign_up::show(visit).await,
        ("GET" | "HEAD", Route::SignOut) => sign_out::show(visit).await,
        ("GET" | "HEAD", Route::Passphrase) => passphrase::show(visit),
        ("GET" | "HEAD", Route::Confirm) => confirm::show(visit).await,
        ("GET" | "HEAD", Route::SecondFactor) => second_factor::show(visit).await,
        ("GET" | "HEAD", Route::Leaving) => Ok(leaving::show(visit)),
        ("GET" | "HEAD", Route::MagicLink) => magic_link::show(visit).await,
        ("GET" | "HEAD", Route::ForgotPassword) => reset::show_ask(visit).await,
        ("GET" | "HEAD", Route::ResetPassword) => reset::show(visit).await,
        ("GET" | "HEAD", Route::VerifyEmail) => verify::show(visit).await,
        ("GET" | "HEAD", Route::Continue) => Ok(continuation::show(visit)),
        ("GET" | "HEAD", Route::Account(section)) => account::show(visit, section).await,
        ("GET" | "HEAD", Route::Docs) => Ok(docs::show(visit)),
        ("GET" | "HEAD", Route::DocsText) => Ok(docs::as_text(visit)),
        ("GET" | "HEAD", Route::Session) => session_api::session(visit).await,
        ("GET" | "HEAD", Route::Me) => session_api::me(visit).await,
        ("GET", Route::Token) => provider_tokens::show(visit).await,
        ("GET" | "HEAD", Route::Check) => check::check(visit).await,
        ("OPTIONS", Route::Check) => Ok(cors::preflight(visit)),
        (method, Route::Service(endpoint, surface)) if endpoint.takes(surface, method) => {
            service::answer(visit, endpoint, surface, body).await
        }
        ("GET" | "HEAD", Route::ServiceDocument) => Ok(service::document(visit)),
        ("GET" | "HEAD", Route::ServicePage) => Ok(service::page(visit)),
        ("GET", Route::Start(provider)) => start::begin(visit, provider).await,
        ("GET", Route::Callback(provider)) => {
            callback::finish(visit, callback::At::Own(provider)).await
        }
        ("GET", Route::FrontChannelLogout(provider)) => {
            provider_sign_out::by_browser(visit, provider).await
        }
        ("GET" | "HEAD", Route::SignedOut) => Ok(sign_out::show_signed_out(visit)),
        ("POST", Route::SignIn) => sign_in::submit(visit, &arrival.own_form(body).await?).await,
        ("POST", Route::SignUp) => sign_up::submit(visit, &arrival.own_form(body).await?).await,
        ("POST", Route::MagicLink) => {
            magic_link::submit(visit, &arrival.own_form(body).await?).await
        }
        ("POST", Route::ForgotPassword) => reset::ask(visit, &arrival.own_form(body).await?).await,
        ("POST", Route::ResetPassword) => {
            reset::submit(visit, &arrival.own_form(body).await?).await
        }
        ("GET" | "HEAD", Route::UndoChange) => change::show_undo(visit).await,
        ("POST", Route::UndoChange) => change::undo(visit, &arrival.own_form(body).await?).await,
        ("POST", Route::VerifyEmail) => verify::submit(visit, &arrival.own_form(body).await?).await,
        ("POST", Route::SignOut) => sign_out::submit(visit, &arrival.own_form(body).await?).await,
        ("POST", Route::Passphrase) => {
            passphrase::submit(visit, &arrival.own_form(body).await?).await
        }
        ("POST", Route::Leaving) => leaving::submit(visit, &arrival.own_form(body).await?).await,
        ("POST", Route::Account(section)) if section.takes_forms() => {
            account::submit(visit, section, &arrival.own_form(body).await?).await
        }
        ("POST", Route::Confirm) => confirm::submit(visit, &arrival.own_form(body).await?).await,
        ("POST", Route::Passkey) => {
            sign_in::by_passkey(visit, &arrival.own_form(body).await?).await
        }
        ("POST", Route::SecondFactor) => {
            second_factor::submit(visit, &arrival.own_form(body).await?).await
        }
        ("POST", Route::BackChannelLogout(provider)) => {
            let form = arrival.encoded_form(body).await?;
            provider_sign_out::by_server(visit, provider, &form).await
        }
        ("POST", Route::Callback(provider)) => {
            let form = arrival.encoded_form(body).await?;
            callback::by_post(visit, callback::At::Own(provider), &form)
        }
        _ => Err(Problem::from(gatelet_web::Problem::MethodNotAllowed(route.methods())).into()),
    }
}
