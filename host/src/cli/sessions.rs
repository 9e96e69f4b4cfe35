//! `gatelet sessions`: who is signed in, and signing people out.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use gatelet_runtime::store::bindings::exports::gatelet::store_admin::users::Running;
use gatelet_runtime::store::{Place, StoreAdmin};
use gatelet_sign_in::audit::{Act, Event};
use serde_json::{Value, json};

use super::audit;
use super::listing::{At, Page, instant};
use super::now;
use super::whose::found;

/// Rows that are read at once.
const PAGE_ROWS: u32 = 1_000;
/// As much of a session's id as tells it from the others of a user.
const SHORT_BYTES: usize = 12;

#[derive(Debug, Subcommand)]
pub(super) enum Sessions {
    /// Print the sessions there are.
    List(List),
    /// End sessions of a user: all, or one.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Those of this user, by id or address.
    #[arg(long, value_name = "ID|EMAIL")]
    user: Option<String>,
    #[command(flatten)]
    page: Page,
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The user's id or address.
    #[arg(value_name = "ID|EMAIL")]
    user: String,
    /// One session, by how its id begins [default: all].
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    #[command(flatten)]
    at: At,
}

impl Sessions {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::List(list) => list.run()?,
            Self::Revoke(revoke) => revoke.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A session's id: the digest that it is kept by. No cookie can be made of it.
fn id(token: &[u8]) -> String {
    token.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn token(id: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = id
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair[0] * 16 + pair[1])
            .collect(),
    )
}

impl List {
    fn run(self) -> Result<()> {
        let (registry, place) = self.page.open()?;
        let user = match &self.user {
            Some(user) => Some(found(&registry, &place, user)?.user.id),
            None => None,
        };
        let after = match &self.page.after {
            Some(after) => Some(
                token(after)
                    .ok_or_else(|| anyhow!("--after {after}: is nothing that a page ended with"))?,
            ),
            None => None,
        };
        let store = registry.store()?;
        let sessions = store.running_sessions(&place, user, after, self.page.limit, now());
        let sessions = registry.runtime.block_on(sessions)?;
        let last = sessions.last().map(|last| id(&last.token));
        let heading = ["ID", "ADDRESS", "BY", "AT", "SINCE", "GOOD UNTIL"];
        let shown = sessions.iter().map(shown).collect();
        let row = |running: Running| {
            let session = running.session;
            [
                id(&running.token)[..SHORT_BYTES].to_owned(),
                session.user.email,
                session.provider,
                session.audience,
                instant(session.created_at),
                instant(session.idle_expires_at.min(session.expires_at)),
            ]
        };
        let rows = sessions.into_iter().map(row).collect();
        self.page.print("sessions", heading, rows, shown, last);
        Ok(())
    }
}

fn shown(running: &Running) -> Value {
    let Running { session, token } = running;
    json!({
        "id": id(token),
        "user": session.user.id,
        "email": session.user.email,
        "provider": session.provider,
        "audience": session.audience,
        "amr": session.amr,
        "authTime": session.auth_time,
        "createdAt": session.created_at,
        "expiresAt": session.expires_at,
        "idleExpiresAt": session.idle_expires_at,
    })
}

impl Revoke {
    fn run(self) -> Result<()> {
        let (registry, place) = self.at.open()?;
        let user = found(&registry, &place, &self.user)?.user.id;
        let store = registry.store()?;
        let ended = registry.runtime.block_on(async {
            let (ended, act) = match &self.session {
                None => (
                    store.end_sessions(&place, user.clone(), None).await?,
                    Act::SessionsRevoked,
                ),
                Some(begins) => {
                    let token = one(store, &place, &user, begins).await?;
                    store.end_session(&place, token).await?;
                    (1, Act::SessionRevoked)
                }
            };
            audit::record(store, &place, &[Event::of(act, &user)]).await?;
            anyhow::Ok(ended)
        })?;
        outln!("{}: {ended} sessions ended.", self.user);
        Ok(())
    }
}

/// The one session of a user whose id begins so.
async fn one(store: &StoreAdmin, place: &Place, user: &str, begins: &str) -> Result<Vec<u8>> {
    let begins = begins.to_ascii_lowercase();
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let page = store.running_sessions(place, Some(user.to_owned()), after, PAGE_ROWS, now());
        let page = page.await?;
        let is_last = (page.len() as u64) < u64::from(PAGE_ROWS);
        after = page.last().map(|last| last.token.clone());
        let tokens = page.into_iter().map(|running| running.token);
        found.extend(tokens.filter(|token| id(token).starts_with(&begins)));
        if is_last {
            break;
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(token), true) => Ok(token),
        (Some(_), false) => bail!("{begins}: several sessions begin so: say more of the id"),
        (None, _) => bail!("{begins}: the user has no such session"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_digest_in_hexadecimal_and_back() {
        let digest: Vec<u8> = (0..32).map(|byte| byte * 8).collect();
        assert_eq!(token(&id(&digest)), Some(digest.clone()));
        let short = id(&digest)[1..].to_owned();
        for text in ["", "zz", &short, &format!("{short}g")] {
            assert_eq!(token(text), None, "{text:?}");
        }
    }
}
