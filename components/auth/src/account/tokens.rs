//! `/auth/account/tokens`: what programs show in place of a session. A token is shown
//! once, to whoever makes it; what is kept is its digest.

use super::{Member, Notice, TRIES, unreadable};
use crate::mailed::notices::{self, Told};
use crate::pages::{AppChoice, Moment, NewToken, TokenRow, TokensPage};
use crate::problem::Problem;
use crate::visit::Failure;
use gatelet_core::access_token::{AccessToken, EVERY_APP};
use gatelet_core::error::Code;
use gatelet_forms::Form;
use gatelet_ports::store::access_token_writer;
use gatelet_ports::store::access_tokens::Token;
use gatelet_ports::store::types::Error;
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::name::{DisplayName, NAME_MAX_CHARACTERS, NameError};
use gatelet_sign_in::user_id::UserId;
use gatelet_texts::problems;
use gatelet_wasi::random;
use gatelet_web::{Answer, Faults, page, worth_a_retry};
use http::StatusCode;

/// Most that one user has.
const TOKENS_MAX: u32 = 50;
/// For how many days a token may be made.
pub(super) const DAYS: [u64; 4] = [7, 30, 90, 365];
const DAY_SECONDS: u64 = 86_400;

pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let shown = form(member).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(super) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    match typed.text("act") {
        "create" => create(member, typed).await,
        "revoke" => {
            let arrival = &member.visit.arrival;
            let id = typed.text("token").to_owned();
            let (place, by) = (arrival.place(), member.holder());
            if access_token_writer::revoke(place, by, id.clone(), arrival.now).await? {
                member.record(Act::TokenRevoked, Some(&id));
            }
            Ok(member.done(Notice::TokenRevoked))
        }
        _ => Err(unreadable()),
    }
}

async fn create(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let (name, days, scopes) = match parse(member, typed) {
        Ok(parsed) => parsed,
        Err(faults) => {
            let mut shown = form(member).await?;
            shown.faults = faults;
            shown.name = typed.text("name").to_owned();
            return Ok(worth_a_retry(page(
                StatusCode::UNPROCESSABLE_ENTITY,
                &shown,
            )));
        }
    };
    let arrival = &member.visit.arrival;
    let secret = AccessToken::from_random(random::bytes());
    let expires_at = arrival.now.saturating_add(days * DAY_SECONDS);
    let token = Token {
        id: UserId::from_random(random::bytes()).as_str().to_owned(),
        name: name.as_str().to_owned(),
        audience: arrival.audience().to_owned(),
        scopes,
        created_at: arrival.now,
        expires_at,
        used_at: None,
    };
    let id = token.id.clone();
    keep(member, &token, &secret).await?;
    member.record(Act::TokenMade, Some(&id));
    let told = Told::TokenMade {
        name: name.as_str(),
        expires_at,
    };
    let (email, is_verified) = (&member.session.email, member.session.email_verified);
    notices::tell(member.visit, email, is_verified, told).await;
    let mut shown = form(member).await?;
    shown.made = Some(NewToken {
        text: secret.expose().to_owned(),
        name: name.as_str().to_owned(),
        expires_at: Moment(expires_at),
    });
    Ok(page(StatusCode::CREATED, &shown))
}

/// Keeps a new one, unless there are enough, or what ends all tokens comes first.
async fn keep(member: &Member<'_>, token: &Token, secret: &AccessToken) -> Result<(), Failure> {
    let arrival = &member.visit.arrival;
    for _ in 0..TRIES {
        let seen = member.profile().await?.seen;
        let made = access_token_writer::create(
            arrival.place(),
            member.holder(),
            seen,
            token.clone(),
            secret.digest().to_vec(),
            TOKENS_MAX,
            arrival.now,
        );
        match made.await {
            Err(Error::Conflict) => {
                let (place, user) = (arrival.place(), member.session.user_id.clone());
                let there = access_token_writer::list(place, user, arrival.now).await?;
                if there.len() >= TOKENS_MAX as usize {
                    return Err(Problem::TooManyTokens.into());
                }
            }
            outcome => return Ok(outcome?),
        }
    }
    Err(Problem::denied(Code::StoreConflict).into())
}

/// Name, days and scopes, or all that is wrong with them.
fn parse(member: &Member<'_>, typed: &Form) -> Result<(DisplayName, u64, String), Faults> {
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
    let scopes = match typed.text("reach") {
        "all" => Some(EVERY_APP.to_owned()),
        "some" => {
            let apps = member.visit.site.sign_in.apps.iter();
            let chosen = apps.filter(|app| typed.get(&field(app.as_str())).is_some());
            let chosen: Vec<&str> = chosen.map(|app| app.as_str()).collect();
            (!chosen.is_empty()).then(|| chosen.join(" "))
        }
        _ => None,
    };
    if scopes.is_none() {
        faults.field("reach-all", problems::TOKEN_APPS);
    }
    match (name, days, scopes) {
        (Ok(name), Some(days), Some(scopes)) => Ok((name, days, scopes)),
        _ => Err(faults),
    }
}

/// The field of an app's box.
fn field(app: &str) -> String {
    format!("app-{app}")
}

async fn form(member: &Member<'_>) -> Result<TokensPage, Failure> {
    let arrival = &member.visit.arrival;
    let user_id = member.session.user_id.clone();
    let tokens = access_token_writer::list(arrival.place(), user_id, arrival.now).await?;
    let apps = member.visit.site.sign_in.apps.iter();
    Ok(TokensPage {
        frame: member.visit.frame(),
        account: member.frame(),
        faults: Faults::default(),
        made: None,
        tokens: tokens.into_iter().map(row).collect(),
        name: String::new(),
        name_limit: NAME_MAX_CHARACTERS,
        days: DAYS.to_vec(),
        apps: apps
            .map(|app| AppChoice {
                field: field(app.as_str()),
                name: app.as_str().to_owned(),
            })
            .collect(),
        csrf: member.csrf.clone(),
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
    TokenRow {
        id,
        name,
        apps: (scopes != EVERY_APP).then(|| scopes.replace(' ', ", ")),
        created_at: Moment(created_at),
        expires_at: Moment(expires_at),
        used_at: used_at.map(Moment),
    }
}
