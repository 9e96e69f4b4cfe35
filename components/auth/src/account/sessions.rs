//! `/auth/account/sessions`: where is somebody signed in, and where no longer?

use super::{Member, Notice, unreadable};
use crate::pages::{Moment, SessionRow, SessionsPage};
use crate::provider_tokens;
use crate::session_id::SessionId;
use crate::visit::Failure;
use gatelet_forms::Form;
use gatelet_ports::store::user_sessions::{self, After, Listed};
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::browser::Browser;
use gatelet_web::{Answer, page};
use http::StatusCode;

/// Rows of a page.
const PAGE_ROWS: usize = 20;

/// This session, and others newest first, a page at a time.
pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let arrival = &member.visit.arrival;
    let query = arrival.query();
    let after = query.get("after").and_then(after);
    let is_first = after.is_none();
    let this = user_sessions::find(arrival.place(), member.session.holder(), arrival.now).await?;
    let rows = u32::try_from(PAGE_ROWS + 1).expect("a small number");
    let user = member.session.user_id.clone();
    let mut listed = user_sessions::list(arrival.place(), user, after, rows, arrival.now).await?;
    let has_more = listed.len() > PAGE_ROWS;
    listed.truncate(PAGE_ROWS);
    let next = listed.last().filter(|_| has_more).map(address_after);
    let others = listed
        .into_iter()
        .filter(|listed| listed.token != member.session.token_digest)
        .map(|listed| row(member, listed))
        .collect();
    let shown = SessionsPage {
        frame: member.visit.frame(),
        account: member.frame(),
        this: this.filter(|_| is_first).map(|listed| row(member, listed)),
        others,
        next,
        csrf: member.csrf.clone(),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Ends one, or all others.
pub(super) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let arrival = &member.visit.arrival;
    let (place, by, now) = (arrival.place(), member.session.holder(), arrival.now);
    match typed.text("act") {
        "end" => {
            let id = SessionId::parse(typed.text("session")).ok_or_else(unreadable)?;
            // One that is gone is ended, whoever did it.
            if user_sessions::end(place, by, id.into_digest(), now).await? {
                member.record(Act::SessionRevoked, None);
                provider_tokens::let_go(member.visit, &member.session.user_id).await;
            }
            Ok(member.done(Notice::SessionEnded))
        }
        "end-others" => {
            user_sessions::end_others(place, by, now).await?;
            member.record(Act::SessionsRevoked, None);
            Ok(member.done(Notice::OthersEnded))
        }
        _ => Err(unreadable()),
    }
}

fn row(member: &Member<'_>, listed: Listed) -> SessionRow {
    let Listed {
        token,
        provider,
        amr: _,
        audience: _,
        auth_time: _,
        created_at,
        seen_at,
        user_agent,
        address,
        region,
    } = listed;
    SessionRow {
        id: SessionId::of(&token).as_str().to_owned(),
        browser: Browser::of(&user_agent),
        region,
        address,
        provider: member.visit.provider_name(&provider),
        signed_in_at: Moment(created_at),
        seen_at: Moment(seen_at),
    }
}

/// `<created at>-<id>`, as [`address_after`] writes it.
fn after(text: &str) -> Option<After> {
    let (created_at, id) = text.split_once('-')?;
    Some(After {
        created_at: created_at.parse().ok().filter(|at| *at <= u64::MAX >> 1)?,
        token: SessionId::parse(id)?.into_digest(),
    })
}

fn address_after(last: &Listed) -> String {
    let id = SessionId::of(&last.token);
    let path = super::Section::Sessions.path();
    format!("{path}?after={}-{}", last.created_at, id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_after_what_the_last_one_ended_with_and_nothing_else() {
        let id = "ab".repeat(32);
        let parsed = after(&format!("17-{id}")).expect("an address");
        assert_eq!((parsed.created_at, parsed.token), (17, vec![0xab; 32]));
        for text in [
            "",
            "17",
            "17-",
            &format!("-{id}"),
            &format!("x-{id}"),
            &format!("18446744073709551615-{id}"),
            &format!("17-{id}0"),
            &format!("17-{}", &id[2..]),
        ] {
            assert!(after(text).is_none(), "{text}");
        }
    }
}
