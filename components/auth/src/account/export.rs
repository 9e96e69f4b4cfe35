//! `/auth/account/export`: all that is kept of somebody, as JSON. No hash, no token, no
//! digest of one: what it holds lets nobody in.

use super::Member;
use crate::pages::{ExportPage, Moment};
use crate::visit::Failure;
use gatelet_ports::store::audit::{self, Cursor};
use gatelet_ports::store::factors::{self, Passkey};
use gatelet_ports::store::user_sessions::{self, After, Listed};
use gatelet_ports::store::{access_token_writer, own_account};
use gatelet_sign_in::audit::Act;
use gatelet_web::{Answer, json, page, with};
use http::header::CONTENT_DISPOSITION;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

/// Sessions that are read at once, and how many at most.
const PAGE_ROWS: u32 = 500;
const SESSIONS_MAX: usize = 10_000;
/// How many events at most.
const EVENTS_MAX: usize = 10_000;

pub(super) fn show(member: &Member<'_>) -> Answer {
    let shown = ExportPage {
        frame: member.visit.frame(),
        account: member.frame(),
        csrf: member.csrf.clone(),
    };
    page(StatusCode::OK, &shown)
}

pub(super) async fn submit(member: &Member<'_>) -> Result<Answer, Failure> {
    let arrival = &member.visit.arrival;
    let user_id = || member.session.user_id.clone();
    let profile = member.profile().await?;
    let apps = own_account::granted_apps(arrival.place(), user_id()).await?;
    let tokens = access_token_writer::list(arrival.place(), user_id(), arrival.now).await?;
    let sessions = sessions(member).await?;
    let held = factors::find(arrival.place(), user_id()).await?;
    let passkeys = factors::passkeys(arrival.place(), user_id()).await?;
    let user = &profile.user;
    let ways = profile.ways.iter().map(|way| {
        json!({
            "provider": way.provider,
            "issuer": way.issuer,
            "subject": way.subject,
            "email": way.vouched_email,
            "createdAt": time(way.created_at),
        })
    });
    let tokens = tokens.iter().map(|token| {
        json!({
            "name": token.name,
            "audience": token.audience,
            "scopes": token.scopes,
            "createdAt": time(token.created_at),
            "expiresAt": time(token.expires_at),
            "usedAt": token.used_at.map(time),
        })
    });
    let apps = apps
        .iter()
        .map(|(app, at)| json!({ "app": app, "grantedAt": time(*at) }));
    let groups = member.session.groups.split(',');
    let groups = groups.filter(|group| !group.is_empty());
    let body = json!({
        "exportedAt": time(arrival.now),
        "user": {
            "id": user.id,
            "email": user.email,
            "emailVerified": user.email_verified,
            "name": user.name,
            "createdAt": time(user.created_at),
        },
        "accounts": ways.collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(),
        "apps": apps.collect::<Vec<_>>(),
        "passkeys": passkeys.iter().map(passkey).collect::<Vec<_>>(),
        "authenticator": held
            .as_ref()
            .and_then(|held| held.authenticator.as_ref())
            .map(|authenticator| json!({ "createdAt": time(authenticator.created_at) })),
        "recoveryCodesLeft": held.map_or(0, |held| held.recovery_codes),
        "sessions": sessions,
        "accessTokens": tokens.collect::<Vec<_>>(),
        "events": events(member).await?,
    });
    member.record(Act::AccountExported, None);
    let name = HeaderValue::from_static("attachment; filename=\"account.json\"");
    Ok(with(json(StatusCode::OK, &body), CONTENT_DISPOSITION, name))
}

async fn sessions(member: &Member<'_>) -> Result<Vec<Value>, Failure> {
    let arrival = &member.visit.arrival;
    let (mut all, mut after) = (Vec::new(), None);
    while all.len() < SESSIONS_MAX {
        let user_id = member.session.user_id.clone();
        let (place, now) = (arrival.place(), arrival.now);
        let page = user_sessions::list(place, user_id, after, PAGE_ROWS, now).await?;
        let Some(last) = page.last() else { break };
        after = Some(After {
            created_at: last.created_at,
            token: last.token.clone(),
        });
        all.extend(page.into_iter().map(session));
    }
    Ok(all)
}

/// Without its key, which is nobody else's business, and no secret either.
fn passkey(passkey: &Passkey) -> Value {
    json!({
        "name": passkey.name,
        "backedUp": passkey.backed_up,
        "createdAt": time(passkey.created_at),
        "lastUsedAt": passkey.last_used_at.map(time),
    })
}

async fn events(member: &Member<'_>) -> Result<Vec<Value>, Failure> {
    let arrival = &member.visit.arrival;
    let (mut all, mut after) = (Vec::new(), None);
    while all.len() < EVENTS_MAX {
        let user_id = member.session.user_id.clone();
        let page = audit::of_user(arrival.place(), user_id, after, PAGE_ROWS).await?;
        let Some(last) = page.last() else { break };
        after = Some(Cursor {
            at: last.event.at,
            id: last.event.id.clone(),
        });
        all.extend(page.iter().map(|kept| {
            json!({
                "act": kept.event.act,
                "target": kept.event.target,
                "at": time(kept.event.at),
                "lastAt": time(kept.last_at),
                "times": kept.times,
                "origin": kept.event.origin,
                "address": kept.event.address,
                "userAgent": kept.event.user_agent,
            })
        }));
    }
    Ok(all)
}

fn session(listed: Listed) -> Value {
    let Listed {
        // What the store knows it by is nobody else's business.
        token: _,
        provider,
        amr,
        audience,
        auth_time,
        created_at,
        seen_at,
        user_agent,
        address,
        region,
    } = listed;
    json!({
        "provider": provider,
        "methods": amr,
        "audience": audience,
        "signedInAt": time(created_at),
        "provedAt": (auth_time > 0).then(|| time(auth_time)),
        "lastSeenAt": time(seen_at),
        "userAgent": user_agent,
        "address": address,
        "region": region,
    })
}

fn time(seconds: u64) -> String {
    Moment(seconds).rfc3339()
}
