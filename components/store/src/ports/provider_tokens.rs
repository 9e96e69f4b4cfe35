//! Which tokens did a provider give for an account?

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        provider_tokens::{self, Kept},
        types::{Error, Identity, Place},
    },
    convert::{digest, seconds, text},
    database::Database,
    failure::Failure,
    operation::run,
    statements::provider_tokens as statements,
    value::{Row, Value},
};

/// More than the longest tokens that are kept.
const SEALED_LIMIT_BYTES: usize = 32 * 1024;

fn sealed(sealed: Vec<u8>) -> Result<Value, Failure> {
    match (1..=SEALED_LIMIT_BYTES).contains(&sealed.len()) {
        true => Ok(Value::Bytes(sealed)),
        false => Err(Failure::internal("sealed tokens too long, or none")),
    }
}

/// user, issuer, subject, provider, sealed.
fn kept(row: &mut Row) -> Result<Kept, Failure> {
    Ok(Kept {
        user_id: row.text()?,
        identity: Identity {
            issuer: row.text()?,
            subject: row.text()?,
            provider: row.text()?,
        },
        sealed: row.bytes()?,
        of_session: false,
    })
}

impl provider_tokens::Guest for Store {
    async fn of_session(
        place: Place,
        session: Vec<u8>,
        audience: String,
        provider: String,
        now: u64,
    ) -> Result<Option<Kept>, Error> {
        run(
            "provider-tokens.of-session",
            &place,
            async |database: &Database| {
                let parameters = [
                    digest(session)?,
                    text(audience)?,
                    seconds(now)?,
                    text(provider)?,
                ];
                let rows = database.query(&statements::OF_SESSION, &parameters).await?;
                let Some(mut row) = rows.into_iter().next() else {
                    return Ok(None);
                };
                let kept = kept(&mut row)?;
                Ok(Some(Kept {
                    of_session: row.boolean()?,
                    ..kept
                }))
            },
        )
        .await
    }

    async fn of_account(
        place: Place,
        issuer: String,
        subject: String,
    ) -> Result<Option<Vec<u8>>, Error> {
        run(
            "provider-tokens.of-account",
            &place,
            async |database: &Database| {
                let parameters = [text(issuer)?, text(subject)?];
                let rows = database.query(&statements::OF_ACCOUNT, &parameters).await?;
                let row = rows.into_iter().next();
                row.map(|mut row| row.bytes()).transpose()
            },
        )
        .await
    }

    async fn keep(
        place: Place,
        issuer: String,
        subject: String,
        tokens: Vec<u8>,
        before: Option<Vec<u8>>,
    ) -> Result<bool, Error> {
        run(
            "provider-tokens.keep",
            &place,
            async |database: &Database| {
                let mut parameters = vec![text(issuer)?, text(subject)?, sealed(tokens)?];
                let statement = match before {
                    None => &statements::KEEP,
                    Some(before) => {
                        parameters.push(sealed(before)?);
                        &statements::REPLACE
                    }
                };
                Ok(database.execute(statement, &parameters).await? > 0)
            },
        )
        .await
    }

    async fn end(
        place: Place,
        issuer: String,
        subject: String,
        before: Vec<u8>,
    ) -> Result<bool, Error> {
        run(
            "provider-tokens.end",
            &place,
            async |database: &Database| {
                let parameters = [text(issuer)?, text(subject)?, sealed(before)?];
                let rows = database.guarded(&statements::END, &parameters).await?;
                Ok(!rows.is_empty())
            },
        )
        .await
    }

    async fn take_unused(place: Place, user_id: String, now: u64) -> Result<Vec<Kept>, Error> {
        run(
            "provider-tokens.take-unused",
            &place,
            async |database: &Database| {
                let parameters = [text(user_id)?, seconds(now)?];
                let mut taken = Vec::new();
                for mut row in database.query(&statements::UNUSED, &parameters).await? {
                    let kept = kept(&mut row)?;
                    let parameters = [
                        text(kept.identity.issuer.clone())?,
                        text(kept.identity.subject.clone())?,
                        Value::Bytes(kept.sealed.clone()),
                    ];
                    // Whoever signs in meanwhile has others there.
                    if database.execute(&statements::TAKE, &parameters).await? > 0 {
                        taken.push(kept);
                    }
                }
                Ok(taken)
            },
        )
        .await
    }
}
