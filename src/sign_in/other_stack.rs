//! What do the variables of another stack mean here? For those who come from a
//! central auth service with one cookie domain: their environment, read into our
//! settings, with a note for whatever is not a matter of a setting.
//!
//! | theirs | ours |
//! |---|---|
//! | `BASE_PROTOCOL`, `AUTH_SUBDOMAIN`, `BASE_DOMAIN` | `base_url` |
//! | `AUTH_COOKIE_DOMAIN`, else `COOKIE_DOMAIN`, else `.BASE_DOMAIN` | `cookie_domain` |
//! | `APP_LIST` | `app_list` |
//! | `CENTRAL_DB_PATH` | `database_url` |
//! | `AUTH_API_RATE_LIMIT_*` | a note |
//! | `SESSION_SECRET` | a note: it becomes no key |

use core::fmt;

use super::apps::{AppId, AppList};
use crate::base_url::{BaseUrl, Scheme};

/// Fewest characters of a `SESSION_SECRET` that was meant for production.
const SECRET_MIN_CHARACTERS: usize = 32;
/// Fewest distinct characters of one that was made and not typed.
const SECRET_DISTINCT_MIN: usize = 10;
/// What a secret says that was never meant to be one.
const PLACEHOLDERS: &[&str] = &[
    "dev", "secret", "change", "example", "default", "password", "test", "local", "insecure",
];
const RATE_LIMIT_PREFIX: &str = "AUTH_API_RATE_LIMIT_";

/// What another stack's environment comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// Name and value of our settings; none of them secret.
    pub settings: Vec<(&'static str, String)>,
    /// What is left to do by hand.
    pub notes: Vec<Remark>,
}

/// A line about one of their variables, without its value where that is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Their variable.
    pub name: String,
    /// One line.
    pub text: String,
}

/// Translates variables by name and value. Those that are none of the names above
/// are passed over, and an empty value counts as none. Every error is returned, not
/// the first alone; each says what to do.
pub fn translate<'a>(
    variables: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Translation, Vec<Remark>> {
    let theirs = Theirs(
        variables
            .into_iter()
            .map(|(name, value)| (name, value.trim()))
            .filter(|(_, value)| !value.is_empty())
            .collect(),
    );
    let mut to = Outcome::default();
    let base_url = theirs.base_url(&mut to);
    theirs.cookie_domain(base_url.as_ref(), &mut to);
    theirs.apps(&mut to);
    theirs.database(&mut to);
    theirs.rate_limits(&mut to);
    theirs.session_secret(&mut to);
    if to.errors.is_empty() {
        Ok(to.translation)
    } else {
        Err(to.errors)
    }
}

struct Theirs<'a>(Vec<(&'a str, &'a str)>);

#[derive(Default)]
struct Outcome {
    translation: Translation,
    errors: Vec<Remark>,
}

impl Outcome {
    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.translation.settings.push((name, value.into()));
    }

    fn note(&mut self, name: &str, text: impl Into<String>) {
        self.translation.notes.push(Remark::new(name, text));
    }

    fn refuse(&mut self, name: &str, text: impl Into<String>) {
        self.errors.push(Remark::new(name, text));
    }
}

impl Theirs<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(found, _)| *found == name);
        found.map(|(_, value)| *value)
    }

    /// D3: where the auth service is.
    fn base_url(&self, to: &mut Outcome) -> Option<BaseUrl> {
        let Some(domain) = self.get("BASE_DOMAIN") else {
            for name in ["BASE_PROTOCOL", "AUTH_SUBDOMAIN"] {
                if self.get(name).is_some() {
                    to.refuse(
                        name,
                        "is set and BASE_DOMAIN is not: set BASE_DOMAIN, such as example.com",
                    );
                }
            }
            return None;
        };
        let protocol = self.get("BASE_PROTOCOL").unwrap_or("https");
        let scheme = protocol.trim_end_matches('/').trim_end_matches(':');
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            to.refuse("BASE_PROTOCOL", "is neither https nor http");
            return None;
        }
        let label = self.get("AUTH_SUBDOMAIN").unwrap_or("auth");
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
        to.set("base_url", base_url.as_str());
        Some(base_url)
    }

    /// D5: which hosts share sessions.
    fn cookie_domain(&self, base_url: Option<&BaseUrl>, to: &mut Outcome) {
        let names = ["AUTH_COOKIE_DOMAIN", "COOKIE_DOMAIN", "BASE_DOMAIN"];
        let Some((name, domain)) = names
            .into_iter()
            .find_map(|name| Some((name, self.get(name)?)))
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
            to.set("cookie_domain", domain);
        }
    }

    /// D4: which apps there are.
    fn apps(&self, to: &mut Outcome) {
        let Some(list) = self.get("APP_LIST") else {
            return;
        };
        match AppList::parse(list) {
            Err(error) => to.refuse("APP_LIST", error.problem),
            Ok(apps) => {
                let ids: Vec<&str> = apps.iter().map(AppId::as_str).collect();
                to.set("app_list", ids.join(","));
                to.note(
                    "APP_LIST",
                    "an app that people are sent back to, or that asks /auth/check from a page, needs an origin: give each one base_url, upstream and app_name with `gatelet origins set`",
                );
            }
        }
    }

    /// D6: one database file.
    fn database(&self, to: &mut Outcome) {
        if self.get("CENTRAL_DB_PATH").is_none() {
            return;
        }
        to.set("database_url", "sqlite:default");
        to.note(
            "CENTRAL_DB_PATH",
            "the host says where sqlite:default lies: .spin/sqlite_db.db beside spin.toml, or on Spin the path of [sqlite_database.default] in the runtime configuration. Give Gatelet a file of its own: it makes its own tables, and takes no users over from others",
        );
    }

    /// D7: how often the API may be asked.
    fn rate_limits(&self, to: &mut Outcome) {
        let limits = self
            .0
            .iter()
            .filter(|(name, _)| name.starts_with(RATE_LIMIT_PREFIX));
        for (name, value) in limits {
            let digits = value.len() <= 12 && value.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || value.bytes().all(|byte| byte == b'0') {
                to.refuse(name, "is no whole number above 0");
            } else {
                to.note(
                    name,
                    "has no setting here: limit /auth/ in the proxy in front",
                );
            }
        }
    }

    /// D8: what signs cookies.
    fn session_secret(&self, to: &mut Outcome) {
        const NAME: &str = "SESSION_SECRET";
        const MEND: &str = "make a key with `gatelet keys new` and keep it in session_keys";
        let Some(secret) = self.get(NAME) else {
            return;
        };
        let mut distinct: Vec<char> = secret.chars().collect();
        let characters = distinct.len();
        distinct.sort_unstable();
        distinct.dedup();
        let lower = secret.to_lowercase();
        if characters < SECRET_MIN_CHARACTERS {
            to.refuse(
                NAME,
                format!("is shorter than {SECRET_MIN_CHARACTERS} characters: {MEND}"),
            );
        } else if distinct.len() < SECRET_DISTINCT_MIN
            || PLACEHOLDERS.iter().any(|word| lower.contains(word))
        {
            to.refuse(
                NAME,
                format!("is a placeholder or one for development: {MEND}"),
            );
        } else {
            to.note(
                NAME,
                format!(
                    "becomes no key: keys here are random bytes with a name each, and whoever knew the old secret must sign nothing. {MEND}; everybody signs in once more"
                ),
            );
        }
    }
}

impl Remark {
    fn new(name: &str, text: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            text: text.into(),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.name, self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::settings::Setting;

    const GOOD_SECRET: &str = "Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";

    fn settings(variables: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        translate(variables.iter().copied())
            .expect("a translation")
            .settings
    }

    fn errors(variables: &[(&str, &str)]) -> Vec<String> {
        let errors = translate(variables.iter().copied()).expect_err("errors");
        errors.iter().map(Remark::to_string).collect()
    }

    #[test]
    fn a_stack_moves_over_by_its_own_variables() {
        let variables = [
            ("BASE_DOMAIN", "Example.com"),
            ("BASE_PROTOCOL", "https"),
            ("AUTH_SUBDOMAIN", "login"),
            ("APP_LIST", "Armory, codex,armory"),
            ("CENTRAL_DB_PATH", "/data/central.db"),
            ("SESSION_SECRET", GOOD_SECRET),
            ("AUTH_API_RATE_LIMIT_WINDOW_MS", "900000"),
            ("AUTH_API_RATE_LIMIT_MAX", "100"),
            ("PATH", "/bin"),
        ];
        let translation = translate(variables).expect("a translation");
        let of = |name: &str| {
            let found = translation.settings.iter().find(|(ours, _)| *ours == name);
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!(of("base_url"), Some("https://login.example.com"));
        assert_eq!(of("cookie_domain"), Some("example.com"));
        assert_eq!(of("app_list"), Some("armory,codex"));
        assert_eq!(of("database_url"), Some("sqlite:default"));
        assert_eq!(translation.settings.len(), 4);
        let noted: Vec<_> = translation
            .notes
            .iter()
            .map(|note| note.name.as_str())
            .collect();
        assert_eq!(
            noted,
            [
                "APP_LIST",
                "CENTRAL_DB_PATH",
                "AUTH_API_RATE_LIMIT_WINDOW_MS",
                "AUTH_API_RATE_LIMIT_MAX",
                "SESSION_SECRET"
            ]
        );
        assert!(!format!("{translation:?}").contains(GOOD_SECRET));
        for (name, value) in &translation.settings {
            let setting = Setting::named(name).unwrap_or_else(|| panic!("{name} is no setting"));
            assert!(!setting.secret || *value == "sqlite:default", "{name}");
        }
        let key = format!("k1:{GOOD_SECRET}");
        let ours = translation
            .settings
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain([("session_keys", key.as_str())]);
        crate::sign_in::settings::SignInSettings::from_values(ours).expect("settings that serve");
    }

    #[test]
    fn cookie_domains_come_from_the_most_particular_name() {
        let base = ("BASE_DOMAIN", "example.com");
        for (variables, domain) in [
            (vec![base], Some("example.com")),
            (
                vec![base, ("COOKIE_DOMAIN", ".example.com")],
                Some("example.com"),
            ),
            (
                vec![
                    base,
                    ("AUTH_COOKIE_DOMAIN", "auth.example.com"),
                    ("COOKIE_DOMAIN", ".example.com"),
                ],
                Some("auth.example.com"),
            ),
            (vec![base, ("COOKIE_DOMAIN", "")], Some("example.com")),
            (
                vec![("BASE_DOMAIN", "localhost:3000"), ("BASE_PROTOCOL", "http")],
                None,
            ),
            (
                vec![
                    ("BASE_DOMAIN", "stack.localhost:3000"),
                    ("BASE_PROTOCOL", "http://"),
                ],
                Some("stack.localhost"),
            ),
            (vec![], None),
        ] {
            let settings = settings(&variables);
            let found = settings.iter().find(|(name, _)| *name == "cookie_domain");
            assert_eq!(
                found.map(|(_, value)| value.as_str()),
                domain,
                "{variables:?}"
            );
        }
    }

    #[test]
    fn plain_http_is_noted_and_not_allowed_by_itself() {
        let translation = translate([("BASE_DOMAIN", "example.com"), ("BASE_PROTOCOL", "http")])
            .expect("a translation");
        assert!(
            translation
                .settings
                .iter()
                .all(|(name, _)| *name != "insecure_http")
        );
        assert_eq!(translation.notes[0].name, "BASE_PROTOCOL");
    }

    #[test]
    fn what_cannot_be_right_is_refused_with_the_mend() {
        let base = ("BASE_DOMAIN", "example.com");
        for (variables, name) in [
            (vec![("BASE_PROTOCOL", "https")], "BASE_PROTOCOL: "),
            (vec![("AUTH_SUBDOMAIN", "auth")], "AUTH_SUBDOMAIN: "),
            (vec![base, ("BASE_PROTOCOL", "ftp")], "BASE_PROTOCOL: "),
            (vec![base, ("AUTH_SUBDOMAIN", "a.b/c")], "AUTH_SUBDOMAIN: "),
            (
                vec![("BASE_DOMAIN", "https://example.com/x")],
                "BASE_DOMAIN: ",
            ),
            (vec![("BASE_DOMAIN", "exämple.com")], "BASE_DOMAIN: "),
            (
                vec![base, ("COOKIE_DOMAIN", ".example.org")],
                "COOKIE_DOMAIN: ",
            ),
            (
                vec![base, ("COOKIE_DOMAIN", "ample.com")],
                "COOKIE_DOMAIN: ",
            ),
            (
                vec![base, ("AUTH_COOKIE_DOMAIN", "a b")],
                "AUTH_COOKIE_DOMAIN: ",
            ),
            (vec![("APP_LIST", "a b")], "APP_LIST: "),
            (
                vec![("AUTH_API_RATE_LIMIT_MAX", "0")],
                "AUTH_API_RATE_LIMIT_MAX: ",
            ),
            (
                vec![("AUTH_API_RATE_LIMIT_WINDOW_MS", "-1")],
                "AUTH_API_RATE_LIMIT_WINDOW_MS: ",
            ),
            (
                vec![("AUTH_API_RATE_LIMIT_WINDOW_MS", "15m")],
                "AUTH_API_RATE_LIMIT_WINDOW_MS: ",
            ),
        ] {
            let errors = errors(&variables);
            assert!(
                errors.len() == 1 && errors[0].starts_with(name) && !errors[0].contains('\n'),
                "{errors:?}"
            );
        }
        assert_eq!(
            errors(&[("APP_LIST", "a b"), ("SESSION_SECRET", "short")]).len(),
            2,
            "all of them at once"
        );
    }

    #[test]
    fn development_secrets_are_refused() {
        for secret in [
            "brief",
            "Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8z",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abababababababababababababababababababab",
            "dev-session-key-Zq8wE3rT5yU7iO9pA1sD2fG4",
            "please-CHANGE-me-Zq8wE3rT5yU7iO9pA1sD2fG",
            "super-secret-Zq8wE3rT5yU7iO9pA1sD2fG4hJ6",
        ] {
            let errors = errors(&[("SESSION_SECRET", secret)]);
            assert!(
                errors[0].contains("gatelet keys new") && !errors[0].contains(secret),
                "{errors:?}"
            );
        }
        let translation = translate([("SESSION_SECRET", GOOD_SECRET)]).expect("a translation");
        assert!(
            translation.settings.is_empty(),
            "it becomes no key by itself"
        );
    }

    proptest! {
        #[test]
        fn any_environment_is_answered_without_its_secret(
            secret in "[A-Za-z0-9]{12,60}",
            values in prop::collection::vec(any::<String>(), 6),
        ) {
            let names = ["BASE_DOMAIN", "BASE_PROTOCOL", "AUTH_SUBDOMAIN", "COOKIE_DOMAIN", "APP_LIST", "AUTH_API_RATE_LIMIT_MAX"];
            prop_assume!(values.iter().all(|value| !value.contains(&secret)));
            let variables = names.into_iter().zip(values.iter().map(String::as_str)).chain([("SESSION_SECRET", secret.as_str())]);
            let said = format!("{:?}", translate(variables));
            prop_assert!(!said.contains(&secret));
        }
    }
}
