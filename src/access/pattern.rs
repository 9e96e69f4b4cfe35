//! Which paths does a rule stand for?

use core::fmt;

use crate::path::CanonicalPath;
use crate::percent;

use super::rule::{RuleError, cut};

/// Longest path of a rule, in bytes.
const PATTERN_MAX_BYTES: usize = 256;

/// `/robots.txt`: this path. `/assets/*`: what is below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// Without the `*`, so that what is below ends in its slash.
    text: String,
    /// See [`loosened`].
    loose: Vec<u8>,
    below: bool,
}

impl Pattern {
    /// Takes a path in canonical form. `*` stands at the end after a slash alone.
    pub(super) fn parse(text: &str) -> Result<Self, RuleError> {
        let below = text.ends_with("/*");
        let path = &text[..text.len() - usize::from(below)];
        match CanonicalPath::parse(path) {
            Some(canonical) if text.len() <= PATTERN_MAX_BYTES && !path.contains('*') => Ok(Self {
                loose: loosened(canonical),
                text: path.to_owned(),
                below,
            }),
            _ => Err(RuleError::Path(cut(text))),
        }
    }

    /// As it was written.
    pub(super) fn text(&self) -> String {
        [self.text.as_str(), if self.below { "*" } else { "" }].concat()
    }

    /// `/*`.
    pub(super) fn everything() -> Self {
        Self {
            text: "/".to_owned(),
            loose: Vec::new(),
            below: true,
        }
    }

    pub(super) fn is_everything(&self) -> bool {
        self.below && self.loose.is_empty()
    }

    pub(super) fn matches(&self, path: CanonicalPath<'_>) -> bool {
        if self.below {
            path.as_str().starts_with(self.text.as_str())
        } else {
            path.as_str() == self.text
        }
    }

    /// Whether a loosened path is one that some servers take for one of these.
    pub(super) fn matches_loosely(&self, path: &[u8]) -> bool {
        match path.strip_prefix(self.loose.as_slice()) {
            Some([]) => true,
            Some(rest) => self.below && rest.starts_with(b"/"),
            None => false,
        }
    }

    /// Whether some servers take both for the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.below == other.below && self.loose == other.loose
    }

    /// The more specific, the smaller: one path before all that is below one,
    /// and among these the longer.
    pub(super) fn order(&self) -> (bool, core::cmp::Reverse<usize>) {
        (self.below, core::cmp::Reverse(self.loose.len()))
    }
}

/// What servers that decode, ignore case and overlook a slash at the end see.
/// Decoding once is enough: a canonical path has no encoded `%`.
pub(super) fn loosened(path: CanonicalPath<'_>) -> Vec<u8> {
    let mut loose = percent::decoded(path.as_str().as_bytes());
    loose.make_ascii_lowercase();
    if loose.last() == Some(&b'/') {
        loose.pop();
    }
    loose
}

/// What servers see that drop dots and blanks around a name and what stands behind its
/// colon, as those on Windows do: `/admin.`, `/admin%20`, `/admin::$DATA` are `/admin`.
/// Takes a loosened path; none where they see the same.
pub(super) fn trimmed(loose: &[u8]) -> Option<Vec<u8>> {
    let mut trimmed = Vec::new();
    for segment in loose.split(|byte| *byte == b'/').skip(1) {
        let mut name = segment.split(|byte| *byte == b':').next()?.trim_ascii();
        while let [rest @ .., b'.' | b' '] = name {
            name = rest;
        }
        trimmed.push(b'/');
        trimmed.extend_from_slice(name);
    }
    (trimmed != loose).then_some(trimmed)
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text())
    }
}
