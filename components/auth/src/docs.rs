//! `/auth/docs` and `/auth/llms.txt`: how an app behind this gateway reads who is asking.
//! Anybody may read it: it holds nothing of the configuration, and is the same for all.

use crate::pages::DocsPage;
use crate::visit::Visit;
use gatelet_guide::Sheet;
use gatelet_texts::Language;
use gatelet_web::{Answer, page, text};
use http::StatusCode;

/// The page.
pub(crate) fn show(visit: &Visit<'_>) -> Answer {
    let frame = visit.frame();
    let sheet = Sheet::new(visit.arrival.base_url().as_str(), frame.language);
    page(StatusCode::OK, &DocsPage { frame, sheet })
}

/// The same as text. In English, whatever the browser speaks: it is for programs.
pub(crate) fn as_text(visit: &Visit<'_>) -> Answer {
    let sheet = Sheet::new(visit.arrival.base_url().as_str(), Language::English);
    text(StatusCode::OK, sheet.markdown())
}
