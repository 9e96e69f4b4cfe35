//! `/auth/console/secrets/NAME`: one secret, who has copies, rotating and deleting it.

use gatelet_forms::FormLimits;
use gatelet_secrets::SecretName;
use gatelet_web::{Answer, Faults, page, see_other};
use http::StatusCode;
use wasip3::http_compat::IncomingRequestBody;

use crate::admin::Admin;
use crate::notice::Notice;
use crate::pages::{DeleteSecretPage, SecretPage};
use crate::problem::{Problem, refused_value};
use crate::secrets::{VALUE_FIELD, find, link, store, told, value, value_form};
use crate::section::Section;
use crate::visit::Failure;

pub(crate) async fn show(admin: &Admin<'_>, name: &SecretName) -> Result<Answer, Failure> {
    Ok(page(StatusCode::OK, &form(admin, name).await?))
}

pub(crate) async fn submit(
    admin: &Admin<'_>,
    name: &SecretName,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    let mut typed = value_form(admin, body).await?;
    // What is to be rotated is there: this page makes no new one.
    let mut shown = form(admin, name).await?;
    match typed.text("act") {
        "request" => {
            shown.made = Some(link(admin, name).await?);
            Ok(page(StatusCode::CREATED, &shown))
        }
        "put" => match value(&mut typed) {
            Ok(value) => {
                let stored = store(admin, name, &value).await?;
                Ok(see_other(&told(&stored).at(&path(name))))
            }
            Err(error) => {
                shown.faults.field(VALUE_FIELD, refused_value(error));
                Ok(page(StatusCode::BAD_REQUEST, &shown))
            }
        },
        _ => Err(Problem::unreadable().into()),
    }
}

/// Whom it touches, before it is done.
pub(crate) async fn show_delete(admin: &Admin<'_>, name: &SecretName) -> Result<Answer, Failure> {
    let shown = DeleteSecretPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Secrets).below(),
        secret: find(admin, name).await?,
        csrf: admin.csrf.clone(),
    };
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn delete(
    admin: &Admin<'_>,
    name: &SecretName,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    admin.form(body, FormLimits::USUAL).await?;
    let deleted = admin.vault.delete_secret(name.as_str()).await;
    deleted.map_err(Problem::from)?;
    Ok(see_other(&Notice::Deleted.at(Section::Secrets.path())))
}

fn path(name: &SecretName) -> String {
    format!("{}/{name}", Section::Secrets.path())
}

async fn form(admin: &Admin<'_>, name: &SecretName) -> Result<SecretPage, Failure> {
    Ok(SecretPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Secrets).below(),
        faults: Faults::default(),
        made: None,
        secret: find(admin, name).await?,
        csrf: admin.csrf.clone(),
    })
}
