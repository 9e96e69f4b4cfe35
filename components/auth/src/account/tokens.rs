//! `/auth/account/tokens`: what programs show in place of a session. A token is shown
//! once, to whoever makes it; what is kept is its digest.

use super::{Member, Notice, unreadable};
use crate::mailed::notices::{self, Told};
use crate::pages::{AppChoice, TokensPage};
use crate::problem::Problem;
use crate::visit::Failure;
use gatelet_core::access_token::EVERY_APP;
use gatelet_forms::Form;
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::name::NAME_MAX_CHARACTERS;
use gatelet_texts::problems;
use gatelet_web::access_tokens::{self, DAYS, TokenRow, Wanted};
use gatelet_web::{Answer, Faults, page, worth_a_retry};
use http::StatusCode;

pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let shown = form(member).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(super) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    match typed.text("act") {
        "create" => create(member, typed).await,
        "revoke" => {
            let id = typed.text("token");
            if access_tokens::revoke(&member.visit.arrival, &member.session, id).await? {
                member.record(Act::TokenRevoked, Some(id));
            }
            Ok(member.done(Notice::TokenRevoked))
        }
        _ => Err(unreadable()),
    }
}

async fn create(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let wanted = match parse(member, typed) {
        Ok(wanted) => wanted,
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
    let Member { visit, session, .. } = member;
    let too_many = Problem::TooManyTokens;
    let made = access_tokens::make(&visit.arrival, session, wanted, too_many).await?;
    member.record(Act::TokenMade, Some(&made.id));
    let told = Told::TokenMade {
        name: &made.name,
        expires_at: made.expires_at.0,
    };
    notices::tell(visit, &session.email, session.email_verified, told).await;
    let mut shown = form(member).await?;
    shown.made = Some(made);
    Ok(page(StatusCode::CREATED, &shown))
}

/// What was typed, or all that is wrong with it.
fn parse(member: &Member<'_>, typed: &Form) -> Result<Wanted, Faults> {
    let mut faults = Faults::default();
    let parsed = access_tokens::parse(typed, &mut faults);
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
    match (parsed, scopes) {
        (Some((name, days)), Some(scopes)) => Ok(Wanted {
            name,
            days,
            audience: member.visit.arrival.audience().to_owned(),
            scopes,
        }),
        _ => Err(faults),
    }
}

/// The field of an app's box.
fn field(app: &str) -> String {
    format!("app-{app}")
}

async fn form(member: &Member<'_>) -> Result<TokensPage, Failure> {
    let tokens = access_tokens::list(&member.visit.arrival, &member.session).await?;
    let apps = member.visit.site.sign_in.apps.iter();
    Ok(TokensPage {
        frame: member.visit.frame(),
        account: member.frame(),
        faults: Faults::default(),
        made: None,
        tokens: tokens
            .into_iter()
            .map(|token| TokenRow::of(token, apps_of))
            .collect(),
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

/// The apps that a token is good for; none for all.
fn apps_of(scopes: &str) -> Option<String> {
    (scopes != EVERY_APP).then(|| scopes.replace(' ', ", "))
}
