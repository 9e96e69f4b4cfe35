//! The sign-out page: asks first, because a link alone must sign nobody out.

use askama::Template;
use gatelet_texts::{denials, sign_in};
use gatelet_web::{Frame, Person};

/// Whom there is to sign out.
pub(crate) enum Who {
    /// This one.
    Somebody(Person),
    /// Nobody.
    Nobody,
    /// The database does not say.
    Unknown,
}

/// The question, or where nobody is signed in, that it is so.
#[derive(Template)]
#[template(path = "sign_out.html")]
pub(crate) struct SignOutPage {
    /// Around the page.
    pub frame: Frame,
    /// Who is signed in.
    pub who: Who,
    /// For the form.
    pub csrf: String,
    /// Where "Stay signed in" leads.
    pub return_to: String,
    /// Path and query of the sign-in page.
    pub sign_in_href: String,
}
