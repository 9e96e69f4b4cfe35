//! `/auth/console/audit`: what was done, newest first.

use gatelet_ports::store::audit::{Actor, Cursor, Kept};
use gatelet_texts::Moment;
use gatelet_web::{Answer, page};
use http::StatusCode;

use crate::admin::Admin;
use crate::bindings::gatelet::store_admin::audit_log::{self, Filter};
use crate::pages::{AuditPage, EventRow};
use crate::people::People;
use crate::section::Section;
use crate::visit::Failure;

/// Rows of a page.
const PAGE_ROWS: usize = 30;
/// Longest id of a row, in bytes: a UUID.
const ID_BYTES: usize = 36;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    let arrival = &admin.visit.arrival;
    let query = arrival.query();
    let user = query.get("user").map(str::to_owned);
    let filter = Filter {
        user_id: user.clone(),
        act: None,
        since: 0,
    };
    let after = query.get("after").and_then(cursor);
    let rows = u32::try_from(PAGE_ROWS + 1).expect("a small number");
    let mut kept = audit_log::events(arrival.place(), filter, after, rows).await?;
    let has_more = kept.len() > PAGE_ROWS;
    kept.truncate(PAGE_ROWS);
    let next = kept.last().filter(|_| has_more).map(|last| {
        let after = format!("{}.{}", last.event.at, last.event.id);
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

/// `<at>.<id>`.
fn cursor(text: &str) -> Option<Cursor> {
    let (at, id) = text.split_once('.')?;
    let is_id = id.len() == ID_BYTES
        && id
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    Some(Cursor {
        at: at.parse().ok().filter(|at| *at <= u64::MAX >> 1)?,
        id: is_id.then(|| id.to_owned())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_after_a_row_and_nothing_else() {
        let id = "01234567-89ab-4cde-8f01-23456789abcd";
        let found = cursor(&format!("17.{id}")).expect("a cursor");
        assert_eq!((found.at, found.id.as_str()), (17, id));
        for text in ["", "17", "17.", &format!(".{id}"), &format!("17.{id}0")] {
            assert!(cursor(text).is_none(), "{text}");
        }
    }
}
