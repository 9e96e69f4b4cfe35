//! `/auth/console/applications/ID`: keys of one application's variables, setting and
//! deleting them, and giving it secrets.

mod reconcile;

use gatelet_forms::{Form, FormLimits};
use gatelet_secrets::project::PROJECT_MAX_BYTES;
use gatelet_secrets::rows::Variable;
use gatelet_secrets::{ApplicationId, Binding, Code, EnvKey, SecretName, SecretValue, VaultError};
use gatelet_texts::{Moment, console};
use gatelet_web::{Answer, Faults, page, see_other};
use http::StatusCode;
use wasip3::http_compat::IncomingRequestBody;

use crate::admin::Admin;
use crate::applications::path;
use crate::names;
use crate::notice::Notice;
use crate::pages::{ApplicationPage, Typed, VariableRow};
use crate::problem::Problem;
use crate::secrets::VALUE_FIELD;
use crate::section::Section;
use crate::vault::Bound;
use crate::visit::Failure;

/// Of a project, which may be long.
const PROJECT_FORM: FormLimits = FormLimits {
    bytes: 3 * PROJECT_MAX_BYTES,
    value_bytes: 2 * PROJECT_MAX_BYTES,
};

pub(crate) async fn show(admin: &Admin<'_>, id: &ApplicationId) -> Result<Answer, Failure> {
    Ok(page(StatusCode::OK, &form(admin, id).await?))
}

pub(crate) async fn submit(
    admin: &Admin<'_>,
    id: &ApplicationId,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    let mut typed = admin.form(body, PROJECT_FORM).await?;
    match typed.text("act") {
        "set" => set(admin, id, &mut typed).await,
        "delete" => delete(admin, id, typed.text("key")).await,
        "bind" => bind(admin, id, &typed).await,
        "plan" => reconcile::plan(admin, id, typed.text("project")).await,
        "apply" => reconcile::apply(admin, id, typed.text("project")).await,
        _ => Err(Problem::unreadable().into()),
    }
}

async fn set(admin: &Admin<'_>, id: &ApplicationId, typed: &mut Form) -> Result<Answer, Failure> {
    // Line ends as they were before the browser sent them.
    let value = typed.take(VALUE_FIELD).replace("\r\n", "\n");
    let value = SecretValue::parse_variable(value);
    let (key, value) = match (EnvKey::parse(typed.text("key")), value) {
        (Ok(key), Ok(value)) => (key, value),
        (key, value) => {
            let mut faults = Faults::default();
            if let Err(refusal) = key {
                faults.field("key", names::fault(refusal.rule));
            }
            if value.is_err() {
                faults.field(VALUE_FIELD, console::FAULT_VARIABLE_VALUE);
            }
            let typed = Typed {
                key: typed.text("key").to_owned(),
                ..Typed::default()
            };
            return refused(admin, id, faults, typed).await;
        }
    };
    let variables = [(key.as_str(), value.expose())];
    let set = admin.vault.set_variables(id.as_str(), &variables).await;
    set.map_err(Problem::from)?;
    done(id, Notice::VariableSet)
}

async fn delete(admin: &Admin<'_>, id: &ApplicationId, key: &str) -> Result<Answer, Failure> {
    let deleted = admin.vault.delete_variables(id.as_str(), &[key]).await;
    deleted.map_err(Problem::from)?;
    done(id, Notice::VariableDeleted)
}

async fn bind(admin: &Admin<'_>, id: &ApplicationId, typed: &Form) -> Result<Answer, Failure> {
    let (secret, bind_as) = (typed.text("secret"), typed.text("as").trim());
    let again = |field, fault| {
        let mut faults = Faults::default();
        faults.field(field, fault);
        let typed = Typed {
            secret: secret.to_owned(),
            bind_as: bind_as.to_owned(),
            ..Typed::default()
        };
        refused(admin, id, faults, typed)
    };
    if let Err(refusal) = SecretName::parse(secret) {
        return again("secret", names::fault(refusal.rule)).await;
    }
    let key = Some(bind_as).filter(|key| !key.is_empty());
    let binding = match Binding::parse(secret, key) {
        Ok(binding) => binding,
        Err(refusal) => return again("as", names::fault(refusal.rule)).await,
    };
    let bound = Bound::of(&binding);
    match admin.vault.bind_secret(id.as_str(), &bound).await {
        Ok(_) => done(id, Notice::Bound),
        // Of the application the page itself says so.
        Err(VaultError {
            code: Code::NotFound,
            ..
        }) => again("secret", console::FAULT_NO_SECRET).await,
        Err(error) => Err(Problem::from(error).into()),
    }
}

fn done(id: &ApplicationId, notice: Notice) -> Result<Answer, Failure> {
    Ok(see_other(&notice.at(&path(id))))
}

async fn refused(
    admin: &Admin<'_>,
    id: &ApplicationId,
    faults: Faults,
    typed: Typed,
) -> Result<Answer, Failure> {
    let shown = ApplicationPage {
        faults,
        typed,
        ..form(admin, id).await?
    };
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

async fn form(admin: &Admin<'_>, id: &ApplicationId) -> Result<ApplicationPage, Problem> {
    let variables = admin.vault.list_variables(id.as_str()).await?;
    let secrets = admin.vault.list_secrets().await?;
    let row = |variable: Variable| {
        let Variable {
            key,
            source,
            secret,
            stale,
            updated_at,
        } = variable;
        VariableRow {
            key,
            source,
            secret,
            is_stale: stale,
            updated_at: Moment(updated_at),
        }
    };
    Ok(ApplicationPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Applications).below(),
        faults: Faults::default(),
        name: id.as_str().to_owned(),
        variables: variables.into_iter().map(row).collect(),
        secrets: secrets.into_iter().map(|secret| secret.name).collect(),
        typed: Typed::default(),
        project_fault: None,
        plan: None,
        csrf: admin.csrf.clone(),
    })
}
