//! Which doors are there?

/// A door and what is kept for it.
pub(crate) struct Target {
    /// Its name, and that of its file in `corpus/`.
    pub(crate) name: &'static str,
    /// Whether it lets an input in; panics when that must not happen.
    pub(crate) door: fn(&[u8]) -> bool,
    /// What every run begins with.
    pub(crate) kept: &'static [&'static [u8]],
}

impl Target {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let doors = gatelet_core::fuzz::DOORS.iter();
        doors
            .chain(&gatelet_forms::fuzz::DOORS)
            .chain(&gatelet_origins::fuzz::DOORS)
            .chain(&gatelet_mcp::fuzz::DOORS)
            .chain(&gatelet_sign_in::fuzz::DOORS)
            .chain(&gatelet_secrets::fuzz::DOORS)
            .chain(&gatelet_webauthn::fuzz::DOORS)
            .map(|(name, door, kept)| Self {
                name,
                door: *door,
                kept,
            })
    }

    pub(crate) fn named(name: &str) -> Result<Self, String> {
        Self::all()
            .find(|target| target.name == name)
            .ok_or_else(|| format!("there is no door {name}: see `gatelet-fuzz list`"))
    }
}
