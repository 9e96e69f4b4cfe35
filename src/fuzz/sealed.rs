//! Is anything taken for ours that we did not sign?

use super::head::{keys, session};
use super::{BASE_URL, NOW, lines, marked};
use crate::cookie::{self, Cookies, NoSession, RawCookies, Scratch};

const NAME: &str = "__Host-gatelet";

/// A `Cookie` field. Marks stand for a good session, another origin's, and one that has
/// run out. Lets in a session.
pub(super) fn cookie_header(input: &[u8]) -> bool {
    let good = session(BASE_URL, NOW + 60, NOW + 600);
    let others = session("https://other.example.com", NOW + 60, NOW + 600);
    let over = session(BASE_URL, NOW - 60, NOW);
    let input = marked(input, &[(1, &good), (2, &others), (3, &over)]);
    for (name, value) in Cookies::new(&input) {
        assert!(!name.contains(['=', ';']) && !value.contains([';', '\n']));
    }
    let find = |field: &[u8]| {
        let mut scratch = Scratch::new();
        let cookies = RawCookies::new(field);
        cookie::find(cookies, NAME, &keys(), BASE_URL, NOW, &mut scratch)
            .map(|claims| claims.email.to_owned())
    };
    let found = find(&input);
    let values = |wanted: &str| {
        values(&input)
            .filter(|value| *value == wanted.as_bytes())
            .count()
    };
    match &found {
        Ok(email) => {
            assert_eq!(email, "ada@example.com");
            assert!(values(&good) > 0, "nobody else signs");
        }
        Err(NoSession::Expired) => assert!(values(&over) > 0),
        Err(NoSession::Invalid | NoSession::None) => {}
    }
    // What comes before hides a good cookie only by sheer number.
    let tries = input.windows(3).filter(|window| *window == b"v1.").count();
    let pairs = input.split(|byte| *byte == b';').count();
    if tries < cookie::TRIES_MAX && pairs < cookie::COOKIES_MAX {
        assert_eq!(found.is_ok(), values(&good) > 0, "a good one is found");
        let both = [&input, &b"; "[..], NAME.as_bytes(), b"=", good.as_bytes()].concat();
        assert!(find(&both).is_ok());
    }
    found.is_ok()
}

/// Values of the session's name, read as RFC 6265 §4.2.1 writes them.
fn values(field: &[u8]) -> impl Iterator<Item = &[u8]> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let trim = move |text: &[u8]| -> (usize, usize) {
        let start = text
            .iter()
            .position(|byte| !blank(byte))
            .unwrap_or(text.len());
        let end = text
            .iter()
            .rposition(|byte| !blank(byte))
            .map_or(start, |at| at + 1);
        (start, end)
    };
    field.split(|byte| *byte == b';').filter_map(move |pair| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (&pair[..equals], &pair[equals + 1..]);
        let (start, end) = trim(name);
        let is_named = &name[start..end] == NAME.as_bytes();
        let (start, end) = trim(value);
        is_named.then(|| &value[start..end])
    })
}

/// What a browser keeps for us: a purpose, then a value, in which a mark stands for what
/// we sealed for `attempt`. Lets in what opens.
pub(super) fn sealed(input: &[u8]) -> bool {
    const PAYLOAD: &[u8] = b"of some length";
    let keys = keys();
    let good = keys.seal("attempt", PAYLOAD);
    let Some([purpose, value]) = lines::<2>(input) else {
        return false;
    };
    let value = marked(value.as_bytes(), &[(1, &good)]);
    let value = core::str::from_utf8(&value).expect("text with text in it");
    let opened = keys.open(purpose, value);
    if let Some(payload) = &opened {
        assert_eq!((purpose, value), ("attempt", good.as_str()));
        assert_eq!(payload, PAYLOAD);
    }
    let own = keys.seal(purpose, input);
    let fits = own.len() <= 4096;
    assert_eq!(keys.open(purpose, &own).as_deref(), fits.then_some(input));
    let other = [purpose, "x"].concat();
    assert_eq!(keys.open(&other, &own), None, "for one purpose alone");
    let at = input.iter().map(|byte| usize::from(*byte)).sum::<usize>() % own.len();
    let mut changed = own.into_bytes();
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("ASCII");
    assert_eq!(keys.open(purpose, &changed), None, "byte {at} counts");
    opened.is_some()
}
