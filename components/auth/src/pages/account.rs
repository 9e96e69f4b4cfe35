//! The account page: who am I, how did I come in, and out again.

use askama::Template;
use chrono::DateTime;
use gatelet_web::{Frame, Person};

/// Who is signed in, how and until when.
#[derive(Template)]
#[template(path = "account.html")]
pub(crate) struct AccountPage {
    /// Around the page.
    pub frame: Frame,
    /// Who.
    pub person: Person,
    /// The provider as it is called, or `Password`.
    pub provider: String,
    /// Unix seconds: the session ends then, however active.
    pub expires_at: u64,
    /// For the sign-out form.
    pub csrf: String,
}

impl AccountPage {
    fn expires_datetime(&self) -> String {
        self.expires("%Y-%m-%dT%H:%MZ")
    }

    fn expires_text(&self) -> String {
        self.expires("%-d %B %Y, %H:%M UTC")
    }

    fn expires(&self, format: &str) -> String {
        i64::try_from(self.expires_at)
            .ok()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .map_or_else(String::new, |time| time.format(format).to_string())
    }
}
