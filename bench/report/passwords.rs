//! What a password costs.

use crate::password::{AT_ONCE, Passwords};

pub(super) fn section(passwords: &Passwords) -> String {
    let Passwords {
        native_ms,
        sign_in_ms,
        page_ms,
        per_second,
    } = passwords;
    format!(
        "## Passwords\n\nOne at a time through the gate door, beside the hash alone.\n\n| | |\n|---|--:|\n\
         | Argon2id, 19 MiB, two passes, natively, in memory used before, ms | {} |\n\
         | a sign-in, ms | {} |\n\
         | the page alone, ms | {} |\n\
         | sign-ins a second, {AT_ONCE} at once | {} |\n\n",
        native_ms.shown(1),
        sign_in_ms.shown(1),
        page_ms.shown(2),
        per_second.shown(1)
    )
}
