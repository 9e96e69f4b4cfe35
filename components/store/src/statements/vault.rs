//! SQL about what the vault keeps, which is in the main tables alone. Lists that are
//! answered whole are put in order by whoever reads them: collations differ.

pub(crate) mod applications;
pub(crate) mod requests;
pub(crate) mod secrets;
pub(crate) mod variables;

/// What runs as a step of several.
#[cfg(test)]
pub(crate) const STEPS: &[&str] = &[
    applications::REMOVE,
    applications::REMOVE_VARIABLES,
    variables::ADD,
    variables::CHANGE,
];
