//! Sessions begin, together with what the sign-in changes, and end.

use gatelet_core::session_store::SessionUse;

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        audit::Event,
        session_writer::{self, NewSession, SignIn},
        types::{Error, Place, Session},
    },
    convert::{audit::event_parameters, begun, digest, seconds, sign_in::planned, text},
    database::Database,
    failure::{Failure, Kind},
    operation::run,
    statements::{
        Statement, audit, limits, links, provider_tokens, sessions as session, verifications,
    },
    uses::Uses,
};

use super::admin::surely_past;

/// What goes beside sign-ins, where nothing else sweeps: on a host that only serves
/// requests.
const SWEEPS: [&Statement; 5] = [
    &session::SWEEP,
    &verifications::SWEEP,
    &limits::SWEEP,
    &limits::SWEEP_LOCKOUTS,
    &links::SWEEP,
];

/// Rows that go at once: more than ninety sign-ins bring, for so often each kind has its turn.
const SWEEP_ROWS: u64 = 500;

/// One sign-in in sixteen sweeps, one kind alone: nobody waits for all of them. A token's
/// digest is as good as a die.
fn sweep_beside(session: &NewSession) -> Option<&'static Statement> {
    let die = usize::from(*session.token.first()?);
    (die % 16 == 0).then(|| SWEEPS[die / 16 % SWEEPS.len()])
}

/// Whoever signs in is signed in, whatever becomes of it.
pub(super) async fn sweep_a_little(database: &Database, sweep: &Statement, rows: u64, now: u64) {
    let swept = async {
        let now = seconds(surely_past(database, now).await?)?;
        let rows = seconds(rows)?;
        database.execute(sweep, &[now, rows]).await
    };
    let _whatever: Result<u64, Failure> = swept.await;
}

/// The session as the database is to have it, and until when it lives unused. Where a
/// key-value store keeps that, it does so before there is a session: one without it lives
/// nowhere, and it alone is nobody's.
async fn keep_use(database: &Database, mut session: NewSession) -> Result<Begun, Failure> {
    let idle_expires_at = session.idle_expires_at.min(session.expires_at);
    let mut kept = None;
    if let Some(uses) = Uses::of(database).await? {
        session.idle_expires_at = session.expires_at;
        // A token that somebody has is theirs: the database refuses it.
        let taken = uses.find(&session.token, session.created_at).await?;
        if taken.is_none() {
            let used = SessionUse::begun(session.created_at, idle_expires_at);
            uses.keep(&session.token, used).await?;
            kept = Some(uses);
        }
    }
    Ok(Begun {
        session,
        idle_expires_at,
        kept,
    })
}

/// A session that is to begin.
struct Begun {
    /// As the database is to have it.
    session: NewSession,
    idle_expires_at: u64,
    /// Where its use is kept by now.
    kept: Option<Uses>,
}

impl session_writer::Guest for Store {
    async fn begin(
        place: Place,
        sign_in: SignIn,
        session: NewSession,
        events: Vec<Event>,
    ) -> Result<Session, Error> {
        run(
            "session-writer.begin",
            &place,
            async |database: &Database| {
                let Begun {
                    session,
                    idle_expires_at,
                    kept,
                } = keep_use(database, session).await?;
                let token = session.token.clone();
                let mut planned = planned(sign_in, session)?;
                let step = |event: Event| match event.done {
                    true => Ok((audit::APPEND_BESIDE, event_parameters(event)?)),
                    // Its row may be there, to be counted.
                    false => Err(Failure::internal("a sign-in that does what was refused")),
                };
                let events: Result<Vec<_>, Failure> = events.into_iter().map(step).collect();
                let rows = database
                    .guarded_beside(planned.statements, &planned.parameters, &events?)
                    .await;
                let begun_for = rows.map(|rows| rows.into_iter().next());
                if let (Some(uses), false) = (kept, matches!(begun_for, Ok(Some(_)))) {
                    uses.forget(&token).await;
                }
                // What was seen does not hold any more.
                let user = begun_for?.ok_or_else(|| {
                    Failure::new(Kind::Conflict, "what the sign-in rests on has changed")
                })?;
                planned.session.idle_expires_at = idle_expires_at;
                if let Some(sweep) = sweep_beside(&planned.session) {
                    sweep_a_little(database, sweep, SWEEP_ROWS, planned.session.created_at).await;
                }
                begun(user, planned.session, planned.provider)
            },
        )
        .await
    }

    async fn end(place: Place, token: Vec<u8>) -> Result<(), Error> {
        run("session-writer.end", &place, async |database: &Database| {
            database
                .execute(&session::END, &[digest(token.clone())?])
                .await?;
            if let Some(uses) = Uses::of(database).await? {
                uses.forget(&token).await;
            }
            Ok(())
        })
        .await
    }

    async fn end_all(place: Place, user_id: String, keep: Option<Vec<u8>>) -> Result<u64, Error> {
        run(
            "session-writer.end-all",
            &place,
            async |database: &Database| {
                let user_id = text(user_id)?;
                match keep {
                    Some(keep) => {
                        database
                            .execute(&session::END_OTHERS, &[user_id, digest(keep)?])
                            .await
                    }
                    None => {
                        let whose = [user_id];
                        let ended = database.execute(&session::END_ALL, &whose).await?;
                        // They are for sessions, and there is none.
                        database.execute(&provider_tokens::FORGET, &whose).await?;
                        Ok(ended)
                    }
                }
            },
        )
        .await
    }
}
