//! What was used lately, up to a number: pools by address, statements by text.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Values by key, of which the one longest unused goes when there are too many.
pub(crate) struct Recent<K, V> {
    entries: HashMap<K, Entry<V>>,
    most: usize,
    /// Counts uses.
    clock: u64,
}

struct Entry<V> {
    value: V,
    used: u64,
}

impl<K: Eq + Hash + Clone, V: Clone> Recent<K, V> {
    /// At most so many, at least one.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            entries: HashMap::new(),
            most,
            clock: 0,
        }
    }

    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let entry = self.entries.get_mut(key)?;
        self.clock += 1;
        entry.used = self.clock;
        Some(entry.value.clone())
    }

    pub(crate) fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.entries.remove(key);
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        // A walk over all of them, where a round trip to a server has just been made.
        if self.entries.len() >= self.most
            && !self.entries.contains_key(&key)
            && let Some(oldest) = self.entries.iter().min_by_key(|(_, entry)| entry.used)
        {
            let oldest = oldest.0.clone();
            self.entries.remove(&oldest);
        }
        self.clock += 1;
        let used = self.clock;
        self.entries.insert(key, Entry { value, used });
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn the_one_longest_unused_goes() {
        let mut recent = Recent::new(2);
        recent.insert("a", 1);
        recent.insert("b", 2);
        assert_eq!(recent.get("a"), Some(1));
        recent.insert("c", 3);
        assert_eq!(
            (recent.get("a"), recent.get("b"), recent.get("c")),
            (Some(1), None, Some(3))
        );
        recent.insert("c", 4);
        assert_eq!((recent.get("a"), recent.get("c")), (Some(1), Some(4)));
    }

    #[test]
    fn a_thousand_schemas_do_not_make_it_grow() {
        let mut recent = Recent::new(256);
        for schema in 0..1_000 {
            for statement in 0..10 {
                recent.insert(format!("{statement} in {schema}"), ());
            }
        }
        assert_eq!(recent.entries.len(), 256);
        assert!(recent.get("9 in 999").is_some());
    }
}
