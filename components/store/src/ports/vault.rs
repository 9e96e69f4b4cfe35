//! What the vault keeps, in the main origin's tables.

mod applications;
mod requests;
mod sealed;
mod secrets;
mod variables;

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        types::Error,
        vault::{
            AnythingSealed, Application, Guest, NewSecret, Request, SealedSecret, SealedVariable,
            Secret, Variable,
        },
    },
    convert::vault::org,
    database::Database,
    failure::{Failure, Kind},
    operation::run_main,
    statements::Statement,
    value::Value,
};

/// Most rows that an org has of each kind.
const ROWS_MAX: u64 = 10_000;

impl Guest for Store {
    async fn list_secrets(org: String) -> Result<Vec<Secret>, Error> {
        run_main("vault.list-secrets", async |database: &Database| {
            secrets::list(database, org).await
        })
        .await
    }

    async fn find_secrets(org: String, names: Vec<String>) -> Result<Vec<SealedSecret>, Error> {
        run_main("vault.find-secrets", async |database: &Database| {
            secrets::find(database, org, names).await
        })
        .await
    }

    async fn put_secret(secret: NewSecret, now: u64) -> Result<(), Error> {
        run_main("vault.put-secret", async |database: &Database| {
            secrets::put(database, secret, now).await
        })
        .await
    }

    async fn delete_secret(org: String, name: String, now: u64) -> Result<bool, Error> {
        run_main("vault.delete-secret", async |database: &Database| {
            secrets::delete(database, org, name, now).await
        })
        .await
    }

    async fn add_request(org: String, request: Request, token: Vec<u8>) -> Result<(), Error> {
        run_main("vault.add-request", async |database: &Database| {
            requests::add(database, org, request, token).await
        })
        .await
    }

    async fn find_request(org: String, id: String) -> Result<Option<Request>, Error> {
        run_main("vault.find-request", async |database: &Database| {
            requests::find(database, org, id).await
        })
        .await
    }

    async fn find_request_by_token(org: String, token: Vec<u8>) -> Result<Option<Request>, Error> {
        run_main(
            "vault.find-request-by-token",
            async |database: &Database| requests::find_by_token(database, org, token).await,
        )
        .await
    }

    async fn list_requests(org: String, after: u64) -> Result<Vec<Request>, Error> {
        run_main("vault.list-requests", async |database: &Database| {
            requests::list(database, org, after).await
        })
        .await
    }

    async fn fulfil(token: Vec<u8>, secret: NewSecret, now: u64) -> Result<(), Error> {
        run_main("vault.fulfil", async |database: &Database| {
            secrets::fulfil(database, token, secret, now).await
        })
        .await
    }

    async fn list_applications(org: String) -> Result<Vec<Application>, Error> {
        run_main("vault.list-applications", async |database: &Database| {
            applications::list(database, org).await
        })
        .await
    }

    async fn add_application(org: String, name: String, now: u64) -> Result<bool, Error> {
        run_main("vault.add-application", async |database: &Database| {
            applications::add(database, org, name, now).await
        })
        .await
    }

    async fn remove_application(org: String, name: String) -> Result<bool, Error> {
        run_main("vault.remove-application", async |database: &Database| {
            applications::remove(database, org, name).await
        })
        .await
    }

    async fn list_variables(
        org: String,
        application: Option<String>,
    ) -> Result<Vec<Variable>, Error> {
        run_main("vault.list-variables", async |database: &Database| {
            variables::list(database, org, application).await
        })
        .await
    }

    async fn find_variables(
        org: String,
        application: String,
    ) -> Result<Vec<SealedVariable>, Error> {
        run_main("vault.find-variables", async |database: &Database| {
            variables::find(database, org, application).await
        })
        .await
    }

    async fn put_variables(org: String, variables: Vec<SealedVariable>) -> Result<(), Error> {
        run_main("vault.put-variables", async |database: &Database| {
            variables::put(database, org, variables).await
        })
        .await
    }

    async fn delete_variables(
        org: String,
        application: String,
        keys: Vec<String>,
    ) -> Result<Vec<String>, Error> {
        run_main("vault.delete-variables", async |database: &Database| {
            variables::delete(database, org, application, keys).await
        })
        .await
    }

    async fn list_sealed(
        org: String,
        after: (String, String),
        limit: u32,
    ) -> Result<Vec<AnythingSealed>, Error> {
        run_main("vault.list-sealed", async |database: &Database| {
            sealed::list(database, org, after, limit).await
        })
        .await
    }

    async fn reseal(org: String, sealed: AnythingSealed, from: Vec<u8>) -> Result<bool, Error> {
        run_main("vault.reseal", async |database: &Database| {
            sealed::reseal(database, org, sealed, from).await
        })
        .await
    }
}

/// Whether an org may have so many more of what is counted.
async fn room(
    database: &Database,
    count: &Statement,
    of: &str,
    more: usize,
) -> Result<(), Failure> {
    let rows = database.query(count, &[org(of.to_owned())?]).await?;
    let row = rows.into_iter().next();
    let mut row = row.ok_or_else(|| Failure::internal("a count that answers nothing"))?;
    match row.seconds()?.saturating_add(more as u64) > ROWS_MAX {
        true => Err(Failure::new(
            Kind::Full,
            "an org has as much in the vault as any may have",
        )),
        false => Ok(()),
    }
}

/// For a statement that takes so many names at once: the last of them stands in for those
/// that are missing.
fn batches(names: &[Value], at_once: usize) -> impl Iterator<Item = Vec<Value>> {
    names.chunks(at_once).map(move |chunk| {
        let padding = chunk.last().into_iter().cycle();
        chunk.iter().chain(padding).take(at_once).cloned().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{Value, batches};

    #[test]
    fn names_come_in_batches_of_one_size() {
        let names: Vec<_> = (0..5).map(Value::Integer).collect();
        let of = |names: &[Value]| batches(names, 3).collect::<Vec<_>>();
        let expected = [[0, 1, 2], [3, 4, 4]].map(|batch| batch.map(Value::Integer).to_vec());
        assert!(of(&names) == expected);
        assert!(of(&[]).is_empty());
        assert!(of(&names[..3]) == expected[..1]);
    }
}
