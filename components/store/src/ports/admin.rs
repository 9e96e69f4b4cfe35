//! What the operator's tools do.

use super::origins::{opened, pages};
use crate::{
    Store,
    bindings::exports::gatelet::{
        store::{
            origins::{Origin, State},
            types::{Error, Place},
        },
        store_admin::admin::{Guest, Report, Step},
    },
    check,
    convert::{
        origins::{self as record, state_value},
        report, seconds, text,
    },
    database::Database,
    failure::{Failure, Kind},
    migrate,
    operation::{explain, main_place, read, write},
    place, seal,
    settings::session_keys,
    statements::{app_grants, counters, origins, sessions as session, verifications},
    value::Value,
};

/// Rows that are read at once.
const PAGE_ROWS: i64 = 1_000;

/// Tries to insert what somebody else inserts and removes at the same time.
const INSERT_TRIES: usize = 3;

impl Guest for Store {
    async fn migrate(place: Place, now: u64) -> Result<Report, String> {
        explain(async {
            let database = Database::of(place::Place::parse(&place)?).await?;
            migrate::migrate(&database, now)
                .await
                .map(|done| report(database.engine(), done))
        })
        .await
    }

    async fn drop_place(place: Place) -> Result<(), String> {
        explain(async {
            let database = Database::of(place::Place::parse(&place)?).await?;
            migrate::drop_place(&database).await
        })
        .await
    }

    async fn check(place: Place) -> Vec<Step> {
        check::steps(&place).await
    }

    async fn sweep(place: Place, now: u64, limit: u32) -> Result<u64, Error> {
        write("admin.sweep", &place, async |database: &Database| {
            let now = seconds(now)?;
            let limit = u64::from(limit);
            let mut removed = 0;
            for sweep in [
                &session::SWEEP,
                &session::SWEEP_IDLE,
                &verifications::SWEEP,
                &counters::SWEEP,
            ] {
                let room = seconds(limit - removed)?;
                removed += database.execute(sweep, &[now.clone(), room]).await?;
            }
            Ok(removed)
        })
        .await
    }

    async fn all_origins() -> Result<Vec<Origin>, Error> {
        read(
            "admin.all-origins",
            &main_place(),
            async |database: &Database| pages(database, &origins::ALL, &[]).await,
        )
        .await
    }

    async fn insert_origin(origin: Origin) -> Result<Option<Origin>, Error> {
        write(
            "admin.insert-origin",
            &main_place(),
            async |database: &Database| {
                let parameters = origin_parameters(origin).await?;
                for _ in 0..INSERT_TRIES {
                    let inserted = database.guarded(&origins::INSERT, &parameters).await?;
                    if !inserted.is_empty() {
                        return Ok(None);
                    }
                    let rows = database.query(&origins::FIND, &parameters[..1]).await?;
                    if let Some(there) = opened(rows).await?.pop() {
                        return Ok(Some(there));
                    }
                }
                Err(Failure::new(Kind::Conflict, "the origin comes and goes"))
            },
        )
        .await
    }

    async fn update_origin(expected: State, origin: Origin) -> Result<(), Error> {
        write(
            "admin.update-origin",
            &main_place(),
            async |database: &Database| {
                let mut parameters = origin_parameters(origin).await?;
                parameters.push(state_value(expected));
                let updated = database.guarded(&origins::UPDATE, &parameters).await?;
                changed(updated.len() as u64)
            },
        )
        .await
    }

    async fn remove_origin(name: String) -> Result<bool, Error> {
        write(
            "admin.remove-origin",
            &main_place(),
            async |database: &Database| {
                let removed = database.guarded(&origins::REMOVE, &[text(name)?]).await?;
                Ok(!removed.is_empty())
            },
        )
        .await
    }

    async fn expired_origins(now: u64, limit: u32) -> Result<Vec<Origin>, Error> {
        read(
            "admin.expired-origins",
            &main_place(),
            async |database: &Database| {
                let parameters = [seconds(now)?, seconds(limit.into())?];
                opened(database.query(&origins::EXPIRED, &parameters).await?).await
            },
        )
        .await
    }

    async fn grant_app(place: Place, email: String, app: String, now: u64) -> Result<(), Error> {
        write("admin.grant-app", &place, async |database: &Database| {
            let parameters = [text(email)?, text(app)?, seconds(now)?];
            // Nobody has the email.
            changed(database.execute(&app_grants::GRANT, &parameters).await?)
        })
        .await
    }

    async fn revoke_app(place: Place, email: String, app: String) -> Result<bool, Error> {
        write("admin.revoke-app", &place, async |database: &Database| {
            let parameters = [text(email)?, text(app)?];
            let rows = database.execute(&app_grants::REVOKE, &parameters).await?;
            Ok(rows > 0)
        })
        .await
    }

    async fn granted_apps(place: Place) -> Result<Vec<(String, String)>, Error> {
        read("admin.granted-apps", &place, async |database: &Database| {
            let mut grants: Vec<(String, String)> = Vec::new();
            loop {
                let (email, app) = grants.last().cloned().unwrap_or_default();
                let after = [
                    Value::Text(email),
                    Value::Text(app),
                    Value::Integer(PAGE_ROWS),
                ];
                let rows = database.query(&app_grants::GRANTED, &after).await?;
                let is_last = (rows.len() as i64) < PAGE_ROWS;
                for mut row in rows {
                    grants.push((row.text()?, row.text()?));
                }
                if is_last {
                    return Ok(grants);
                }
            }
        })
        .await
    }
}

/// What the call rests on (a user, an origin in its state) was not there any more when
/// nothing changed.
fn changed(rows: u64) -> Result<(), Failure> {
    match rows {
        0 => Err(Failure::new(
            Kind::Conflict,
            "what the call rests on has changed",
        )),
        _ => Ok(()),
    }
}

/// The keys are read only where there is a URL to seal.
async fn origin_parameters(origin: Origin) -> Result<Vec<Value>, Failure> {
    let keys = match origin.place.url.as_str() {
        "" | seal::UNOPENED => None,
        _ => Some(session_keys().await?),
    };
    record::parameters(origin, keys)
}
