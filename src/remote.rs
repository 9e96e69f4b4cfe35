//! How does middleware ask? It judges nothing and holds no key: it sends a head to
//! `auth` and does what the answer says. Question and answer are a header field each,
//! what crosses ([`crate::crossing`]) in base64url: a body would cost a component more
//! than judging does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::backend::workos::UnsealedSession;
use crate::crossing;
use crate::decide::Verdict;
use crate::error::Code;
use crate::handed::{HandedToken, WantedToken};
use crate::head::{FIELDS_MAX_BYTES, Head, TARGET_MAX_BYTES};

/// Where `auth` answers. No public route leads to it.
pub const PATH: &str = "/gate/judge";
/// Where it says whose sealed cookies are, which others have no password for.
pub const SEALED_PATH: &str = "/gate/sealed";
/// Where it hands over a provider's access token, which others have no key for.
pub const TOKEN_PATH: &str = "/gate/token";
/// The request field that holds the question.
pub const QUESTION: &str = "gatelet-question-1";
/// The response field that holds the answer.
pub const ANSWER: &str = "gatelet-answer-2";
/// The most that either is long, in bytes: a head at its limits, and what is not
/// limited. In base64url it stays below the 128 KiB that hosts allow a header section.
const MAX_BYTES: usize = FIELDS_MAX_BYTES + TARGET_MAX_BYTES + 8 * 1024;

/// Most seals that are asked about at once.
const SEALS_MAX: usize = crate::backend::better_auth::TRIES_MAX;

/// What a field holds, for [`crossing::read_head`] or [`read_verdict`]. None for what
/// is none.
#[must_use]
pub fn open(field: &[u8]) -> Option<Vec<u8>> {
    let held = URL_SAFE_NO_PAD.decode(field).ok()?;
    (held.len() <= MAX_BYTES).then_some(held)
}

/// Writes the question. None if it is too long to ask.
#[must_use]
pub fn write_head(head: &Head<'_>) -> Option<String> {
    field(&crossing::write_head(head, Vec::with_capacity(1024)))
}

/// Writes the answer. None if it is too long, or is to ask again. Where to forward to
/// is not in it: what stands behind the middleware is the host's to know.
#[must_use]
pub fn write_verdict(verdict: Verdict) -> Option<String> {
    field(&crossing::write_verdict(&match verdict {
        Verdict::Forward(mut edits) => {
            edits.upstream.clear();
            Verdict::Forward(edits)
        }
        Verdict::Respond(reply) => Verdict::Respond(reply),
        Verdict::Ask => return None,
    }))
}

/// Reads the answer. None for what is none, and for one that is to ask again.
#[must_use]
pub fn read_verdict(answer: &[u8]) -> Option<Verdict> {
    crossing::read_verdict(answer).filter(|verdict| *verdict != Verdict::Ask)
}

/// Writes which seals are asked about, and whether their tokens may be exchanged: only
/// where what takes the cookie's place reaches the browser. None if they are too long to ask.
#[must_use]
pub fn write_seals(seals: &[impl Serialize], may_exchange: bool) -> Option<String> {
    field(&postcard::to_allocvec(&(seals, may_exchange)).ok()?)
}

/// Reads that, out of what [`open`] gives.
#[must_use]
pub fn read_seals(question: &[u8]) -> Option<(Vec<String>, bool)> {
    let asked: (Vec<String>, bool) = postcard::from_bytes(question).ok()?;
    (asked.0.len() <= SEALS_MAX).then_some(asked)
}

/// Writes whose they are; an error where nobody can say.
#[must_use]
pub fn write_sessions(sessions: &Result<Vec<UnsealedSession>, Code>) -> Option<String> {
    field(&postcard::to_allocvec(sessions).ok()?)
}

/// Reads that.
#[must_use]
pub fn read_sessions(answer: &[u8]) -> Option<Result<Vec<UnsealedSession>, Code>> {
    postcard::from_bytes(answer).ok()
}

/// Writes which access token is asked for. None if that is too long to ask.
#[must_use]
pub fn write_wanted_token(wanted: &WantedToken) -> Option<String> {
    field(&postcard::to_allocvec(wanted).ok()?)
}

/// Reads that.
#[must_use]
pub fn read_wanted_token(question: &[u8]) -> Option<WantedToken> {
    postcard::from_bytes(question).ok()
}

/// Writes the token, or that there is none; an error where nobody can say, or the provider
/// takes its own no more.
#[must_use]
pub fn write_handed_token(token: &Result<Option<HandedToken>, Code>) -> Option<String> {
    field(&postcard::to_allocvec(token).ok()?)
}

/// Reads that.
#[must_use]
pub fn read_handed_token(answer: &[u8]) -> Option<Result<Option<HandedToken>, Code>> {
    postcard::from_bytes(answer).ok()
}

fn field(held: &[u8]) -> Option<String> {
    (held.len() <= MAX_BYTES).then(|| URL_SAFE_NO_PAD.encode(held))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::SessionToken;
    use crate::decide::Edits;
    use crate::fixture::stored;
    use crate::reply::Reply;
    use crate::secret::Secret;

    fn head(fields: &[u8]) -> Head<'_> {
        Head {
            method: "GET",
            target: "/a?b",
            authority: "shop.example.com",
            tls: true,
            peer: "192.0.2.1",
            fields,
        }
    }

    #[test]
    fn a_head_at_its_limits_fits_and_one_beyond_is_not_asked() {
        let target = ["/", &"a".repeat(TARGET_MAX_BYTES - 1)].concat();
        let fields = vec![b'a'; FIELDS_MAX_BYTES];
        // What is not limited by itself may take 8 KiB.
        let longest = Head {
            target: &target,
            method: &"M".repeat(7 * 1024),
            ..head(&fields)
        };
        let question = write_head(&longest).expect("fits");
        assert!(question.len() < 128 * 1024, "hosts take it");
        assert!(MAX_BYTES.div_ceil(3) * 4 < 128 * 1024, "and the longest");
        let question = open(question.as_bytes()).expect("ours");
        let read = crossing::read_head(&question).expect("a head");
        assert_eq!(read.fields, fields);
        assert!(write_head(&head(&vec![b'a'; MAX_BYTES])).is_none());
        assert!(open(&vec![b'A'; MAX_BYTES * 4 / 3 + 2]).is_none());
    }

    #[test]
    fn an_answer_says_all_but_where_the_app_is() {
        let cross = |verdict| read_verdict(&open(write_verdict(verdict)?.as_bytes())?);
        let edits = Edits {
            upstream: "http://app.internal".to_owned(),
            cookies: Some(b"a=\xe9".to_vec()),
            ..Edits::default()
        };
        let expected = Edits {
            upstream: String::new(),
            ..edits.clone()
        };
        assert_eq!(
            cross(Verdict::Forward(edits)),
            Some(Verdict::Forward(expected))
        );
        let reply = Verdict::Respond(Reply::healthy());
        assert_eq!(cross(reply.clone()), Some(reply));
        assert_eq!(write_verdict(Verdict::Ask), None);
        let ask = crossing::write_verdict(&Verdict::Ask);
        assert_eq!(read_verdict(&ask), None, "nobody is asked twice");
    }

    #[test]
    fn seals_and_whose_they_are_cross_as_they_are() {
        for may_exchange in [true, false] {
            let asked = write_seals(&["a", "b"], may_exchange).unwrap();
            let read = open(asked.as_bytes()).and_then(|held| read_seals(&held));
            let seals = vec!["a".to_owned(), "b".to_owned()];
            assert_eq!(read, Some((seals, may_exchange)));
        }
        let many = write_seals(&["a"; 5], true).unwrap();
        assert_eq!(
            open(many.as_bytes()).and_then(|held| read_seals(&held)),
            None
        );

        let session = UnsealedSession {
            seal: "a".to_owned(),
            replacement: Some("c".to_owned()),
            user: stored().user,
            issued_at: 1,
            expires_at: 2,
        };
        for answer in [
            Ok(vec![session]),
            Ok(Vec::new()),
            Err(Code::StoreUnavailable),
        ] {
            let written = write_sessions(&answer).unwrap();
            let read = open(written.as_bytes()).and_then(|held| read_sessions(&held));
            assert_eq!(read, Some(answer));
        }
        assert_eq!(read_sessions(b"nonsense"), None);
    }

    #[test]
    fn a_wanted_token_and_what_is_handed_over_cross_as_they_are() {
        let wanted = WantedToken {
            authority: "app.example.com".to_owned(),
            provider: "acme".to_owned(),
            session: SessionToken::from_random([7; 32]),
        };
        let asked = write_wanted_token(&wanted).unwrap();
        let read = open(asked.as_bytes()).and_then(|held| read_wanted_token(&held));
        assert_eq!(read, Some(wanted));
        assert_eq!(read_wanted_token(b"nonsense"), None);

        let token = HandedToken {
            // The longest that is kept.
            access_token: Secret::new("a".repeat(8 * 1024)),
            expires_at: Some(1),
            scope: "openid".to_owned(),
        };
        assert!(!format!("{token:?}").contains("aaa"), "it is in no log");
        for answer in [
            Ok(Some(token)),
            Ok(None),
            Err(Code::ProviderRevoked),
            Err(Code::StoreUnavailable),
        ] {
            let written = write_handed_token(&answer).unwrap();
            let read = open(written.as_bytes()).and_then(|held| read_handed_token(&held));
            assert_eq!(read, Some(answer));
        }
        assert_eq!(read_handed_token(b"nonsense"), None);
    }
}
