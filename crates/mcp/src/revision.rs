//! Which revisions of the protocol are spoken?

/// A revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Revision {
    /// Every message stands alone.
    V2026_07_28,
    /// The last with a handshake.
    V2025_11_25,
    /// The one before.
    V2025_06_18,
}

impl Revision {
    /// Every revision, the newest first.
    pub const ALL: [Self; 3] = [Self::V2026_07_28, Self::V2025_11_25, Self::V2025_06_18];
    /// What a program begins with that asks for one that is not spoken.
    pub(crate) const LAST_WITH_HANDSHAKE: Self = Self::V2025_11_25;
    /// What a program speaks that does not say. The specification of its time has it speak
    /// 2025-03-26, whose messages are the same but for batches, which are refused.
    pub(crate) const UNSAID: Self = Self::V2025_06_18;

    /// As programs write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2026_07_28 => "2026-07-28",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2025_06_18 => "2025-06-18",
        }
    }

    /// The revision of this text.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// Whether it begins with `initialize`.
    #[must_use]
    pub const fn has_handshake(self) -> bool {
        match self {
            Self::V2026_07_28 => false,
            Self::V2025_11_25 | Self::V2025_06_18 => true,
        }
    }

    /// Texts of all of them.
    pub(crate) fn texts() -> [&'static str; 3] {
        Self::ALL.map(Self::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_known_by_its_exact_text() {
        for revision in Revision::ALL {
            assert_eq!(Revision::named(revision.as_str()), Some(revision));
        }
        for text in ["", "2025-03-26", "2024-11-05", "2026-07-28 ", "latest"] {
            assert_eq!(Revision::named(text), None, "{text}");
        }
        assert!(Revision::LAST_WITH_HANDSHAKE.has_handshake());
        assert!(Revision::UNSAID.has_handshake());
    }
}
