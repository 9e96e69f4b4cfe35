//! The console: pages for admins. What is secret is the vault's, which is asked on behalf
//! of whoever is signed in; a value goes there and none comes back.
//!
//! It is served at the main origin alone: users of another origin are nobody here.

mod actor;
mod admin;
mod agents;
mod application;
mod applications;
mod audit_log;
mod bindings;
#[cfg(test)]
#[path = "../../auth/src/english.rs"]
mod english;
mod entry;
mod mcp;
mod names;
mod notice;
mod origins;
mod overview;
mod pages;
mod people;
mod problem;
mod record;
mod requests;
mod routes;
mod secret;
mod secrets;
mod section;
mod sessions;
mod settings;
mod users;
mod vault;
mod visit;

use admin::{Admin, admitted};
use gatelet_core::forwarded::Provenance;
use gatelet_core::negotiate::Reading;
use gatelet_wasi::clock;
use gatelet_web::{
    Answer, Arrival, Head, in_language, insisting, log, nowhere, sent, sited, split,
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
    let resolve = |host: &str| setup.sites.resolve(host, now);
    let site = match sited(head, &provenance, resolve, |site| &site.origin) {
        Ok(site) => site,
        Err(answer) => return *answer,
    };
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
    let route = Route::of(head.path());
    let is_entry = route == Route::Enter;
    let is_for_agents = matches!(route, Route::Mcp | Route::McpMetadata);
    let answer = match routed(&visit, route, body).await {
        // They are told the same in every language.
        Ok(answer) if is_for_agents => answer,
        Ok(answer) => in_language(answer, visit.language()),
        Err(failure) => visit.failed(failure),
    };
    let answer = match is_entry {
        true => entry::unreferred(answer),
        false => answer,
    };
    insisting(answer, provenance.transport_security(&site.origin))
}

async fn routed(
    visit: &Visit<'_>,
    route: Route,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    // Elsewhere there is nothing here, whoever asks; nor where the users are another
    // program's, whose roles make nobody an admin of ours.
    if !visit.site.is_main || visit.arrival.origin.backend().foreign().is_some() {
        return Err(Problem::not_found().into());
    }
    let form = match &route {
        Route::Unknown => return Err(Problem::not_found().into()),
        Route::Mcp => return Ok(mcp::answered(visit, body).await),
        Route::McpMetadata => return Ok(mcp::metadata(visit)),
        Route::Enter => CsrfForm::Enter,
        Route::Section(section) => CsrfForm::Section(*section),
        Route::Secret(_) | Route::DeleteSecret(_) => CsrfForm::Section(Section::Secrets),
        Route::Application(_) | Route::RemoveApplication(_) => {
            CsrfForm::Section(Section::Applications)
        }
    };
    let allowed = route.methods();
    match visit.arrival.head.method() {
        "GET" | "HEAD" => admitted(visit, form, async |admin| shown(admin, &route).await).await,
        "POST" if allowed.contains("POST") => {
            let flow = async |admin: &Admin<'_>| submitted(admin, &route, body).await;
            admitted(visit, form, flow).await
        }
        _ => Err(Problem::from(gatelet_web::Problem::MethodNotAllowed(allowed)).into()),
    }
}

async fn shown(admin: &Admin<'_>, route: &Route) -> Result<Answer, Failure> {
    match route {
        Route::Section(Section::Overview) => overview::show(admin).await,
        Route::Section(Section::Secrets) => secrets::show(admin).await,
        Route::Section(Section::Requests) => requests::show(admin).await,
        Route::Section(Section::Applications) => applications::show(admin).await,
        Route::Section(Section::Agents) => agents::show(admin).await,
        Route::Section(Section::Origins) => origins::show(admin).await,
        Route::Section(Section::Users) => users::show(admin).await,
        Route::Section(Section::Sessions) => sessions::show(admin).await,
        Route::Section(Section::Audit) => audit_log::show(admin).await,
        Route::Secret(name) => secret::show(admin, name).await,
        Route::DeleteSecret(name) => secret::show_delete(admin, name).await,
        Route::Enter => entry::show(admin).await,
        Route::Application(id) => application::show(admin, id).await,
        Route::RemoveApplication(id) => applications::show_remove(admin, id).await,
        Route::Mcp | Route::McpMetadata | Route::Unknown => Err(Problem::not_found().into()),
    }
}

async fn submitted(
    admin: &Admin<'_>,
    route: &Route,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    match route {
        Route::Section(Section::Secrets) => secrets::submit(admin, body).await,
        Route::Section(Section::Applications) => applications::submit(admin, body).await,
        Route::Section(Section::Agents) => agents::submit(admin, body).await,
        Route::Section(Section::Users) => users::submit(admin, body).await,
        Route::Section(Section::Sessions) => sessions::submit(admin, body).await,
        Route::Secret(name) => secret::submit(admin, name, body).await,
        Route::DeleteSecret(name) => secret::delete(admin, name, body).await,
        Route::Enter => entry::submit(admin, body).await,
        Route::Application(id) => application::submit(admin, id, body).await,
        Route::RemoveApplication(id) => applications::remove(admin, id, body).await,
        Route::Section(
            Section::Overview | Section::Requests | Section::Origins | Section::Audit,
        )
        | Route::Mcp
        | Route::McpMetadata
        | Route::Unknown => Err(Problem::not_found().into()),
    }
}
