//! `/auth/console/requests`: who was asked for which secret, and what has become of it.

use gatelet_secrets::rows::Request;
use gatelet_texts::Moment;
use gatelet_web::{Answer, page};
use http::StatusCode;

use crate::admin::Admin;
use crate::pages::{RequestRow, RequestsPage};
use crate::people::People;
use crate::problem::Problem;
use crate::section::Section;
use crate::visit::Failure;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    let requests = admin.vault.list_requests().await.map_err(Problem::from)?;
    let ids = requests.iter().map(|request| request.created_by.as_str());
    let people = People::find(admin.visit, ids).await?;
    let row = |request: Request| {
        let Request {
            request_id: _,
            name,
            state,
            created_at,
            expires_at,
            created_by,
        } = request;
        RequestRow {
            name,
            state,
            created_at: Moment(created_at),
            expires_at: Moment(expires_at),
            created_by: people.doer(&created_by),
        }
    };
    let shown = RequestsPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Requests),
        requests: requests.into_iter().map(row).collect(),
    };
    Ok(page(StatusCode::OK, &shown))
}
