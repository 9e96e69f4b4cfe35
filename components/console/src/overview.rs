//! `/auth/console`: what there is, and whether secrets can be kept.

use gatelet_secrets::rows::RequestState;
use gatelet_web::{Answer, page};
use http::StatusCode;

use crate::admin::Admin;
use crate::pages::{Kept, OverviewPage};
use crate::problem::Problem;
use crate::section::Section;
use crate::vault;
use crate::visit::Failure;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    let key = vault::configured().await.map_err(Problem::from)?;
    let shown = OverviewPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Overview),
        vault: match key {
            Some(key) => Some(kept(admin, key).await?),
            None => None,
        },
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn kept(admin: &Admin<'_>, key: String) -> Result<Kept, Problem> {
    let vault = &admin.vault;
    let requests = vault.list_requests().await?.into_iter();
    let pending = requests.filter(|request| request.state == RequestState::Pending);
    Ok(Kept {
        key,
        secrets: vault.list_secrets().await?.len() as u64,
        requests: pending.count() as u64,
        applications: vault.list_applications().await?.len() as u64,
    })
}
