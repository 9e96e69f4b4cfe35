//! `/auth/console/users`: whoever signs in, and switching accounts off and on.

use gatelet_forms::FormLimits;
use gatelet_secrets::Role;
use gatelet_sign_in::audit::Act;
use gatelet_web::{Answer, page, see_other};
use http::StatusCode;
use wasip3::http_compat::IncomingRequestBody;

use crate::admin::Admin;
use crate::bindings::gatelet::store_admin::users::{self, Listed};
use crate::notice::Notice;
use crate::pages::{UserRow, UsersPage};
use crate::problem::Problem;
use crate::section::Section;
use crate::visit::Failure;

/// Rows of a page.
const PAGE_ROWS: usize = 30;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    let arrival = &admin.visit.arrival;
    let query = arrival.query();
    // The page begins after somebody who is named by id: addresses stand in no address.
    let after = match query.text("after") {
        "" => String::new(),
        id => {
            let found = users::find(arrival.place(), id.to_owned(), arrival.now).await?;
            found.map(|found| found.user.email).unwrap_or_default()
        }
    };
    let rows = u32::try_from(PAGE_ROWS + 1).expect("a small number");
    let mut listed = users::list(arrival.place(), after, rows, arrival.now).await?;
    let has_more = listed.len() > PAGE_ROWS;
    listed.truncate(PAGE_ROWS);
    let last = listed.last().filter(|_| has_more);
    let next = last.map(|last| format!("{}?after={}", Section::Users.path(), last.user.id));
    let shown = UsersPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Users),
        users: listed
            .into_iter()
            .map(|listed| row(admin, listed))
            .collect(),
        next,
        csrf: admin.csrf.clone(),
    };
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn submit(
    admin: &Admin<'_>,
    body: IncomingRequestBody,
) -> Result<Answer, Failure> {
    let typed = admin.form(body, FormLimits::USUAL).await?;
    let arrival = &admin.visit.arrival;
    let (place, now) = (arrival.place(), arrival.now);
    let id = typed.text("user").to_owned();
    let found = users::find(place.clone(), id.clone(), now).await?;
    let found = found.filter(|found| found.user.id == id);
    let found = found.ok_or(Problem::not_found())?;
    if !may_switch(admin, &found) {
        return Err(Problem::NotYours.into());
    }
    let (is_news, act, notice) = match typed.text("act") {
        "disable" => (
            users::disable(place, id.clone(), now).await?,
            Act::AccountSwitchedOff,
            Notice::UserOff,
        ),
        "enable" => (
            users::enable(place, id.clone(), now).await?,
            Act::AccountSwitchedOn,
            Notice::UserOn,
        ),
        _ => return Err(Problem::unreadable().into()),
    };
    if is_news {
        admin.record(act, &id, &by(admin)).await;
    }
    Ok(see_other(&notice.at(Section::Users.path())))
}

/// Who did it, beside whom it was done to.
pub(crate) fn by(admin: &Admin<'_>) -> String {
    format!("by:{}", admin.session.user_id)
}

/// No admin acts on an owner, who is in these groups.
pub(crate) fn may_act_on(admin: &Admin<'_>, groups: &str) -> bool {
    Role::of_groups(groups.split(',')) <= admin.role
}

/// Nor anybody on themselves, by mistake.
fn may_switch(admin: &Admin<'_>, listed: &Listed) -> bool {
    listed.user.id != admin.session.user_id && may_act_on(admin, &listed.groups)
}

fn row(admin: &Admin<'_>, listed: Listed) -> UserRow {
    let may_switch = may_switch(admin, &listed);
    let Listed {
        user,
        disabled_at,
        groups,
        sessions,
    } = listed;
    UserRow {
        email: match user.email.is_empty() {
            true => user.id.clone(),
            false => user.email,
        },
        id: user.id,
        name: user.name,
        groups: groups.replace(',', ", "),
        sessions,
        is_off: disabled_at.is_some(),
        may_switch,
    }
}
