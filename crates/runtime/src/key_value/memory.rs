//! A store for as long as the process lives.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Failed, Found, Room, Seen, number, sum};

/// Keys and values together.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// What a pair takes beside its bytes.
const PAIR_BYTES: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Pairs>);

#[derive(Default)]
struct Pairs {
    values: BTreeMap<String, Vec<u8>>,
    bytes: usize,
}

impl Memory {
    pub(super) fn exists(&self, key: String) -> Result<bool, Failed> {
        Ok(self.pairs().values.contains_key(&key))
    }

    pub(super) fn keys(&self) -> Result<Vec<String>, Failed> {
        let mut room = Room::new();
        let pairs = self.pairs();
        let keys = pairs.values.keys();
        keys.map(|key| room.take(key.len()).map(|()| key.clone()))
            .collect()
    }

    pub(super) fn get_many(&self, keys: Vec<String>) -> Result<Vec<Found>, Failed> {
        let mut room = Room::new();
        let pairs = self.pairs();
        let found = keys.into_iter().map(|key| {
            let value = pairs.values.get(&key);
            room.take(key.len() + value.map_or(0, Vec::len))?;
            let value = value.cloned();
            Ok((key, value))
        });
        found.collect()
    }

    pub(super) fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), Failed> {
        let mut kept = self.pairs();
        pairs
            .into_iter()
            .try_for_each(|(key, value)| kept.set(key, value))
    }

    pub(super) fn delete_many(&self, keys: Vec<String>) -> Result<(), Failed> {
        let mut kept = self.pairs();
        keys.iter().for_each(|key| kept.delete(key));
        Ok(())
    }

    pub(super) fn increment(&self, key: String, delta: i64) -> Result<i64, Failed> {
        let mut kept = self.pairs();
        let before = kept.values.get(&key).map(|value| number(value));
        let after = sum(before.transpose()?.unwrap_or(0), delta)?;
        kept.set(key, after.to_le_bytes().to_vec())?;
        Ok(after)
    }

    pub(super) fn swap(&self, key: String, seen: Seen, value: Vec<u8>) -> Result<bool, Failed> {
        let mut kept = self.pairs();
        let there = kept.values.get(&key);
        let is_still = match seen {
            Seen::NotLooked => true,
            Seen::Nothing => there.is_none(),
            Seen::Value(seen) => there == Some(&seen),
        };
        if is_still {
            kept.set(key, value)?;
        }
        Ok(is_still)
    }

    fn pairs(&self) -> MutexGuard<'_, Pairs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pairs {
    fn set(&mut self, key: String, value: Vec<u8>) -> Result<(), Failed> {
        let before = self.values.get(&key).map_or(0, |value| size(&key, value));
        let bytes = self.bytes - before + size(&key, &value);
        if bytes > MAX_BYTES {
            return Err(format!("the store is full: it holds {MAX_BYTES} bytes"));
        }
        self.bytes = bytes;
        self.values.insert(key, value);
        Ok(())
    }

    fn delete(&mut self, key: &str) {
        if let Some(value) = self.values.remove(key) {
            self.bytes -= size(key, &value);
        }
    }
}

fn size(key: &str, value: &[u8]) -> usize {
    PAIR_BYTES + key.len() + value.len()
}

/// Not what is kept: it is the guests'.
impl std::fmt::Debug for Pairs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} pairs", self.values.len())
    }
}
