//! A project's file is pasted, what it comes to is shown, and then it is written. What is
//! no name in it is repeated on no page: somebody may have written a value there.

use gatelet_secrets::project::Project;
use gatelet_secrets::rows::{self, Planned};
use gatelet_secrets::{ApplicationId, Bindings, Code, VaultError};
use gatelet_web::{Answer, page};
use http::StatusCode;
use serde_json::json;

use super::{done, form};
use crate::admin::Admin;
use crate::notice::Notice;
use crate::pages::{Plan, PlannedRow};
use crate::problem::Problem;
use crate::vault::Bound;
use crate::visit::Failure;

/// Says what is to be written.
pub(super) async fn plan(
    admin: &Admin<'_>,
    id: &ApplicationId,
    project: &str,
) -> Result<Answer, Failure> {
    let mut shown = form(admin, id).await?;
    let bindings = match Project::parse(project.as_bytes()) {
        Ok(project) => project.bindings,
        Err(error) => {
            shown.project_fault = Some(error.to_string());
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
    };
    let planned = match reconcile(admin, id, &bindings, false).await {
        Ok(planned) => planned,
        // Only the vault knows which keys are there from before they were reserved. Its line
        // repeats nothing that is no name.
        Err(VaultError {
            code: Code::Invalid,
            message,
        }) => {
            shown.project_fault = Some(message);
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
        Err(error) => return Err(Problem::from(error).into()),
    };
    shown.plan = Some(Plan {
        project: written(&bindings),
        steps: planned.into_iter().map(row).collect(),
    });
    Ok(page(StatusCode::OK, &shown))
}

/// Writes it.
pub(super) async fn apply(
    admin: &Admin<'_>,
    id: &ApplicationId,
    project: &str,
) -> Result<Answer, Failure> {
    let project = Project::parse(project.as_bytes()).map_err(|_| Problem::unreadable())?;
    let reconciled = reconcile(admin, id, &project.bindings, true).await;
    reconciled.map_err(Problem::from)?;
    done(id, Notice::Reconciled)
}

async fn reconcile(
    admin: &Admin<'_>,
    id: &ApplicationId,
    bindings: &Bindings,
    apply: bool,
) -> Result<Vec<Planned>, VaultError> {
    let bindings: Vec<_> = bindings.iter().map(Bound::of).collect();
    admin.vault.reconcile(id.as_str(), &bindings, apply).await
}

/// What a project declares, and nothing else of it.
fn written(bindings: &Bindings) -> String {
    let secrets = bindings
        .iter()
        .map(|binding| json!({ "name": binding.name.as_str(), "as": binding.key.as_str() }));
    json!({ "version": 2, "secrets": secrets.collect::<Vec<_>>() }).to_string()
}

fn row(planned: Planned) -> PlannedRow {
    let Planned {
        binding: rows::Binding { name, env_key },
        step,
    } = planned;
    PlannedRow {
        name,
        key: env_key,
        step,
    }
}
