//! What does a person see? Every page, rendered from data alone: no I/O here,
//! so the tests render them natively.

mod account;
mod continuation;
mod passphrase;
mod problem;
mod sign_in;
mod sign_out;
mod sign_up;

pub(crate) use account::AccountPage;
pub(crate) use continuation::ContinuePage;
pub(crate) use passphrase::{PassphraseKnownPage, PassphrasePage};
pub(crate) use problem::{Action, ProblemPage};
pub(crate) use sign_in::{SignInPage, SignedInPage};
pub(crate) use sign_out::SignOutPage;
pub(crate) use sign_up::SignUpPage;

use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::site::SiteKind;

/// The one style sheet. It is the same for every visitor.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// What every page has around it.
pub(crate) struct Frame {
    /// The operator's name for the site.
    pub site_name: String,
    /// Whether plain HTTP was knowingly chosen, which every page says.
    pub insecure: bool,
    /// A preview says so, and whose users it has.
    pub kind: SiteKind,
}

impl Frame {
    fn monogram(&self) -> String {
        monogram(&self.site_name)
    }

    fn preview(&self) -> Option<&'static str> {
        match self.kind {
            SiteKind::Origin => None,
            SiteKind::Preview { shares_data: false } => Some("It has accounts of its own."),
            SiteKind::Preview { shares_data: true } => {
                Some("It shares accounts with the site that it is a preview of.")
            }
        }
    }

    /// Names the style sheet's content, so that a browser may keep it for ever.
    fn style_href(&self) -> String {
        style_href()
    }
}

/// Who is signed in, as pages show it.
pub(crate) struct Person {
    /// The user id.
    pub id: String,
    /// Canonical address.
    pub email: String,
    /// Whether somebody proved to read mail there.
    pub email_verified: bool,
    /// May be empty: then the address stands for it.
    pub name: String,
}

impl Person {
    fn monogram(&self) -> String {
        monogram(self.display_name())
    }

    fn display_name(&self) -> &str {
        if self.name.trim().is_empty() {
            &self.email
        } else {
            &self.name
        }
    }
}

/// A link that starts a sign-in with a provider.
pub(crate) struct ProviderLink {
    /// The provider's name as the operator or we spell it.
    pub name: String,
    /// `google`, `github` or `other`: a class in the style sheet.
    pub style: &'static str,
    /// Path and query.
    pub href: String,
}

impl ProviderLink {
    /// The link for a provider id, coming back to `return_to` afterwards.
    pub(crate) fn new(id: &str, name: &str, return_to: &ReturnTarget) -> Self {
        Self {
            name: name.to_owned(),
            style: match id {
                "google" => "google",
                "github" => "github",
                _ => "other",
            },
            href: with_return_to(&format!("/auth/start/{id}"), return_to),
        }
    }

    fn monogram(&self) -> String {
        monogram(&self.name)
    }
}

/// What is wrong with what somebody typed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The id of the field, unless the whole form is meant.
    pub field: Option<&'static str>,
    /// One sentence.
    pub message: String,
}

/// All that is wrong, in the order of the fields.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Adds what is wrong with a field.
    pub(crate) fn field(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(Fault {
            field: Some(field),
            message: message.into(),
        });
    }

    /// Adds what is wrong with the form as a whole.
    pub(crate) fn form(&mut self, message: impl Into<String>) {
        self.0.push(Fault {
            field: None,
            message: message.into(),
        });
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first field at fault, where the cursor belongs.
    pub(crate) fn first_field(&self) -> Option<&'static str> {
        self.0.iter().find_map(|fault| fault.field)
    }

    fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }

    fn of(&self, field: &str) -> Option<&str> {
        let fault = self.0.iter().find(|fault| fault.field == Some(field))?;
        Some(&fault.message)
    }

    fn title(&self) -> &'static str {
        if self.0.len() > 1 {
            "Please correct these:"
        } else {
            "Please correct this:"
        }
    }
}

/// `path?return_to=…`; the query is left out where it would say `/`.
pub(crate) fn with_return_to(path: &str, return_to: &ReturnTarget) -> String {
    let mut href = path.to_owned();
    if *return_to != ReturnTarget::default() {
        href.push_str("?return_to=");
        return_to.encode_into(&mut href);
    }
    href
}

/// Path and query of the style sheet, with a mark of its content.
pub(crate) fn style_href() -> String {
    const MARK: u64 = content_mark(STYLE.as_bytes());
    format!("/auth/style.css?v={MARK:016x}")
}

/// The first letter or digit, in upper case.
fn monogram(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
}

/// FNV-1a, 64 bits: tells versions apart, keeps no secret.
const fn content_mark(bytes: &[u8]) -> u64 {
    let mut mark = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        mark = (mark ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    mark
}

#[cfg(test)]
mod tests;
