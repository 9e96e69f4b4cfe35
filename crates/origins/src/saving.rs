//! May this origin be kept? A record is judged whole, among all the others, before
//! anything is written: what passes is served, and takes nothing from anybody.
//!
//! 1. Its name is a label, not the main origin's, and none that the variable
//!    `origins` writes down.
//! 2. Its settings are settings, may differ by origin, and are said once each. A
//!    preview shares no cookies.
//! 3. Its base URL is a host or a pattern of hosts.
//! 4. It has parents up to the main origin, four at most, and is none of them.
//! 5. No other has its host or its pattern. A host within another's pattern, or a
//!    longer pattern, is no clash: the more specific one counts.
//! 6. What it comes to over its parents' settings parses, at every host of a pattern.
//! 7. Nobody whose users are elsewhere has its shared cookies.
//! 8. No other has its users where a new one's own are to be: whoever shares them on
//!    purpose starts from the one that has them.
//! 9. Those that start from it still parse.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatelet_core::base_url::BaseUrl;
use gatelet_core::origin_record::{MAIN, OriginRecord, Place, SWITCH};
use gatelet_core::origins::{PARENTS_MAX, written};
use gatelet_core::settings::Base;
use gatelet_settings::{Scope, Setting};
use gatelet_sign_in::site::Site;
use gatelet_sign_in::sites::Sites;
use gatelet_sign_in::vault_reference::is_reference_alone;

mod host;

use host::Host;

/// Longest name of an origin, in bytes.
pub const NAME_MAX_BYTES: usize = 63;
/// Longest value of a setting, in bytes.
pub const VALUE_MAX_BYTES: usize = 8192;
/// In Unix seconds: whether an origin is over is not the question here.
const BEFORE_ANY_EXPIRY: u64 = 0;
/// Longest schema, in bytes: `place.schema` of the store's ports.
const SCHEMA_MAX_BYTES: usize = 48;

/// Why a record is not kept: one line that names it, the setting and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavingError {
    /// The record.
    pub record: String,
    /// What is wrong and what to do.
    pub problem: String,
}

/// What there is already.
#[derive(Clone, Copy, Debug)]
pub struct Saving<'a> {
    /// The variables.
    pub base: &'a Base,
    /// Every record that is kept, whatever its state. One of the new one's name is
    /// the one that it replaces.
    pub records: &'a [OriginRecord],
    /// Unix seconds.
    pub now: u64,
}

impl Saving<'_> {
    /// Judges a record that is to be kept.
    pub fn judge(&self, record: &OriginRecord) -> Result<(), SavingError> {
        let refuse = |problem: String| SavingError {
            record: shown(&record.name),
            problem,
        };
        name(record).map_err(refuse)?;
        values(record).map_err(refuse)?;
        let host = Host::of(record).map_err(refuse)?;
        schema(record).map_err(refuse)?;
        let written = self.written().map_err(refuse)?;
        if written.iter().any(|other| other.name == record.name) {
            return Err(refuse(
                "the variable origins writes one of that name down: change it there, or choose another name".to_owned(),
            ));
        }
        let kept = self.kept(&written);
        let mut others = kept.clone();
        others.retain(|other| other.name != record.name);
        parents(record, &others).map_err(refuse)?;
        self.clashes(&host, &others).map_err(refuse)?;
        self.has_a_place(record, &others).map_err(refuse)?;
        self.comes_to_something(record, &host, &others, &kept)
    }

    /// What is wrong with those that there are, one line each: of those that are
    /// kept, and of those that the variable `origins` writes down.
    #[must_use]
    pub fn problems(&self) -> Vec<SavingError> {
        let of_main = |problem| {
            vec![SavingError {
                record: MAIN.to_owned(),
                problem,
            }]
        };
        let written = match self.written() {
            Ok(written) => written,
            Err(problem) => return of_main(problem),
        };
        let kept = self.kept(&written);
        let main = BaseUrl::from_values(&self.base.values());
        let (main, sites) = match (main, self.sites(kept.iter().copied())) {
            (Ok(main), Ok(sites)) => (main, sites),
            (Err(error), _) => return of_main(error.to_string()),
            (_, Err(problem)) => return of_main(problem),
        };
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        taken.extend(
            Host::Exact(main)
                .authorities()
                .into_iter()
                .map(|authority| (authority, MAIN)),
        );
        let mut problems = Vec::new();
        for record in &kept {
            let judged = self.as_it_is(record, &kept, &sites, &mut taken);
            problems.extend(judged.err().map(|problem| SavingError {
                record: shown(&record.name),
                problem,
            }));
        }
        let is_kept = |name: &str| self.live().any(|kept| kept.name == name);
        let shadowed = written.iter().filter(|one| is_kept(&one.name));
        problems.extend(shadowed.map(|one| SavingError {
            record: shown(&one.name),
            problem: "what the variable origins says of it does not count, for one of that name is kept: give it another name there".to_owned(),
        }));
        problems
    }

    /// Steps 1 to 6, of one that is there.
    fn as_it_is<'r>(
        &self,
        record: &'r OriginRecord,
        kept: &[&OriginRecord],
        sites: &Sites,
        taken: &mut BTreeMap<String, &'r str>,
    ) -> Result<(), String> {
        name(record)?;
        values(record)?;
        let host = Host::of(record)?;
        schema(record)?;
        parents(record, kept)?;
        for authority in host.authorities() {
            // The first has it.
            if let Some(whose) = taken.get(&authority) {
                return Err(tie(&host, whose));
            }
            taken.insert(authority, &record.name);
        }
        for authority in host.samples() {
            let found = sites.resolve(&authority, BEFORE_ANY_EXPIRY);
            found.map_err(|none| problem_of(&none.detail, &record.name))?;
        }
        Ok(())
    }

    /// Those that the variable `origins` writes down.
    fn written(&self) -> Result<Vec<OriginRecord>, String> {
        let values = self.base.values();
        written::parse(values.get(Setting::Origins)).map_err(|error| error.to_string())
    }

    /// Everything that is served: of those that are written down, the ones whose
    /// name no other has.
    fn kept<'r>(&'r self, written: &'r [OriginRecord]) -> Vec<&'r OriginRecord> {
        let mut kept: Vec<_> = self.live().collect();
        let names: BTreeSet<_> = kept.iter().map(|record| record.name.as_str()).collect();
        let written = written.iter();
        let more: Vec<_> = written
            .filter(|record| !names.contains(record.name.as_str()))
            .collect();
        kept.extend(more);
        kept
    }

    fn live(&self) -> impl Iterator<Item = &OriginRecord> {
        // The switch of the main origin's login is no origin.
        let records = self.records.iter().filter(|record| record.name != SWITCH);
        records.filter(|record| record.is_live(self.now))
    }

    /// Step 5.
    fn clashes(&self, host: &Host, others: &[&OriginRecord]) -> Result<(), String> {
        let main = BaseUrl::from_values(&self.base.values());
        let main = main.map_err(|error| error.to_string())?;
        let taken = core::iter::once((MAIN, Host::Exact(main)));
        // Another's that is none has no host to clash with.
        let taken = taken.chain(
            others
                .iter()
                .filter_map(|other| Some((other.name.as_str(), Host::of(other).ok()?))),
        );
        for (whose, other) in taken {
            if host.clashes_with(&other) {
                return Err(tie(host, whose));
            }
        }
        Ok(())
    }

    /// Step 8.
    fn has_a_place(&self, record: &OriginRecord, others: &[&OriginRecord]) -> Result<(), String> {
        let is_new = self.records.iter().all(|kept| kept.name != record.name);
        let parents = others.iter().find(|other| other.name == record.parent);
        let parents = parents.map_or(Place::main(), |parent| parent.place.clone());
        if !is_new || record.place == parents || record.place.is_main() {
            return Ok(());
        }
        match others.iter().find(|other| other.place == record.place) {
            Some(other) => Err(format!(
                "the users of {whose} are in {schema} already: choose another schema, or let it start from {whose}",
                whose = other.name,
                schema = shown(&record.place.schema)
            )),
            None => Ok(()),
        }
    }

    /// Steps 6, 7 and 9.
    fn comes_to_something(
        &self,
        record: &OriginRecord,
        host: &Host,
        others: &[&OriginRecord],
        kept: &[&OriginRecord],
    ) -> Result<(), SavingError> {
        let refuse = |problem: String| SavingError {
            record: shown(&record.name),
            problem,
        };
        let with = core::iter::once(record).chain(others.iter().copied());
        let sites = self.sites(with).map_err(refuse)?;
        let mut site = None;
        for authority in host.samples() {
            let found = sites.resolve(&authority, BEFORE_ANY_EXPIRY);
            let found = found.map_err(|none| refuse(problem_of(&none.detail, &record.name)))?;
            site = Some(found);
        }
        if let (Host::Pattern(pattern), Some(site)) = (host, &site)
            && pattern.covers(site.origin.upstream())
        {
            return Err(refuse(
                "upstream: is among base_url's own hosts, so requests would go round in circles: set it to where the app listens".to_owned(),
            ));
        }
        if let Some(site) = site {
            self.shares_cookies_with_its_own(&site, &sites, others)
                .map_err(refuse)?;
        }
        self.descendants(record, &sites, others, kept)
    }

    /// Step 7.
    fn shares_cookies_with_its_own(
        &self,
        site: &Arc<Site>,
        sites: &Sites,
        others: &[&OriginRecord],
    ) -> Result<(), String> {
        let Some(domain) = site.origin.cookies().domain() else {
            return Ok(());
        };
        let main = BaseUrl::from_values(&self.base.values());
        let main = main.map_err(|error| error.to_string())?;
        let others = others
            .iter()
            .filter_map(|other| Some((other.name.as_str(), Host::of(other).ok()?)));
        for (whose, host) in core::iter::once((MAIN, Host::Exact(main))).chain(others) {
            let samples = host.samples();
            let other = samples
                .first()
                .and_then(|sample| sites.resolve(sample, BEFORE_ANY_EXPIRY).ok());
            let clash = other.is_some_and(|other| {
                other.origin.cookies().domain() == Some(domain)
                    && other.origin.place() != site.origin.place()
            });
            if clash {
                return Err(format!(
                    "cookie_domain: {domain} is {whose}'s too, whose users are elsewhere: leave it empty, or keep both in one place"
                ));
            }
        }
        Ok(())
    }

    /// Step 9.
    fn descendants(
        &self,
        record: &OriginRecord,
        sites: &Sites,
        others: &[&OriginRecord],
        kept: &[&OriginRecord],
    ) -> Result<(), SavingError> {
        let before = self.sites(kept.iter().copied());
        for other in others {
            if !chain(other, others).any(|parent| parent == record.name) {
                continue;
            }
            let Ok(host) = Host::of(other) else { continue };
            for authority in host.samples() {
                let Err(none) = sites.resolve(&authority, BEFORE_ANY_EXPIRY) else {
                    continue;
                };
                // What was broken already is not this record's doing.
                let worked = before
                    .as_ref()
                    .is_ok_and(|before| before.resolve(&authority, BEFORE_ANY_EXPIRY).is_ok());
                if worked {
                    return Err(SavingError {
                        record: shown(&record.name),
                        problem: format!(
                            "origin {}, which starts from it, would break: {}",
                            other.name,
                            problem_of(&none.detail, &other.name)
                        ),
                    });
                }
            }
        }
        Ok(())
    }

    fn sites<'r>(&self, records: impl Iterator<Item = &'r OriginRecord>) -> Result<Sites, String> {
        let records = records.cloned().collect();
        Sites::new(self.base.clone(), records, true).map_err(|error| error.to_string())
    }
}

fn tie(host: &Host, whose: &str) -> String {
    format!("base_url: {host} is {whose}'s already: choose another host, or remove {whose}")
}

/// Step 1.
fn name(record: &OriginRecord) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let name = &record.name;
    if name == MAIN {
        Err("the variables describe that one: choose another name".to_owned())
    } else if name == SWITCH {
        Err("`gatelet disable` and `gatelet enable` have that one: choose another name".to_owned())
    } else if !(1..=NAME_MAX_BYTES).contains(&name.len()) || !name.bytes().all(plain) {
        Err("is no name: use at most 63 lower-case letters, digits and hyphens".to_owned())
    } else {
        Ok(())
    }
}

/// Step 2.
fn values(record: &OriginRecord) -> Result<(), String> {
    let mut said = BTreeSet::new();
    for (name, value) in record.values() {
        let name = shown(name);
        let Some(setting) = Setting::named(&name) else {
            return Err(format!(
                "{name}: is no setting{} (`gatelet config` lists those there are)",
                Setting::did_you_mean(&name)
            ));
        };
        if setting.scope() == Scope::Process {
            let what = if setting.is_secret() {
                "a secret, and "
            } else {
                ""
            };
            return Err(format!(
                "{name}: is {what}the same for all origins: set it as a variable"
            ));
        }
        if setting.scope() == Scope::Vault && !is_reference_alone(setting, value) {
            return Err(format!(
                "{name}: is a secret, and is not written down at an origin: keep it with `gatelet vault put NAME`, and write vault:NAME"
            ));
        }
        if !said.insert(setting.name()) {
            return Err(format!("{name}: is set twice: leave one of them out"));
        }
        if record.is_preview && setting == Setting::CookieDomain && !value.trim().is_empty() {
            return Err(format!(
                "{name}: no session is good at a preview and elsewhere too, since a preview runs whatever its branch holds: leave it out"
            ));
        }
        if value.len() > VALUE_MAX_BYTES {
            return Err(format!("{name}: is longer than {VALUE_MAX_BYTES} bytes"));
        }
        if value.contains("${") {
            return Err(format!(
                "{name}: holds ${{…}}, and ${{PREVIEW_URL}} is replaced by `gatelet preview create` alone: write out what it stands for"
            ));
        }
    }
    Ok(())
}

fn schema(record: &OriginRecord) -> Result<(), String> {
    let schema = &record.place.schema;
    let mut bytes = schema.bytes();
    let fits = schema.len() <= SCHEMA_MAX_BYTES
        && bytes.next().is_none_or(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if fits {
        Ok(())
    } else {
        Err(format!(
            "{} is no schema: use at most {SCHEMA_MAX_BYTES} lower-case letters, digits and underscores, a letter first",
            shown(schema)
        ))
    }
}

/// Step 4.
fn parents(record: &OriginRecord, others: &[&OriginRecord]) -> Result<(), String> {
    let find = |name: &str| others.iter().find(|other| other.name == name);
    let mut name = record.parent.as_str();
    let mut count = 1;
    while name != MAIN {
        if name == record.name {
            return Err("its parents lead back to it: choose another parent".to_owned());
        }
        let Some(parent) = find(name) else {
            return Err(format!(
                "there is no origin {} for it to start from: choose main or one that `gatelet origins list` shows",
                shown(name)
            ));
        };
        count += 1;
        if count > PARENTS_MAX {
            return Err(format!(
                "has more than {PARENTS_MAX} parents, main included: choose one nearer to main"
            ));
        }
        name = &parent.parent;
    }
    Ok(())
}

/// The names of a record's parents, the nearest first.
fn chain<'r>(
    record: &'r OriginRecord,
    others: &'r [&OriginRecord],
) -> impl Iterator<Item = &'r str> {
    let above = |name: &str| {
        let parent = others.iter().find(|other| other.name == name)?;
        Some(parent.parent.as_str())
    };
    core::iter::successors(Some(record.parent.as_str()), move |name| above(name)).take(PARENTS_MAX)
}

/// A detail of [`gatelet_core::origins::NoOrigin`], without whose it is.
fn problem_of(detail: &str, name: &str) -> String {
    let own = detail
        .strip_prefix("origin ")
        .and_then(|rest| rest.strip_prefix(name))
        .and_then(|rest| rest.strip_prefix(": "));
    own.unwrap_or(detail).to_owned()
}

/// What somebody wrote, in one line.
fn shown(text: &str) -> String {
    const SHOWN_MAX_BYTES: usize = 64;
    let end = text.floor_char_boundary(SHOWN_MAX_BYTES);
    text[..end].escape_debug().to_string()
}

impl fmt::Display for SavingError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "origin {}: {}", self.record, self.problem)
    }
}

impl std::error::Error for SavingError {}

#[cfg(test)]
mod tests;
