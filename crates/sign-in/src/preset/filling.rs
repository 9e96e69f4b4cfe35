//! What do an entry's fields make of its preset's patterns? Each field that a pattern has
//! must be said, and each that is said must be one that a pattern has: a slip would
//! silently mean another provider.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Field, Preset, Quirk};
use crate::endpoint::TENANT;

/// Longest answer, in bytes.
const ANSWER_MAX_BYTES: usize = 253;

/// A preset, and what an entry says of it.
pub(crate) struct Filling {
    preset: &'static Preset,
    said: BTreeMap<Field, String>,
    used: RefCell<BTreeSet<Field>>,
}

impl Filling {
    /// Takes what the entry says. The error names the field.
    pub(crate) fn new(
        preset: &'static Preset,
        said: impl IntoIterator<Item = (Field, String)>,
    ) -> Result<Self, String> {
        let said = said.into_iter().map(|(field, text)| {
            let read = read(field, &text);
            let read =
                read.ok_or_else(|| format!("`{}` must be {}", field.name(), shape(field)))?;
            Ok((field, read))
        });
        Ok(Self {
            preset,
            said: said.collect::<Result<_, String>>()?,
            used: RefCell::default(),
        })
    }

    /// The issuer, or the server's web address.
    pub(crate) fn address(&self) -> Result<String, String> {
        let pattern = self.preset.pattern();
        if !pattern.contains(Field::Tenant.placeholder()) {
            return self.fill(pattern);
        }
        let tenant = self.answer(Field::Tenant)?;
        let named = self.preset.quirks.iter().find_map(|quirk| match quirk {
            Quirk::SharedTenants(names, _) if names.contains(&&*tenant) => Some(TENANT),
            Quirk::NamedTenant(name, id) if *name == tenant => Some(*id),
            _ => None,
        });
        let tenant = match named {
            Some(named) => named.to_owned(),
            None if is_uuid(&tenant) => tenant,
            None => {
                return Err(format!("`tenant` must be {}", shape(Field::Tenant)));
            }
        };
        Ok(pattern.replace(Field::Tenant.placeholder(), &tenant))
    }

    /// Where the metadata is, where that is not below the issuer.
    pub(crate) fn discovery_url(&self) -> Result<Option<String>, String> {
        for quirk in self.preset.quirks {
            if let Quirk::SharedTenants(names, pattern) = quirk {
                let tenant = self.answer(Field::Tenant)?;
                if names.contains(&&*tenant) {
                    return self.fill(pattern).map(Some);
                }
            }
        }
        Ok(None)
    }

    /// Hosts that endpoints may be at beside the issuer's site.
    pub(crate) fn endpoint_hosts(&self) -> Result<Option<Vec<String>>, String> {
        let patterns = self.preset.quirks.iter().filter_map(|quirk| match quirk {
            Quirk::EndpointsAt(pattern) => Some(pattern),
            _ => None,
        });
        let hosts: Vec<_> = patterns
            .map(|pattern| self.fill(pattern))
            .collect::<Result<_, _>>()?;
        Ok((!hosts.is_empty()).then_some(hosts))
    }

    /// That nothing was said which nothing needs. `beside` is what the entry says in
    /// place of a pattern.
    pub(crate) fn finish(self, beside: &str) -> Result<(), String> {
        let used = self.used.into_inner();
        let Some(field) = self.said.keys().find(|field| !used.contains(field)) else {
            return Ok(());
        };
        let (name, id) = (field.name(), self.preset.id);
        match self.preset.asks.iter().any(|ask| ask.field == *field) {
            true => Err(format!(
                "`{name}` says nothing beside `{beside}`: leave one of them out"
            )),
            false => Err(format!(
                "`{name}` says nothing with `preset` {id}, which has no such field: leave it out"
            )),
        }
    }

    fn fill(&self, pattern: &str) -> Result<String, String> {
        let mut text = pattern.to_owned();
        for field in Field::ALL {
            if !text.contains(field.placeholder()) {
                continue;
            }
            let answer = self.answer(field)?;
            // An address of one's own machine may say that it has no TLS.
            let whole = format!("https://{}", field.placeholder());
            text = match answer.starts_with("http://") {
                true if text.contains(&whole) => text.replace(&whole, &answer),
                _ => text.replace(field.placeholder(), &answer),
            };
        }
        Ok(text)
    }

    fn answer(&self, field: Field) -> Result<String, String> {
        self.used.borrow_mut().insert(field);
        let said = self.said.get(&field).cloned();
        let ask = self.preset.asks.iter().find(|ask| ask.field == field);
        let default = || ask.and_then(|ask| ask.default).map(str::to_owned);
        said.or_else(default).ok_or_else(|| {
            let (meaning, example) = ask.map_or(("", ""), |ask| (ask.meaning, ask.example));
            format!(
                "`{}` is missing, which `preset` {} asks for: {meaning}, such as {example}",
                field.name(),
                self.preset.id
            )
        })
    }
}

/// As it goes into a pattern; None where it does not fit.
fn read(field: Field, text: &str) -> Option<String> {
    let text = text.trim();
    let text = match field {
        // Copied from an address bar.
        Field::Domain => text
            .strip_prefix("https://")
            .unwrap_or(text)
            .trim_end_matches('/'),
        _ => text,
    };
    let bare = text.strip_prefix("http://").unwrap_or(text);
    let fits = |more: &[u8]| {
        (1..=ANSWER_MAX_BYTES).contains(&bare.len())
            && bare
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
    };
    let fits = match field {
        // What comes of it is screened as a URL.
        Field::Domain => fits(b".-_:/[]") && !bare.starts_with('/') && !bare.contains("//"),
        Field::Realm => fits(b".-_~") && !matches!(text, "." | ".."),
        Field::Tenant | Field::Region => fits(b"-"),
        Field::Pool => fits(b"-_"),
    };
    let is_plain = field == Field::Domain || bare == text;
    let text = match field {
        Field::Tenant | Field::Region => text.to_ascii_lowercase(),
        Field::Domain | Field::Realm | Field::Pool => text.to_owned(),
    };
    (fits && is_plain).then_some(text)
}

fn shape(field: Field) -> &'static str {
    match field {
        Field::Domain => "a host such as acme.example.com, without what follows in its addresses",
        Field::Tenant => {
            "the tenant\u{2019}s id such as 8a1f0c52-5f0e-4d0a-9d43-2f6f1f0b7c11, or organizations, common or consumers"
        }
        Field::Realm => "a realm\u{2019}s name of letters, digits, `.`, `-`, `_` and `~`",
        Field::Region => "a region such as eu-central-1",
        Field::Pool => "a user pool\u{2019}s id such as eu-central-1_AbCdEf123",
    }
}

/// 8-4-4-4-12 hexadecimal digits: issuers name tenants so, whichever domains they have.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
