//! What is around every page?

use gatelet_core::return_target::ReturnTarget;
use gatelet_texts::{Language, Text, common};

use crate::faults::Faults;

/// The one style sheet. It is the same for every visitor.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

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

    /// Path and query of the style sheet, with a mark of its content, so that a
    /// browser may keep it for ever. `auth` serves it, for every component.
    #[must_use]
    pub fn style_href(&self) -> String {
        const MARK: u64 = content_mark(STYLE.as_bytes());
        format!("/auth/style.css?v={MARK:016x}")
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

/// The first letter or digit, in upper case.
#[must_use]
pub fn monogram(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
}

/// FNV-1a, 64 bits: tells versions apart, keeps no secret.
#[must_use]
pub const fn content_mark(bytes: &[u8]) -> u64 {
    let mut mark = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        mark = (mark ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    mark
}
