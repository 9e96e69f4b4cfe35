//! How does any text become part of a host name, and none like another's?

use sha2::{Digest as _, Sha256};

/// Longest label of a host name, in bytes (RFC 1035 §2.3.4).
const LABEL_MAX_BYTES: usize = 63;
/// Length of a hash, 58 bits: a digit, as few words begin with, and eleven letters.
const HASH_BYTES: usize = 12;
/// What hashes are written in: no capitals, nothing that looks like another.
const LETTERS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
/// How many of those are digits.
const DIGITS: usize = 8;

/// `<slug>--<app>`: one label, and another one for every other branch or app.
///
/// A slug that is not the branch to the letter has a hash of it at its end; and so
/// has one that would look as if it had. A branch that is its own slug is then like
/// no other's. No slug has two hyphens in a row, so the last two part it from the
/// app.
pub(super) fn of(branch: &str, app: &str) -> String {
    let slug = slug(branch);
    let room = LABEL_MAX_BYTES - "--".len() - app.len();
    // The third and fourth letter of a label are hyphens in what is encoded
    // otherwise alone (RFC 5890 §2.3.1): `xn--app` would be Punycode.
    let plain = slug == branch && slug.len() != 2;
    let slug = if plain {
        fit(&slug, branch, room, '-')
    } else {
        hashed(&slug, branch, room, '-')
    };
    format!("{slug}--{app}")
}

/// `text` where it fits and does not look as if it had been cut, else its beginning
/// and a hash of `whole`, with `joint` between them.
pub(super) fn fit(text: &str, whole: &str, room: usize, joint: char) -> String {
    if text.len() <= room && !looks_hashed(text, joint) {
        text.to_owned()
    } else {
        hashed(text, whole, room, joint)
    }
}

fn hashed(text: &str, whole: &str, room: usize, joint: char) -> String {
    let hash = hash(whole);
    let end = text.len().min(room - HASH_BYTES - 1);
    let kept = text[..end].trim_end_matches(joint);
    if kept.is_empty() {
        hash
    } else {
        format!("{kept}{joint}{hash}")
    }
}

fn looks_hashed(text: &str, joint: char) -> bool {
    let last = text.rsplit(joint).next().unwrap_or_default();
    last.len() == HASH_BYTES
        && last.bytes().all(|byte| LETTERS.contains(&byte))
        && LETTERS[..DIGITS].contains(&last.as_bytes()[0])
}

fn hash(whole: &str) -> String {
    let digest = Sha256::digest(whole.as_bytes());
    // One byte a letter: it has the bits to spare.
    let index = |at: usize, choices: usize| usize::from(digest[at]) % choices;
    let first = LETTERS[index(0, DIGITS)];
    let rest = (1..HASH_BYTES).map(|at| LETTERS[index(at, LETTERS.len())]);
    core::iter::once(first)
        .chain(rest)
        .map(char::from)
        .collect()
}

/// Lower-case letters and digits, with a hyphen for each run of anything else, and
/// none at either end.
fn slug(branch: &str) -> String {
    let mut slug = String::new();
    for character in branch.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    if slug.ends_with('-') {
        slug.pop();
    }
    slug
}
