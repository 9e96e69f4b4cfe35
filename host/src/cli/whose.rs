//! Which user is meant, as an operator writes it?

use anyhow::{Result, anyhow};
use gatelet_runtime::store::Place;
use gatelet_runtime::store::bindings::exports::gatelet::store_admin::users::Listed;
use gatelet_sign_in::email::Email;

use super::now;
use super::registry::Registry;

/// The user of this id or address.
pub(super) fn found(registry: &Registry, place: &Place, who: &str) -> Result<Listed> {
    let canonical = match who.contains('@') {
        true => email(who)?.as_str().to_owned(),
        false => who.to_owned(),
    };
    let store = registry.store()?;
    let found = registry
        .runtime
        .block_on(store.find_user(place, canonical, now()))?;
    found.ok_or_else(|| anyhow!("{who}: there is no such user"))
}

/// An address in its canonical form.
pub(super) fn email(text: &str) -> Result<Email> {
    Email::parse(text).map_err(|_| anyhow!("{text}: is no email address"))
}
