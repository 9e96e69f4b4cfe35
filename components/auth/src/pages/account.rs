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
pub(crate) use tokens::{AppChoice, TokensPage};

use super::Moment;
use crate::account::{Notice, Section, on_the_way};
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::browser::Browser;
use gatelet_texts::{Language, Text, account, countries};

/// Around every page of an account, within the [`gatelet_web::Frame`].
pub(crate) struct AccountFrame {
    current: Section,
    entries: Vec<Section>,
    notice: Option<Notice>,
    return_to: Option<ReturnTarget>,
}

impl AccountFrame {
    /// Around this page; beside it are those that are offered, and the way on for whoever
    /// was led here first.
    pub(crate) fn new(
        current: Section,
        offered: impl IntoIterator<Item = Section>,
        notice: Option<Notice>,
        return_to: Option<ReturnTarget>,
    ) -> Self {
        Self {
            current,
            entries: offered.into_iter().collect(),
            notice,
            return_to,
        }
    }

    fn title(&self) -> Text {
        self.current.label()
    }

    fn is_overview(&self) -> bool {
        self.current == Section::Overview
    }

    fn offers_email(&self) -> bool {
        self.entries.contains(&Section::Email)
    }

    fn notice(&self) -> Option<Text> {
        self.notice.map(Notice::sentence)
    }

    fn return_to(&self) -> Option<&str> {
        self.return_to.as_ref().map(ReturnTarget::as_str)
    }

    fn on_the_way(&self, href: &str) -> String {
        on_the_way(href, self.return_to.as_ref())
    }
}

/// `Berlin, DE` or `DE`, with the country's name.
fn place_in_words(region: &str, language: Language) -> String {
    let (city, code) = match region.rsplit_once(", ") {
        Some((city, code)) => (Some(city), code),
        None => (None, region),
    };
    let country = countries::named(&code.to_ascii_lowercase());
    let country = country.map_or(code, |country| country.of(language));
    match city {
        Some(city) => account::place(language, city, country),
        None => country.to_owned(),
    }
}

/// A browser, as people know it.
fn browser_in_words(browser: Browser, language: Language) -> String {
    match (browser.name, browser.system) {
        (Some(name), Some(system)) => account::browser_on_system(language, name, system),
        (Some(name), None) => name.to_owned(),
        (None, Some(system)) => account::browser_unknown_on_system(language, system),
        (None, None) => account::BROWSER_UNKNOWN.of(language).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_as_the_reader_knows_it() {
        for (region, language, place) in [
            ("DE", Language::English, "Germany"),
            ("Berlin, DE", Language::German, "Berlin, Deutschland"),
            (
                "Washington, D.C., US",
                Language::Spanish,
                "Washington, D.C., Estados Unidos",
            ),
            (
                "Berlin, DE",
                Language::Arabic,
                "\u{2068}Berlin\u{2069}، \u{2068}ألمانيا\u{2069}",
            ),
            ("QQ", Language::German, "QQ"),
            ("", Language::German, ""),
        ] {
            assert_eq!(place_in_words(region, language), place, "{region}");
        }
    }
}
