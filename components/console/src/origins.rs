//! `/auth/console/origins`: what is served beside the main origin.

use gatelet_core::origin_record::SWITCH;
use gatelet_ports::store::origins::{self, Kind, Origin};
use gatelet_settings::Setting;
use gatelet_texts::Moment;
use gatelet_web::{Answer, page};
use http::StatusCode;

use crate::admin::Admin;
use crate::pages::{OriginRow, OriginsPage};
use crate::section::Section;
use crate::visit::Failure;

/// Rows of a page.
const PAGE_ROWS: usize = 50;

pub(crate) async fn show(admin: &Admin<'_>) -> Result<Answer, Failure> {
    let query = admin.visit.arrival.query();
    let snapshot = origins::list(None, admin.visit.arrival.now).await?;
    let all = snapshot
        .map(|snapshot| snapshot.origins)
        .unwrap_or_default();
    // By name, as the store lists them.
    // The switch of the main origin's login is no origin.
    let mut rows = all.into_iter().filter(|origin| origin.name != SWITCH);
    let after = query.text("after");
    let mut shown: Vec<_> = rows
        .by_ref()
        .filter(|origin| origin.name.as_str() > after)
        .take(PAGE_ROWS + 1)
        .collect();
    let has_more = shown.len() > PAGE_ROWS;
    shown.truncate(PAGE_ROWS);
    let last = shown.last().filter(|_| has_more);
    let next = last.map(|last| format!("{}?after={}", Section::Origins.path(), last.name));
    let shown = OriginsPage {
        frame: admin.visit.frame(),
        around: admin.around(Section::Origins),
        origins: shown.into_iter().map(row).collect(),
        next,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Where its users are kept may have a password in it, and is not shown.
fn row(origin: Origin) -> OriginRow {
    let Origin {
        name,
        parent,
        kind,
        state: _,
        branch,
        values,
        place: _,
        created_at: _,
        expires_at,
        version: _,
    } = origin;
    let mut values = values.into_iter();
    let base_url = values.find(|(setting, _)| setting == Setting::BaseUrl.name());
    OriginRow {
        name,
        base_url: base_url.map(|(_, value)| value).unwrap_or_default(),
        parent,
        is_preview: kind == Kind::Preview,
        branch,
        expires_at: expires_at.map(Moment),
    }
}
