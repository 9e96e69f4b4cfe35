//! Whose is an authority? A table by hash, in which patterns stand by what their
//! hosts end in.
//!
//! Hashes run from an authority's end to its beginning, so that one pass over it
//! meets every ending. The keys are the operator's, and requests only look them
//! up: nobody can make them collide who could not as well turn the gateway off.

use crate::base_url::{BaseUrl, Scheme};

/// What keys are found by.
#[derive(Default)]
pub(super) struct Index {
    keys: Vec<Key>,
    /// Positions in `keys`, counted from one; 0 is none. A power of two of them, at
    /// most half of which are taken.
    table: Vec<u32>,
    /// A bit for each length, in bytes, that a pattern's text has.
    lengths: [u64; LENGTHS],
}

/// A host name and a port have less than 64 times that many bytes.
const LENGTHS: usize = 5;

struct Key {
    /// Authority in canonical form; of a pattern, what comes after the `*`.
    text: String,
    owner: Owner,
    pattern: bool,
}

/// Whose an authority is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The main origin's.
    Main,
    /// That record's.
    Listed(usize),
}

impl Index {
    /// Of base URLs, each with its owner and whether it stands for a pattern: its
    /// first letter is the `*` then. Of equal ones the first that is live counts.
    pub(super) fn new(hosts: &[(BaseUrl, Owner, bool)]) -> Self {
        let mut keys = Vec::with_capacity(2 * hosts.len());
        let mut lengths = [0; LENGTHS];
        for &(ref url, owner, pattern) in hosts {
            let mut push = |authority: &str| {
                let text = authority.get(usize::from(pattern)..).unwrap_or_default();
                if pattern && let Some(bits) = lengths.get_mut(text.len() / 64) {
                    *bits |= 1 << (text.len() % 64);
                }
                keys.push(Key {
                    text: text.to_owned(),
                    owner,
                    pattern,
                });
            };
            push(url.authority());
            // Requests may name the scheme's own port.
            let own_port = match url.scheme() {
                Scheme::Http => ":80",
                Scheme::Https => ":443",
            };
            if url.host().len() == url.authority().len() {
                push(&[url.host(), own_port].concat());
            }
        }
        let mut index = Self {
            table: vec![0; (2 * keys.len()).next_power_of_two()],
            keys,
            lengths,
        };
        for (position, key) in (1..).zip(&index.keys) {
            let hash = key.text.bytes().rev().fold(Hash::START, Hash::with);
            let mut at = hash.place(&index.table);
            while index.table[at] != 0 {
                at = (at + 1) & (index.table.len() - 1);
            }
            index.table[at] = position;
        }
        index
    }

    /// The owner of an authority in any case, of those that are `live`.
    pub(super) fn exact(&self, authority: &str, live: impl Fn(Owner) -> bool) -> Option<Owner> {
        let hash = authority.bytes().rev().fold(Hash::START, Hash::with);
        self.find(hash, authority, false, &live)
    }

    /// The owner of the longest pattern that has an authority in canonical form, of
    /// those that are `live`.
    pub(super) fn pattern(&self, authority: &str, live: impl Fn(Owner) -> bool) -> Option<Owner> {
        if self.lengths == [0; LENGTHS] {
            return None;
        }
        // `*` is at least one letter of the first label, and no more than that label.
        let label = authority.find('.')?;
        let mut hash = Hash::START;
        let mut longest = None;
        for (at, byte) in authority.bytes().enumerate().skip(1).rev() {
            hash = hash.with(byte);
            let length = authority.len() - at;
            let bits = self.lengths.get(length / 64).copied().unwrap_or_default();
            if at <= label && bits >> (length % 64) & 1 == 1 {
                longest = self.find(hash, &authority[at..], true, &live).or(longest);
            }
        }
        longest
    }

    fn find(
        &self,
        hash: Hash,
        text: &str,
        pattern: bool,
        live: &impl Fn(Owner) -> bool,
    ) -> Option<Owner> {
        let mut at = hash.place(&self.table);
        // Half of the table is free, so this ends.
        while let Some(key) = self.keys.get((self.table[at] as usize).wrapping_sub(1)) {
            if key.pattern == pattern && key.text.eq_ignore_ascii_case(text) && live(key.owner) {
                return Some(key.owner);
            }
            at = (at + 1) & (self.table.len() - 1);
        }
        None
    }
}

/// FNV-1a, in lower case.
#[derive(Clone, Copy)]
struct Hash(u32);

impl Hash {
    const START: Self = Self(0x811c_9dc5);

    fn with(self, byte: u8) -> Self {
        Self((self.0 ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193))
    }

    fn place(self, table: &[u32]) -> usize {
        // The high bits are the better mixed ones.
        (self.0 ^ (self.0 >> 15)) as usize & (table.len() - 1)
    }
}
