//! `gatelet doctor`: what works, what is off, and what would turn it on?

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use gatelet_core::sign_in::discovery::{ProviderMetadata, Wanted};
use gatelet_core::sign_in::provider::{Provider, ProviderKind};
use gatelet_core::sign_in::settings::{PasswordSignIn, SignInSettings};

use super::project::{Project, Settled};
use super::{one_line, runtime};
use crate::{Application, Preparation};

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    project: Project,
}

/// What was found out about one thing.
enum Finding {
    Works(String),
    /// Not wanted, and how to want it.
    Off(String),
    /// Works, and should be known.
    Mind(String),
    Broken(String),
}

/// The findings so far, said as they come.
#[derive(Default)]
struct Report {
    broken: usize,
}

impl Report {
    fn say(&mut self, subject: &str, finding: Finding) {
        let (word, detail) = match finding {
            Finding::Works(detail) => ("works", detail),
            Finding::Off(detail) => ("off", detail),
            Finding::Mind(detail) => ("mind", detail),
            Finding::Broken(detail) => {
                self.broken += 1;
                ("BROKEN", detail)
            }
        };
        println!("{word:<7} {subject:<22} {detail}");
    }
}

impl Doctor {
    pub(super) fn run(self) -> Result<ExitCode> {
        super::log::start(super::log::LogFormat::Text);
        let mut report = Report::default();
        if let Err(error) = self.examine(&mut report) {
            report.say("configuration", Finding::Broken(one_line(&error)));
        }
        Ok(match report.broken {
            0 => {
                println!("\nEverything that is on works.");
                ExitCode::SUCCESS
            }
            1 => {
                println!("\nOne thing is broken.");
                ExitCode::FAILURE
            }
            broken => {
                println!("\n{broken} things are broken.");
                ExitCode::FAILURE
            }
        })
    }

    /// An error is one of the configuration: nothing can be examined past it.
    fn examine(&self, report: &mut Report) -> Result<()> {
        let settled = self.project.settle()?;
        let settings = settled.gatelet()?;
        report.say("configuration", Finding::Works(format!("every setting of {} reads well", settled.manifest.name)));
        let options = self.project.run_options(&settled.manifest);
        let prepared = Preparation::load(&settled.manifest, &settled.variables, &options)?;
        report.say("components", Finding::Works("read, composed and compiled".to_owned()));
        if let Some(settings) = &settings {
            address(report, settings);
        }
        runtime()?.block_on(async {
            let (application, store) = prepared.open(&settled.manifest).await?;
            match &store {
                Some(store) => database(report, &settled, store).await?,
                None => report.say("database", Finding::Off("the manifest has no store".to_owned())),
            }
            if let Some(settings) = &settings {
                upstream(report, settings, &application).await;
                providers(report, settings, &application).await;
            }
            Ok(())
        })
    }
}

/// Base URL, cookies, HTTPS.
fn address(report: &mut Report, settings: &SignInSettings) {
    for origin in settings.gate.origins.iter() {
        let base_url = origin.base_url();
        report.say("base URL", Finding::Works(base_url.to_string()));
        let cookies = origin.cookies();
        let cookie = format!("{}, HttpOnly, SameSite=Lax", cookies.session());
        if origin.is_insecure() {
            report.say("cookie", Finding::Works(cookie));
            report.say(
                "HTTPS",
                Finding::Mind("plain HTTP was knowingly allowed: sessions can be stolen on the way; set base_url to https://".to_owned()),
            );
        } else if cookies.session().starts_with("__") {
            report.say("cookie", Finding::Works(format!("{cookie}, Secure")));
            report.say("HTTPS", Finding::Works("visitors use it".to_owned()));
        } else {
            report.say("cookie", Finding::Works(cookie));
            report.say("HTTPS", Finding::Off("this machine alone can reach it; set base_url to https:// for others".to_owned()));
        }
    }
}

async fn database(report: &mut Report, settled: &Settled, store: &crate::store::StoreAdmin) -> Result<()> {
    let engine = match settled.variables.get("database_url").and_then(|url| url.split_once(':')) {
        Some((engine, _)) => engine.to_owned(),
        None => "database".to_owned(),
    };
    for step in store.check().await? {
        let subject = format!("{engine}: {}", step.name);
        match step.error {
            None => report.say(&subject, Finding::Works(String::new())),
            Some(error) => report.say(&subject, Finding::Broken(error)),
        }
    }
    Ok(())
}

async fn upstream(report: &mut Report, settings: &SignInSettings, application: &Application) {
    for origin in settings.gate.origins.iter() {
        let upstream = origin.upstream();
        let finding = match application.fetch(GATEWAY, &format!("{upstream}/"), UPSTREAM_MAX_BYTES).await {
            Ok(answer) => Finding::Works(format!("{upstream} answers {}", answer.status)),
            Err(error) => Finding::Broken(format!("{upstream}: {}; is the app running there?", one_line(&error))),
        };
        report.say("upstream", finding);
    }
}

/// The components that reach the app and the providers.
const GATEWAY: &str = "gateway";
const AUTH: &str = "auth";
/// A start page of the app; more is not read.
const UPSTREAM_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Longer documents are refused by `judge`.
const DISCOVERY_MAX_BYTES: usize = 1024 * 1024;

async fn providers(report: &mut Report, settings: &SignInSettings, application: &Application) {
    report.say(
        "password",
        match settings.sign_in.password_sign_in {
            PasswordSignIn::On => Finding::Works("people can sign in with email and password".to_owned()),
            PasswordSignIn::Off => Finding::Off("set password_sign_in=on to let people sign in with a password".to_owned()),
        },
    );
    let base_urls: Vec<_> = settings.gate.origins.iter().map(|origin| origin.base_url().to_string()).collect();
    for provider in settings.sign_in.providers.iter() {
        let uris: Vec<_> = base_urls.iter().map(|base_url| provider.redirect_uri(base_url)).collect();
        let subject = provider.id.to_string();
        let register = format!("redirect URI to register: {}", uris.join(", "));
        match discovered(provider, application).await {
            Ok(found) => report.say(&subject, Finding::Works(format!("{found}; {register}"))),
            Err(error) => report.say(&subject, Finding::Broken(format!("{}; {register}", one_line(&error)))),
        }
    }
    for (id, variables) in [
        ("google", "google_client_id and google_client_secret"),
        ("github", "github_client_id and github_client_secret"),
    ] {
        if settings.sign_in.providers.get(id).is_none() {
            let uri = base_urls.first().map(|base_url| format!("{base_url}/auth/callback/{id}")).unwrap_or_default();
            report.say(id, Finding::Off(format!("set {variables}; redirect URI to register: {uri}")));
        }
    }
    if settings.sign_in.providers.iter().all(|provider| matches!(provider.id.as_str(), "google" | "github")) {
        report.say("other providers", Finding::Off("set oidc_providers and oidc_client_secrets".to_owned()));
    }
}

/// Whether a provider can be reached and is who it should be.
async fn discovered(provider: &Provider, application: &Application) -> Result<String> {
    match &provider.kind {
        ProviderKind::OpenIdConnect { issuer, algorithms, token_endpoint_auth } => {
            let url = issuer.discovery_url();
            let answer = application.fetch(AUTH, url.as_str(), DISCOVERY_MAX_BYTES).await?;
            let wanted = Wanted { issuer, algorithms, token_endpoint_auth: *token_endpoint_auth };
            let metadata = ProviderMetadata::judge(wanted, answer.status, &answer.content_type, &answer.body)
                .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
            let keys = application.fetch(AUTH, metadata.jwks_uri.as_str(), DISCOVERY_MAX_BYTES).await?;
            anyhow::ensure!(keys.status == 200, "its keys at {} answer {}", metadata.jwks_uri.as_str(), keys.status);
            Ok(format!("{issuer} is found, and its keys"))
        }
        ProviderKind::GitHub(github) => {
            // Without a token it refuses, which is an answer.
            let answer = application.fetch(AUTH, github.user_url().as_str(), DISCOVERY_MAX_BYTES).await?;
            Ok(format!("{} answers {}", github.user_url(), answer.status))
        }
    }
}
