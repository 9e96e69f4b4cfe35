//! What must never stand in a log or in an error's body? Everything that tests
//! used as a secret is remembered here, for the whole test binary.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex};

use crate::canary::Canaries;
use crate::response::Response;

/// Values that no answer may have, whatever its status.
static CANARIES: LazyLock<Mutex<Arc<Canaries>>> = LazyLock::new(Mutex::default);

static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Remembers a secret. Short ones would be found by accident and are not kept.
pub fn remember(secret: &str) {
    if secret.len() >= 8 {
        KNOWN
            .lock()
            .expect("nothing panics in here")
            .insert(secret.to_owned());
    }
}

/// Plants a value that goes in and comes out of no answer, page, log or command: whole or
/// half, in any of the encodings that one would find it in.
pub fn plant(value: &str) {
    remember(value);
    let mut canaries = CANARIES.lock().expect("nothing panics in here");
    *canaries = Arc::new(Canaries::clone(&canaries).with(value));
}

/// Which planted value stands in these bytes, and what stands around it, in a sentence.
#[must_use]
pub fn canary_in(what: &str, bytes: &[u8]) -> Option<String> {
    let canaries = CANARIES.lock().expect("nothing panics in here").clone();
    let (how, around) = canaries.find(bytes)?;
    let around = around.escape_ascii();
    Some(format!("{what} holds a planted value, {how}:\n{around}"))
}

/// Fails the test when a planted value stands in these bytes.
#[track_caller]
pub fn assert_no_canary_in(what: &str, bytes: &[u8]) {
    if let Some(found) = canary_in(what, bytes) {
        panic!("{found}");
    }
}

/// Remembers what a `Set-Cookie` field brings: to know it is to be somebody.
pub(crate) fn note_set_cookie(header: &str) {
    if let Some((name, value)) = header
        .split(';')
        .next()
        .and_then(|pair| pair.split_once('='))
        && name.contains("gatelet")
    {
        remember(value);
    }
}

/// Fails the test when an error's body tells a secret. Pages with a form carry
/// the form's own token and are looked at by the tests of those pages.
#[track_caller]
pub(crate) fn note_answer(answer: &Response) {
    let own = answer.header("server").is_empty() && answer.header("x-test-upstream").is_empty();
    // An app's answers may be long.
    if own {
        assert_no_canary_in("an answer", &answer.body);
        for (name, value) in &answer.headers {
            assert_no_canary_in(name.as_str(), value.as_bytes());
        }
    }
    if own && answer.status.as_u16() >= 400 && !answer.text().contains("<form") {
        assert_none_in("the body of an error", &answer.text());
    }
}

/// Fails the test when a remembered secret stands in this text.
#[track_caller]
pub fn assert_none_in(what: &str, text: &str) {
    assert_no_canary_in(what, text.as_bytes());
    let known = KNOWN.lock().expect("nothing panics in here").clone();
    for secret in known {
        assert!(
            !text.contains(&secret),
            "{what} holds a secret: {secret}\n{text}"
        );
    }
}
