//! What users prove a sign-in with beside a password or a provider.

use gatelet_core::key::KeyRing;

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        accounts::Seen,
        factors::{self, Assertion, FoundPasskey, Held, Passkey, PasskeyUse},
        types::{Error, Place},
    },
    convert::{
        digest,
        factors::{
            as_seen, assertion_parameters, found_passkey, held, passkey, passkey_parameters,
            recovery_codes,
        },
        seconds, text,
    },
    database::Database,
    failure::{Failure, Kind},
    operation::run,
    seal,
    settings::session_keys,
    statements::{Guarded, factors as statements},
    value::Value,
};

impl factors::Guest for Store {
    async fn find(place: Place, user_id: String) -> Result<Option<Held>, Error> {
        run("factors.find", &place, async |database: &Database| {
            let rows = database.query(&statements::FIND, &[text(user_id)?]).await?;
            match rows.into_iter().next() {
                Some(row) => held(row, session_keys().await?).map(Some),
                None => Ok(None),
            }
        })
        .await
    }

    async fn add_authenticator(
        place: Place,
        seen: Seen,
        secret: Vec<u8>,
        step: u64,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "factors.add-authenticator",
            &place,
            async |database: &Database| {
                let keys = session_keys().await?;
                let sealed = seal::seal_secret(keys, &seen.user_id, &secret, seal::nonce());
                let mut parameters = as_seen(seen, now)?;
                parameters.extend([text(sealed)?, seconds(step)?]);
                change(database, &statements::ADD_AUTHENTICATOR, &parameters).await
            },
        )
        .await
    }

    async fn remove_authenticator(place: Place, seen: Seen, now: u64) -> Result<(), Error> {
        run(
            "factors.remove-authenticator",
            &place,
            async |database: &Database| {
                let parameters = as_seen(seen, now)?;
                change(database, &statements::REMOVE_AUTHENTICATOR, &parameters).await
            },
        )
        .await
    }

    async fn use_authenticator(place: Place, user_id: String, step: u64) -> Result<bool, Error> {
        run(
            "factors.use-authenticator",
            &place,
            async |database: &Database| {
                let parameters = [text(user_id.clone())?, seconds(step)?];
                let rows = database
                    .query(&statements::USE_AUTHENTICATOR, &parameters)
                    .await?;
                let Some(mut row) = rows.into_iter().next() else {
                    return Ok(false);
                };
                let keys = session_keys().await?;
                reseal(database, keys, &user_id, row.text()?).await?;
                Ok(true)
            },
        )
        .await
    }

    async fn set_recovery_codes(
        place: Place,
        seen: Seen,
        codes: Vec<Vec<u8>>,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "factors.set-recovery-codes",
            &place,
            async |database: &Database| {
                let mut parameters = as_seen(seen, now)?;
                parameters.extend(recovery_codes(codes)?);
                change(database, &statements::SET_RECOVERY_CODES, &parameters).await
            },
        )
        .await
    }

    async fn use_recovery_code(
        place: Place,
        user_id: String,
        code: Vec<u8>,
    ) -> Result<bool, Error> {
        run(
            "factors.use-recovery-code",
            &place,
            async |database: &Database| {
                let parameters = [text(user_id)?, digest(code)?];
                let used = database
                    .execute(&statements::USE_RECOVERY_CODE, &parameters)
                    .await?;
                Ok(used == 1)
            },
        )
        .await
    }

    async fn passkeys(place: Place, user_id: String) -> Result<Vec<Passkey>, Error> {
        run("factors.passkeys", &place, async |database: &Database| {
            let rows = database
                .query(&statements::PASSKEYS, &[text(user_id)?])
                .await?;
            rows.into_iter().map(passkey).collect()
        })
        .await
    }

    async fn find_passkey(place: Place, id: String) -> Result<Option<FoundPasskey>, Error> {
        run(
            "factors.find-passkey",
            &place,
            async |database: &Database| {
                let rows = database
                    .query(&statements::FIND_PASSKEY, &[text(id)?])
                    .await?;
                rows.into_iter().next().map(found_passkey).transpose()
            },
        )
        .await
    }

    async fn add_passkey(
        place: Place,
        seen: Seen,
        passkey: Passkey,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "factors.add-passkey",
            &place,
            async |database: &Database| {
                let mut parameters = as_seen(seen, now)?;
                parameters.extend(passkey_parameters(passkey)?);
                change(database, &statements::ADD_PASSKEY, &parameters).await
            },
        )
        .await
    }

    async fn remove_passkey(place: Place, seen: Seen, id: String, now: u64) -> Result<(), Error> {
        run(
            "factors.remove-passkey",
            &place,
            async |database: &Database| {
                let mut parameters = as_seen(seen, now)?;
                parameters.push(text(id)?);
                change(database, &statements::REMOVE_PASSKEY, &parameters).await
            },
        )
        .await
    }

    async fn rename_passkey(
        place: Place,
        user_id: String,
        id: String,
        name: String,
    ) -> Result<bool, Error> {
        run(
            "factors.rename-passkey",
            &place,
            async |database: &Database| {
                let parameters = [text(user_id)?, text(id)?, text(name)?];
                let renamed = database
                    .execute(&statements::RENAME_PASSKEY, &parameters)
                    .await?;
                Ok(renamed == 1)
            },
        )
        .await
    }

    async fn use_passkey(
        place: Place,
        assertion: Assertion,
        now: u64,
    ) -> Result<PasskeyUse, Error> {
        run(
            "factors.use-passkey",
            &place,
            async |database: &Database| {
                let [id, count, backed_up, challenge, expires] = assertion_parameters(assertion)?;
                let now = seconds(now)?;
                let parameters = [id, count, backed_up, challenge.clone(), expires, now];
                match database
                    .guarded(&statements::USE_PASSKEY, &parameters)
                    .await
                {
                    Ok(rows) if !rows.is_empty() => return Ok(PasskeyUse::Done),
                    // Why not, or who was faster?
                    Ok(_) => {}
                    Err(failure) if failure.kind == Kind::Conflict => {}
                    Err(failure) => return Err(failure),
                }
                let statement = &statements::IS_CHALLENGE_SPENT;
                let spent = database.query(statement, &[challenge]).await?;
                Ok(match spent.is_empty() {
                    true => PasskeyUse::Uncounted,
                    false => PasskeyUse::Spent,
                })
            },
        )
        .await
    }
}

/// Does it, or answers that what was seen does not hold any more.
async fn change(
    database: &Database,
    guarded: &Guarded,
    parameters: &[Value],
) -> Result<(), Failure> {
    let rows = database.guarded(guarded, parameters).await?;
    match rows.is_empty() {
        true => Err(Failure::new(Kind::Conflict, "the user has changed")),
        false => Ok(()),
    }
}

/// Under the first key again, once another is the first: the old one may go when
/// everybody has signed in since.
async fn reseal(
    database: &Database,
    keys: &KeyRing,
    user_id: &str,
    sealed: String,
) -> Result<(), Failure> {
    let Some(secret) = seal::outdated_secret(keys, user_id, &sealed) else {
        return Ok(());
    };
    let anew = seal::seal_secret(keys, user_id, &secret, seal::nonce());
    let parameters = [text(user_id.to_owned())?, text(sealed)?, text(anew)?];
    database
        .execute(&statements::RESEAL_AUTHENTICATOR, &parameters)
        .await
        .map(drop)
}
