//! The console: pages for admins. What is secret is the vault's, which is asked on behalf
//! of whoever is signed in; a value goes there and none comes back.
//!
//! It is served at the main origin alone: users of another origin are nobody here.

mod actor;
mod admin;
mod bindings;
mod mcp;
mod overview;
mod pages;
mod problem;
mod routes;
mod section;
mod settings;
mod vault;
mod visit;

use gatelet_core::error::Code;
use gatelet_core::forwarded::Provenance;
use gatelet_core::negotiate::Reading;
use gatelet_core::origins::NoOrigin;
use gatelet_core::return_target::ReturnTarget;
use gatelet_wasi::clock;
use gatelet_web::{
    Answer, Arrival, Frame, Head, explained, in_language, insisting, log, replied, sent, split,
};
use problem::Problem;
use routes::Route;
use section::Section;
use visit::{CsrfForm, Failure, Visit};
use wasip3::http::types::{ErrorCode, Request, Response};
use wasip3::http_compat::IncomingRequestBody;

struct Console;

wasip3::http::service::export!(Console);

impl wasip3::exports::http::handler::Guest for Console {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        log::speak_as("console");
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
    let provenance = Provenance::of(&head.core(), &setup.trusted_proxies);
    let site = match provenance.find(|host| setup.sites.resolve(host, now)) {
        Ok(site) => site,
        Err(NoOrigin { code, detail }) => {
            if !detail.is_empty() {
                log::error(code.as_str(), &detail);
            }
            return nowhere(code, head.reading());
        }
    };
    if let Some(reply) = provenance.to_https(&site.origin) {
        return replied(reply);
    }
    let visit = Visit {
        arrival: Arrival {
            head,
            origin: &site.origin,
            keys: &setup.keys,
            now,
            client: provenance.client(),
        },
        site: &site,
    };
    let answer = match routed(&visit, body).await {
        Ok(answer) => in_language(answer, visit.language()),
        Err(failure) => visit.failed(failure),
    };
    insisting(answer, provenance.transport_security(&site.origin))
}

async fn routed(visit: &Visit<'_>, body: IncomingRequestBody) -> Result<Answer, Failure> {
    let route = Route::of(visit.arrival.head.path());
    // Elsewhere there is nothing here, whoever asks.
    if !visit.site.is_main {
        return Err(Problem::not_found().into());
    }
    match (visit.arrival.head.method(), route) {
        (_, Route::Unknown) => Err(Problem::not_found().into()),
        (_, Route::Mcp) => Ok(mcp::answered(visit, body).await),
        (_, Route::McpMetadata) => Ok(mcp::metadata(visit)),
        ("GET" | "HEAD", Route::Section(section)) => shown(visit, section).await,
        (_, route) => {
            drop(body);
            Err(Problem::from(gatelet_web::Problem::MethodNotAllowed(route.methods())).into())
        }
    }
}

async fn shown(visit: &Visit<'_>, section: Section) -> Result<Answer, Failure> {
    let form = CsrfForm::Section(section);
    admin::admitted(visit, form, async |admin| match section {
        Section::Overview => overview::show(admin).await,
        _ => Err(Problem::not_found().into()),
    })
    .await
}

/// An answer from before it is known at which origin.
fn nowhere(code: Code, reading: Reading) -> Answer {
    let (frame, return_to) = (Frame::of_none(reading.language), ReturnTarget::default());
    explained(frame, Problem::denied(code), reading.reader, &return_to)
}
