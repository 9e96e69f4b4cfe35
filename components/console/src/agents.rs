//! `/auth/console/agents`: tokens with which agents call tools. Each is its admin's own,
//! shown once, and good at the endpoint alone.

use gatelet_core::base_url::BaseUrl;
use gatelet_forms::{Form, FormLimits};
use gatelet_mcp::Endpoint;
use gatelet_secrets::{Scope, Scopes};
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::name::NAME_MAX_CHARACTERS;
use gatelet_texts::console;
use gatelet_web::access_tokens::{self, DAYS, TokenRow, Wanted};
use gatelet_web::{Answer, Faults, page, see_other};
use http::StatusCode;
use wasip3::http_compat::IncomingRequestBody;

use crate::admin::Admin;
use crate::notice::Notice;
use crate::pages::AgentsPage;
use crate::problem::Problem;
use crate::section::Section;
use crate::visit::Failure;

/// For whom a token of an agent is, and where it calls tools.
pub(crate) fn audience(base_url: &BaseUrl) -> String {
    Endpoint::at(base_url).audience().to_owned()
}

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    admin.recent()?;
    Ok(page(StatusCode::OK, &form(admin).await?))
}

pub(crate) async fn submit(
    admin: &Admin<'_>,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    let typed = admin.form(body, FormLimits::USUAL).await?;
    admin.recent()?;
    match typed.text("act") {
        "create" => create(admin, &typed).await,
        "revoke" => {
            let (arrival, session) = (&admin.visit.arrival, &admin.session);
            let id = typed.text("token");
            if access_tokens::revoke(arrival, session, id).await? {
                admin.record(Act::TokenRevoked, &session.user_id, id).await;
            }
            Ok(see_other(&Notice::TokenRevoked.at(Section::Agents.path())))
        }
        _ => Err(Problem::unreadable().into()),
    }
}

async fn create(admin: &Admin<'_>, typed: &Form) -> Result<Answer, Failure> {
    let (arrival, session) = (&admin.visit.arrival, &admin.session);
    let wanted = match parse(arrival.base_url(), typed) {
        Ok(wanted) => wanted,
        Err(faults) => {
            let shown = AgentsPage {
                faults,
                name: typed.text("name").to_owned(),
                scopes: ticked(typed),
                ..form(admin).await?
            };
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
    };
    let too_many = Problem::TooManyTokens;
    let made = access_tokens::make(arrival, session, wanted, too_many).await?;
    let user = &session.user_id;
    admin.record(Act::TokenMade, user, &made.id).await;
    let shown = AgentsPage {
        made: Some(made),
        ..form(admin).await?
    };
    Ok(page(StatusCode::CREATED, &shown))
}

/// What was typed, or all that is wrong with it.
fn parse(base_url: &BaseUrl, typed: &Form) -> Result<Wanted, Faults> {
    let mut faults = Faults::default();
    let parsed = access_tokens::parse(typed, &mut faults);
    let scopes: Vec<_> = ticked(typed).into_iter().map(Scope::as_str).collect();
    if scopes.is_empty() {
        faults.field(Scope::ALL[0].as_str(), console::FAULT_SCOPES);
    }
    match (parsed, faults.is_empty()) {
        (Some((name, days)), true) => Ok(Wanted {
            name,
            days,
            audience: audience(base_url),
            scopes: scopes.join(" "),
        }),
        _ => Err(faults),
    }
}

fn ticked(typed: &Form) -> Vec<Scope> {
    let all = Scope::ALL.into_iter();
    all.filter(|scope| typed.get(scope.as_str()).is_some())
        .collect()
}

async fn form(admin: &Admin<'_>) -> Result<AgentsPage, Failure> {
    let endpoint = audience(admin.visit.arrival.base_url());
    let tokens = access_tokens::list(&admin.visit.arrival, &admin.session).await?;
    Ok(AgentsPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Agents),
        faults: Faults::default(),
        made: None,
        tokens: tokens
            .into_iter()
            .filter(|token| token.audience == endpoint)
            .map(|token| TokenRow::of(token, scopes_of))
            .collect(),
        endpoint,
        name: String::new(),
        name_limit: NAME_MAX_CHARACTERS,
        days: DAYS.to_vec(),
        scopes: Vec::new(),
        csrf: admin.csrf.clone(),
    })
}

fn scopes_of(scopes: &str) -> Vec<Scope> {
    let scopes = Scopes::known(scopes);
    let all = Scope::ALL.into_iter();
    all.filter(|scope| scopes.allow(*scope)).collect()
}
