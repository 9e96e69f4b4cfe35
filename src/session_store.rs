//! Where is kept when sessions were last used? In the database, or in a key-value store
//! beside it: `session_store`.

use std::fmt;

/// Longest label of a store, in bytes.
const LABEL_MAX_BYTES: usize = 64;

/// What `session_store` names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SessionStore {
    /// The database, with everything else.
    #[default]
    Database,
    /// The host's key-value store of this label.
    KeyValue(String),
}

/// Not a value of `session_store`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionStoreError;

impl SessionStore {
    /// Empty, or `key-value:LABEL`: letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(written: &str) -> Result<Self, SessionStoreError> {
        let written = written.trim();
        if written.is_empty() {
            return Ok(Self::Database);
        }
        let label = written
            .strip_prefix("key-value:")
            .ok_or(SessionStoreError)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_label = !label.is_empty() && label.len() <= LABEL_MAX_BYTES;
        match is_label && label.bytes().all(plain) {
            true => Ok(Self::KeyValue(label.to_owned())),
            false => Err(SessionStoreError),
        }
    }
}

impl fmt::Display for SessionStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is neither empty nor key-value:NAME with the label of a key-value store")
    }
}

impl std::error::Error for SessionStoreError {}

/// When a session was used, as far as a key-value store keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionUse {
    /// Until when it lives unused, in Unix seconds.
    pub idle_expires_at: u64,
    /// How long it lives unused: as the strictest origin has it, of those where it was used.
    pub idle_seconds: u64,
}

impl SessionUse {
    /// As it is when the session begins.
    #[must_use]
    pub fn begun(created_at: u64, idle_expires_at: u64) -> Self {
        Self {
            idle_expires_at,
            idle_seconds: idle_expires_at.saturating_sub(created_at),
        }
    }

    /// Whether the session lives.
    #[must_use]
    pub fn is_live(&self, now: u64) -> bool {
        self.idle_expires_at > now
    }

    /// After a use now, at an origin that would have it live unused until `until`; 0 is no
    /// use. Never beyond the session's own end.
    #[must_use]
    pub fn slid(self, now: u64, until: u64, expires_at: u64) -> Self {
        if until == 0 {
            return self;
        }
        let idle_seconds = self.idle_seconds.min(until.saturating_sub(now));
        Self {
            idle_expires_at: now.saturating_add(idle_seconds).min(expires_at),
            idle_seconds,
        }
    }

    /// Whether this is worth a write over what is kept: it is a minute later, or a tenth of
    /// the idle time where that is less; or a stricter origin has been there. The database
    /// keeps to the same (`components/store/src/statements/sessions.rs`).
    #[must_use]
    pub fn is_due(&self, kept: &Self) -> bool {
        let step = (kept.idle_seconds / 10).clamp(1, 60);
        self.idle_seconds < kept.idle_seconds
            || self.idle_expires_at < kept.idle_expires_at
            || self.idle_expires_at >= kept.idle_expires_at.saturating_add(step)
    }

    /// When it was last used, of a session that began at `created_at`.
    #[must_use]
    pub fn seen_at(&self, created_at: u64) -> u64 {
        let seen = self.idle_expires_at.saturating_sub(self.idle_seconds);
        seen.max(created_at)
    }

    /// As a store keeps it: a version, both numbers, spaces between.
    #[must_use]
    pub fn write(&self) -> String {
        format!("1 {} {}", self.idle_expires_at, self.idle_seconds)
    }

    /// None where it is not ours.
    #[must_use]
    pub fn read(kept: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(kept).ok()?;
        let (idle_expires_at, idle_seconds) = text.strip_prefix("1 ")?.split_once(' ')?;
        let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => text.parse().ok(),
            false => None,
        };
        Some(Self {
            idle_expires_at: number(idle_expires_at)?,
            idle_seconds: number(idle_seconds)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(idle_expires_at: u64, idle_seconds: u64) -> SessionUse {
        SessionUse {
            idle_expires_at,
            idle_seconds,
        }
    }

    #[test]
    fn a_store_is_named_by_its_label_or_not_at_all() {
        let label = |label: &str| Ok(SessionStore::KeyValue(label.to_owned()));
        assert_eq!(SessionStore::parse(" "), Ok(SessionStore::Database));
        assert_eq!(SessionStore::parse("key-value:default"), label("default"));
        assert_eq!(SessionStore::parse(" key-value:a-B_9 "), label("a-B_9"));
        let longest = format!("key-value:{}", "x".repeat(64));
        assert!(SessionStore::parse(&longest).is_ok());
        for wrong in [
            "default",
            "key-value:",
            "key-value:a b",
            "redis://host",
            "key-value:a/b",
        ] {
            assert_eq!(
                SessionStore::parse(wrong),
                Err(SessionStoreError),
                "{wrong}"
            );
        }
        assert!(SessionStore::parse(&format!("{longest}x")).is_err());
    }

    #[test]
    fn a_use_slides_by_the_strictest_idle_time_and_not_beyond_the_end() {
        let begun = SessionUse::begun(100, 400);
        assert_eq!(begun, used(400, 300));
        assert!(begun.is_live(399) && !begun.is_live(400));
        assert_eq!(begun.slid(200, 500, 10_000), used(500, 300));
        assert_eq!(
            begun.slid(200, 250, 10_000),
            used(250, 50),
            "a stricter origin"
        );
        let strict = begun.slid(200, 250, 10_000);
        assert_eq!(strict.slid(210, 510, 10_000), used(260, 50), "and it stays");
        assert_eq!(begun.slid(200, 500, 450), used(450, 300), "its end");
        assert_eq!(begun.slid(200, 0, 10_000), begun, "no use");
        assert_eq!(begun.slid(200, 100, 10_000), used(200, 0));
        assert_eq!(begun.slid(250, 550, 10_000).seen_at(100), 250);
        assert_eq!(used(150, 300).seen_at(100), 100);
    }

    #[test]
    fn a_use_is_written_down_where_it_makes_a_difference() {
        let kept = used(1_000, 600);
        for (slid, due, why) in [
            (used(1_000, 600), false, "the same"),
            (used(1_059, 600), false, "a second too early"),
            (used(1_060, 600), true, "a minute"),
            (used(999, 600), true, "nearer"),
            (used(1_001, 599), true, "stricter"),
        ] {
            assert_eq!(slid.is_due(&kept), due, "{why}");
        }
        let short = used(1_000, 50);
        assert!(used(1_005, 50).is_due(&short) && !used(1_004, 50).is_due(&short));
        let shortest = used(1_000, 5);
        assert!(used(1_001, 5).is_due(&shortest) && !shortest.is_due(&shortest));
    }

    #[test]
    fn what_is_kept_is_read_and_nothing_else() {
        for use_ in [
            used(0, 0),
            used(1_800_000_000, 86_400),
            used(u64::MAX, u64::MAX),
        ] {
            assert_eq!(SessionUse::read(use_.write().as_bytes()), Some(use_));
        }
        for other in [
            "",
            "1 ",
            "1 5",
            "2 5 5",
            "1 5 5 5",
            "1 -5 5",
            "1 +5 5",
            "1  5",
            "1 5 5\n",
            "1 99999999999999999999 1",
        ] {
            assert_eq!(SessionUse::read(other.as_bytes()), None, "{other:?}");
        }
        assert_eq!(SessionUse::read(b"1 5 \xff"), None);
    }
}
