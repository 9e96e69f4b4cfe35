//! What is around every page of the console: the way to the others, and what has just been
//! done.

use gatelet_texts::Text;

use crate::section::Section;

/// Around a page, within the [`gatelet_web::Frame`].
pub(crate) struct ConsoleFrame {
    pub(super) current: Section,
}

impl ConsoleFrame {
    /// Around this page.
    pub(crate) fn new(current: Section) -> Self {
        Self { current }
    }

    pub(super) fn title(&self) -> Text {
        self.current.label()
    }

    pub(super) fn is_overview(&self) -> bool {
        self.current == Section::Overview
    }

    pub(super) fn entries(&self) -> [Section; 9] {
        Section::ALL
    }
}
