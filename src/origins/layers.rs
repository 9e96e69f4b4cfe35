//! What holds at an origin? Its own values, then its parents', then the variables.

use gatelet_settings::{Scope, Setting, Values};

use super::Origins;
use crate::base_url::BaseUrl;
use crate::origin_record::{MAIN, OriginRecord, Place};

/// Most parents of a record, the main origin included.
pub const PARENTS_MAX: usize = 4;

/// One origin's settings.
pub struct Layers<'a> {
    /// What holds here.
    pub values: Values<'a>,
    /// None for the main origin.
    pub record: Option<&'a OriginRecord>,
    /// The records that it starts from, the nearest first; the main origin is none.
    pub parents: Vec<&'a OriginRecord>,
    /// Whether users and sessions are its parent's too.
    pub shares_data: bool,
    /// The main origin's base URL.
    pub main_url: &'a BaseUrl,
}

impl Layers<'_> {
    /// Where users and sessions are.
    #[must_use]
    pub fn place(&self) -> Place {
        self.record
            .map_or_else(Place::main, |record| record.place.clone())
    }

    /// Since when the origin is there, in Unix seconds.
    #[must_use]
    pub fn created_at(&self) -> u64 {
        self.record.map_or(0, |record| record.created_at)
    }
}

impl<T> Origins<T> {
    /// The layers of a record; `concrete` is the base URL at a pattern. The error is
    /// what is wrong with it, without its name.
    pub(super) fn layers<'a>(
        &'a self,
        record: &'a OriginRecord,
        concrete: Option<&'a BaseUrl>,
    ) -> Result<Layers<'a>, String> {
        let parents = self.parents(record)?;
        let mut values = Values::default();
        if let Some(url) = concrete {
            values.push(Setting::BaseUrl, url.as_str());
        }
        // A preview runs whatever its branch holds, so no session of anybody else's is
        // good there, whoever's users it has: its cookies are its own host's.
        let is_preview = record.is_preview || parents.iter().any(|parent| parent.is_preview);
        // Whose users are elsewhere has none of these sessions, so none of the
        // cookies: they would overwrite each other.
        let inherited = |setting: Setting, place: &Place| {
            setting != Setting::CookieDomain || !is_preview && *place == record.place
        };
        for layer in core::iter::once(&record).chain(&parents) {
            for (name, value) in layer.values() {
                let own = |setting: &Setting| setting.scope() != Scope::Process;
                let Some(setting) = Setting::named(name).filter(own) else {
                    let name = name.escape_debug();
                    return Err(format!(
                        "{name}: is no setting that may differ by origin: take it out"
                    ));
                };
                if inherited(setting, &layer.place) {
                    values.push(setting, value);
                }
            }
        }
        let main = Place::main();
        for (setting, value) in self.base.iter() {
            if inherited(setting, &main) {
                values.push(setting, value);
            }
        }
        let shares_data = match parents.first() {
            Some(parent) => record.place == parent.place,
            None => record.place == main,
        };
        Ok(Layers {
            values,
            record: Some(record),
            parents,
            shares_data,
            main_url: &self.main_url,
        })
    }

    /// The records between one and the main origin, the nearest first.
    fn parents(&self, record: &OriginRecord) -> Result<Vec<&OriginRecord>, String> {
        let mut parents: Vec<&OriginRecord> = Vec::new();
        let mut name = record.parent.as_str();
        while name != MAIN {
            let Some(parent) = self.named(name) else {
                let name = name.escape_debug();
                return Err(format!("its parent {name} is gone"));
            };
            if parents.len() + 1 == PARENTS_MAX {
                return Err(format!("it has more than {PARENTS_MAX} parents"));
            }
            parents.push(parent);
            name = &parent.parent;
        }
        Ok(parents)
    }
}
