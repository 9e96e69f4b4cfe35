//! What runs where? Said once, when everything that was asked for runs.

use std::net::SocketAddr;
use std::path::Path;

use gatelet_core::base_url::{BaseUrl, Scheme};
use gatelet_core::forwarded::TrustedProxies;
use gatelet_settings::Setting;
use gatelet_sign_in::linking::SignUp;
use gatelet_sign_in::settings::{MagicLink, PasswordSignIn};
use gatelet_sign_in::sites::SignInSettings;
use url::Url;

use super::log::LogFormat;
use super::reach::Database;

/// A few short lines, what should be known beside them, and the address to open. That is
/// the only one that is written as one: a terminal makes links of the others.
pub(super) struct Banner {
    listening: Listening,
    lines: Vec<(&'static str, String)>,
    warnings: Vec<String>,
    open: Option<String>,
}

/// Where it listens.
pub(super) struct Listening {
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) tls: bool,
}

impl Banner {
    pub(super) fn new(application: &str, listening: Listening) -> Self {
        let listeners: Vec<_> = listening
            .addresses
            .iter()
            .map(ToString::to_string)
            .collect();
        let version = env!("CARGO_PKG_VERSION");
        let tls = if listening.tls { ", TLS" } else { "" };
        Self {
            lines: vec![(
                "serving",
                format!(
                    "{application} on {}{tls} (gatelet {version})",
                    listeners.join(", ")
                ),
            )],
            listening,
            warnings: Vec::new(),
            open: None,
        }
    }

    /// `guarded` are the components behind middleware: the app, where there are any.
    pub(super) fn settings(&mut self, settings: &SignInSettings, guarded: &[&str]) {
        let origin = settings.gate.origins.main();
        let base_url = origin.base_url();
        let app = match guarded {
            [] => app(origin.upstream().as_str()),
            components => format!("{}, behind middleware", components.join(", ")),
        };
        self.lines.push(("app", app));
        if origin.is_insecure() {
            self.warnings.push(format!(
                "{base_url} is plain HTTP: sessions can be stolen on the way"
            ));
        }
        let proxied = settings.gate.trusted_proxies != TrustedProxies::default();
        self.warnings
            .extend(amiss(base_url, &self.listening, proxied));
        self.lines.push(("sign-in", sign_in(settings)));
        self.open = Some(base_url.to_string());
    }

    /// A base URL that nobody set.
    pub(super) fn followed(&mut self, base_url: Option<&str>) {
        if let Some(url) = base_url {
            self.warnings.push(format!(
                "base_url is not set, and taken to be {url}: for other commands and other machines, `gatelet set base_url {url}` or what visitors type"
            ));
        }
    }

    /// What the profile sets. Names alone: values may be secret.
    pub(super) fn kept(&mut self, file: &Path, names: &[String]) {
        let names = names.join(", ");
        self.lines
            .push(("settings", format!("{} sets {names}", file.display())));
    }

    pub(super) fn database(&mut self, url: Option<&str>, state_folder: &Path) {
        // What is none has been refused before.
        let Some(Ok(database)) = url.map(Database::parse) else {
            return;
        };
        let folder = match &database {
            Database::Sqlite(_) => format!(" in {}", state_folder.display()),
            Database::Postgres(_) | Database::MySql(_) => String::new(),
        };
        self.lines.push(("database", format!("{database}{folder}")));
    }

    pub(super) fn metrics(&mut self, address: SocketAddr) {
        self.lines.push(("metrics", format!("{address}/metrics")));
    }

    pub(super) fn unprotected(&mut self, url: &str) {
        self.warnings.push(format!(
            "everything is forwarded to {url} and nothing is judged: anybody gets in"
        ));
    }

    /// For people as lines, for machines as one event of the log.
    pub(super) fn say(&self, format: LogFormat) {
        match format {
            LogFormat::Text => eprint!("{}", self.text()),
            LogFormat::Json => {
                let open = self.open.iter().map(|url| ("open", url));
                let lines = self
                    .lines
                    .iter()
                    .map(|(subject, detail)| (*subject, detail));
                let parts: Vec<_> = lines
                    .chain(open)
                    .map(|(subject, detail)| format!("{subject} {detail}"))
                    .collect();
                tracing::info!("{}", parts.join("; "));
            }
        }
        for warning in &self.warnings {
            tracing::warn!("{warning}");
        }
        if let (LogFormat::Text, Some(url)) = (format, &self.open) {
            eprintln!("{:<9} {url}", "open");
        }
    }

    fn text(&self) -> String {
        self.lines
            .iter()
            .map(|(subject, detail)| format!("{subject:<9} {detail}\n"))
            .collect()
    }
}

/// The ways in.
fn sign_in(settings: &SignInSettings) -> String {
    let origin = settings.gate.origins.main();
    if origin.backend().foreign().is_some() {
        let address = origin.sign_in_address();
        let led = address.map(|one| one.returning(origin.base_url(), &Default::default()));
        let place = led.unwrap_or_else(|| "its own pages (sign_in_url is not set)".to_owned());
        return format!("by {}, at {place}", origin.backend().name());
    }
    let password = match settings.sign_in().password_sign_in {
        PasswordSignIn::On => Some("password"),
        PasswordSignIn::Off => None,
    };
    let letter = (settings.sign_in().magic_link == MagicLink::On).then_some("a letter");
    let providers = settings
        .sign_in()
        .providers
        .iter()
        .map(|provider| provider.name.as_str());
    let ways: Vec<_> = password
        .into_iter()
        .chain(letter)
        .chain(providers)
        .collect();
    let sign_up = &settings.sign_in().sign_up;
    let sign_up = match sign_up.who {
        SignUp::Open if sign_up.asks_for_domains() => "open to addresses of sign_up_domains",
        SignUp::Open => "open to anybody",
        SignUp::Invited => "by invitation",
        SignUp::Closed => "closed",
    };
    format!("{}; sign-up is {sign_up}", ways.join(", "))
}

/// What will not work, or not as it looks, by the base URL and what listens.
fn amiss(base_url: &BaseUrl, listening: &Listening, proxied: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let secure = base_url.scheme() == Scheme::Https;
    let url = Url::parse(base_url.as_str()).ok();
    let port = url.as_ref().and_then(Url::port_or_known_default);
    let heard = listening
        .addresses
        .iter()
        .any(|listener| Some(listener.port()) == port);
    let first = listening.addresses.first();
    if listening.tls && !secure {
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        let port = first.map_or(443, SocketAddr::port);
        lines.push(format!(
            "this serves HTTPS and base_url is {base_url}, where no sign-in will work: `gatelet set base_url https://{host}:{port}`"
        ));
    } else if base_url.is_loopback()
        && !heard
        && let (Some(url), Some(first)) = (&url, first)
    {
        lines.push(format!(
            "base_url is {base_url}, and nothing listens there: unless a proxy leads from there to here, set base_url to {}://{}:{}",
            url.scheme(),
            url.host_str().unwrap_or_default(),
            first.port()
        ));
    } else if base_url.is_loopback()
        && !proxied
        && let Some(other) = listening
            .addresses
            .iter()
            .find(|listener| !listener.ip().is_loopback() && !listener.ip().is_unspecified())
    {
        lines.push(format!(
            "{other} is for others than this machine, and base_url is {base_url}: set base_url to what they type"
        ));
    }
    if secure && !listening.tls && !proxied {
        lines.push(
            "base_url is https and this serves plain HTTP, so a proxy stands in front, and what it says of visitors is dropped: `gatelet set trusted_proxies` with its address, such as 127.0.0.1 or 10.0.0.0/8".to_owned(),
        );
    }
    lines
}

/// The demo by its name, any other by where it listens.
fn app(upstream: &str) -> String {
    if Setting::Upstream.default() == Some(upstream) {
        return "the demo: `gatelet set upstream http://localhost:8080` puts yours here".to_owned();
    }
    match upstream.split_once("://") {
        Some(("http", authority)) => authority.to_owned(),
        Some((scheme, authority)) => format!("{authority} ({scheme})"),
        None => upstream.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: (&str, &str) = (
        "session_keys",
        "k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE",
    );

    fn banner(variables: &[(&str, &str)]) -> Banner {
        banner_before(variables, &[])
    }

    fn banner_before(variables: &[(&str, &str)], guarded: &[&str]) -> Banner {
        let variables: Vec<_> = [KEY].iter().chain(variables).copied().collect();
        let settings = SignInSettings::from_variables(variables.iter().copied()).unwrap();
        let listening = Listening {
            addresses: vec!["127.0.0.1:3000".parse().unwrap()],
            tls: variables.contains(&("tls", "")),
        };
        let mut banner = Banner::new("gatelet", listening);
        banner.settings(&settings, guarded);
        let url = variables.iter().find(|(name, _)| *name == "database_url");
        banner.database(url.map(|(_, url)| *url), Path::new("/state"));
        banner
    }

    #[test]
    fn it_says_what_runs_where_and_no_password() {
        let banner = banner(&[
            ("database_url", "postgres://u:hunter2@db.example/d"),
            ("google_client_id", "i"),
            ("google_client_secret", "hunter2"),
            ("sign_up", "closed"),
        ]);
        let text = banner.text();
        for line in [
            "serving   gatelet on 127.0.0.1:3000 (gatelet 0.1.0)",
            "app       the demo: `gatelet set upstream http://localhost:8080` puts yours here",
            "sign-in   password, Google; sign-up is closed",
            "database  postgres://db.example:5432",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
        assert!(banner.warnings.is_empty(), "{:?}", banner.warnings);
        assert_eq!(banner.open.as_deref(), Some("http://localhost:3000"));
    }

    #[test]
    fn the_app_is_what_stands_behind_middleware_where_something_does() {
        let text = banner_before(&[], &["hello", "shop"]).text();
        let line = "app       hello, shop, behind middleware";
        assert!(text.lines().any(|found| found == line), "{text}");
    }

    #[test]
    fn plain_http_that_was_knowingly_chosen_is_said() {
        let banner = banner(&[
            ("base_url", "http://app.example"),
            ("insecure_http", "allow"),
        ]);
        assert!(
            banner.warnings[0].contains("sessions can be stolen"),
            "{:?}",
            banner.warnings
        );
    }

    #[test]
    fn a_base_url_of_this_machine_where_nothing_listens_is_said_with_the_mend() {
        let banner = banner(&[("base_url", "http://localhost:4000")]);
        assert!(
            banner.warnings[0].ends_with("set base_url to http://localhost:3000"),
            "{:?}",
            banner.warnings
        );
    }

    #[test]
    fn what_will_not_work_is_said_with_the_mend() {
        for (variables, says) in [
            (
                &[("tls", "")][..],
                "`gatelet set base_url https://localhost:3000`",
            ),
            (
                &[("base_url", "https://app.example.com")],
                "`gatelet set trusted_proxies`",
            ),
        ] {
            let told = banner(variables).warnings;
            assert!(told.len() == 1 && told[0].contains(says), "{told:?}");
        }
        for variables in [
            &[("base_url", "https://localhost:3000"), ("tls", "")][..],
            &[
                ("base_url", "https://app.example.com"),
                ("trusted_proxies", "127.0.0.1"),
            ],
        ] {
            let told = banner(variables).warnings;
            assert!(told.is_empty(), "{told:?}");
        }
    }

    #[test]
    fn the_app_is_named_without_a_second_address_to_click() {
        assert_eq!(app("http://localhost:8080"), "localhost:8080");
        assert_eq!(app("https://app.example"), "app.example (https)");
    }
}
