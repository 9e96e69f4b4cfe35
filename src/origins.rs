//! Which origin does a request mean? The one that the variables describe, and the
//! records beside it, each a layer of settings over its parent's. By configuration
//! and nothing else: the first request defines nothing, and an unknown host is
//! nobody's.
//!
//! A record is parsed when somebody first asks for its host, and kept: a thousand of
//! them cost a list, and one that does not parse costs its own host alone.

use core::cell::{OnceCell, RefCell};
use core::fmt;
use std::sync::Arc;

use gatelet_settings::{Setting, SettingError};

use crate::base_url::{Authority, BaseUrl};
use crate::error::Code;
use crate::origin_record::OriginRecord;
use crate::pattern::HostPattern;
use crate::settings::Base;

mod index;
mod layers;
mod switched;
pub mod written;

pub use layers::{Layers, PARENTS_MAX};

use index::{Index, Owner};

/// Hosts at patterns that are kept parsed; one more, and they are forgotten.
const AT_PATTERNS_MAX: usize = 64;

/// The origins that are served, as `T` sees them.
pub struct Origins<T> {
    base: Base,
    main: Arc<T>,
    main_url: BaseUrl,
    listed: Vec<Listed<T>>,
    index: Index,
    /// By authority in canonical form.
    at_patterns: RefCell<Vec<(String, usize, Arc<T>)>>,
    /// Whether that is all there is.
    complete: bool,
    parse: Parse<T>,
}

/// A record, and what has come of it so far.
struct Listed<T> {
    record: OriginRecord,
    /// None for a single host.
    pattern: Option<HostPattern>,
    parsed: OnceCell<Result<Arc<T>, String>>,
}

/// How a `T` is made of an origin's settings.
pub type Parse<T> = fn(&Layers<'_>) -> Result<T, SettingError>;

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
        base: Base,
        records: Vec<OriginRecord>,
        complete: bool,
        parse: Parse<T>,
    ) -> Result<Self, SettingError> {
        let (base, records) = switched::applied(base, records);
        let values = base.values();
        let main_url = BaseUrl::from_values(&values)?;
        let main = Arc::new(parse(&Layers {
            values,
            record: None,
            parents: Vec::new(),
            shares_data: false,
            main_url: &main_url,
        })?);
        let mut origins = Self {
            index: Index::default(),
            listed: Vec::with_capacity(records.len()),
            at_patterns: RefCell::default(),
            base,
            main,
            main_url,
            complete,
            parse,
        };
        for record in records {
            origins.listed.push(Listed {
                pattern: HostPattern::parse(record.value(Setting::BaseUrl).unwrap_or_default()),
                record,
                parsed: OnceCell::new(),
            });
        }
        origins.index = origins.indexed();
        Ok(origins)
    }

    /// A record without a host is nobody's, and may be a parent.
    fn indexed(&self) -> Index {
        let mut hosts = vec![(self.main_url.clone(), Owner::Main, false)];
        for (at, listed) in self.listed.iter().enumerate() {
            let text = listed.record.value(Setting::BaseUrl).unwrap_or_default();
            let (url, pattern) = match &listed.pattern {
                Some(pattern) => (Some(pattern.least().clone()), true),
                None => (BaseUrl::parse(text.trim()).ok(), false),
            };
            hosts.extend(url.map(|url| (url, Owner::Listed(at), pattern)));
        }
        Index::new(&hosts)
    }

    /// The origin that the variables describe.
    #[must_use]
    pub fn main(&self) -> &Arc<T> {
        &self.main
    }

    /// The record of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&OriginRecord> {
        let mut records = self.listed.iter().map(|listed| &listed.record);
        records.find(|record| record.name == name)
    }

    /// The origin that an authority means at `now`, in Unix seconds.
    /// [`Code::OriginUnknown`] when it is none of ours, [`Code::RequestMalformed`]
    /// when it is no authority, [`Code::StoreUnavailable`] when it might be one of
    /// those that could not be read, [`Code::SettingsInvalid`] when its record does
    /// not parse.
    ///
    /// A host of its own counts before a pattern, and a longer pattern before a
    /// shorter one. Who is over is not there.
    pub fn resolve(&self, authority: &str, now: u64) -> Result<Arc<T>, NoOrigin> {
        // Nearly every request names its host as the base URL does.
        if authority.eq_ignore_ascii_case(self.main_url.authority()) {
            return Ok(Arc::clone(&self.main));
        }
        let live = |owner| match owner {
            Owner::Main => true,
            Owner::Listed(at) => self.listed[at].record.is_live(now),
        };
        if let Some(owner) = self.index.exact(authority, live) {
            return self.owned(owner);
        }
        if authority.is_empty() {
            return Err(self.unknown());
        }
        let read = Authority::parse(authority).ok_or(Code::RequestMalformed)?;
        let canonical = read.canonical();
        if let Some(owner) = self.index.exact(&canonical, live) {
            return self.owned(owner);
        }
        match self.index.pattern(&canonical, live) {
            Some(Owner::Listed(at)) => self.at_pattern(at, canonical, &read),
            Some(Owner::Main) | None => Err(self.unknown()),
        }
    }

    /// Every origin that is served at `now`, but for hosts at patterns, and why the
    /// others are not: for tools, which show all.
    pub fn iter(&self, now: u64) -> impl Iterator<Item = Result<Arc<T>, String>> {
        let main = core::iter::once(Ok(Arc::clone(&self.main)));
        let exact =
            move |listed: &&Listed<T>| listed.pattern.is_none() && listed.record.is_live(now);
        let listed = self.listed.iter().filter(exact);
        main.chain(listed.map(|listed| self.parsed(listed).clone()))
    }

    fn unknown(&self) -> NoOrigin {
        NoOrigin::from(if self.complete {
            Code::OriginUnknown
        } else {
            Code::StoreUnavailable
        })
    }

    fn owned(&self, owner: Owner) -> Result<Arc<T>, NoOrigin> {
        match owner {
            Owner::Main => Ok(Arc::clone(&self.main)),
            Owner::Listed(at) => match self.parsed(&self.listed[at]) {
                Ok(parsed) => Ok(Arc::clone(parsed)),
                Err(detail) => Err(invalid(detail.clone())),
            },
        }
    }

    fn at_pattern(
        &self,
        at: usize,
        canonical: String,
        authority: &Authority<'_>,
    ) -> Result<Arc<T>, NoOrigin> {
        for (known, owner, parsed) in &*self.at_patterns.borrow() {
            if *known == canonical && *owner == at {
                return Ok(Arc::clone(parsed));
            }
        }
        let Listed {
            record, pattern, ..
        } = &self.listed[at];
        let url = pattern
            .as_ref()
            .and_then(|pattern| pattern.base_url_for(authority))
            .ok_or_else(|| self.unknown())?;
        let parsed = Arc::new(self.parse_record(record, Some(&url)).map_err(invalid)?);
        let mut kept = self.at_patterns.borrow_mut();
        if kept.len() == AT_PATTERNS_MAX {
            kept.clear();
        }
        kept.push((canonical, at, Arc::clone(&parsed)));
        Ok(parsed)
    }

    fn parsed<'l>(&self, listed: &'l Listed<T>) -> &'l Result<Arc<T>, String> {
        let parse = || self.parse_record(&listed.record, None).map(Arc::new);
        listed.parsed.get_or_init(parse)
    }

    /// `concrete` is the base URL at a pattern.
    fn parse_record(&self, record: &OriginRecord, concrete: Option<&BaseUrl>) -> Result<T, String> {
        let layers = self.layers(record, concrete);
        layers
            .and_then(|layers| (self.parse)(&layers).map_err(|error| error.to_string()))
            .map_err(|problem| format!("origin {}: {problem}", record.name))
    }
}

fn invalid(detail: String) -> NoOrigin {
    NoOrigin {
        code: Code::SettingsInvalid,
        detail,
    }
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
        for listed in &self.listed {
            out.write_str(" ")?;
            out.write_str(&listed.record.name)?;
        }
        out.write_str(")")
    }
}

#[cfg(test)]
mod tests;
