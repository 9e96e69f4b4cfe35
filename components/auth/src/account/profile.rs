//! `/auth/account/profile`: what somebody is called.

use super::{Member, Notice};
use crate::pages::ProfilePage;
use crate::problem::Problem;
use crate::visit::Failure;
use gatelet_forms::Form;
use gatelet_ports::store::own_account;
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::name::{DisplayName, NAME_MAX_CHARACTERS};
use gatelet_web::{Answer, Current, Faults, in_store, page, with_cookies, worth_a_retry};
use http::StatusCode;

pub(super) fn show(member: &Member<'_>) -> Answer {
    let name = member.session.name.clone();
    page(StatusCode::OK, &form(member, name, Faults::default()))
}

/// The name, which no provider's word changes from then on.
pub(super) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let name = match DisplayName::parse(typed.text("name")) {
        Ok(name) => name,
        Err(error) => {
            let mut faults = Faults::default();
            faults.field("name", error.message());
            let shown = form(member, typed.text("name").to_owned(), faults);
            return Ok(worth_a_retry(page(
                StatusCode::UNPROCESSABLE_ENTITY,
                &shown,
            )));
        }
    };
    let arrival = &member.visit.arrival;
    let name = name.as_str().to_owned();
    own_account::rename(arrival.place(), member.session.holder(), name, arrival.now)
        .await
        .map_err(Problem::from)?;
    member.record(Act::ProfileChanged, None);
    // The browser's copy of the session says the name too.
    let cookies = match in_store(arrival).await? {
        Current::Live(_, cookies) | Current::Nobody(cookies) => cookies,
    };
    Ok(with_cookies(member.done(Notice::ProfileSaved), cookies))
}

fn form(member: &Member<'_>, name: String, faults: Faults) -> ProfilePage {
    ProfilePage {
        frame: member.visit.frame(),
        account: member.frame(),
        faults,
        name,
        name_limit: NAME_MAX_CHARACTERS,
        csrf: member.csrf.clone(),
    }
}
