//! Who keeps users and sessions, and what is missing where another program does?

use anyhow::Result;
use gatelet_core::backend::{AppAddress, Foreign};
use gatelet_runtime::manifest::Manifest;
use gatelet_runtime::store::StoreAdmin;
use gatelet_settings::Setting;
use gatelet_sign_in::jwks::{JWKS_MAX_BYTES, KeySet};
use gatelet_sign_in::sites::SignInSettings;
use gatelet_sign_in::workos::WorkOs;

use super::report::{Finding, Report};
use crate::application::Application;
use crate::cli::project::Settled;
use crate::cli::{kept, one_line};

/// Where Better Auth itself is called back by providers, unless it is set otherwise.
const CALLBACKS: &str = "/api/auth/callback/...";

/// Whether it is another program.
pub(super) fn told(report: &mut Report, settings: &SignInSettings, manifest: &Manifest) -> bool {
    let origin = settings.gate.origins.main();
    let backend = origin.backend();
    if backend.foreign().is_none() {
        let own = "gatelet: users and sessions are kept here, and people sign in on its pages";
        report.say("backend", Finding::Works(own.to_owned()));
        return false;
    }
    let name = backend.name();
    let theirs = format!(
        "{name}: its sessions count; no account of Gatelet's signs in, and its console is not there"
    );
    report.say("backend", Finding::Works(theirs));
    let led = |address: &AppAddress| address.returning(origin.base_url(), &Default::default());
    report.say(
        "sign-in page",
        match origin.sign_in_address() {
            Some(address) => Finding::Works(led(address)),
            None => Finding::Mind(
                "sign_in_url is not set, so pages can lead nobody there: set it to the page of your app where people sign in".to_owned(),
            ),
        },
    );
    report.say(
        "sign-out page",
        match origin.sign_out_address() {
            Some(address) => Finding::Works(led(address)),
            None if matches!(backend.foreign(), Some(Foreign::WorkOs(_))) => {
                Finding::Works("WorkOS ends the session".to_owned())
            }
            None => Finding::Off(
                "the browser forgets the session, which stays where it is kept: set sign_out_url to the page of your app that ends it".to_owned(),
            ),
        },
    );
    if matches!(backend.foreign(), Some(Foreign::WorkOs(_))) {
        return true;
    }
    let taken = manifest.triggers.iter().find(|trigger| {
        let route = trigger.route.as_ref();
        route.is_some_and(|route| route.as_str() == CALLBACKS)
    });
    if let Some(trigger) = taken {
        report.say(
            "callbacks",
            Finding::Mind(format!(
                "{} has the route {CALLBACKS}, where providers call Better Auth back: where people sign in there with a provider, take it out of spin.toml or set Better Auth's basePath to another path",
                trigger.component
            )),
        );
    }
    true
}

/// Whether its tables can be read.
pub(super) async fn tables(
    report: &mut Report,
    settings: &SignInSettings,
    store: &StoreAdmin,
) -> Result<()> {
    let backend = settings.gate.origins.main().backend();
    if !matches!(backend.foreign(), Some(Foreign::BetterAuth(_))) {
        return Ok(());
    }
    let finding = match store.check_better_auth().await? {
        Ok(()) => Finding::Works("users and sessions can be read".to_owned()),
        Err(line) => Finding::Broken(format!(
            "{line}: are {}, {} and {} right, and may their user read the tables?",
            Setting::BetterAuthDatabaseUrl,
            Setting::BetterAuthTables,
            Setting::BetterAuthColumns
        )),
    };
    report.say("better-auth", finding);
    Ok(())
}

/// Whether WorkOS can be reached, and knows the client.
pub(super) async fn reached(
    report: &mut Report,
    settings: &SignInSettings,
    settled: &Settled,
    application: &Application,
) -> Result<()> {
    let backend = settings.gate.origins.main().backend();
    let Some(component) = super::reader(settled, Setting::WorkosApiKey) else {
        return Ok(());
    };
    if !matches!(backend.foreign(), Some(Foreign::WorkOs(_))) {
        return Ok(());
    }
    let workos = WorkOs::from_values(&kept::base(&settled.variables).values())?;
    let url = workos.keys_url.as_str();
    let keys = match application.fetch(component, url, JWKS_MAX_BYTES).await {
        Ok(answer) => {
            KeySet::judge(answer.status, &answer.body).map_err(|refusal| refusal.to_string())
        }
        Err(error) => Err(one_line(&error)),
    };
    report.say(
        "workos",
        match keys {
            Ok(keys) if !keys.is_empty() => Finding::Works(format!("{url} has the client's keys")),
            Ok(_) => Finding::Broken(format!("{url} has no keys: is workos_client_id right?")),
            Err(line) => Finding::Broken(format!("{url}: {line}: is workos_client_id right?")),
        },
    );
    Ok(())
}
