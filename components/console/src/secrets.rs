//! `/auth/console/secrets`: names of secrets, asking for one, entering one here.

use gatelet_forms::{Form, FormCode, FormLimits};
use gatelet_secrets::rows::{Secret, Stored};
use gatelet_secrets::{Code, SecretName, SecretValue, ValueError, entry_link};
use gatelet_texts::Moment;
use gatelet_web::{Answer, Faults, Problem as Common, page, see_other};
use http::StatusCode;
use wasip3::http_compat::IncomingRequestBody;

use crate::admin::Admin;
use crate::names;
use crate::notice::Notice;
use crate::pages::{NewLink, SecretRow, SecretsPage};
use crate::people::People;
use crate::problem::{Problem, refused_value};
use crate::section::Section;
use crate::visit::Failure;

/// Every character of a longest value may be three in a form, and a line's end six.
pub(crate) const VALUE_FORM: FormLimits = FormLimits {
    bytes: 64 * 1024,
    value_bytes: 32 * 1024,
};
/// The field of a value.
pub(crate) const VALUE_FIELD: &str = "value";

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    Ok(page(StatusCode::OK, &form(admin).await?))
}

pub(crate) async fn submit(
    admin: &Admin<'_>,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    let mut typed = value_form(admin, body).await?;
    match typed.text("act") {
        "request" => request(admin, &typed).await,
        "put" => put(admin, &mut typed).await,
        _ => Err(Problem::unreadable().into()),
    }
}

async fn request(admin: &Admin<'_>, typed: &Form) -> Result<Answer, Failure> {
    let asked = typed.text("asked");
    let name = match SecretName::parse(asked) {
        Ok(name) => name,
        Err(refusal) => {
            let mut shown = form(admin).await?;
            shown.faults.field("asked", names::fault(refusal.rule));
            shown.asked = asked.to_owned();
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
    };
    let made = link(admin, &name).await?;
    let mut shown = form(admin).await?;
    shown.made = Some(made);
    Ok(page(StatusCode::CREATED, &shown))
}

async fn put(admin: &Admin<'_>, typed: &mut Form) -> Result<Answer, Failure> {
    let value = value(typed);
    let name = SecretName::parse(typed.text("name"));
    let (name, value) = match (name, value) {
        (Ok(name), Ok(value)) => (name, value),
        (name, value) => {
            let mut shown = form(admin).await?;
            shown.name = typed.text("name").to_owned();
            let mut status = StatusCode::BAD_REQUEST;
            if let Err(refusal) = name {
                shown.faults.field("name", names::fault(refusal.rule));
                status = StatusCode::UNPROCESSABLE_ENTITY;
            }
            if let Err(error) = value {
                shown.faults.field(VALUE_FIELD, refused_value(error));
            }
            return Ok(page(status, &shown));
        }
    };
    let stored = store(admin, &name, &value).await?;
    Ok(see_other(&told(&stored).at(Section::Secrets.path())))
}

/// A form with a value in it. One that is longer than any form has a value that is too
/// long.
pub(crate) async fn value_form(
    admin: &Admin<'_>,
    body: IncomingRequestBody,
) -> Result<Form, Failure> {
    let typed = admin.form(body, VALUE_FORM).await;
    typed.map_err(|failure| match failure.problem {
        Problem::Common(Common::Form(FormCode::TooLarge)) => {
            Problem::Value(ValueError::TooLong).into()
        }
        _ => failure,
    })
}

/// The value, which is in the form no more.
pub(crate) fn value(typed: &mut Form) -> Result<SecretValue, ValueError> {
    SecretValue::parse_form(typed.take(VALUE_FIELD))
}

/// A new link, to be shown once.
pub(crate) async fn link(admin: &Admin<'_>, name: &SecretName) -> Result<NewLink, Problem> {
    let made = admin.vault.request_secret(name.as_str()).await?;
    Ok(NewLink {
        name: name.as_str().to_owned(),
        url: entry_link(&made.token, admin.visit.arrival.base_url().as_str()),
        expires_at: Moment(made.expires_at),
    })
}

/// Stores a value without a link.
pub(crate) async fn store(
    admin: &Admin<'_>,
    name: &SecretName,
    value: &SecretValue,
) -> Result<Stored, Problem> {
    Ok(admin
        .vault
        .put_secret(name.as_str(), value.expose())
        .await?)
}

/// What the next page says of it.
pub(crate) fn told(stored: &Stored) -> Notice {
    match stored.rotated {
        true => Notice::Rotated,
        false => Notice::Stored,
    }
}

/// One of them, as pages show it.
pub(crate) async fn find(admin: &Admin<'_>, name: &SecretName) -> Result<SecretRow, Failure> {
    let secrets = admin.vault.list_secrets().await.map_err(Problem::from)?;
    let found = secrets.into_iter().find(|one| one.name == name.as_str());
    let secret = found.ok_or(Problem::Vault(Code::NotFound))?;
    let ids = [secret.updated_by.as_str()];
    let people = People::find(admin.visit, ids.into_iter()).await?;
    Ok(row(secret, &people))
}

async fn form(admin: &Admin<'_>) -> Result<SecretsPage, Failure> {
    let secrets = admin.vault.list_secrets().await.map_err(Problem::from)?;
    let ids = secrets.iter().map(|secret| secret.updated_by.as_str());
    let people = People::find(admin.visit, ids).await?;
    Ok(SecretsPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Secrets),
        faults: Faults::default(),
        made: None,
        secrets: secrets
            .into_iter()
            .map(|secret| row(secret, &people))
            .collect(),
        asked: String::new(),
        name: String::new(),
        csrf: admin.csrf.clone(),
    })
}

fn row(secret: Secret, people: &People) -> SecretRow {
    let Secret {
        name,
        updated_at,
        updated_by,
        used_by,
    } = secret;
    SecretRow {
        name,
        updated_at: Moment(updated_at),
        updated_by: people.doer(&updated_by),
        used_by,
    }
}
