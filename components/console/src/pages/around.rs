//! What is around every page of the console: the way to the others, and what has just been
//! done.

use gatelet_texts::Text;

use crate::notice::Notice;
use crate::section::Section;

/// Around a page, within the [`gatelet_web::Frame`].
pub(crate) struct Around {
    pub(super) current: Section,
    notice: Option<Notice>,
    is_below: bool,
}

impl Around {
    /// Around a page of the navigation.
    pub(crate) fn new(current: Section, notice: Option<Notice>) -> Self {
        Self {
            current,
            notice,
            is_below: false,
        }
    }

    /// Around a page below one of these, which leads back to it.
    pub(crate) fn below(self) -> Self {
        Self {
            is_below: true,
            ..self
        }
    }

    pub(super) fn title(&self) -> Text {
        self.current.label()
    }

    pub(super) fn is_first(&self) -> bool {
        self.current == Section::Overview
    }

    pub(super) fn back(&self) -> Option<Section> {
        match (self.is_below, self.current) {
            (true, section) => Some(section),
            (false, Section::Overview) => None,
            (false, _) => Some(Section::Overview),
        }
    }

    /// For readers of wide screens the navigation says the way; not below its pages.
    pub(super) fn back_class(&self) -> &'static str {
        match self.is_below {
            true => "up",
            false => "back",
        }
    }

    pub(super) fn entries(&self) -> [Section; 9] {
        Section::ALL
    }

    pub(super) fn notice(&self) -> Option<Text> {
        self.notice.map(Notice::sentence)
    }
}
