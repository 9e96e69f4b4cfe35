//! The page that leads to where people sign in, which is not here.

use askama::Template;
use gatelet_texts::{Text, common, denials, sign_in};
use gatelet_web::Frame;

/// What went before, and the way there.
#[derive(Template)]
#[template(path = "elsewhere.html")]
pub(crate) struct ElsewherePage {
    /// Around the page.
    pub frame: Frame,
    /// "You are signed out", or that the session is not good.
    pub notice: Option<Text>,
    /// Where people sign in; none where the operator does not say.
    pub href: Option<String>,
}
