//! Does any input panic, or get through that must not? One door to the outside a
//! function, called by the fuzz targets, and by a test with what is kept for it and with
//! random bytes. What must not happen is asserted, where it can be by another judge than
//! the one that is asked; the answer is whether the door let the input in.

mod access;
mod crossing;
mod forwarded;
mod head;
mod hosts;
mod sealed;
mod settings;
mod target;
mod trailers;

/// Name, door, and what is kept for it.
pub type Door = (&'static str, fn(&[u8]) -> bool, &'static [&'static [u8]]);

/// Every door.
pub const DOORS: [Door; 14] = [
    (
        "access_rules",
        access::rules,
        include!("../fuzz/corpus/access_rules.rs"),
    ),
    (
        "authority",
        hosts::authority,
        include!("../fuzz/corpus/authority.rs"),
    ),
    (
        "cookie_header",
        sealed::cookie_header,
        include!("../fuzz/corpus/cookie_header.rs"),
    ),
    (
        "crossing",
        crossing::bytes,
        include!("../fuzz/corpus/crossing.rs"),
    ),
    (
        "forwarded",
        forwarded::forwarded,
        include!("../fuzz/corpus/forwarded.rs"),
    ),
    ("head", head::head, include!("../fuzz/corpus/head.rs")),
    (
        "host_pattern",
        hosts::pattern,
        include!("../fuzz/corpus/host_pattern.rs"),
    ),
    ("path", target::path, include!("../fuzz/corpus/path.rs")),
    (
        "remote",
        crossing::field,
        include!("../fuzz/corpus/remote.rs"),
    ),
    (
        "return_target",
        target::return_target,
        include!("../fuzz/corpus/return_target.rs"),
    ),
    (
        "sealed",
        sealed::sealed,
        include!("../fuzz/corpus/sealed.rs"),
    ),
    (
        "settings",
        settings::values,
        include!("../fuzz/corpus/settings.rs"),
    ),
    (
        "shared_cache",
        trailers::shared_cache,
        include!("../fuzz/corpus/shared_cache.rs"),
    ),
    (
        "trailers",
        trailers::trailers,
        include!("../fuzz/corpus/trailers.rs"),
    ),
];

const NOW: u64 = 1_800_000_000;
const KEY: &str = "k1:vY3q0mXo2R8k6QmJ9c1wZtUe5LhSgDf7N4bPpAxKiTs";
const HOST: &str = "app.example.com";
const BASE_URL: &str = "https://app.example.com";

/// Text of `N` lines, the last with all that is left. None for what is no text.
#[must_use]
pub fn lines<const N: usize>(input: &[u8]) -> Option<[&str; N]> {
    let mut lines = core::str::from_utf8(input).ok()?.splitn(N, '\n');
    Some([(); N].map(|()| lines.next().unwrap_or_default()))
}

/// The input with what only we can write in the place of a mark: nobody guesses it, and
/// doors that let nothing else in would be tried from outside alone.
#[must_use]
pub fn marked(input: &[u8], ours: &[(u8, &str)]) -> Vec<u8> {
    let mut written = Vec::with_capacity(input.len());
    for byte in input {
        match ours.iter().find(|(mark, _)| mark == byte) {
            Some((_, text)) => written.extend_from_slice(text.as_bytes()),
            None => written.push(*byte),
        }
    }
    written
}

/// That each door lets some of what is kept for it in, and refuses some.
///
/// # Panics
/// Where one does not.
pub fn assert_both_ways(doors: &[Door]) {
    for (name, door, kept) in doors {
        let let_in = kept.iter().filter(|input| door(input)).count();
        assert!(let_in > 0, "{name} lets nothing in");
        assert!(let_in < kept.len(), "{name} refuses nothing");
    }
}

/// Every door holds out against what is kept for it, cut off anywhere and with any byte
/// altered: where it lets that in or not, what it asserts is so.
pub fn assert_hold_out(doors: &[Door]) {
    for (_, door, kept) in doors {
        for input in *kept {
            for at in 0..input.len() {
                door(&input[..at]);
                let mut altered = input.to_vec();
                altered[at] ^= 0x55;
                door(&altered);
            }
        }
    }
}

#[cfg(test)]
mod tests;
