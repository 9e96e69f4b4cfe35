//! What must never stand in a log or in an error's body? Everything that tests
//! used as a secret is remembered here, for the whole test binary.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::response::Response;

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
    if own && answer.status.as_u16() >= 400 && !answer.text().contains("<form") {
        assert_none_in("the body of an error", &answer.text());
    }
}

/// Fails the test when a remembered secret stands in this text.
#[track_caller]
pub fn assert_none_in(what: &str, text: &str) {
    let known = KNOWN.lock().expect("nothing panics in here").clone();
    for secret in known {
        assert!(
            !text.contains(&secret),
            "{what} holds a secret: {secret}\n{text}"
        );
    }
}
