//! What the store does.

use super::DISK;
use crate::store::{Done, IN_FLIGHT};

pub(super) fn section(done: &[Done]) -> String {
    let [one, more] = IN_FLIGHT;
    let mut text = format!(
        "## The store\n\nOperations a second: calls of the component in one instance, with so many in flight, each of another \
         person. No server is in front; the calls come from the process of the bench. {DISK}\n\n\
         | | engine | {one} in flight | {more} in flight |\n|---|---|--:|--:|\n"
    );
    for Done {
        operation,
        engine,
        per_second: [alone, together],
    } in done
    {
        text += &format!(
            "| {operation} | {engine} | {} | {} |\n",
            alone.shown(0),
            together.shown(0)
        );
    }
    text + "\n"
}
