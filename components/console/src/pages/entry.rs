//! The page of a link, by which a person enters one secret.

use askama::Template;
use gatelet_secrets::rows::Usage;
use gatelet_secrets::{ENTRY_PATH, TOKEN_FIELD};
use gatelet_texts::{Moment, Text, console};
use gatelet_web::{Faults, Frame};

/// What is asked for, and the field for it.
#[derive(Template)]
#[template(path = "entry.html")]
pub(crate) struct EntryPage {
    /// Around the page.
    pub frame: Frame,
    /// What is wrong with what was typed. That itself is not shown again.
    pub faults: Faults,
    /// The secret.
    pub name: String,
    /// Whether it is there already.
    pub rotates: bool,
    /// Who has the older value.
    pub used_by: Vec<Usage>,
    /// Until when the link is good.
    pub expires_at: Moment,
    /// What stands in the link.
    pub token: String,
    /// For the form.
    pub csrf: String,
}

impl EntryPage {
    fn lead(&self) -> Text {
        match (self.rotates, self.used_by.is_empty()) {
            (false, _) => console::ENTRY_NEW,
            (true, true) => console::ENTRY_ROTATES_NONE,
            (true, false) => console::ENTRY_ROTATES,
        }
    }
}

/// It is stored.
#[derive(Template)]
#[template(path = "entered.html")]
pub(crate) struct EnteredPage {
    /// Around the page.
    pub frame: Frame,
    /// The secret.
    pub name: String,
}
