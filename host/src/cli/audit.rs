//! `gatelet audit`: what people and operators did, and for how long it is kept.

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use gatelet_runtime::Variables;
use gatelet_runtime::store::bindings::exports::gatelet::store::audit::{
    Actor, Cursor, Event as Row, Kept,
};
use gatelet_runtime::store::bindings::exports::gatelet::store_admin::audit_log::Filter;
use gatelet_runtime::store::{Place, StoreAdmin};
use gatelet_settings::{Setting, SettingError};
use gatelet_sign_in::audit::{Act, Event, Outcome, row_id};
use serde_json::{Value, json};

use super::listing::{Page, instant};
use super::whose::found;
use super::{kept, now, random};

const DAY: u64 = 24 * 3_600;

#[derive(Debug, Args)]
pub(super) struct Audit {
    /// What there is about this user, by id or address.
    #[arg(long, value_name = "ID|EMAIL")]
    user: Option<String>,
    /// One kind of act, such as session.begun.
    #[arg(long, value_name = "CODE", value_parser = act)]
    event: Option<Act>,
    /// Not before: a time such as 2026-01-31T12:00:00Z, or how long ago: 90m, 12h, 7d.
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<u64>,
    #[command(flatten)]
    page: Page,
}

fn act(text: &str) -> Result<Act, String> {
    Act::named(text).ok_or_else(|| {
        let all: Vec<_> = Act::ALL.iter().map(|act| act.as_str()).collect();
        format!("is none of {}", all.join(", "))
    })
}

fn since(text: &str) -> Result<u64, String> {
    let ago = [("m", 60), ("h", 3_600), ("d", DAY)]
        .iter()
        .find_map(|(unit, seconds)| {
            let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
            Some(now().saturating_sub(number.checked_mul(*seconds)?))
        });
    let at = || {
        let at = chrono::DateTime::parse_from_rfc3339(text).ok()?;
        u64::try_from(at.timestamp()).ok()
    };
    ago.or_else(at)
        .ok_or_else(|| "write 2026-01-31T12:00:00Z, or 90m, 12h, 7d".to_owned())
}

impl Audit {
    pub(super) fn run(self) -> Result<ExitCode> {
        let (registry, place) = self.page.open()?;
        let after = self.page.after.as_deref().map(cursor).transpose()?;
        let user_id = match &self.user {
            // Who is gone is known by the id alone.
            Some(id) if !id.contains('@') => Some(id.clone()),
            Some(email) => Some(found(&registry, &place, email)?.user.id),
            None => None,
        };
        let filter = Filter {
            user_id,
            act: self.event.map(|act| act.as_str().to_owned()),
            since: self.since.unwrap_or_default(),
        };
        let limit = self.page.limit;
        let store = registry.store()?;
        let events = registry
            .runtime
            .block_on(store.events(&place, filter, after, limit))?;
        let last = events
            .last()
            .map(|kept| format!("{}.{}", kept.event.at, kept.event.id));
        let heading = ["TIME", "EVENT", "USER", "ABOUT", "FROM", "TIMES", "ORIGIN"];
        let shown = events.iter().map(shown).collect();
        let rows = events.into_iter().map(line).collect();
        self.page.print("events", heading, rows, shown, last);
        Ok(ExitCode::SUCCESS)
    }
}

fn cursor(text: &str) -> Result<Cursor> {
    let parsed = text.split_once('.').and_then(|(at, id)| {
        let at = at.parse().ok()?;
        let id = id.to_owned();
        Some(Cursor { at, id })
    });
    parsed.ok_or_else(|| anyhow!("--after {text}: is nothing that a page ended with"))
}

fn shown(kept: &Kept) -> Value {
    let Kept {
        event,
        last_at,
        times,
    } = kept;
    json!({
        "at": event.at,
        "lastAt": last_at,
        "times": times,
        "event": event.act,
        "outcome": if event.done { "done" } else { "refused" },
        "by": by(event.actor),
        "user": event.user_id,
        "about": event.target,
        "origin": event.origin,
        "address": event.address,
        "userAgent": event.user_agent,
    })
}

fn by(actor: Actor) -> &'static str {
    match actor {
        Actor::Visitor => "visitor",
        Actor::Operator => "operator",
    }
}

fn line(kept: Kept) -> [String; 7] {
    let Kept {
        event,
        last_at,
        times,
    } = kept;
    let from = match event.actor {
        Actor::Operator => "operator".to_owned(),
        Actor::Visitor => event.address,
    };
    [
        instant(last_at),
        event.act,
        event.user_id,
        event.target,
        from,
        times.to_string(),
        event.origin,
    ]
}

/// Writes down what an operator did.
pub(super) async fn record(store: &StoreAdmin, place: &Place, events: &[Event]) -> Result<()> {
    let rows: Result<Vec<Row>> = events.iter().map(row).collect();
    let kept = store.append_events(place, rows?).await;
    kept.context("it is done, and could not be written down in the audit log")
}

fn row(event: &Event) -> Result<Row> {
    Ok(Row {
        id: row_id(event, "", None, now(), random()?)
            .as_str()
            .to_owned(),
        at: now(),
        act: event.act.as_str().to_owned(),
        done: event.act.outcome() == Outcome::Done,
        actor: Actor::Operator,
        user_id: event.user_id.clone(),
        target: event.target.as_str().to_owned(),
        origin: String::new(),
        address: String::new(),
        user_agent: String::new(),
    })
}

/// For how many days events are kept.
///
/// # Errors
/// One line where the setting is no such number.
pub(super) fn retention_days(variables: &Variables) -> Result<u64, SettingError> {
    let base = kept::base(variables);
    let days = base.values().get(Setting::AuditRetentionDays).trim();
    match days.parse() {
        Ok(days @ 1..=36_500) => Ok(days),
        _ => Err(SettingError::new(
            Setting::AuditRetentionDays,
            format_args!("is {days:?}: write a number of days from 1 to 36500"),
        )),
    }
}

/// What happened before this is forgotten: nothing, where it is not said how much.
pub(super) fn kept_since(variables: &Variables) -> u64 {
    match retention_days(variables) {
        Ok(days) => now().saturating_sub(days * DAY),
        Err(error) => {
            tracing::warn!("{error}");
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_in_full_or_by_how_long_ago_it_was() {
        assert_eq!(since("1970-01-02T00:00:00Z"), Ok(DAY));
        assert_eq!(since("1970-01-02T01:00:00+01:00"), Ok(DAY));
        let ago = now() - since("2d").expect("a time");
        assert!((2 * DAY..2 * DAY + 5).contains(&ago), "{ago}");
        for text in [
            "",
            "d",
            "-1d",
            "yesterday",
            "2026-01-31",
            "99999999999999999999d",
        ] {
            assert!(since(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_page_goes_on_where_the_one_before_ended() {
        let read = cursor("100.0af3-x").expect("a cursor");
        assert_eq!((read.at, read.id.as_str()), (100, "0af3-x"));
        for text in ["", "100", "x.y", "-1.y"] {
            assert!(cursor(text).is_err(), "{text:?}");
        }
    }
}
