//! `/auth/console/applications`: what can be given secrets and variables.

use gatelet_forms::FormLimits;
use gatelet_secrets::names::application;
use gatelet_secrets::rows::Application;
use gatelet_secrets::{ApplicationId, Code};
use gatelet_web::{Answer, Faults, page, see_other};
use http::StatusCode;
use wasip3::http_compat::IncomingRequestBody;

use crate::admin::Admin;
use crate::names;
use crate::notice::Notice;
use crate::pages::{ApplicationRow, ApplicationsPage, RemoveApplicationPage};
use crate::problem::Problem;
use crate::section::Section;
use crate::visit::Failure;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    Ok(page(StatusCode::OK, &form(admin).await?))
}

/// Adds one.
pub(crate) async fn submit(
    admin: &Admin<'_>,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    let typed = admin.form(body, FormLimits::USUAL).await?;
    let name = typed.text("name").trim();
    let id = match application(name) {
        Ok(id) => id,
        Err(refusal) => {
            let mut shown = form(admin).await?;
            shown.faults.field("name", names::fault(refusal.rule));
            shown.name = name.to_owned();
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
    };
    let added = admin.vault.add_application(id.as_str()).await;
    added.map_err(Problem::from)?;
    Ok(see_other(&Notice::ApplicationAdded.at(&path(&id))))
}

/// What goes, before it does.
pub(crate) async fn show_remove(admin: &Admin<'_>, id: &ApplicationId) -> Result<Answer, Failure> {
    let shown = RemoveApplicationPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Applications).below(),
        application: find(admin, id).await?,
        csrf: admin.csrf.clone(),
    };
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn remove(
    admin: &Admin<'_>,
    id: &ApplicationId,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    admin.form(body, FormLimits::USUAL).await?;
    let removed = admin.vault.remove_application(id.as_str()).await;
    removed.map_err(Problem::from)?;
    let list = Section::Applications.path();
    Ok(see_other(&Notice::ApplicationRemoved.at(list)))
}

/// The page of one.
pub(crate) fn path(id: &ApplicationId) -> String {
    format!("{}/{}", Section::Applications.path(), id.as_str())
}

async fn find(admin: &Admin<'_>, id: &ApplicationId) -> Result<ApplicationRow, Problem> {
    let applications = admin.vault.list_applications().await?;
    let mut named = applications.into_iter();
    let found = named.find(|application| application.name == id.as_str());
    found.map(row).ok_or(Problem::Vault(Code::NotFound))
}

async fn form(admin: &Admin<'_>) -> Result<ApplicationsPage, Problem> {
    let applications = admin.vault.list_applications().await?;
    Ok(ApplicationsPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Applications),
        faults: Faults::default(),
        applications: applications.into_iter().map(row).collect(),
        name: String::new(),
        csrf: admin.csrf.clone(),
    })
}

fn row(application: Application) -> ApplicationRow {
    let Application {
        name,
        added,
        variables,
    } = application;
    ApplicationRow {
        name,
        is_named: !added,
        variables: variables.into(),
    }
}
