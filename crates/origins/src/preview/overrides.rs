//! What may stand in a preview's overrides for what is only known with its host?

use core::fmt;

use gatelet_settings::Setting;

/// Replaced by the preview's base URL, every time it occurs.
pub const PREVIEW_URL: &str = "${PREVIEW_URL}";

/// Why an override is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverrideError {
    /// A preview's base URL follows from its branch.
    BaseUrl,
    /// A branch opens nothing that its parent keeps shut.
    Login,
    /// `${…}` that stands for nothing.
    Unknown {
        /// Of whose value.
        setting: Setting,
        /// As it was written, cut where it is long.
        token: String,
    },
}

/// The value with [`PREVIEW_URL`] replaced.
pub(super) fn filled(
    setting: Setting,
    value: &str,
    base_url: &str,
) -> Result<String, OverrideError> {
    // Before it is replaced: nothing that is put in is looked at again.
    match unknown_token(value) {
        Some(token) => Err(OverrideError::Unknown {
            setting,
            token: token.to_owned(),
        }),
        None => Ok(value.replace(PREVIEW_URL, base_url)),
    }
}

/// The first `${…` that is none we know.
fn unknown_token(value: &str) -> Option<&str> {
    const TOKEN_MAX_BYTES: usize = 64;
    let (start, _) = value
        .match_indices("${")
        .find(|(start, _)| !value[*start..].starts_with(PREVIEW_URL))?;
    let token = &value[start..];
    let token = token.find('}').map_or(token, |end| &token[..=end]);
    Some(&token[..token.floor_char_boundary(TOKEN_MAX_BYTES)])
}

impl fmt::Display for OverrideError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseUrl => out.write_str(
                "base_url: a preview's follows from its branch: leave it out, or make an origin with `gatelet origins set`",
            ),
            Self::Login => out.write_str(
                "login: no branch switches it: a preview has its parent's, and an operator says otherwise with `gatelet disable --origin NAME`",
            ),
            Self::Unknown { setting, token } => {
                // What is quoted is one line, whatever was written.
                let token = token.escape_debug();
                write!(
                    out,
                    "{setting}: {token} stands for nothing: {PREVIEW_URL} is all that is replaced"
                )
            }
        }
    }
}

impl std::error::Error for OverrideError {}
