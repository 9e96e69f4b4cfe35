//! What is around every page?

use gatelet_core::return_target::ReturnTarget;
use gatelet_texts::{Language, Text, common};
pub use gatelet_theme::monogram;
use gatelet_theme::{Asset, Logo, Theme};

use crate::faults::Faults;

/// The one style sheet. It is the same for every visitor. `auth` serves it, for every
/// component.
pub static STYLE: Asset = Asset::fixed(
    "/auth/style.css",
    "text/css; charset=utf-8",
    include_str!("../templates/style.css"),
);

/// What every page has around it.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The operator's name for the site.
    pub site_name: String,
    /// What the visitor reads.
    pub language: Language,
    /// Whether plain HTTP was knowingly chosen, which every page says.
    pub insecure: bool,
    /// A preview says so, and whose users it has.
    pub preview: Option<Preview>,
    /// Where that is what the operator made it.
    pub looks: Looks,
}

/// Where a page finds what it is to look like beside our own style sheet. Addresses that we
/// serve carry a mark of the content.
#[derive(Clone, Debug)]
pub struct Looks {
    /// A style sheet to load after ours.
    pub theme_href: Option<String>,
    /// In place of the site's first letter.
    pub logo_src: Option<String>,
    /// In the browser's tab.
    pub icon_href: String,
}

impl Looks {
    /// Of a site's theme.
    #[must_use]
    pub fn of(theme: &Theme) -> Self {
        let logo_src = theme.logo.as_ref().map(|logo| match logo {
            Logo::Picture(picture) => picture.href(),
            Logo::Path(path) => path.clone(),
        });
        Self {
            theme_href: theme.sheet.as_ref().map(Asset::href),
            icon_href: logo_src.clone().unwrap_or_else(|| theme.icon.href()),
            logo_src,
        }
    }
}

/// Nothing but our own style sheet, and no icon: a browser that finds none named asks for
/// `/favicon.ico`, which is the app's.
impl Default for Looks {
    fn default() -> Self {
        Self {
            theme_href: None,
            logo_src: None,
            icon_href: "data:,".to_owned(),
        }
    }
}

/// Whose users a preview has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preview {
    /// Its own.
    OwnAccounts,
    /// Those of what it is a preview of.
    SharedAccounts,
}

impl Frame {
    /// For what is no site's.
    #[must_use]
    pub fn of_none(language: Language) -> Self {
        Self {
            site_name: "Gatelet".to_owned(),
            language,
            insecure: false,
            preview: None,
            looks: Looks::default(),
        }
    }

    /// What the visitor reads: for templates, which pass calls by value and fields by
    /// reference.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// A text in the visitor's language.
    #[must_use]
    pub const fn say(&self, text: Text) -> &'static str {
        text.of(self.language)
    }

    /// The title of a page with a form, which says first whether something is wrong
    /// with what was typed.
    #[must_use]
    pub fn titled(&self, title: Text, faults: &Faults) -> String {
        let title = self.say(title);
        match faults.is_empty() {
            true => title.to_owned(),
            false => common::error_title(self.language, title),
        }
    }

    /// A letter that stands for the site.
    #[must_use]
    pub fn monogram(&self) -> String {
        monogram(&self.site_name)
    }

    /// What a preview says of itself.
    #[must_use]
    pub fn preview(&self) -> Option<Text> {
        self.preview.map(|preview| match preview {
            Preview::OwnAccounts => common::PREVIEW_OWN_ACCOUNTS,
            Preview::SharedAccounts => common::PREVIEW_SHARED_ACCOUNTS,
        })
    }

    /// Path and query of the style sheet.
    #[must_use]
    pub fn style_href(&self) -> String {
        STYLE.href()
    }
}

/// `path?return_to=…`; the query is left out where it would say `/`.
#[must_use]
pub fn with_return_to(path: &str, return_to: &ReturnTarget) -> String {
    let mut href = path.to_owned();
    if *return_to != ReturnTarget::default() {
        href.push_str("?return_to=");
        return_to.encode_into(&mut href);
    }
    href
}
