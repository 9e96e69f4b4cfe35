//! Which origin does a request mean? The one that the variables describe, and the
//! records that the store lists, each a layer of settings over its parent's. By
//! configuration and nothing else: the first request defines nothing, and an unknown
//! host is nobody's.
//!
//! A record is parsed when somebody first asks for its host, and kept: a thousand of
//! them cost a list, and one that does not parse costs its own host alone.

use core::cell::{OnceCell, RefCell};
use core::fmt;
use std::sync::Arc;

use crate::base_url::{Authority, BaseUrl, Scheme};
use crate::error::Code;
use crate::origin_record::{MAIN, OriginRecord, Place};
use crate::pattern::HostPattern;
use crate::secret::Secret;
use crate::settings::{SettingError, Values};

/// Most parents of a record, the main origin included.
pub const PARENTS_MAX: usize = 4;
/// Hosts at patterns that are kept parsed; one more, and they are forgotten.
const AT_PATTERNS_MAX: usize = 64;

/// The origins that are served, as `T` sees them.
pub struct Origins<T> {
    base: Vec<(String, Secret)>,
    main: Arc<T>,
    main_url: BaseUrl,
    records: Vec<OriginRecord>,
    parsed: Vec<OnceCell<Result<Arc<T>, String>>>,
    /// Authority as base URLs write it, and the record's index; sorted.
    exact: Vec<(String, usize)>,
    /// The longest first.
    patterns: Vec<(HostPattern, usize)>,
    at_patterns: RefCell<Vec<(BaseUrl, Arc<T>)>>,
    /// Whether `records` is all there is.
    complete: bool,
    parse: Parse<T>,
}

/// How a `T` is made of an origin's settings.
pub type Parse<T> = fn(&Layers<'_>) -> Result<T, SettingError>;

/// One origin's settings: its own values, then its parents', then the variables.
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
}

/// Why there is no origin at an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoOrigin {
    /// What the visitor gets.
    pub code: Code,
    /// What the operator reads, where there is something to mend: one line.
    pub detail: String,
}

impl<T> Origins<T> {
    /// Of the variables and the store's records. `complete` is false when the store
    /// could not be read: then who is not known may be served all the same.
    ///
    /// The error is about the variables.
    pub fn new(
        base: Vec<(String, Secret)>,
        records: Vec<OriginRecord>,
        complete: bool,
        parse: Parse<T>,
    ) -> Result<Self, SettingError> {
        let values = Values::new(pairs(&base));
        let main_url = values.base_url()?;
        let main = Arc::new(parse(&Layers {
            values,
            record: None,
            parents: Vec::new(),
            shares_data: false,
            main_url: &main_url,
        })?);
        let mut exact = Vec::new();
        let mut patterns = Vec::new();
        for (index, record) in records.iter().enumerate() {
            let Some(text) = record.value("base_url") else {
                continue;
            };
            if let Some(pattern) = HostPattern::parse(text) {
                // Into their places: a sort would be ten KiB of the gateway.
                let longer = |(other, _): &(HostPattern, usize)| {
                    other.suffix().len() >= pattern.suffix().len()
                };
                let place = patterns.partition_point(longer);
                patterns.insert(place, (pattern, index));
            } else if let Ok(url) = BaseUrl::parse(text) {
                let authority = url.authority();
                let before = |(other, _): &(String, usize)| other.as_str() < authority;
                let place = exact.partition_point(before);
                exact.insert(place, (authority.to_owned(), index));
            }
        }
        Ok(Self {
            parsed: records.iter().map(|_| OnceCell::new()).collect(),
            base,
            main,
            main_url,
            records,
            exact,
            patterns,
            at_patterns: RefCell::default(),
            complete,
            parse,
        })
    }

    /// The origin that the variables describe.
    #[must_use]
    pub fn main(&self) -> &Arc<T> {
        &self.main
    }

    /// The origin that an authority means at `now`, in Unix seconds.
    /// [`Code::OriginUnknown`] when it is none of ours, [`Code::RequestMalformed`]
    /// when it is no authority, [`Code::StoreUnavailable`] when it might be one of
    /// those that could not be read.
    pub fn resolve(&self, authority: &str, now: u64) -> Result<Arc<T>, NoOrigin> {
        // Nearly every request names its host as the base URL does.
        if authority.eq_ignore_ascii_case(self.main_url.authority()) {
            return Ok(Arc::clone(&self.main));
        }
        if let Some(found) = self.listed(authority, now) {
            return found;
        }
        if authority.is_empty() {
            return Err(self.unknown());
        }
        let read = Authority::parse(authority).ok_or(Code::RequestMalformed)?;
        if self.main_url.matches(&read) {
            return Ok(Arc::clone(&self.main));
        }
        self.spelled_otherwise(&read, now)
            .or_else(|| self.at_pattern(&read, now))
            .unwrap_or_else(|| Err(self.unknown()))
    }

    /// The origin of this base URL, as [`Origins::resolve`] finds it; none where the
    /// scheme or the port is another.
    #[must_use]
    pub fn named_by(&self, url: &BaseUrl, now: u64) -> Option<Arc<T>>
    where
        T: AsRef<BaseUrl>,
    {
        let found = self.resolve(url.authority(), now).ok()?;
        (AsRef::<BaseUrl>::as_ref(&*found) == url).then_some(found)
    }

    /// Every origin that is served at `now`, but for hosts at patterns, and why the
    /// others are not: for tools, which show all.
    pub fn iter(&self, now: u64) -> impl Iterator<Item = Result<Arc<T>, String>> {
        let main = core::iter::once(Ok(Arc::clone(&self.main)));
        let listed = self.exact.iter().filter_map(move |(_, index)| {
            let live = self.records[*index].is_live(now);
            live.then(|| self.parsed(*index).clone())
        });
        main.chain(listed)
    }

    fn unknown(&self) -> NoOrigin {
        NoOrigin::from(if self.complete {
            Code::OriginUnknown
        } else {
            Code::StoreUnavailable
        })
    }

    /// By an authority as base URLs write it.
    fn listed(&self, authority: &str, now: u64) -> Option<Result<Arc<T>, NoOrigin>> {
        let at = self
            .exact
            .binary_search_by(|(known, _)| known.as_str().cmp(authority))
            .ok()?;
        let (_, index) = self.exact[at];
        if !self.records[index].is_live(now) {
            return None;
        }
        Some(self.parsed(index).clone().map_err(invalid))
    }

    /// In capitals, with a trailing dot, with the scheme's own port.
    fn spelled_otherwise(
        &self,
        authority: &Authority<'_>,
        now: u64,
    ) -> Option<Result<Arc<T>, NoOrigin>> {
        if self.exact.is_empty() {
            return None;
        }
        // Under its scheme's own port a base URL is written without.
        let found = [Scheme::Https, Scheme::Http].into_iter().find_map(|scheme| {
            let url = authority.under(scheme)?;
            let (_, index) = self.exact[self
                .exact
                .binary_search_by(|(known, _)| known.as_str().cmp(url.authority()))
                .ok()?];
            let own = BaseUrl::parse(self.records[index].value("base_url")?).ok()?;
            own.matches(authority).then_some(url)
        });
        self.listed(found?.authority(), now)
    }

    fn at_pattern(&self, authority: &Authority<'_>, now: u64) -> Option<Result<Arc<T>, NoOrigin>> {
        let live = |index: usize| self.records[index].is_live(now);
        let (url, index) = self
            .patterns
            .iter()
            .filter(|(_, index)| live(*index))
            .find_map(|(pattern, index)| Some((pattern.base_url_for(authority)?, *index)))?;
        let kept = self.at_patterns.borrow();
        if let Some((_, known)) = kept.iter().find(|(known, _)| *known == url) {
            return Some(Ok(Arc::clone(known)));
        }
        drop(kept);
        Some(match self.parse_record(index, Some(&url)) {
            Ok(parsed) => {
                let mut kept = self.at_patterns.borrow_mut();
                if kept.len() == AT_PATTERNS_MAX {
                    kept.clear();
                }
                kept.push((url, Arc::clone(&parsed)));
                Ok(parsed)
            }
            Err(detail) => Err(invalid(detail)),
        })
    }

    fn parsed(&self, index: usize) -> &Result<Arc<T>, String> {
        self.parsed[index].get_or_init(|| self.parse_record(index, None))
    }

    /// `concrete` is the base URL at a pattern.
    fn parse_record(&self, index: usize, concrete: Option<&BaseUrl>) -> Result<Arc<T>, String> {
        let record = &self.records[index];
        let named = |problem: &dyn fmt::Display| {
            let name = &record.name;
            format!("origin {name}: {problem}")
        };
        let parents = self.parents(record).map_err(|problem| named(&problem))?;
        let shares_data = match parents.first() {
            Some(parent) => record.place == parent.place,
            None => record.place.is_main(),
        };
        // Who shares no data shares no cookie either, unless it says so itself.
        let inherited = |name: &str| name != "cookie_domain" || shares_data;
        let concrete = concrete.map(|url| ("base_url", url.as_str()));
        let theirs = parents
            .iter()
            .flat_map(|parent| parent.values())
            .chain(pairs(&self.base))
            .filter(|(name, _)| inherited(name));
        let values = Values::new(concrete.into_iter().chain(record.values()).chain(theirs));
        let layers = Layers {
            values,
            record: Some(record),
            parents,
            shares_data,
            main_url: &self.main_url,
        };
        (self.parse)(&layers)
            .map(Arc::new)
            .map_err(|error| named(&error))
    }

    /// The records between one and the main origin, the nearest first.
    fn parents(&self, record: &OriginRecord) -> Result<Vec<&OriginRecord>, String> {
        let mut parents: Vec<&OriginRecord> = Vec::new();
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

fn invalid(detail: String) -> NoOrigin {
    NoOrigin {
        code: Code::SettingsInvalid,
        detail,
    }
}

fn pairs(base: &[(String, Secret)]) -> impl Iterator<Item = (&str, &str)> {
    base.iter()
        .map(|(name, value)| (name.as_str(), value.expose()))
}

impl From<Code> for NoOrigin {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: String::new(),
        }
    }
}

/// Names alone: values may be secrets.
impl<T> fmt::Debug for Origins<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Origins(")?;
        out.write_str(self.main_url.as_str())?;
        for record in &self.records {
            out.write_str(" ")?;
            out.write_str(&record.name)?;
        }
        out.write_str(")")
    }
}

#[cfg(test)]
mod tests;
