//! Who keeps users and sessions, and what is missing where another program does?

use anyhow::Result;
use gatelet_core::backend::AppAddress;
use gatelet_runtime::manifest::Manifest;
use gatelet_runtime::store::StoreAdmin;
use gatelet_settings::Setting;
use gatelet_sign_in::sites::SignInSettings;

use super::report::{Finding, Report};

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
        "{name}: its sessions count and are only read; no account of Gatelet's signs in, and its console is not there"
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
            None => Finding::Off(
                "the browser forgets the session, which stays where it is kept: set sign_out_url to the page of your app that ends it".to_owned(),
            ),
        },
    );
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
    if settings.gate.origins.main().backend().foreign().is_none() {
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
