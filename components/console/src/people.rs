//! Who is a user's id? What pages show in its place.

use std::collections::BTreeMap;

use gatelet_ports::store::types::Error;

use crate::bindings::gatelet::store_admin::users;
use crate::visit::Visit;

/// Most who are looked up for one page; of others the id is shown.
const LOOKED_UP_MAX: usize = 50;

/// Addresses by id, of those who are there.
pub(crate) struct People(BTreeMap<String, String>);

impl People {
    /// Looks them up, each once.
    pub(crate) async fn find<'i>(
        visit: &Visit<'_>,
        ids: impl Iterator<Item = &'i str>,
    ) -> Result<Self, Error> {
        let ids: std::collections::BTreeSet<_> = ids.filter(|id| !id.is_empty()).collect();
        let mut known = BTreeMap::new();
        for id in ids.into_iter().take(LOOKED_UP_MAX) {
            let found = users::find(visit.arrival.place(), id.to_owned(), visit.arrival.now);
            if let Some(found) = found.await?
                && !found.user.email.is_empty()
            {
                known.insert(id.to_owned(), found.user.email);
            }
        }
        Ok(Self(known))
    }

    /// The address, or the id of somebody who has none or is gone.
    pub(crate) fn name(&self, id: &str) -> String {
        self.0.get(id).map_or(id, String::as_str).to_owned()
    }

    /// The same of whoever did something; none for an operator.
    pub(crate) fn doer(&self, id: &str) -> Option<String> {
        (!id.is_empty()).then(|| self.name(id))
    }
}
