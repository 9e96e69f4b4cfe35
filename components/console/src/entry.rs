//! `/auth/console/enter`: the page of a link. Looking at it uses nothing up, however often
//! and whoever looks; to store a value burns it.

use gatelet_core::negotiate::Reader;
use gatelet_secrets::rows::Entry;
use gatelet_secrets::{Code, LinkToken, TOKEN_FIELD, ValueError, VaultError};
use gatelet_texts::Moment;
use gatelet_web::{Answer, Faults, page};
use http::header::REFERRER_POLICY;
use http::{HeaderValue, StatusCode};
use wasip3::http_compat::IncomingRequestBody;

use crate::admin::Admin;
use crate::pages::{EnteredPage, EntryPage};
use crate::problem::{Problem, refused_value};
use crate::secrets::{VALUE_FIELD, value, value_form};
use crate::visit::Failure;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    let query = admin.visit.arrival.query();
    let token = LinkToken::parse(query.text(TOKEN_FIELD)).ok_or(Problem::LinkVoid)?;
    Ok(page(StatusCode::OK, &form(admin, &token).await?))
}

pub(crate) async fn submit(
    admin: &Admin<'_>,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    let mut typed = value_form(admin, body).await?;
    let value = value(&mut typed);
    let token = LinkToken::parse(typed.text(TOKEN_FIELD)).ok_or(Problem::LinkVoid)?;
    let value = match value {
        Ok(value) => value,
        Err(error) => return refused(admin, &token, error).await,
    };
    let stored = admin.vault.enter_secret(token.expose(), value.expose());
    let stored = stored.await.map_err(void)?;
    let shown = EnteredPage {
        frame: admin.visit.frame(),
        name: stored.name,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// The page again, without what was typed. The link is as good as it was.
async fn refused(
    admin: &Admin<'_>,
    token: &LinkToken,
    error: ValueError,
) -> Result<Answer, Failure> {
    if admin.visit.arrival.head.reader() == Reader::Program {
        return Err(Problem::Value(error).into());
    }
    let mut shown = form(admin, token).await?;
    shown.faults.field(VALUE_FIELD, refused_value(error));
    Ok(page(StatusCode::BAD_REQUEST, &shown))
}

/// What is not there to be entered is a link that is not good.
fn void(error: VaultError) -> Problem {
    match error.code {
        Code::NotFound => Problem::LinkVoid,
        code => Problem::Vault(code),
    }
}

async fn form(admin: &Admin<'_>, token: &LinkToken) -> Result<EntryPage, Failure> {
    let entry = admin.vault.find_entry(token.expose()).await.map_err(void)?;
    let Entry {
        name,
        expires_at,
        rotates,
        used_by,
    } = entry;
    Ok(EntryPage {
        frame: admin.visit.frame(),
        faults: Faults::default(),
        name,
        rotates,
        used_by,
        expires_at: Moment(expires_at),
        token: token.expose().to_owned(),
        csrf: admin.csrf.clone(),
    })
}

/// The answer, whose address no other page is told: a logo may be the app's, and the
/// address has the token in it. Not `no-referrer`, with which browsers hide from our own
/// forms where they come from.
pub(crate) fn unreferred(mut answer: Answer) -> Answer {
    let policy = HeaderValue::from_static("strict-origin");
    answer.headers_mut().insert(REFERRER_POLICY, policy);
    answer
}
