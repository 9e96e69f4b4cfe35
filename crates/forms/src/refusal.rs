//! Why was a form refused? A stable code for log and page, and one line of detail
//! for the operator's log alone.

use core::fmt;
use gatelet_texts::{Text, problems};

/// Stable reason for which a form is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FormCode {
    /// It does not parse, repeats a field, or holds NUL or invalid UTF-8.
    Malformed,
    /// It is over the limits.
    TooLarge,
    /// Its token does not fit the browser's cookie.
    CsrfMismatch,
    /// It was submitted from another site.
    CrossSite,
}

impl FormCode {
    /// Every code, for documentation and tests.
    pub const ALL: &'static [Self] = &[
        Self::Malformed,
        Self::TooLarge,
        Self::CsrfMismatch,
        Self::CrossSite,
    ];

    /// The stable text: `csrf.mismatch`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "form.malformed",
            Self::TooLarge => "form.too_large",
            Self::CsrfMismatch => "csrf.mismatch",
            Self::CrossSite => "csrf.cross_site",
        }
    }

    /// What the visitor reads: one plain sentence or two, no detail.
    #[must_use]
    pub const fn message(self) -> Text {
        match self {
            Self::Malformed => problems::FORM_MALFORMED,
            Self::TooLarge => problems::FORM_TOO_LARGE,
            Self::CsrfMismatch => problems::FORM_CSRF_MISMATCH,
            Self::CrossSite => problems::FORM_CROSS_SITE,
        }
    }

    /// Heading of the page that says so.
    #[must_use]
    pub const fn title(self) -> Text {
        match self {
            Self::Malformed | Self::TooLarge => problems::FORM_TITLE_MALFORMED,
            Self::CsrfMismatch | Self::CrossSite => problems::FORM_TITLE_CSRF_MISMATCH,
        }
    }

    /// HTTP status of the answer to the visitor.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::CsrfMismatch | Self::CrossSite => 403,
            Self::TooLarge => 413,
        }
    }
}

impl fmt::Display for FormCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A refusal, and why in one line, which holds nothing that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormRefusal {
    /// The stable reason.
    pub code: FormCode,
    /// One line for the operator.
    pub detail: String,
}

impl FormRefusal {
    pub(crate) fn new(code: FormCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl From<FormCode> for FormRefusal {
    fn from(code: FormCode) -> Self {
        Self::new(code, "")
    }
}

#[cfg(test)]
mod tests {
    use gatelet_texts::{Language, are_sentences};

    use super::*;

    #[test]
    fn every_code_says_what_happened_and_tells_page_and_log() {
        let expected = [
            ("form.malformed", 400, "That did not come through"),
            ("form.too_large", 413, "That did not come through"),
            ("csrf.mismatch", 403, "Nothing has happened"),
            ("csrf.cross_site", 403, "Nothing has happened"),
        ];
        assert_eq!(FormCode::ALL.len(), expected.len());
        for (code, (text, status, title)) in FormCode::ALL.iter().zip(expected) {
            assert_eq!(code.as_str(), text);
            assert_eq!(code.to_string(), text);
            assert_eq!(code.status(), status, "{code}");
            assert_eq!(code.title().of(Language::English), title, "{code}");
            let message = code.message();
            assert!(are_sentences(message), "{code}");
            let same = FormCode::ALL.iter().filter(|one| one.message() == message);
            assert_eq!(same.count(), 1, "{code}");
        }
    }
}
