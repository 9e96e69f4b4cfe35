//! The page for whatever went wrong: what happened, what to do, and the code to
//! tell the operator. Never the detail.

use super::Frame;
use askama::Template;

/// One problem.
#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct ProblemPage {
    /// Around the page.
    pub frame: Frame,
    /// The heading.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// The way on.
    pub action: Option<Action>,
    /// Stable, such as `oauth.state_mismatch`.
    pub code: &'static str,
}

/// A link onwards.
pub(crate) struct Action {
    /// What it says.
    pub label: &'static str,
    /// Path and query.
    pub href: String,
}
