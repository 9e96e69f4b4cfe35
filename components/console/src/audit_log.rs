//! `/auth/console/audit`: what was done, newest first.

use gatelet_ports::store::audit::{Actor, Kept};
use gatelet_texts::Moment;
use gatelet_web::audit::{ASKED_ROWS, after, page_of};
use gatelet_web::{Answer, page};
use http::StatusCode;

use crate::admin::Admin;
use crate::bindings::gatelet::store_admin::audit_log::{self, Filter};
use crate::pages::{AuditPage, EventRow};
use crate::people::People;
use crate::section::Section;
use crate::visit::Failure;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    let arrival = &admin.visit.arrival;
    let query = arrival.query();
    let user = query.get("user").map(str::to_owned);
    let filter = Filter {
        user_id: user.clone(),
        act: None,
        since: 0,
    };
    let kept = audit_log::events(arrival.place(), filter, after(&query), ASKED_ROWS).await?;
    let (kept, next) = page_of(kept);
    let next = next.map(|after| {
        let mut fields = vec![("after", after)];
        fields.extend(user.map(|user| ("user", user)));
        let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
        format!(
            "{}?{}",
            Section::Audit.path(),
            gatelet_forms::encode(fields)
        )
    });
    let ids = kept.iter().map(|kept| kept.event.user_id.as_str());
    let people = People::find(admin.visit, ids).await?;
    let shown = AuditPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Audit),
        events: kept.into_iter().map(|kept| row(kept, &people)).collect(),
        next,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn row(kept: Kept, people: &People) -> EventRow {
    let Kept {
        event,
        last_at,
        times,
    } = kept;
    EventRow {
        act: event.act,
        who: people.name(&event.user_id),
        is_operators: event.actor == Actor::Operator,
        target: event.target,
        origin: event.origin,
        address: event.address,
        last_at: Moment(last_at),
        times,
    }
}
