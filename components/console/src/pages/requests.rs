//! Who was asked for which secret.

use askama::Template;
use gatelet_secrets::rows::RequestState;
use gatelet_texts::{Moment, Text, console};
use gatelet_web::Frame;

use super::Around;

/// Newest first.
#[derive(Template)]
#[template(path = "requests.html")]
pub(crate) struct RequestsPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// Of the last day.
    pub requests: Vec<RequestRow>,
}

/// A request.
pub(crate) struct RequestRow {
    /// The secret.
    pub name: String,
    /// What has become of it.
    pub state: RequestState,
    /// When it was made.
    pub created_at: Moment,
    /// Until when its link is good.
    pub expires_at: Moment,
    /// On whose behalf; an operator's where it is none.
    pub created_by: Option<String>,
}

impl RequestRow {
    fn words(&self) -> Text {
        match self.state {
            RequestState::Pending => console::STATE_PENDING,
            RequestState::Fulfilled => console::STATE_FULFILLED,
            RequestState::Expired | RequestState::NotFound => console::STATE_EXPIRED,
        }
    }

    fn is_pending(&self) -> bool {
        self.state == RequestState::Pending
    }
}
