//! What of another's words may go into the log? A short line without an address and
//! without a link: a server may repeat what it was sent.

use gatelet_core::printable::is_unprintable;

use crate::message::Message;

/// Longest, in characters.
const SAID_MAX_CHARACTERS: usize = 200;

/// A server's words about this message.
#[must_use]
pub fn said(text: &str, message: &Message) -> String {
    let shown = |c| if is_unprintable(c) { ' ' } else { c };
    let text: String = text.chars().map(shown).collect();
    let words = text.split_whitespace().map(|word| {
        let names_somebody = word.contains('@') || word.contains(message.to.as_str());
        match names_somebody || word.contains("://") {
            true => "…",
            false => word,
        }
    });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(SAID_MAX_CHARACTERS).collect()
}
