//! When was a session last used, where a key-value store keeps that? The database keeps
//! that there is a session, whose, and until when at most; a session lives while both have
//! it. What ends in the database has ended, whatever is left here.

use std::fmt::Write as _;

use gatelet_core::session_store::{SessionStore, SessionUse};
use spin_sdk::key_value::{Error, Store};

use crate::{
    database::Database,
    failure::{Failure, Kind},
    settings,
};

/// What its keys begin with: an app may keep things beside.
const PREFIX: &str = "gatelet:session:";

/// The store, for the sessions of one place.
pub(crate) struct Uses {
    store: Store,
    prefix: String,
}

impl Uses {
    /// None where the database keeps it all.
    pub(crate) async fn of(database: &Database) -> Result<Option<Self>, Failure> {
        let SessionStore::KeyValue(label) = settings::session_store().await? else {
            return Ok(None);
        };
        let store = Store::open(label).await.map_err(|error| match error {
            Error::AccessDenied | Error::NoSuchStore => Failure::internal(format!(
                "session_store: there is no key-value store {label} here: the component's key_value_stores names it, and inherit_configuration of gatelet:store has key_value_stores"
            )),
            other => failure(other),
        })?;
        let schema = database.place.schema.as_ref();
        let schema = schema.map(ToString::to_string).unwrap_or_default();
        Ok(Some(Self {
            store,
            prefix: format!("{PREFIX}{schema}:"),
        }))
    }

    /// None where the session lives no more.
    pub(crate) async fn find(&self, token: &[u8], now: u64) -> Result<Option<SessionUse>, Failure> {
        let kept = self.store.get(self.key(token)).await.map_err(failure)?;
        let used = kept.and_then(|kept| SessionUse::read(&kept));
        Ok(used.filter(|used| used.is_live(now)))
    }

    pub(crate) async fn keep(&self, token: &[u8], used: SessionUse) -> Result<(), Failure> {
        let set = self.store.set(self.key(token), used.write());
        set.await.map_err(failure)
    }

    /// What has ended in the database is no session: whether this is gone too matters to
    /// nobody but the sweep.
    pub(crate) async fn forget(&self, token: &[u8]) {
        let _swept_later = self.store.delete(self.key(token)).await;
    }

    /// Whether the store answers.
    pub(crate) async fn ready(&self) -> Result<(), Failure> {
        let asked = self.store.exists(&self.prefix).await;
        asked.map(drop).map_err(failure)
    }

    /// Digests of sessions that live no more, as many as asked for at most.
    pub(crate) async fn over(&self, now: u64, limit: u64) -> Result<Vec<Vec<u8>>, Failure> {
        let keys = self
            .store
            .get_keys()
            .await
            .collect()
            .await
            .map_err(failure)?;
        let mut over = Vec::new();
        for key in keys {
            if over.len() as u64 >= limit {
                break;
            }
            let Some(token) = key.strip_prefix(&self.prefix).and_then(bytes) else {
                continue;
            };
            if self.find(&token, now).await?.is_none() {
                over.push(token);
            }
        }
        Ok(over)
    }

    fn key(&self, token: &[u8]) -> String {
        let mut key = self.prefix.clone();
        for byte in token {
            let _written = write!(key, "{byte:02x}");
        }
        key
    }
}

/// Of two hexadecimal digits each.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let pairs = digits.as_bytes().chunks_exact(2);
    match pairs.remainder() {
        [] => pairs.map(byte).collect(),
        _ => None,
    }
}

/// What a store says names no key and no address.
fn failure(error: Error) -> Failure {
    match error {
        Error::Other(said) => {
            Failure::new(Kind::Unavailable, format!("the key-value store: {said}"))
        }
        Error::StoreTableFull => {
            Failure::new(Kind::Unavailable, "too many key-value stores are open")
        }
        Error::AccessDenied | Error::NoSuchStore => {
            Failure::internal("session_store: the key-value store is denied")
        }
    }
}
