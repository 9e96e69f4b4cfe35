//! `/auth/console/sessions`: where people are signed in, and ending that.

use gatelet_forms::FormLimits;
use gatelet_ports::store::session_writer;
use gatelet_sign_in::audit::Act;
use gatelet_texts::Moment;
use gatelet_web::{Answer, page, see_other};
use http::StatusCode;
use wasip3::http_compat::IncomingRequestBody;

use crate::admin::Admin;
use crate::bindings::gatelet::store_admin::users::{self, Running};
use crate::notice::Notice;
use crate::pages::{SessionRow, SessionsPage};
use crate::problem::Problem;
use crate::section::Section;
use crate::users::{by, may_act_on};
use crate::visit::Failure;

/// Rows of a page.
const PAGE_ROWS: usize = 30;
/// As many as the store lists at once.
const LISTED_MAX: u32 = 1_000;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    let arrival = &admin.visit.arrival;
    let query = arrival.query();
    let user = query.get("user").map(str::to_owned);
    let after = query.get("after").and_then(digest);
    let rows = u32::try_from(PAGE_ROWS + 1).expect("a small number");
    let running = users::sessions(arrival.place(), user.clone(), after, rows, arrival.now);
    let mut running = running.await?;
    let has_more = running.len() > PAGE_ROWS;
    running.truncate(PAGE_ROWS);
    let next = running.last().filter(|_| has_more).map(|last| {
        let mut fields = vec![("after", hexadecimal(&last.token))];
        fields.extend(user.map(|user| ("user", user)));
        let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
        let path = Section::Sessions.path();
        format!("{path}?{}", gatelet_forms::encode(fields))
    });
    let shown = SessionsPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Sessions),
        sessions: running
            .into_iter()
            .map(|running| row(admin, running))
            .collect(),
        next,
        csrf: admin.csrf.clone(),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Ends one.
pub(crate) async fn submit(
    admin: &Admin<'_>,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    let typed = admin.form(body, FormLimits::USUAL).await?;
    let arrival = &admin.visit.arrival;
    let user = typed.text("user").to_owned();
    let of_user = Some(user.clone());
    let running = users::sessions(arrival.place(), of_user, None, LISTED_MAX, arrival.now);
    let mut running = running.await?.into_iter();
    let meant = digest(typed.text("session"));
    // One that is gone is ended, whoever did it.
    if let Some(found) = running.find(|running| Some(&running.token) == meant.as_ref()) {
        if !may_act_on(admin, &found.session.groups) {
            return Err(Problem::NotYours.into());
        }
        session_writer::end(arrival.place(), found.token).await?;
        admin.record(Act::SessionRevoked, &user, &by(admin)).await;
    }
    Ok(see_other(
        &Notice::SessionEnded.at(Section::Sessions.path()),
    ))
}

fn row(admin: &Admin<'_>, running: Running) -> SessionRow {
    let Running { session, token } = running;
    let is_this = token == admin.session.token_digest;
    let may_end = !is_this && may_act_on(admin, &session.groups);
    let user = session.user;
    SessionRow {
        id: hexadecimal(&token),
        email: match user.email.is_empty() {
            true => user.id.clone(),
            false => user.email,
        },
        user_id: user.id,
        audience: session.audience,
        provider: session.provider,
        signed_in_at: Moment(session.created_at),
        until: Moment(session.expires_at.min(session.idle_expires_at)),
        is_this,
        may_end,
    }
}

/// By which a session is meant: the digest of its token, which is no token.
fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(text: &str) -> Option<Vec<u8>> {
    let is_digest = text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let pairs = text.as_bytes().chunks_exact(2);
    let bytes = pairs.map(|pair| {
        let pair = core::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    is_digest.then(|| bytes.collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_meant_by_a_digest_and_by_nothing_else() {
        let bytes: Vec<u8> = (0..32).map(|number| number * 8 + 3).collect();
        assert_eq!(digest(&hexadecimal(&bytes)), Some(bytes));
        for text in [
            "",
            "ab",
            &"AB".repeat(32),
            &"+1".repeat(32),
            &"\u{fc}".repeat(32),
        ] {
            assert!(digest(text).is_none(), "{text}");
        }
    }
}
