//! Do the parts hold together? Whole sign-ins, and vectors of others'.

mod conformance;
pub(crate) mod test_provider;
mod wycheproof;

pub(crate) const NOW: u64 = 1_800_000_000;
/// Random, and used nowhere else.
pub(crate) const KEY: &str = "k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";
/// Of `correct horse battery staple`.
pub(crate) const PASSPHRASE_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$eZ8SueF3EIJEgtgpg1rLafWpNVv3dMTwc0KCOxG5CSg";
