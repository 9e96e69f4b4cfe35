//! Which letters are tried, and what becomes of them? The store says whose turn it is;
//! `gatelet_letters::fate` judges each try.

use gatelet_core::key::KeyRing;
use gatelet_letters::fate::{Failure, Fate, LEASE_SECONDS};
use gatelet_letters::message::Message;
use gatelet_letters::sealed;
use gatelet_mail::mail_url::MailUrl;
use gatelet_ports::store::outbox::{self, Again, Letter, TakenUp};
use gatelet_ports::store::types::{Error, Place};
use gatelet_wasi::{clock, random};
use gatelet_web::log;

use super::hand_over::hand_over;

/// Letters that one call tries, one after the other.
const FLUSHED_MAX: u32 = 20;
/// For how long it begins with another one.
const FLUSH_SECONDS: u64 = 10;

/// Keeps a letter, due at once.
pub(super) async fn keep(
    keys: &KeyRing,
    place: Place,
    message: &Message,
    now: u64,
) -> Result<(), Error> {
    let letter = Letter {
        id: message.id.as_str().to_owned(),
        kind: message.kind.clone(),
        sealed: sealed::seal(keys, message, random::bytes()),
        queued_at: now,
    };
    outbox::queue(place, letter, now).await
}

/// Tries letters of a place that are due, one after the other, for as long as whoever
/// asked at `begun` may be kept. How many were tried.
pub(super) async fn flush(keys: &KeyRing, url: &MailUrl, place: Place, begun: u64) -> u32 {
    let mut tried = 0;
    while tried < FLUSHED_MAX && clock::unix_seconds() < begun.saturating_add(FLUSH_SECONDS) {
        let now = clock::unix_seconds();
        let due_at = now.saturating_add(LEASE_SECONDS);
        // The store has logged why not.
        let taken_up = outbox::take_up(place.clone(), now, due_at, 1).await;
        let Some(TakenUp { letter, attempts }) = taken_up.ok().and_then(|mut all| all.pop()) else {
            break;
        };
        tried += 1;
        let kept = Kept {
            kind: &letter.kind,
            id: letter.id,
            attempts,
            queued_at: letter.queued_at,
        };
        let outcome = match sealed::open(keys, &kept.id, &letter.sealed) {
            Some(message) => hand_over(url, &message).await,
            None => Err(Failure::Refused(
                "it was sealed under a key that session_keys has no more".to_owned(),
            )),
        };
        kept.settle(place.clone(), outcome).await;
    }
    tried
}

/// A letter as its row knows it.
struct Kept<'a> {
    kind: &'a str,
    id: String,
    attempts: u32,
    queued_at: u64,
}

impl Kept<'_> {
    /// Writes down what has become of it.
    async fn settle(self, place: Place, outcome: Result<(), Failure>) {
        let now = clock::unix_seconds();
        let fate = Fate::judge(outcome, self.attempts, self.queued_at, now);
        let detail = format!(
            "{} {} try {} {}",
            self.kind,
            self.id,
            self.attempts,
            fate.why()
        );
        match fate {
            Fate::Sent | Fate::Again { .. } => log::note(fate.code(), &detail),
            Fate::GivenUp(_) => log::error(fate.code(), &detail),
        }
        let again = match fate {
            Fate::Sent | Fate::GivenUp(_) => None,
            Fate::Again { due_at, why } => Some(Again { due_at, why }),
        };
        // Where that fails the letter is due again, and goes twice rather than never.
        let _logged_there = outbox::settle(place, self.id, self.attempts, again).await;
    }
}
