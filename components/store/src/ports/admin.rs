//! What the operator's tools do.

use gatelet_core::origins::written;
use gatelet_settings::Setting;

use super::origins::{either, opened, pages};
use crate::{
    Store,
    better_auth::BetterAuth,
    bindings::exports::gatelet::{
        store::{
            origins::{Origin, State},
            types::{Error, Place},
        },
        store_admin::admin::{Departure, Guest, Report, Step, Tenant},
    },
    check,
    convert::{
        digest,
        origins::{self as record, state_value},
        report, seconds, text,
    },
    database::Database,
    failure::{Failure, Kind},
    migrate,
    operation::{explain, main_place, read, write},
    place, seal,
    settings::{session_keys, written_origins},
    statements::{
        access_tokens, app_grants, invitations, limits, links, origins, own_account, refreshes,
        sessions as session, vault, verifications,
    },
    tenant,
    uses::Uses,
    value::Value,
};

/// Rows that are read at once.
const PAGE_ROWS: i64 = 1_000;

/// No two programs' clocks differ by more.
const CLOCKS_DIFFER_SECONDS: u64 = 300;

/// Tries to insert what somebody else inserts and removes at the same time.
const INSERT_TRIES: usize = 3;

impl Guest for Store {
    async fn migrate(place: Place, tenant: Option<Tenant>, now: u64) -> Result<Report, String> {
        explain(async {
            let database = Database::of(place::Place::parse(&place)?).await?;
            let tenant = tenant.map(tenant::Tenant::parse).transpose()?;
            migrate::migrate(&database, tenant, now)
                .await
                .map(|done| report(database.engine(), done))
        })
        .await
    }

    async fn leave_place(place: Place, tenant: Tenant) -> Result<Departure, String> {
        explain(async {
            let database = Database::of(place::Place::parse(&place)?).await?;
            migrate::leave_place(&database, &tenant::Tenant::parse(tenant)?).await
        })
        .await
    }

    async fn check(place: Place) -> Vec<Step> {
        check::steps(&place).await
    }

    async fn check_better_auth() -> Result<(), String> {
        explain(async { BetterAuth::open().await?.check().await }).await
    }

    async fn sweep(place: Place, now: u64, limit: u32) -> Result<u64, Error> {
        write("admin.sweep", &place, async |database: &Database| {
            let now = surely_past(database, now).await?;
            let time = seconds(now)?;
            let limit = u64::from(limit);
            let mut removed = 0;
            let mains = match database.place.is_main() {
                true => &[
                    &refreshes::SWEEP,
                    &vault::requests::SWEEP,
                    &vault::secrets::SWEEP,
                ][..],
                false => &[],
            };
            for sweep in [
                &session::SWEEP,
                &session::SWEEP_IDLE,
                &verifications::SWEEP,
                &limits::SWEEP,
                &limits::SWEEP_LOCKOUTS,
                &invitations::SWEEP,
                &links::SWEEP,
                &access_tokens::SWEEP,
                &own_account::SWEEP,
            ]
            .iter()
            .chain(mains)
            {
                let room = seconds(limit - removed)?;
                removed += database.execute(sweep, &[time.clone(), room]).await?;
            }
            let Some(uses) = Uses::of(database).await? else {
                return Ok(removed);
            };
            for token in uses.over(now, limit - removed).await? {
                // The row first: what is left of the other is found again.
                let row = [digest(token.clone())?];
                removed += database.execute(&session::END, &row).await?;
                uses.forget(&token).await;
            }
            Ok(removed)
        })
        .await
    }

    async fn all_origins() -> Result<Vec<Origin>, Error> {
        read(
            "admin.all-origins",
            &main_place(),
            async |database: &Database| {
                pages(
                    database,
                    &origins::ALL,
                    Some(&origins::ALL_UNVERSIONED),
                    &[],
                )
                .await
            },
        )
        .await
    }

    async fn insert_origin(origin: Origin) -> Result<Option<Origin>, Error> {
        write(
            "admin.insert-origin",
            &main_place(),
            async |database: &Database| {
                fill_hosts(database).await?;
                let own_schema = own_schema(database, &origin).await?;
                let mut parameters = origin_parameters(origin).await?;
                parameters.push(Value::Text(own_schema));
                for _ in 0..INSERT_TRIES {
                    let taken = match database.guarded(&origins::INSERT, &parameters).await {
                        Ok(inserted) if !inserted.is_empty() => return Ok(None),
                        Ok(_) => None,
                        // Of two that insert the same one at once, Postgres may see the
                        // host first and the name after it.
                        Err(failure) if failure.kind == Kind::Conflict => Some(failure),
                        Err(failure) => return Err(failure),
                    };
                    let rows = database.query(&origins::FIND, &parameters[..1]).await?;
                    if let Some(there) = opened(rows).await?.pop() {
                        return Ok(Some(there));
                    }
                    if let Some(failure) = taken {
                        return Err(failure);
                    }
                }
                Err(Failure::new(Kind::Conflict, "the origin comes and goes"))
            },
        )
        .await
    }

    async fn update_origin(expected: State, origin: Origin) -> Result<u64, Error> {
        write(
            "admin.update-origin",
            &main_place(),
            async |database: &Database| {
                fill_hosts(database).await?;
                let version = seconds(origin.version)?;
                let mut parameters = origin_parameters(origin).await?;
                parameters.extend([state_value(expected), version]);
                let updated = database.guarded(&origins::UPDATE, &parameters).await?;
                changed(updated.len() as u64)?;
                let mut row = updated.into_iter().next().ok_or_else(gone)?;
                row.text()?;
                row.seconds()
            },
        )
        .await
    }

    async fn remove_origin(name: String, version: u64) -> Result<bool, Error> {
        write(
            "admin.remove-origin",
            &main_place(),
            async |database: &Database| {
                let parameters = [text(name)?, seconds(version)?];
                let removed = database.guarded(&origins::REMOVE, &parameters).await?;
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
                let now = surely_past(database, now).await?;
                let parameters = [seconds(now)?, seconds(limit.into())?];
                let rows = either(
                    database,
                    &origins::EXPIRED,
                    &origins::EXPIRED_UNVERSIONED,
                    &parameters,
                );
                opened(rows.await?).await
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
pub(super) fn changed(rows: u64) -> Result<(), Failure> {
    match rows {
        0 => Err(gone()),
        _ => Ok(()),
    }
}

fn gone() -> Failure {
    Failure::new(Kind::Conflict, "what the call rests on has changed")
}

/// A time that is past whatever the caller's clock says: by the database's it is, and
/// programs whose clocks are behind have got there too.
pub(super) async fn surely_past(database: &Database, now: u64) -> Result<u64, Failure> {
    let common = database.seconds_now().await?;
    Ok(now.min(common.saturating_sub(CLOCKS_DIFFER_SECONDS)))
}

/// Writes down the hosts of records that are older than the column.
async fn fill_hosts(database: &Database) -> Result<(), Failure> {
    loop {
        let rows = database.query(&origins::WITHOUT_HOST, &[]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let says = format!("%{}%", Setting::BaseUrl.name());
        let parameters = [String::new(), says].map(Value::Text);
        database
            .execute(&origins::FILL_NO_HOST, &parameters)
            .await?;
        for mut row in rows {
            let (name, settings) = (row.text()?, row.text()?);
            let host = record::host(&record::values(&settings)?);
            let parameters = [name, host, String::new()].map(Value::Text);
            database.execute(&origins::FILL_HOST, &parameters).await?;
        }
    }
}

/// The schema that is an origin's own: not the one that it has in common with its
/// parent, nor the main origin's.
async fn own_schema(database: &Database, origin: &Origin) -> Result<String, Failure> {
    let parents = origins::SCHEMA;
    let parent = [text(origin.parent.clone())?];
    let kept = database.query(&parents, &parent).await?.pop();
    let parents = match kept {
        Some(mut row) => row.text()?,
        None => {
            let written = written::parse(written_origins().await?.trim());
            let written = written.map_err(|error| Failure::internal(error.to_string()))?;
            let found = written.into_iter().find(|one| one.name == origin.parent);
            found.map_or(String::new(), |one| one.place.schema)
        }
    };
    let own = &origin.place.schema;
    Ok(if *own == parents {
        String::new()
    } else {
        own.clone()
    })
}

/// The keys are read only where there is a URL to seal.
async fn origin_parameters(origin: Origin) -> Result<Vec<Value>, Failure> {
    let keys = match origin.place.url.as_str() {
        "" | seal::UNOPENED => None,
        _ => Some(session_keys().await?),
    };
    record::parameters(origin, keys)
}
