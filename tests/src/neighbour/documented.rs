//! What does the documentation tell people to type? A block of a page, found by the
//! comment above it: `<!-- runs: NAME -->`.

use std::fs;

use crate::repository;

/// The text of the block, as it is shown.
#[track_caller]
pub fn block(page: &str, name: &str) -> String {
    let text = fs::read_to_string(repository().join(page)).expect("a page");
    let mark = format!("<!-- runs: {name} -->\n");
    let (_, rest) = text
        .split_once(&mark)
        .unwrap_or_else(|| panic!("{page} has no block {name}"));
    let fence = rest.lines().next().unwrap_or_default();
    assert!(fence.starts_with("```"), "{page}: no block below {mark}");
    let block = &rest[fence.len() + 1..];
    let end = block.find("\n```").expect("a block ends");
    block[..=end].to_owned()
}

/// The block with the test's own addresses and files in place of the shown ones, each
/// of which has to be there.
#[track_caller]
pub fn filled_in(page: &str, name: &str, places: &[(&str, &str)]) -> String {
    fill(block(page, name), places)
}

/// The same for text at hand.
#[track_caller]
pub fn fill(mut text: String, places: &[(&str, &str)]) -> String {
    for (shown, own) in places {
        assert!(text.contains(shown), "nothing to fill in: {shown}\n{text}");
        text = text.replace(shown, own);
    }
    text
}
