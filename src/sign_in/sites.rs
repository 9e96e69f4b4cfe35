//! Where did a request arrive, and how does one sign in there? Every origin that is
//! served, each with its own settings over those of its parents.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::settings::SignIn;
use super::site::{Site, SiteKind, SitePlace};
use crate::base_url::{Authority, BaseUrl};
use crate::error::Code;
use crate::key::KeyRing;
use crate::secret::Secret;
use crate::settings::{SettingError, Values};

/// The name of the origin that the variables describe.
pub const MAIN: &str = "main";
/// Most parents of a record, the main origin included.
const PARENTS_MAX: usize = 4;

/// The origins that are served.
#[derive(Debug)]
pub struct Sites {
    keys: KeyRing,
    base: Vec<(String, Secret)>,
    main: Arc<Site>,
    records: Vec<SiteRecord>,
    sites: Vec<OnceLock<Result<Arc<Site>, String>>>,
    by_authority: HashMap<String, usize>,
    complete: bool,
}

/// An origin as the store lists it.
#[derive(Clone, Debug)]
pub struct SiteRecord {
    /// Its own name.
    pub name: String,
    /// The one whose values it starts from: [`MAIN`] for the variables.
    pub parent: String,
    /// Whether it was made for a branch.
    pub is_preview: bool,
    /// Setting name and value, where they differ from the parent's.
    pub values: Vec<(String, String)>,
    /// Where its users and sessions are.
    pub place: SitePlace,
    /// Unix seconds from which on it is not served.
    pub expires_at: Option<u64>,
}

/// Why there is no site at an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSite {
    /// What the visitor gets.
    pub code: Code,
    /// What the operator reads, where there is something to mend: one line.
    pub detail: String,
}

impl Sites {
    /// Of the variables and the store's records. `complete` is false when the store
    /// could not be read: then who is not known may be so all the same.
    ///
    /// The error is about the variables. A record that does not parse affects its
    /// own host alone.
    pub fn new(
        base: Vec<(String, Secret)>,
        records: Vec<SiteRecord>,
        complete: bool,
    ) -> Result<Self, SettingError> {
        let values = Values::new(pairs(&base));
        let keys = values.keys()?;
        let main = Site::from_values(&values, SitePlace::main(), SiteKind::Origin, None)?;
        let mut by_authority = HashMap::new();
        for (index, record) in records.iter().enumerate() {
            let base_url = record.own("base_url").map(BaseUrl::parse);
            if let Some(Ok(base_url)) = base_url
                && base_url.authority() != main.base_url().authority()
            {
                by_authority.insert(base_url.authority().to_owned(), index);
            }
        }
        let sites = records.iter().map(|_| OnceLock::new()).collect();
        Ok(Self {
            keys,
            base,
            main: Arc::new(main),
            records,
            sites,
            by_authority,
            complete,
        })
    }

    /// The keys of the deployment.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The site that an authority means at `now`.
    pub fn resolve(&self, authority: &str, now: u64) -> Result<Arc<Site>, NoSite> {
        let malformed = || NoSite::from(Code::RequestMalformed);
        let read = match authority {
            "" => None,
            authority => Some(Authority::parse(authority).ok_or_else(malformed)?),
        };
        let found = read.and_then(|read| {
            if self.main.base_url().matches(&read) {
                return Some(Ok(Arc::clone(&self.main)));
            }
            self.listed(&read, now)
        });
        found.unwrap_or_else(|| {
            Err(NoSite::from(if self.complete {
                Code::OriginUnknown
            } else {
                Code::StoreUnavailable
            }))
        })
    }

    fn listed(&self, authority: &Authority<'_>, now: u64) -> Option<Result<Arc<Site>, NoSite>> {
        // Under its scheme's own port a base URL is written without.
        let candidates = ["http", "https"].into_iter().filter_map(|scheme| {
            let port = authority
                .port
                .map_or(String::new(), |port| format!(":{port}"));
            BaseUrl::parse(&format!("{scheme}://{}{port}", authority.host)).ok()
        });
        let index = candidates
            .filter_map(|candidate| self.by_authority.get(candidate.authority()))
            .copied()
            .find(|index| {
                self.records[*index]
                    .expires_at
                    .is_none_or(|expires| now < expires)
            })?;
        let site = self.sites[index].get_or_init(|| self.site(&self.records[index]));
        match site {
            Ok(site) => site
                .base_url()
                .matches(authority)
                .then(|| Ok(Arc::clone(site))),
            Err(detail) => Some(Err(NoSite {
                code: Code::SettingsInvalid,
                detail: detail.clone(),
            })),
        }
    }

    /// A record's own values, then its parents', then the variables.
    fn site(&self, record: &SiteRecord) -> Result<Arc<Site>, String> {
        let explain = |problem: &dyn fmt::Display| format!("origin {}: {problem}", record.name);
        let parents = self.parents(record).map_err(|problem| explain(&problem))?;
        let shares_data = parents
            .first()
            .map_or(record.place == SitePlace::main(), |parent| {
                record.place == parent.place
            });
        // Who shares no data shares no cookie either, unless it says so itself.
        let inherited = |name: &str| name != "cookie_domain" || shares_data;
        let own = record
            .values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let theirs = parents
            .iter()
            .flat_map(|parent| &parent.values)
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(pairs(&self.base))
            .filter(|(name, _)| inherited(name));
        let values = Values::new(own.chain(theirs));
        let kind = if record.is_preview {
            SiteKind::Preview { shares_data }
        } else {
            SiteKind::Origin
        };
        let registered = parents
            .iter()
            .find(|parent| !parent.is_preview)
            .and_then(|parent| BaseUrl::parse(parent.own("base_url")?).ok())
            .unwrap_or_else(|| self.main.base_url().clone());
        let registered = record.is_preview.then_some(&registered);
        Site::from_values(&values, record.place.clone(), kind, registered)
            .map(Arc::new)
            .map_err(|error| explain(&error))
    }

    /// The records between one and the main origin, the nearest first.
    fn parents(&self, record: &SiteRecord) -> Result<Vec<&SiteRecord>, String> {
        let mut parents: Vec<&SiteRecord> = Vec::new();
        let mut name = record.parent.as_str();
        while name != MAIN {
            let Some(parent) = self.records.iter().find(|record| record.name == name) else {
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

impl SiteRecord {
    fn own(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Site {
    /// Parses and checks what one origin's settings come to. `registered` is given for
    /// a preview: the nearest of its parents that is none.
    pub fn from_values(
        values: &Values<'_>,
        place: SitePlace,
        kind: SiteKind,
        registered: Option<&BaseUrl>,
    ) -> Result<Self, SettingError> {
        let origin = values.origin()?;
        let sign_in = SignIn::from_values(values)?;
        let relay = sign_in.relay.relay(origin.base_url(), registered);
        let domains = ["cookie_domain", "preview_domain"].map(|name| {
            values
                .get(name)
                .trim_start_matches('.')
                .to_ascii_lowercase()
        });
        Ok(Self {
            origin,
            relay,
            sign_in,
            domains: domains
                .into_iter()
                .filter(|domain| !domain.is_empty())
                .collect(),
            app_name: values.get("app_name").to_ascii_lowercase(),
            place,
            kind,
        })
    }
}

impl From<Code> for NoSite {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: String::new(),
        }
    }
}

fn pairs(base: &[(String, Secret)]) -> impl Iterator<Item = (&str, &str)> {
    base.iter()
        .map(|(name, value)| (name.as_str(), value.expose()))
}

#[cfg(test)]
mod tests;
