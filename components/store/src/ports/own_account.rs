//! What do people see and change of their own account?

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        accounts::Seen,
        own_account::{self, EmailChange, Holder, Profile},
        types::{Error, Identity, Place},
    },
    convert::{
        accounts::account_key,
        digest, mailed, optional_text,
        own_account::{email_change, holder, holder_as_seen, profile, way},
        seconds, text,
    },
    database::Database,
    failure::{Failure, Kind},
    operation::run,
    statements::{Guarded, own_account as user},
    uses::Uses,
    value::Value,
};

impl own_account::Guest for Store {
    async fn find(place: Place, user_id: String) -> Result<Option<Profile>, Error> {
        run("own-account.find", &place, async |database: &Database| {
            let whose = [text(user_id)?];
            let Some(row) = database.query(&user::FIND, &whose).await?.pop() else {
                return Ok(None);
            };
            // After the revision: a way in that comes between the two makes that grow, and
            // whoever acts on what they saw is told.
            let ways = database.query(&user::WAYS, &whose).await?;
            Ok(Some(Profile {
                ways: ways.into_iter().map(way).collect::<Result<_, _>>()?,
                ..profile(row)?
            }))
        })
        .await
    }

    async fn granted_apps(place: Place, user_id: String) -> Result<Vec<(String, u64)>, Error> {
        run(
            "own-account.granted-apps",
            &place,
            async |database: &Database| {
                let rows = database
                    .query(&user::GRANTED_APPS, &[text(user_id)?])
                    .await?;
                rows.into_iter()
                    .map(|mut row| Ok((row.text()?, row.seconds()?)))
                    .collect()
            },
        )
        .await
    }

    async fn rename(place: Place, by: Holder, name: String, now: u64) -> Result<(), Error> {
        run("own-account.rename", &place, async |database: &Database| {
            let mut parameters = holder(database, by, now).await?;
            parameters.push(text(name)?);
            match database.execute(&user::RENAME, &parameters).await? {
                0 => Err(changed()),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn set_password(
        place: Place,
        by: Holder,
        seen: Seen,
        hash: String,
        token: Vec<u8>,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "own-account.set-password",
            &place,
            async |database: &Database| {
                let renewed = Renewed::of(database, &by, &token, now).await?;
                let mut parameters = holder_as_seen(database, by, &seen, now).await?;
                parameters.extend([text(hash)?, digest(token)?]);
                let set = done(database, &user::SET_PASSWORD, &parameters).await;
                renewed.after(set).await
            },
        )
        .await
    }

    async fn change_email(
        place: Place,
        by: Holder,
        seen: Seen,
        change: EmailChange,
        token: Vec<u8>,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "own-account.change-email",
            &place,
            async |database: &Database| {
                let renewed = Renewed::of(database, &by, &token, now).await?;
                let mut parameters = holder_as_seen(database, by, &seen, now).await?;
                parameters.extend(email_change(change, &seen.user_id)?);
                parameters.push(digest(token)?);
                let changed = done(database, &user::CHANGE_EMAIL, &parameters).await;
                renewed.after(changed).await
            },
        )
        .await
    }

    async fn take_back_email(
        place: Place,
        seen: Seen,
        change: EmailChange,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "own-account.take-back-email",
            &place,
            async |database: &Database| {
                let change = email_change(change, &seen.user_id)?;
                let mut parameters = mailed::user(seen)?.to_vec();
                parameters.push(seconds(now)?);
                parameters.extend(change);
                done(database, &user::TAKE_BACK_EMAIL, &parameters).await
            },
        )
        .await
    }

    async fn link(
        place: Place,
        by: Holder,
        seen: Seen,
        identity: Identity,
        vouched_email: Option<String>,
        now: u64,
    ) -> Result<(), Error> {
        run("own-account.link", &place, async |database: &Database| {
            let mut parameters = holder_as_seen(database, by, &seen, now).await?;
            // It ends no session.
            parameters.pop();
            parameters.extend(account_key(identity)?.account());
            parameters.push(optional_text(vouched_email)?);
            done(database, &user::LINK, &parameters).await
        })
        .await
    }

    async fn remove_way(
        place: Place,
        by: Holder,
        seen: Seen,
        issuer: String,
        subject: String,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "own-account.remove-way",
            &place,
            async |database: &Database| {
                let mut parameters = holder_as_seen(database, by, &seen, now).await?;
                parameters.extend([text(issuer)?, text(subject)?]);
                done(database, &user::REMOVE_WAY, &parameters).await
            },
        )
        .await
    }

    async fn leave(
        place: Place,
        by: Holder,
        seen: Seen,
        leaves_at: u64,
        now: u64,
    ) -> Result<(), Error> {
        run("own-account.leave", &place, async |database: &Database| {
            let mut parameters = holder_as_seen(database, by, &seen, now).await?;
            parameters.push(seconds(leaves_at)?);
            done(database, &user::LEAVE, &parameters).await
        })
        .await
    }

    async fn stay(place: Place, user_id: String, now: u64) -> Result<bool, Error> {
        run("own-account.stay", &place, async |database: &Database| {
            let parameters = [text(user_id)?, seconds(now)?];
            Ok(database.execute(&user::STAY, &parameters).await? > 0)
        })
        .await
    }
}

/// A session that goes on under another token, where a key-value store keeps its use: under
/// both while the database changes over.
struct Renewed(Option<(Uses, [Vec<u8>; 2])>);

impl Renewed {
    async fn of(database: &Database, by: &Holder, token: &[u8], now: u64) -> Result<Self, Failure> {
        let Some(uses) = Uses::of(database).await? else {
            return Ok(Self(None));
        };
        let Some(used) = uses.find(&by.session, now).await? else {
            return Ok(Self(None));
        };
        uses.keep(token, used).await?;
        Ok(Self(Some((uses, [by.session.clone(), token.to_vec()]))))
    }

    /// What is under the token that is nobody's goes.
    async fn after(self, outcome: Result<(), Failure>) -> Result<(), Failure> {
        if let Some((uses, [before, renewed])) = self.0 {
            match &outcome {
                _ if before == renewed => {}
                Ok(()) => uses.forget(&before).await,
                Err(failure) if failure.kind == Kind::Conflict => uses.forget(&renewed).await,
                // It may have happened all the same.
                Err(_) => {}
            }
        }
        outcome
    }
}

async fn done(
    database: &Database,
    statements: &Guarded,
    parameters: &[Value],
) -> Result<(), Failure> {
    match database.guarded(statements, parameters).await?.len() {
        0 => Err(changed()),
        _ => Ok(()),
    }
}

fn changed() -> Failure {
    Failure::new(Kind::Conflict, "what the change rests on has changed")
}
