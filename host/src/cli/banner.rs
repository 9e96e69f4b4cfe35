//! What runs where? Said once, when everything that was asked for runs.

use std::net::SocketAddr;
use std::path::Path;

use gatelet_core::base_url::BaseUrl;
use gatelet_sign_in::linking::SignUp;
use gatelet_sign_in::settings::PasswordSignIn;
use gatelet_sign_in::sites::SignInSettings;
use url::Url;

use super::log::LogFormat;
use super::reach::Database;

/// A few short lines, and what should be known beside them.
pub(super) struct Banner {
    lines: Vec<(&'static str, String)>,
    warnings: Vec<String>,
}

impl Banner {
    pub(super) fn new(application: &str, scheme: &str, listeners: &[SocketAddr]) -> Self {
        let listeners: Vec<_> = listeners
            .iter()
            .map(|address| format!("{scheme}://{address}"))
            .collect();
        let version = env!("CARGO_PKG_VERSION");
        Self {
            lines: vec![(
                "serving",
                format!(
                    "{application} on {} (gatelet {version})",
                    listeners.join(", ")
                ),
            )],
            warnings: Vec::new(),
        }
    }

    /// `guarded` are the components behind middleware: the app, where there are any.
    pub(super) fn settings(
        &mut self,
        settings: &SignInSettings,
        guarded: &[&str],
        listeners: &[SocketAddr],
    ) {
        for origin in std::iter::once(settings.gate.origins.main()) {
            self.lines.push(("visitors", origin.base_url().to_string()));
            let app = match guarded {
                [] => origin.upstream().to_string(),
                components => format!("{}, behind middleware", components.join(", ")),
            };
            self.lines.push(("app", app));
            if origin.is_insecure() {
                self.warnings.push(format!(
                    "{} is plain HTTP: sessions can be stolen on the way",
                    origin.base_url()
                ));
            }
            self.warnings.extend(unheard(origin.base_url(), listeners));
        }
        self.lines.push(("sign-in", sign_in(settings)));
    }

    pub(super) fn database(&mut self, url: Option<&str>, state_folder: &Path) {
        // What is none has been refused before.
        let Some(Ok(database)) = url.map(Database::parse) else {
            return;
        };
        let folder = match &database {
            Database::Sqlite(_) => format!(" in {}", state_folder.display()),
            Database::Postgres(_) => String::new(),
        };
        self.lines.push(("database", format!("{database}{folder}")));
    }

    pub(super) fn metrics(&mut self, address: SocketAddr) {
        self.lines
            .push(("metrics", format!("http://{address}/metrics")));
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
                let parts: Vec<_> = self
                    .lines
                    .iter()
                    .map(|(subject, detail)| format!("{subject} {detail}"))
                    .collect();
                tracing::info!("{}", parts.join("; "));
            }
        }
        for warning in &self.warnings {
            tracing::warn!("{warning}");
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
    let password = match settings.sign_in().password_sign_in {
        PasswordSignIn::On => Some("password"),
        PasswordSignIn::Off => None,
    };
    let providers = settings
        .sign_in()
        .providers
        .iter()
        .map(|provider| provider.name.as_str());
    let ways: Vec<_> = password.into_iter().chain(providers).collect();
    let sign_up = match settings.sign_in().sign_up {
        SignUp::Open => "open to anybody",
        SignUp::Closed => "closed",
    };
    format!("{}; sign-up is {sign_up}", ways.join(", "))
}

/// A base URL of this machine at a port where nothing listens: every request
/// would be one for an unknown host.
fn unheard(base_url: &BaseUrl, listeners: &[SocketAddr]) -> Option<String> {
    let url = Url::parse(base_url.as_str()).ok()?;
    let port = url.port_or_known_default()?;
    let missed = base_url.is_loopback() && listeners.iter().all(|listener| listener.port() != port);
    let first = listeners.first().filter(|_| missed)?;
    Some(format!(
        "base_url is {base_url}, and nothing listens there: unless a proxy leads from there to here, set base_url to {}://{}:{}",
        url.scheme(),
        url.host_str()?,
        first.port()
    ))
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
        let listener = ["127.0.0.1:3000".parse().unwrap()];
        let mut banner = Banner::new("gatelet", "http", &listener);
        banner.settings(&settings, guarded, &listener);
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
            "visitors  http://localhost:3000",
            "app       http://demo.spin.internal",
            "sign-in   password, Google; sign-up is closed",
            "database  postgres://db.example:5432",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
        assert!(banner.warnings.is_empty(), "{:?}", banner.warnings);
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
}
