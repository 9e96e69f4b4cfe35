//! `/auth/console/agents`: tokens with which agents call tools. Each is its admin's own,
//! shown once, and good at the endpoint alone.

use gatelet_core::access_token::AccessToken;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::error::Code;
use gatelet_forms::{Form, FormLimits};
use gatelet_mcp::Endpoint;
use gatelet_ports::store::access_token_writer;
use gatelet_ports::store::access_tokens::Token;
use gatelet_ports::store::types::Error;
use gatelet_secrets::{Scope, Scopes};
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::name::{DisplayName, NAME_MAX_CHARACTERS, NameError};
use gatelet_sign_in::user_id::UserId;
use gatelet_texts::{Moment, console, problems};
use gatelet_wasi::random;
use gatelet_web::{Answer, Faults, page, see_other};
use http::StatusCode;
use wasip3::http_compat::IncomingRequestBody;

use crate::admin::Admin;
use crate::notice::Notice;
use crate::pages::{AgentsPage, NewToken, TokenRow};
use crate::problem::Problem;
use crate::section::Section;
use crate::visit::Failure;

/// Most that one user has, apps' tokens among them.
const TOKENS_MAX: u32 = 50;
/// For how many days a token may be made.
const DAYS: [u64; 4] = [7, 30, 90, 365];
const DAY_SECONDS: u64 = 86_400;
/// How often what was seen is looked at again where it has changed meanwhile.
const TRIES: usize = 3;

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
            let arrival = &admin.visit.arrival;
            let id = typed.text("token").to_owned();
            let (place, holder) = (arrival.place(), admin.holder());
            if access_token_writer::revoke(place, holder, id.clone(), arrival.now).await? {
                let user = &admin.session.user_id;
                admin.record(Act::TokenRevoked, user, &id).await;
            }
            Ok(see_other(&Notice::TokenRevoked.at(Section::Agents.path())))
        }
        _ => Err(Problem::unreadable().into()),
    }
}

async fn create(admin: &Admin<'_>, typed: &Form) -> Result<Answer, Failure> {
    let Wanted { name, days, scopes } = match parse(typed) {
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
    let arrival = &admin.visit.arrival;
    let secret = AccessToken::from_random(random::bytes());
    let expires_at = arrival.now.saturating_add(days * DAY_SECONDS);
    let token = Token {
        id: UserId::from_random(random::bytes()).as_str().to_owned(),
        name: name.as_str().to_owned(),
        audience: audience(arrival.base_url()),
        scopes,
        created_at: arrival.now,
        expires_at,
        used_at: None,
    };
    let id = token.id.clone();
    keep(admin, &token, &secret).await?;
    let user = &admin.session.user_id;
    admin.record(Act::TokenMade, user, &id).await;
    let shown = AgentsPage {
        made: Some(NewToken {
            text: secret.expose().to_owned(),
            name: name.as_str().to_owned(),
            expires_at: Moment(expires_at),
        }),
        ..form(admin).await?
    };
    Ok(page(StatusCode::CREATED, &shown))
}

/// Keeps a new one, unless there are enough, or what ends all tokens comes first.
async fn keep(admin: &Admin<'_>, token: &Token, secret: &AccessToken) -> Result<(), Failure> {
    let arrival = &admin.visit.arrival;
    for _ in 0..TRIES {
        let made = access_token_writer::create(
            arrival.place(),
            admin.holder(),
            admin.profile().await?.seen,
            token.clone(),
            secret.digest().to_vec(),
            TOKENS_MAX,
            arrival.now,
        );
        match made.await {
            Err(Error::Conflict) => {
                if listed(admin).await?.len() >= TOKENS_MAX as usize {
                    return Err(Problem::TooManyTokens.into());
                }
            }
            outcome => return Ok(outcome?),
        }
    }
    Err(Problem::denied(Code::StoreConflict).into())
}

/// All of the user's, apps' too.
async fn listed(admin: &Admin<'_>) -> Result<Vec<Token>, Error> {
    let arrival = &admin.visit.arrival;
    let user_id = admin.session.user_id.clone();
    access_token_writer::list(arrival.place(), user_id, arrival.now).await
}

/// A token that is to be made.
struct Wanted {
    name: DisplayName,
    days: u64,
    scopes: String,
}

/// What was typed, or all that is wrong with it.
fn parse(typed: &Form) -> Result<Wanted, Faults> {
    let mut faults = Faults::default();
    let name = DisplayName::parse(typed.text("name"));
    if let Err(error) = &name {
        faults.field(
            "name",
            match error {
                NameError::Empty => problems::TOKEN_NAME_EMPTY,
                NameError::TooLong | NameError::Unprintable => error.message(),
            },
        );
    }
    let days = typed.text("days").parse::<u64>().ok();
    let days = days.filter(|days| DAYS.contains(days));
    if days.is_none() {
        faults.field("days", problems::TOKEN_DAYS);
    }
    let scopes = ticked(typed);
    if scopes.is_empty() {
        faults.field(Scope::ALL[0].as_str(), console::FAULT_SCOPES);
    }
    match (name, days, faults.is_empty()) {
        (Ok(name), Some(days), true) => Ok(Wanted {
            name,
            days,
            scopes: scopes
                .into_iter()
                .map(Scope::as_str)
                .collect::<Vec<_>>()
                .join(" "),
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
    let tokens = listed(admin).await?.into_iter();
    Ok(AgentsPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Agents),
        faults: Faults::default(),
        made: None,
        tokens: tokens
            .filter(|token| token.audience == endpoint)
            .map(row)
            .collect(),
        endpoint,
        name: String::new(),
        name_limit: NAME_MAX_CHARACTERS,
        days: DAYS.to_vec(),
        scopes: Vec::new(),
        csrf: admin.csrf.clone(),
    })
}

fn row(token: Token) -> TokenRow {
    let Token {
        id,
        name,
        audience: _,
        scopes,
        created_at,
        expires_at,
        used_at,
    } = token;
    let scopes = Scopes::known(&scopes);
    let all = Scope::ALL.into_iter();
    TokenRow {
        id,
        name,
        scopes: all.filter(|scope| scopes.allow(*scope)).collect(),
        created_at: Moment(created_at),
        expires_at: Moment(expires_at),
        used_at: used_at.map(Moment),
    }
}
