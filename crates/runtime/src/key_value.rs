//! Where do the keys and values of a store lie? In a file of SQLite's as Spin has it, at a
//! Redis server, or in memory, by the label that the manifest grants.

mod file;
mod memory;
mod redis;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use file::File;
use memory::Memory;
use redis::Redis;

use crate::runtime_config::KeyValueStore;

/// The label that is always there, and its file among the SQLite databases. As with Spin.
const DEFAULT: (&str, &str) = ("default", "sqlite_key_value.db");
/// Most that one answer holds.
const ANSWER_MAX_BYTES: usize = 16 * 1024 * 1024;

/// The key-value stores of one application, by label.
#[derive(Debug, Default)]
pub(crate) struct KeyValueStores(BTreeMap<String, Arc<Store>>);

/// One store.
#[derive(Debug)]
pub(crate) enum Store {
    File(File),
    Redis(Redis),
    Memory(Memory),
}

/// A store in a guest's hands.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Handle(pub(crate) Arc<Store>);

/// A swap in a guest's hands: of which key, and what was seen there.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Swap {
    pub(crate) store: Arc<Store>,
    pub(crate) key: String,
    pub(crate) seen: Seen,
}

/// What a swap is to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Nobody looked: whatever is there.
    NotLooked,
    /// There was no such key.
    Nothing,
    /// This value.
    Value(Vec<u8>),
}

/// Why nothing came of it, for the guest.
pub(crate) type Failed = String;
/// A key, and its value where there is one.
pub(crate) type Found = (String, Option<Vec<u8>>);

impl KeyValueStores {
    /// Those that were configured, and the default one in this folder where it was not.
    pub(crate) fn new(configured: &BTreeMap<String, KeyValueStore>, folder: &Path) -> Self {
        let (label, file) = DEFAULT;
        let default = KeyValueStore::Spin {
            path: Some(folder.join(file)),
        };
        let all = [(label, &default)].into_iter().chain(
            configured
                .iter()
                .map(|(label, store)| (label.as_str(), store)),
        );
        let stores =
            all.map(|(label, store)| (label.to_owned(), Arc::new(Store::of(label, store))));
        Self(stores.collect())
    }

    /// Whether there is a store of this label.
    pub(crate) fn knows(&self, label: &str) -> bool {
        self.0.contains_key(label)
    }

    /// The store of this label.
    pub(crate) fn named(&self, label: &str) -> Option<Arc<Store>> {
        self.0.get(label).cloned()
    }
}

/// The same call of whichever it is.
macro_rules! each {
    ($store:expr, $kept:ident => $call:expr) => {
        match $store {
            Store::File($kept) => $call.await,
            Store::Redis($kept) => $call.await,
            Store::Memory($kept) => $call,
        }
    };
}

/// Every error is a sentence for the guest; none holds an address or a value.
impl Store {
    fn of(label: &str, configured: &KeyValueStore) -> Self {
        match configured {
            KeyValueStore::Spin { path: Some(path) } => Self::File(File::new(label, path)),
            KeyValueStore::Spin { path: None } => Self::Memory(Memory::default()),
            KeyValueStore::Redis { url } => Self::Redis(Redis::new(url)),
        }
    }

    pub(crate) async fn get(&self, key: String) -> Result<Option<Vec<u8>>, Failed> {
        let found = self.get_many(vec![key]).await?;
        Ok(found.into_iter().next().and_then(|(_, value)| value))
    }

    pub(crate) async fn set(&self, key: String, value: Vec<u8>) -> Result<(), Failed> {
        self.set_many(vec![(key, value)]).await
    }

    pub(crate) async fn delete(&self, key: String) -> Result<(), Failed> {
        self.delete_many(vec![key]).await
    }

    pub(crate) async fn exists(&self, key: String) -> Result<bool, Failed> {
        each!(self, kept => kept.exists(key))
    }

    /// In no order.
    pub(crate) async fn keys(&self) -> Result<Vec<String>, Failed> {
        each!(self, kept => kept.keys())
    }

    /// In the order of the keys that were asked for.
    pub(crate) async fn get_many(&self, keys: Vec<String>) -> Result<Vec<Found>, Failed> {
        match keys.is_empty() {
            true => Ok(Vec::new()),
            false => each!(self, kept => kept.get_many(keys)),
        }
    }

    pub(crate) async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), Failed> {
        match pairs.is_empty() {
            true => Ok(()),
            false => each!(self, kept => kept.set_many(pairs)),
        }
    }

    pub(crate) async fn delete_many(&self, keys: Vec<String>) -> Result<(), Failed> {
        match keys.is_empty() {
            true => Ok(()),
            false => each!(self, kept => kept.delete_many(keys)),
        }
    }

    /// What the number is then.
    pub(crate) async fn increment(&self, key: String, delta: i64) -> Result<i64, Failed> {
        each!(self, kept => kept.increment(key, delta))
    }

    /// Whether what was seen was still there, and the value is now in its place.
    pub(crate) async fn swap(
        &self,
        key: String,
        seen: Seen,
        value: Vec<u8>,
    ) -> Result<bool, Failed> {
        each!(self, kept => kept.swap(key, seen, value))
    }
}

/// What is left of an answer's room.
struct Room(usize);

impl Room {
    fn new() -> Self {
        Self(ANSWER_MAX_BYTES)
    }

    /// Bytes that are left.
    fn left(&self) -> usize {
        self.0
    }

    /// Takes so many bytes, and what it takes to hold them.
    fn take(&mut self, bytes: usize) -> Result<(), Failed> {
        let taken = bytes.saturating_add(size_of::<Vec<u8>>());
        let left = self.0.checked_sub(taken);
        self.0 =
            left.ok_or_else(|| format!("the answer is larger than {ANSWER_MAX_BYTES} bytes"))?;
        Ok(())
    }
}

/// A number as Spin's file has it, and a sum that a number can hold.
fn sum(before: i64, delta: i64) -> Result<i64, Failed> {
    let sum = before.checked_add(delta);
    sum.ok_or_else(|| "the number would be out of range".to_owned())
}

fn number(value: &[u8]) -> Result<i64, Failed> {
    let bytes = value.try_into();
    bytes
        .map(i64::from_le_bytes)
        .map_err(|_| "the value is no number".to_owned())
}

#[cfg(test)]
mod tests;
