//! `gatelet doctor`: what works, what is off, and what would turn it on?

mod backend;
mod mail;
mod origins;
pub(super) mod providers;
mod report;
mod sites;

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::session_store::SessionStore;
use gatelet_runtime::store::{StoreAdmin, StoreError, main_place};
use gatelet_runtime::unknown_to_spin;
use gatelet_settings::Setting;
use gatelet_sign_in::sites::SignInSettings;

use self::report::{Finding, Report};
use super::project::{Project, Settled};
use super::reach::Database;
use super::{log, one_line, runtime};
use crate::application::{Application, Preparation};
use crate::proxy_watch::ProxyWatch;

/// A start page of the app; more is not read.
const START_PAGE_MAX_BYTES: usize = 16 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    project: Project,
}

impl Doctor {
    pub(super) fn run(self) -> Result<ExitCode> {
        log::start_quiet();
        let mut report = Report::default();
        report.section("Configuration");
        // Nothing can be examined past a mistake in the configuration.
        if let Err(error) = self.examine(&mut report) {
            report.say("settings", Finding::Broken(one_line(&error)));
        }
        Ok(if report.end() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// An error is one of the configuration.
    fn examine(&self, report: &mut Report) -> Result<()> {
        let settled = self.project.settle()?;
        let settings = settled.gatelet()?;
        let read = format!("every setting of {} reads well", settled.manifest.name);
        report.say("settings", Finding::Works(read));
        report.say("profile", Finding::Works(self.project.profile_line()?));
        for line in &settled.remarks {
            report.say("environment", Finding::Mind(line.clone()));
        }
        match settled.translated() {
            Some((line, true)) => report.say("other names", Finding::Mind(line)),
            Some((line, false)) => report.say("other names", Finding::Works(line)),
            None => {}
        }
        let options = self.project.run_options(&settled);
        let prepared = match options.and_then(|options| settled.load(&options)) {
            Ok(prepared) => {
                let done = "read, composed and compiled".to_owned();
                report.say("components", Finding::Works(done));
                Some(prepared)
            }
            Err(error) => {
                report.say("components", Finding::Broken(one_line(&error)));
                None
            }
        };
        if let Some(settings) = &settings {
            report.section("Keys");
            keys(report, settings);
            report.section("Address");
            address(report, settings);
            proxies(report, settings, &settled);
            report.section("Sign-in");
            if !backend::told(report, settings, &settled.manifest) {
                providers::ways(report, settings);
                mail::way(report, settings);
            }
        }
        if let Some(prepared) = prepared {
            runtime()?.block_on(running(report, &settled, settings.as_ref(), prepared))?;
        }
        Ok(())
    }
}

/// What takes running components to find out.
async fn running(
    report: &mut Report,
    settled: &Settled,
    settings: Option<&SignInSettings>,
    prepared: Preparation,
) -> Result<()> {
    let (application, store) = prepared
        .open(&settled.manifest, ProxyWatch::default())
        .await?;
    let is_ours = |settings: &&SignInSettings| {
        let backend = settings.gate.origins.main().backend();
        backend.foreign().is_none()
    };
    if let (Some(settings), Some(component)) = (
        settings.filter(is_ours),
        reader(settled, Setting::OidcProviders),
    ) {
        providers::examine(report, settings, &application, component).await;
    }
    if let Some(settings) = settings {
        backend::reached(report, settings, settled, &application).await?;
    }
    report.section("Database");
    match &store {
        Some(store) => {
            database(report, settled, store).await?;
            if let Some(settings) = settings {
                backend::tables(report, settings, store).await?;
            }
        }
        None => report.say(
            "store",
            Finding::Off("the manifest wires none in".to_owned()),
        ),
    }
    if let (Some(settings), Some(component)) = (settings, reader(settled, Setting::Upstream)) {
        report.section("App");
        upstream(report, settings, &application, component).await;
        if let Some(store) = &store {
            sites::examine(report, settled, store, &application, component).await?;
        }
    }
    Ok(())
}

/// The component that is given this variable.
fn reader(settled: &Settled, setting: Setting) -> Option<&str> {
    let components = &settled.manifest.components;
    let found = components
        .iter()
        .find(|(_, one)| one.variables.contains_key(setting.name()));
    found.map(|(name, _)| name.as_str())
}

fn keys(report: &mut Report, settings: &SignInSettings) {
    let mut ids = settings.gate.keys.ids();
    if let Some(first) = ids.next() {
        report.say(first, Finding::Works("signs new cookies".to_owned()));
    }
    for id in ids {
        report.say(id, Finding::Works("still accepted".to_owned()));
    }
}

/// Base URL, cookies, HTTPS.
fn address(report: &mut Report, settings: &SignInSettings) {
    for origin in std::iter::once(settings.gate.origins.main()) {
        report.say("base URL", Finding::Works(origin.base_url().to_string()));
        let cookie = origin.cookies().session();
        let secure = cookie.starts_with("__");
        let attributes = if secure { ", Secure" } else { "" };
        let cookie = format!("{cookie}, HttpOnly, SameSite=Lax{attributes}");
        report.say("cookie", Finding::Works(cookie));
        report.say(
            "HTTPS",
            if origin.is_insecure() {
                Finding::Mind("plain HTTP was knowingly allowed, and sessions can be stolen on the way: set base_url to https://".to_owned())
            } else if secure {
                Finding::Works("visitors use it".to_owned())
            } else {
                Finding::Off("only this machine can reach it: set base_url to https:// for others".to_owned())
            },
        );
    }
}

fn proxies(report: &mut Report, settings: &SignInSettings, settled: &Settled) {
    let listed = settled
        .variables
        .get(Setting::TrustedProxies.name())
        .unwrap_or_default()
        .trim();
    let secure = std::iter::once(settings.gate.origins.main())
        .any(|origin| origin.base_url().as_str().starts_with("https:"));
    report.say(
        "trusted proxies",
        match (listed, secure) {
            ("", true) => Finding::Off("X-Forwarded-* of visitors is dropped: if a proxy stands in front, set trusted_proxies to its address".to_owned()),
            ("", false) => Finding::Off("X-Forwarded-* of visitors is dropped: set trusted_proxies to believe a proxy".to_owned()),
            (listed, _) => Finding::Works(format!("X-Forwarded-* is believed from {listed}")),
        },
    );
}

async fn database(report: &mut Report, settled: &Settled, store: &StoreAdmin) -> Result<()> {
    let url = settled.variables.get(Setting::DatabaseUrl.name());
    if let Some(Ok(database)) = url.map(Database::parse) {
        report.say("database", Finding::Works(database.to_string()));
        connection(report, &database, url.unwrap_or_default());
    }
    let mut sound = true;
    let is_mysql = matches!(url.map(Database::parse), Some(Ok(Database::MySql(_))));
    for step in store.check(&main_place()).await? {
        let finding = match step.error {
            None => Finding::Works(step.told),
            Some(error) => {
                sound = false;
                Finding::Broken(match mend(&step.name, is_mysql) {
                    "" => error,
                    mend => format!("{error}: {mend}"),
                })
            }
        };
        report.say(&step.name, finding);
    }
    if sound {
        let ready = store.ready().await?;
        report.say("tables", tables(ready));
        report.say("use of sessions", use_of_sessions(settled, ready));
        if ready.is_ok() {
            origins::examine(report, settled, store).await?;
            mail::waiting(report, store, &settled.variables).await?;
        }
    }
    Ok(())
}

/// Who can listen between here and the server, and what another host does not know.
fn connection(report: &mut Report, database: &Database, url: &str) {
    let (is_verified, is_local, mend) = match database {
        Database::Sqlite(_) => return,
        Database::Postgres(address) => (
            address.is_verified(),
            address.hosts().all(|(host, _)| is_this_machine(host)),
            "set sslmode=verify-full in database_url, and sslrootcert=/path/to/ca.pem where its authority is its own",
        ),
        Database::MySql(address) => (
            address.is_verified(),
            is_this_machine(address.host()),
            "set ssl-mode=VERIFY_IDENTITY in database_url, and have this machine trust its authority where that is its own",
        ),
    };
    if is_verified {
        let verified = "encrypted, and the server's certificate is verified".to_owned();
        report.say("encryption", Finding::Works(verified));
    } else if is_local {
        let local = "not asked for, and not needed on this machine".to_owned();
        report.say("encryption", Finding::Off(local));
    } else {
        let unverified = format!("whoever is on the way can take the server's place: {mend}");
        report.say("encryption", Finding::Mind(unverified));
    }
    if let Database::MySql(_) = database {
        return;
    }
    for line in unknown_to_spin(url) {
        let line = format!("{line}. Here it works; it matters on Spin alone");
        report.say("on Spin", Finding::Mind(line));
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// What an operator can do about a step that fails; nothing where the error says it.
fn mend(step: &str, is_mysql: bool) -> &'static str {
    match step {
        "connect" => {
            "does the server run, and are host, user, password and name in database_url right?"
        }
        "server" => "",
        "create" if is_mysql => {
            "let the user of database_url change what is in it (GRANT ALL ON database.* TO user)"
        }
        "create" => "let the user of database_url create tables (GRANT CREATE ON SCHEMA)",
        _ => "does the database take writes, and has it room?",
    }
}

fn tables(ready: Result<(), StoreError>) -> Finding {
    match ready {
        Ok(()) => Finding::Works("up to date".to_owned()),
        Err(StoreError::Schema) => Finding::Off(
            "not there or of another version: `gatelet up` brings them up to date at its start, `gatelet migrate` does now".to_owned(),
        ),
        Err(error) => Finding::Broken(format!("the database answers with {error:?}")),
    }
}

/// Where is kept when they were last used, once the database is known to be sound.
fn use_of_sessions(settled: &Settled, ready: Result<(), StoreError>) -> Finding {
    let written = settled.variables.get(Setting::SessionStore.name());
    match (SessionStore::parse(written.unwrap_or_default()), ready) {
        (Ok(SessionStore::Database), _) => Finding::Works("kept in the database".to_owned()),
        (Ok(SessionStore::KeyValue(label)), Ok(()) | Err(StoreError::Schema)) => {
            Finding::Works(format!("kept in the key-value store {label}"))
        }
        (Ok(SessionStore::KeyValue(label)), Err(error)) => Finding::Broken(format!(
            "kept in the key-value store {label}, which answers with {error:?}: nobody is signed in without it"
        )),
        (Err(error), _) => Finding::Broken(format!("{} {error}", Setting::SessionStore)),
    }
}

async fn upstream(
    report: &mut Report,
    settings: &SignInSettings,
    application: &Application,
    component: &str,
) {
    let upstream = settings.gate.origins.main().upstream();
    report.say("upstream", reached(application, component, upstream).await);
}

/// Whether the gateway reaches an app.
async fn reached(application: &Application, component: &str, upstream: &BaseUrl) -> Finding {
    let url = format!("{upstream}/");
    match application
        .fetch(component, &url, START_PAGE_MAX_BYTES)
        .await
    {
        Ok(answer) if answer.status < 500 => {
            Finding::Works(format!("{upstream} answers {}", answer.status))
        }
        Ok(answer) => Finding::Mind(format!("{upstream} answers {}", answer.status)),
        Err(error) => Finding::Broken(format!(
            "{}: start the app, or set upstream to where it listens",
            one_line(&error)
        )),
    }
}
