//! `/auth/console`: what there is, and whether secrets can be kept.

use gatelet_web::{Answer, page};
use http::StatusCode;

use crate::admin::Admin;
use crate::pages::{ConsoleFrame, OverviewPage};
use crate::section::Section;
use crate::vault;
use crate::visit::Failure;
use crate::problem::Problem;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    let key = vault::configured().await.map_err(Problem::from)?;
    let shown = OverviewPage {
        frame: admin.visit.frame(),
        console: ConsoleFrame::new(Section::Overview),
        key,
    };
    Ok(page(StatusCode::OK, &shown))
}
