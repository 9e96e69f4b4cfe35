//! What do the variables of another stack mean here? For those who come from a
//! central auth service with one cookie domain: their environment, read into our
//! settings, with a note for whatever is not a matter of a setting.
//!
//! | theirs | ours |
//! |---|---|
//! | `BASE_PROTOCOL`, `AUTH_SUBDOMAIN`, `BASE_DOMAIN` | `base_url` |
//! | `AUTH_COOKIE_DOMAIN`, else `COOKIE_DOMAIN`, else `.BASE_DOMAIN` | `cookie_domain` |
//! | `APP_LIST` | `app_list` |
//! | `CENTRAL_DB_PATH` | `database_url`, and the folder of embedded databases |
//! | `AUTH_API_RATE_LIMIT_WINDOW_MS`, `AUTH_API_RATE_LIMIT_MAX` | `rate_limit_window_seconds`, `rate_limit_max` |
//! | others of `AUTH_API_RATE_LIMIT_*` | nothing: a remark that nothing enforces them |
//! | `SESSION_SECRET` | nothing: a remark that it becomes no key |

use gatelet_core::base_url::{BaseUrl, Scheme};
use gatelet_settings::{Setting, Values};
use gatelet_sign_in::apps::{AppId, AppList};
use gatelet_sign_in::limits::Limits;

use crate::translation::{Outcome, Remark, Said, Translation};

/// Fewest characters of a `SESSION_SECRET` that was meant for production.
const SECRET_MIN_CHARACTERS: usize = 32;
/// Fewest distinct characters of one that was made and not typed.
const SECRET_DISTINCT_MIN: usize = 10;
/// What a secret says that was never meant to be one.
const PLACEHOLDERS: &[&str] = &[
    "dev", "secret", "change", "example", "default", "password", "test", "local", "insecure",
];
const RATE_LIMIT_PREFIX: &str = "AUTH_API_RATE_LIMIT_";
const RATE_LIMIT_MAX: &str = "AUTH_API_RATE_LIMIT_MAX";
const RATE_LIMIT_WINDOW: &str = "AUTH_API_RATE_LIMIT_WINDOW_MS";
const SESSION_SECRET: &str = "SESSION_SECRET";
/// The others, in the order in which they are spoken of.
const NAMES: &[&str] = &[
    "BASE_PROTOCOL",
    "AUTH_SUBDOMAIN",
    "BASE_DOMAIN",
    "AUTH_COOKIE_DOMAIN",
    "COOKIE_DOMAIN",
    "APP_LIST",
    "CENTRAL_DB_PATH",
    SESSION_SECRET,
];

impl Translation {
    /// The remarks on limits that the other stack kept and nothing here does.
    pub fn unenforced(&self) -> impl Iterator<Item = &Remark> {
        self.notes
            .iter()
            .filter(|note| note.name.starts_with(RATE_LIMIT_PREFIX))
    }
}

/// Whether a variable is one of theirs, by its name.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let is_limit = |rest: &str| {
        rest.bytes()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
    };
    NAMES.contains(&name) || name.strip_prefix(RATE_LIMIT_PREFIX).is_some_and(is_limit)
}

/// Their names, but for those of limits.
#[must_use]
pub fn names() -> &'static [&'static str] {
    NAMES
}

/// Whether a file with variables of these names was written for such a stack. A
/// `SESSION_SECRET` alone says nothing: half of all apps have one.
pub fn is_such_a_stack<'a>(names: impl IntoIterator<Item = &'a str>) -> bool {
    names
        .into_iter()
        .any(|name| is_name(name) && name != SESSION_SECRET)
}

/// Translates variables by name and value. Those that are none of the names above
/// are passed over, and an empty value counts as none. Every error is returned, not
/// the first alone; each says what to do.
pub fn translate<'a>(
    variables: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Translation, Vec<Remark>> {
    let theirs = Theirs(Said::read(variables));
    let mut to = Outcome::default();
    let base_url = theirs.base_url(&mut to);
    theirs.cookie_domain(base_url.as_ref(), &mut to);
    theirs.apps(&mut to);
    theirs.database(&mut to);
    theirs.rate_limits(&mut to);
    theirs.session_secret(base_url.as_ref(), &mut to);
    to.told()
}

struct Theirs<'a>(Said<'a>);

impl Theirs<'_> {
    /// D3: where the auth service is.
    fn base_url(&self, to: &mut Outcome) -> Option<BaseUrl> {
        let Some(domain) = self.0.get("BASE_DOMAIN") else {
            for name in ["BASE_PROTOCOL", "AUTH_SUBDOMAIN"] {
                if self.0.get(name).is_some() {
                    to.refuse(
                        name,
                        "is set and BASE_DOMAIN is not: set BASE_DOMAIN, such as example.com",
                    );
                }
            }
            return None;
        };
        let protocol = self.0.get("BASE_PROTOCOL").unwrap_or("https");
        let scheme = protocol.trim_end_matches('/').trim_end_matches(':');
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            to.refuse("BASE_PROTOCOL", "is neither https nor http");
            return None;
        }
        let label = self.0.get("AUTH_SUBDOMAIN").unwrap_or("auth");
        if AppId::parse(label).is_none() {
            to.refuse("AUTH_SUBDOMAIN", "is no label of a host name, such as auth");
            return None;
        }
        let domain = domain.trim_start_matches('.');
        let Ok(base_url) = BaseUrl::parse(&format!("{scheme}://{label}.{domain}")) else {
            to.refuse("BASE_DOMAIN", "is no domain, such as example.com");
            return None;
        };
        if base_url.scheme() == Scheme::Http && !base_url.is_loopback() {
            to.note(
                "BASE_PROTOCOL",
                "is plain HTTP, over which sessions can be stolen: use https, or set insecure_http=allow if you accept that",
            );
        }
        let names = ["BASE_PROTOCOL", "AUTH_SUBDOMAIN", "BASE_DOMAIN"];
        let of = names.into_iter().filter(|name| self.0.get(name).is_some());
        to.set(of.collect(), Setting::BaseUrl, base_url.as_str());
        Some(base_url)
    }

    /// D5: which hosts share sessions.
    fn cookie_domain(&self, base_url: Option<&BaseUrl>, to: &mut Outcome) {
        let names = ["AUTH_COOKIE_DOMAIN", "COOKIE_DOMAIN", "BASE_DOMAIN"];
        let Some((name, domain)) = names
            .into_iter()
            .find_map(|name| Some((name, self.0.get(name)?)))
        else {
            return;
        };
        // A BASE_DOMAIN may have a port, which no cookie knows.
        let Ok(read) = BaseUrl::parse(&format!("http://{}", domain.trim_start_matches('.'))) else {
            // Said of BASE_DOMAIN above.
            if name != "BASE_DOMAIN" {
                to.refuse(name, "is no domain, such as example.com");
            }
            return;
        };
        let domain = read.host();
        if let Some(base_url) = base_url
            && !base_url.is_within(domain)
        {
            to.refuse(
                name,
                format!("{base_url} is not within {domain}: set a domain that its host ends in"),
            );
        } else if !domain.contains('.') || read.is_address() {
            to.note(
                name,
                format!(
                    "browsers keep no cookies for {domain}, so cookie_domain stays empty and every host has sessions of its own: use a domain such as example.com, or app.localhost"
                ),
            );
        } else {
            to.set(vec![name], Setting::CookieDomain, domain);
        }
        if name == "AUTH_COOKIE_DOMAIN" && self.0.get("COOKIE_DOMAIN").is_some() {
            to.note("COOKIE_DOMAIN", "does not count beside AUTH_COOKIE_DOMAIN");
        }
    }

    /// D4: which apps there are.
    fn apps(&self, to: &mut Outcome) {
        let Some(list) = self.0.get("APP_LIST") else {
            return;
        };
        match AppList::parse(list) {
            Err(error) => to.refuse("APP_LIST", error.problem),
            Ok(apps) => {
                let ids: Vec<&str> = apps.iter().map(AppId::as_str).collect();
                to.note(
                    "APP_LIST",
                    "an app that people are sent back to, or that asks /auth/check from a page, needs an origin: give each one base_url, upstream and app_name with `gatelet origins set`, and let upstream_hosts cover where they listen",
                );
                to.set(vec!["APP_LIST"], Setting::AppList, ids.join(","));
            }
        }
    }

    /// D6: one database file.
    fn database(&self, to: &mut Outcome) {
        const NAME: &str = "CENTRAL_DB_PATH";
        let Some(path) = self.0.get(NAME) else {
            return;
        };
        let (folder, file) = path.rsplit_once('/').unwrap_or((".", path));
        if file.is_empty() || path.chars().any(char::is_control) {
            to.refuse(NAME, "is no path of a file, such as /data/central.db");
            return;
        }
        to.set(vec![NAME], Setting::DatabaseUrl, "sqlite:default");
        let folder = if folder.is_empty() { "/" } else { folder };
        to.lie_in(folder);
        to.note(
            NAME,
            "Gatelet keeps a file of its own in that folder, sqlite_db.db, with tables of its own; it takes over no users and does not touch the old file. On Spin the path is that of [sqlite_database.default] in the runtime configuration",
        );
    }

    /// D7: how often the API may be asked.
    fn rate_limits(&self, to: &mut Outcome) {
        let limits = self
            .0
            .iter()
            .filter(|(name, _)| name.starts_with(RATE_LIMIT_PREFIX) && is_name(name));
        for (name, value) in limits {
            let digits = value.len() <= 12 && value.bytes().all(|byte| byte.is_ascii_digit());
            let number = value.parse().ok().filter(|number| digits && *number > 0);
            let Some(number) = number else {
                to.refuse(name, "is no whole number above 0");
                continue;
            };
            let number: u64 = number;
            let (name, setting, number) = match name {
                RATE_LIMIT_MAX => (RATE_LIMIT_MAX, Setting::RateLimitMax, number),
                RATE_LIMIT_WINDOW => {
                    let seconds = number.div_ceil(1_000);
                    (RATE_LIMIT_WINDOW, Setting::RateLimitWindowSeconds, seconds)
                }
                name => {
                    to.note(
                        name,
                        "is NOT ENFORCED: see docs/limits.md for what is limited here",
                    );
                    continue;
                }
            };
            let value = number.to_string();
            // What the setting takes, it says itself.
            match Limits::from_values(&Values::new([(setting, value.as_str())])) {
                Ok(_) => to.set(vec![name], setting, value),
                Err(error) => to.refuse(name, error.to_string()),
            }
        }
    }

    /// D8: what signs cookies. Where only this machine can come, a secret for
    /// development is what it says it is.
    fn session_secret(&self, base_url: Option<&BaseUrl>, to: &mut Outcome) {
        const MEND: &str = "make a key with `gatelet keys new` and keep it in session_keys";
        let Some(secret) = self.0.get(SESSION_SECRET) else {
            return;
        };
        let in_production = !base_url.is_some_and(BaseUrl::is_loopback);
        let fault = if secret.chars().count() < SECRET_MIN_CHARACTERS {
            Some(format!(
                "is shorter than {SECRET_MIN_CHARACTERS} characters"
            ))
        } else {
            is_placeholder(secret).then(|| "is a placeholder or one for development".to_owned())
        };
        match fault {
            Some(fault) if in_production => {
                to.refuse(SESSION_SECRET, format!("{fault}: {MEND}"));
            }
            Some(_) | None => to.note(
                SESSION_SECRET,
                format!(
                    "becomes no key: keys here are random bytes with a name each, and whoever knew the old secret must sign nothing. {MEND}; everybody signs in once more"
                ),
            ),
        }
    }
}

fn is_placeholder(secret: &str) -> bool {
    let mut distinct: Vec<char> = secret.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let lower = secret.to_lowercase();
    distinct.len() < SECRET_DISTINCT_MIN || PLACEHOLDERS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests;
