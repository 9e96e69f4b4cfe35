//! What does it cost that there are many sessions? Postgres is asked for one of them at
//! each request.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::session_cookie::SessionCookie;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::Effort;
use crate::contender::Contender;
use crate::doors::port;
use crate::head::Head;
use crate::served::{HOST, Shared, Way};
use crate::turns::Turns;
use crate::who::Who;
use crate::wrk;

/// Sessions that are asked for in turns, spread over all that there are.
pub(crate) const ASKED: usize = 1000;

pub(super) fn measure(shared: &Shared, effort: Effort) -> Turns {
    eprintln!("== Sessions");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (few, _few) = contender(shared, Who::ThousandSessions, 1000, &folder);
    let (many, _many) = contender(shared, Who::MillionSessions, 1_000_000, &folder);
    Turns::take(&[few, many], 32, effort)
}

/// Behind it are so many sessions of one user.
fn contender(shared: &Shared, who: Who, count: usize, folder: &TempDir) -> (Contender, Gatelet) {
    let mut gatelet = shared.start(Engine::Postgres, Way::Gate, 0);
    let cookie = signed_in(&gatelet).0.cookie("gatelet").expect("signed in");
    let session = SessionCookie::parse(&cookie.value);
    gatelet.database().execute(&stored(count));
    shared.restart(&mut gatelet);
    let heads: Vec<Head> = (0..ASKED)
        .map(|number| {
            let session = SessionCookie {
                token: token(number * (count / ASKED)),
                ..session.clone()
            };
            let cookie = format!("{}={}", cookie.name, session.signed_with(shared.key()));
            Head::new(HOST, &cookie)
        })
        .collect();
    let script = folder.path().join(format!("{count}-sessions.lua"));
    std::fs::write(&script, wrk::in_turns(&heads)).expect("a folder of ours");
    let contender = Contender::scripted(who, port(&gatelet), &script, vec![gatelet.id()]);
    (contender, gatelet)
}

/// As [`stored`] has it.
fn token(number: usize) -> Vec<u8> {
    Sha256::digest(format!("session {number}")).to_vec()
}

/// SQL that copies the one session there is, each under the digest of a token of its own.
fn stored(count: usize) -> String {
    format!(
        "CREATE TEMPORARY TABLE one AS SELECT * FROM auth_sessions; \
         ALTER TABLE one DROP COLUMN token_digest; \
         INSERT INTO auth_sessions \
         SELECT sha256(sha256(convert_to('session ' || number, 'UTF8'))), one.* \
         FROM one, generate_series(0, {count} - 1) AS number; \
         ANALYZE auth_sessions;"
    )
}
