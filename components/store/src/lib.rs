//! Where do users, accounts and sessions live? In Postgres or SQLite, behind
//! ports that speak in digests and operations.
//!
//! This file maps each port call to its statement. `statements` holds the SQL,
//! `database` runs it on the engine that `database_url` names, `convert`
//! translates at both ends, `migrate` keeps the schema.

mod bindings;
mod check;
mod convert;
mod database;
mod failure;
mod migrate;
mod operation;
mod postgres;
mod settings;
mod split;
mod sqlite;
mod statements;
mod value;

use bindings::exports::gatelet::store::{
    account_writer, accounts, admin, health, once, session_writer, sessions, types,
};
use convert::{account_user, digest, found_session, found_user, report, seconds, text};
use database::Database;
use failure::{Failure, Kind};
use operation::run;
use statements::{accounts as account, sessions as session, users, verifications};
use types::{Error, Identity, NewSession, Session, User};
use value::Value;

/// The component.
struct Store;

impl sessions::Guest for Store {
    async fn resume(
        token: Vec<u8>,
        audience: String,
        now: u64,
        idle_expires_at: u64,
    ) -> Result<Option<Session>, Error> {
        run("sessions.resume", async |database: &Database| {
            let token = digest(token)?;
            let audience = text(audience)?;
            let now = seconds(now)?;
            let slide = [
                token.clone(),
                audience.clone(),
                now.clone(),
                seconds(idle_expires_at)?,
            ];
            let rows = match database.query(&session::RESUME, &slide).await {
                // Writes are refused, the session is as true as before.
                Err(Failure {
                    kind: Kind::ReadOnly | Kind::Full,
                    ..
                }) => {
                    database
                        .query(&session::FIND, &[token, audience, now])
                        .await?
                }
                other => other?,
            };
            rows.into_iter().next().map(found_session).transpose()
        })
        .await
    }
}

impl health::Guest for Store {
    async fn ready() -> Result<(), Error> {
        run("health.ready", async |database: &Database| {
            migrate::ready(database).await
        })
        .await
    }
}

impl session_writer::Guest for Store {
    async fn create(session: NewSession) -> Result<(), Error> {
        run("session-writer.create", async |database: &Database| {
            let parameters = convert::new_session(session)?;
            let rows = database.execute(&session::CREATE, &parameters).await?;
            // The account was taken away between the check and now.
            changed(rows)
        })
        .await
    }

    async fn end(token: Vec<u8>) -> Result<(), Error> {
        run("session-writer.end", async |database: &Database| {
            database
                .execute(&session::END, &[digest(token)?])
                .await
                .map(drop)
        })
        .await
    }

    async fn end_all(user_id: String, keep: Option<Vec<u8>>) -> Result<u64, Error> {
        run("session-writer.end-all", async |database: &Database| {
            let user_id = text(user_id)?;
            match keep {
                Some(keep) => {
                    database
                        .execute(&session::END_OTHERS, &[user_id, digest(keep)?])
                        .await
                }
                None => database.execute(&session::END_ALL, &[user_id]).await,
            }
        })
        .await
    }
}

impl accounts::Guest for Store {
    async fn find_password(email: String) -> Result<Option<accounts::Password>, Error> {
        run("accounts.find-password", async |database: &Database| {
            let rows = database
                .query(&account::FIND_PASSWORD, &[text(email)?])
                .await?;
            rows.into_iter()
                .next()
                .map(convert::found_password)
                .transpose()
        })
        .await
    }

    async fn find_linked(identity: Identity) -> Result<Option<User>, Error> {
        run("accounts.find-linked", async |database: &Database| {
            let Identity { provider, subject } = identity;
            let rows = database
                .query(&account::FIND_LINKED, &[text(provider)?, text(subject)?])
                .await?;
            rows.into_iter().next().map(found_user).transpose()
        })
        .await
    }

    async fn find_by_email(email: String) -> Result<Option<User>, Error> {
        run("accounts.find-by-email", async |database: &Database| {
            let rows = database
                .query(&users::FIND_BY_EMAIL, &[text(email)?])
                .await?;
            rows.into_iter().next().map(found_user).transpose()
        })
        .await
    }
}

impl account_writer::Guest for Store {
    async fn register(user: User, password_hash: String) -> Result<(), Error> {
        run("account-writer.register", async |database: &Database| {
            let mut parameters = account_user(user)?;
            parameters.push(text(password_hash)?);
            changed(database.guarded(&account::REGISTER, &parameters).await?)
        })
        .await
    }

    async fn register_linked(user: User, identity: Identity) -> Result<(), Error> {
        run(
            "account-writer.register-linked",
            async |database: &Database| {
                let Identity { provider, subject } = identity;
                let mut parameters = account_user(user)?;
                parameters.extend([text(provider)?, text(subject)?]);
                changed(
                    database
                        .guarded(&account::REGISTER_LINKED, &parameters)
                        .await?,
                )
            },
        )
        .await
    }

    async fn link(user_id: String, identity: Identity, now: u64) -> Result<(), Error> {
        run("account-writer.link", async |database: &Database| {
            let parameters = link_parameters(user_id, identity, now)?;
            changed(database.execute(&account::LINK, &parameters).await?)
        })
        .await
    }

    async fn take_over(user_id: String, identity: Identity, now: u64) -> Result<(), Error> {
        run("account-writer.take-over", async |database: &Database| {
            let parameters = link_parameters(user_id, identity, now)?;
            changed(database.guarded(&account::TAKE_OVER, &parameters).await?)
        })
        .await
    }

    async fn rehash(
        user_id: String,
        old_hash: String,
        new_hash: String,
        now: u64,
    ) -> Result<(), Error> {
        run("account-writer.rehash", async |database: &Database| {
            let parameters = [
                text(user_id)?,
                text(old_hash)?,
                text(new_hash)?,
                seconds(now)?,
            ];
            // Somebody else's newer hash stays: not finding the old one is no error.
            database
                .execute(&account::REHASH, &parameters)
                .await
                .map(drop)
        })
        .await
    }

    async fn update_profile(
        user_id: String,
        name: String,
        email_verified: bool,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "account-writer.update-profile",
            async |database: &Database| {
                let parameters = [
                    text(user_id)?,
                    text(name)?,
                    Value::Boolean(email_verified),
                    seconds(now)?,
                ];
                changed(
                    database
                        .execute(&users::UPDATE_PROFILE, &parameters)
                        .await?,
                )
            },
        )
        .await
    }
}

impl once::Guest for Store {
    async fn spend(
        purpose: String,
        value: Vec<u8>,
        now: u64,
        expires_at: u64,
    ) -> Result<bool, Error> {
        run("once.spend", async |database: &Database| {
            let parameters = [
                text(purpose)?,
                digest(value)?,
                seconds(now)?,
                seconds(expires_at)?,
            ];
            let rows = database.execute(&verifications::SPEND, &parameters).await?;
            Ok(rows == 1)
        })
        .await
    }
}

impl admin::Guest for Store {
    async fn migrate(now: u64) -> Result<admin::Report, String> {
        operation::explain(async {
            let database = Database::from_settings().await?;
            migrate::migrate(&database, now)
                .await
                .map(|done| report(database.engine(), done))
        })
        .await
    }

    async fn check() -> Vec<admin::Step> {
        check::steps().await
    }

    async fn sweep(now: u64, limit: u32) -> Result<u64, Error> {
        run("admin.sweep", async |database: &Database| {
            let now = seconds(now)?;
            let limit = u64::from(limit);
            let mut removed = 0;
            for sweep in [&session::SWEEP, &session::SWEEP_IDLE, &verifications::SWEEP] {
                let room = seconds(limit - removed)?;
                removed += database.execute(sweep, &[now.clone(), room]).await?;
            }
            Ok(removed)
        })
        .await
    }
}

fn link_parameters(user_id: String, identity: Identity, now: u64) -> Result<[Value; 4], Failure> {
    let Identity { provider, subject } = identity;
    Ok([
        text(user_id)?,
        text(provider)?,
        text(subject)?,
        seconds(now)?,
    ])
}

/// What a call rests on (a user, an account, an unproved email) was not there
/// any more when nothing changed.
fn changed(rows: u64) -> Result<(), Failure> {
    match rows {
        0 => Err(Failure::new(
            Kind::Conflict,
            "what the call rests on has changed",
        )),
        _ => Ok(()),
    }
}
