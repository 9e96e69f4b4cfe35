//! What may an operator set, and what did he? One table of all variables, and raw
//! values of them. What a value means is for the crates to say that read it.
#![forbid(unsafe_code)]

use core::fmt;

mod nearest;
mod reference;
mod table;
mod values;

pub use nearest::{did_you_mean, nearest};
pub use reference::{VAULT_PREFIX, is_secret_name, name_in_vault};
pub use table::{Component, Scope, Setting};
pub use values::Values;

/// Why a setting is refused: one line that names the variable and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// The variable.
    pub setting: Setting,
    /// What is wrong and what to do, in one line without a secret.
    pub problem: String,
}

impl SettingError {
    /// About a variable.
    #[must_use]
    pub fn new(setting: Setting, problem: impl fmt::Display) -> Self {
        Self {
            setting,
            problem: problem.to_string(),
        }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.setting, self.problem)
    }
}

impl std::error::Error for SettingError {}

#[cfg(test)]
mod tests;
