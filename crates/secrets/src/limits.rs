//! How many are too many at once? What one call may bring.

/// Most bindings of a project.
pub const BINDINGS_MAX: usize = 1_000;
/// Most variables that are set, or deleted, at once.
pub const VARIABLES_MAX: usize = 1_000;
