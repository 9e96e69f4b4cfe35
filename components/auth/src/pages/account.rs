//! The pages of an account, and what is around each: the way to the others, and what
//! has just been done.

mod authenticator;
mod delete;
mod email;
mod events;
mod export;
mod overview;
mod passkeys;
mod password;
mod profile;
mod providers;
mod recovery_codes;
mod sessions;
mod tokens;

pub(crate) use authenticator::{AuthenticatorPage, SetUp};
pub(crate) use delete::DeletePage;
pub(crate) use email::EmailPage;
pub(crate) use events::{EventRow, EventsPage};
pub(crate) use export::ExportPage;
pub(crate) use overview::OverviewPage;
pub(crate) use passkeys::{PasskeysPage, ShownPasskey};
pub(crate) use password::PasswordPage;
pub(crate) use profile::ProfilePage;
pub(crate) use providers::{LinkedRow, ProviderChoice, ProvidersPage};
pub(crate) use recovery_codes::RecoveryCodesPage;
pub(crate) use sessions::{SessionRow, SessionsPage};
pub(crate) use tokens::{AppChoice, NewToken, TokenRow, TokensPage};

use crate::account::{Notice, Section};
use chrono::DateTime;
use gatelet_sign_in::browser::Browser;

/// Around every page of an account, within the [`gatelet_web::Frame`].
pub(crate) struct AccountFrame {
    current: Section,
    entries: Vec<Section>,
    notice: Option<Notice>,
}

impl AccountFrame {
    /// Around this page; beside it are those that are offered.
    pub(crate) fn new(
        current: Section,
        offered: impl IntoIterator<Item = Section>,
        notice: Option<Notice>,
    ) -> Self {
        Self {
            current,
            entries: offered.into_iter().collect(),
            notice,
        }
    }

    fn title(&self) -> &'static str {
        self.current.label()
    }

    fn is_overview(&self) -> bool {
        self.current == Section::Overview
    }

    fn offers_email(&self) -> bool {
        self.entries.contains(&Section::Email)
    }

    fn notice(&self) -> Option<&'static str> {
        self.notice.map(Notice::sentence)
    }
}

/// A browser, as people know it.
fn browser_in_words(browser: Browser) -> String {
    match (browser.name, browser.system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "An unknown browser".to_owned(),
    }
}

/// A moment, as pages say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(pub u64);

impl Moment {
    /// For `datetime`.
    pub(crate) fn datetime(self) -> String {
        self.format("%Y-%m-%dT%H:%MZ")
    }

    /// For people.
    pub(crate) fn text(self) -> String {
        self.format("%-d %B %Y, %H:%M UTC")
    }

    /// The day alone, for people.
    pub(crate) fn day(self) -> String {
        self.format("%-d %B %Y")
    }

    /// For programs: RFC 3339, to the second.
    pub(crate) fn rfc3339(self) -> String {
        self.format("%Y-%m-%dT%H:%M:%SZ")
    }

    fn format(self, format: &str) -> String {
        i64::try_from(self.0)
            .ok()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .map_or_else(String::new, |time| time.format(format).to_string())
    }
}
