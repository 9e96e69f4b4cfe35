//! `gatelet apps`: which there are, and who may use which, where app_access is `granted`.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use gatelet_core::origin_record::MAIN;
use gatelet_runtime::store::{Place, StoreError};
use gatelet_settings::Setting;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::Email;
use serde_json::json;

use super::audit;
use super::now;
use super::project::Project;
use super::registry::{Registry, table};
use super::vault::Vaulted;
use super::whose::found;

#[derive(Debug, Subcommand)]
pub(super) enum Apps {
    /// Let a user use an app.
    Grant(Which),
    /// Let a user use an app no longer.
    Revoke(Which),
    /// Print who may use which app.
    List(List),
    /// Add an application that no origin's app_name names, so that it can have variables
    /// and secrets.
    Add(Named),
    /// Remove an application that was added, with all of its variables.
    Remove(Named),
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The application: letters, digits, - and _.
    application: String,
    #[command(flatten)]
    vault: Vaulted,
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// The user's address.
    email: String,
    /// The app's id, as app_list has it.
    app: String,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The origin whose users are meant.
    #[arg(long, value_name = "NAME", default_value = MAIN)]
    origin: String,
    #[command(flatten)]
    project: Project,
}

impl Apps {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::Grant(which) => which.grant()?,
            Self::Revoke(which) => which.revoke()?,
            Self::List(list) => list.run()?,
            Self::Add(named) => named.add()?,
            Self::Remove(named) => named.remove()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Named {
    fn add(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let name = self.application.clone();
        let is_new =
            opened.ask(async |vault, actor| vault.add_application(actor, name, now()).await)?;
        let shown = json!({ "applicationId": self.application, "added": is_new });
        self.vault.print(&shown, || match is_new {
            true => format!("{} is added.\n", self.application),
            false => format!("{} was there already.\n", self.application),
        })
    }

    fn remove(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let name = self.application.clone();
        let was_there =
            opened.ask(async |vault, actor| vault.remove_application(actor, name, now()).await)?;
        if !was_there {
            bail!("{}: there is no such application", self.application);
        }
        let shown = json!({ "applicationId": self.application, "removed": true });
        self.vault.print(&shown, || {
            format!("{} is removed, with its variables.\n", self.application)
        })
    }
}

impl Which {
    fn grant(&self) -> Result<()> {
        let (registry, email, app) = self.read()?;
        let place = registry.place(&self.list.origin)?;
        let store = registry.store()?;
        let granted = registry
            .runtime
            .block_on(store.grant_app(&place, &email, &app, now()));
        if let Err(error) = granted {
            match error.downcast_ref() {
                Some(StoreError::Conflict) => bail!("{email}: no user has this address"),
                _ => return Err(error),
            }
        }
        self.record(&registry, &place, Act::AppGranted, &app)?;
        outln!("{email} may use {app}.");
        Ok(())
    }

    fn revoke(&self) -> Result<()> {
        let (registry, email, app) = self.read()?;
        let place = registry.place(&self.list.origin)?;
        let store = registry.store()?;
        let revoked = registry
            .runtime
            .block_on(store.revoke_app(&place, &email, &app))?;
        if !revoked {
            bail!("{email} was not granted {app}");
        }
        self.record(&registry, &place, Act::AppRevoked, &app)?;
        outln!("{email} may not use {app} any more.");
        Ok(())
    }

    fn record(&self, registry: &Registry, place: &Place, act: Act, app: &str) -> Result<()> {
        let user = found(registry, place, &self.email)?.user;
        let events = [Event::of(act, &user.id).about(app)];
        let recorded = audit::record(registry.store()?, place, &events);
        registry.runtime.block_on(recorded)
    }

    /// The address in its canonical form, and an app that is listed.
    fn read(&self) -> Result<(Registry, String, String)> {
        let registry = Registry::open(&self.list.project)?;
        let email = Email::parse(&self.email)
            .map_err(|_| anyhow!("{}: is no email address", self.email))?;
        let app = self.app.trim().to_lowercase();
        let listed = registry
            .value(&self.list.origin, Setting::AppList)
            .to_lowercase();
        if !listed.split(',').any(|one| one.trim() == app) {
            bail!("{app}: is not in app_list, which is {listed:?}");
        }
        Ok((registry, email.as_str().to_owned(), app))
    }
}

impl List {
    fn run(&self) -> Result<()> {
        let registry = Registry::open(&self.project)?;
        let place = registry.place(&self.origin)?;
        let store = registry.store()?;
        let granted = registry.runtime.block_on(store.granted_apps(&place))?;
        let rows: Vec<_> = granted
            .into_iter()
            .map(|(email, app)| vec![email, app])
            .collect();
        out!("{}", table(&rows));
        Ok(())
    }
}
