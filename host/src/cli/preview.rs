//! `gatelet preview`: an origin for a branch, with a host name that follows from the
//! branch and users of its own.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use gatelet_core::origin_record::{MAIN, Place as CorePlace};
use gatelet_origins::preview::{AppName, Branch, Preview, Ttl};
use gatelet_runtime::store::{Created, OriginKind, Place};
use gatelet_settings::Setting;
use gatelet_sign_in::preview_domain::PreviewDomain;

use super::now;
use super::origins::remove;
use super::project::Project;
use super::registry::{Registry, blank, pair, table, time, users};

/// Where the URL of a preview's own database is read from: arguments are seen by
/// everybody on the machine.
const DATABASE_URL: &str = "GATELET_PREVIEW_DATABASE_URL";

#[derive(Debug, Subcommand)]
pub(super) enum Previews {
    /// Make the preview of a branch and print its URL. Where there is one, its URL is
    /// all.
    Create(Box<Create>),
    /// Print the previews there are.
    List(List),
    /// Delete the preview of a branch, and its users with it.
    Delete(Delete),
    /// Print the URL that the preview of a branch has, whether it is there or not.
    Url(Url),
}

/// Which preview is meant.
#[derive(Debug, Args)]
struct Which {
    /// The branch, as the version control spells it.
    branch: String,
    /// The origin that it is a preview of.
    #[arg(long, value_name = "NAME", default_value = MAIN)]
    parent: String,
    #[command(flatten)]
    project: Project,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    which: Which,
    /// A setting that differs from the parent's. ${PREVIEW_URL} in it becomes the
    /// preview's URL.
    #[arg(long = "override", value_name = "SETTING=VALUE", value_parser = pair)]
    overrides: Vec<(Setting, String)>,
    /// Use the parent's users and sessions.
    #[arg(long)]
    share_database: bool,
    /// Keep its users in the database whose URL is in GATELET_PREVIEW_DATABASE_URL.
    #[arg(long, conflicts_with = "share_database")]
    own_database: bool,
    /// How long it is kept: 90m, 12h, 14d, 2w [default: until it is deleted].
    #[arg(long, value_name = "TIME", value_parser = ttl)]
    ttl: Option<Ttl>,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    project: Project,
}

#[derive(Debug, Args)]
pub(super) struct Delete {
    #[command(flatten)]
    which: Which,
    /// Its name, as `gatelet preview list` shows it, where its users go with it.
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Url {
    #[command(flatten)]
    which: Which,
}

impl Previews {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::Create(create) => create.run()?,
            Self::List(list) => list.run()?,
            Self::Delete(delete) => delete.run()?,
            Self::Url(url) => {
                let registry = Registry::open(&url.which.project)?;
                println!("{}", url.which.preview(&registry)?.base_url());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Which {
    fn preview(&self, registry: &Registry) -> Result<Preview> {
        if self.parent != MAIN {
            registry.required(&self.parent)?;
        }
        let branch = Branch::parse(&self.branch).map_err(|error| anyhow!(error))?;
        let app = AppName::parse(&registry.value(&self.parent, Setting::AppName))
            .map_err(|error| anyhow!(error))?;
        let domain = PreviewDomain::required(&registry.value(&self.parent, Setting::PreviewDomain))
            .map_err(|error| anyhow!(error))?;
        Preview::of(&branch, &app, &domain).map_err(|error| anyhow!(error))
    }
}

impl Create {
    fn run(self) -> Result<()> {
        let registry = Registry::open(&self.which.project)?;
        let preview = self.which.preview(&registry)?;
        let place = if self.share_database {
            registry.place(&self.which.parent)?
        } else {
            Place {
                url: self.database_url()?,
                schema: preview.schema().to_owned(),
            }
        };
        let now = now();
        let expires_at = self.ttl.map(|ttl| ttl.expires_at(now));
        let record = preview
            .record(
                &self.which.parent,
                &self.overrides,
                CorePlace::main(),
                now,
                expires_at,
            )
            .map_err(|error| anyhow!("--override {error}"))?;
        let mut origin = blank(
            preview.name(),
            &self.which.parent,
            OriginKind::Preview,
            place,
        );
        origin.branch.clone_from(&self.which.branch);
        origin.values = record.values;
        origin.expires_at = expires_at;
        if registry.named(preview.name()).is_none() {
            registry.judge(&origin)?;
        }
        let store = registry.store()?;
        let created = registry
            .runtime
            .block_on(store.create_origin(&origin, now))?;
        match created {
            Created::New(made) => eprintln!(
                "Made {}: users {}, expires {}.",
                made.name,
                users(&made.place),
                time(made.expires_at)
            ),
            Created::Found(there)
                if there.branch != self.which.branch || there.parent != self.which.parent =>
            {
                bail!(
                    "{} is there, and is no preview of branch {} of {}",
                    there.name,
                    self.which.branch,
                    self.which.parent
                )
            }
            Created::Found(there) => {
                eprintln!("{} is there already; nothing was changed.", there.name);
            }
        }
        println!("{}", preview.base_url());
        Ok(())
    }

    fn database_url(&self) -> Result<String> {
        if !self.own_database {
            return Ok(String::new());
        }
        match std::env::var(DATABASE_URL) {
            Ok(url) if !url.trim().is_empty() => Ok(url.trim().to_owned()),
            _ => bail!("--own-database: set {DATABASE_URL} to the database's URL"),
        }
    }
}

impl List {
    fn run(self) -> Result<()> {
        let registry = Registry::open(&self.project)?;
        let heading = ["NAME", "BRANCH", "URL", "USERS", "EXPIRES"];
        let mut rows = vec![heading.map(str::to_owned).to_vec()];
        let previews = registry
            .origins
            .iter()
            .filter(|origin| origin.kind == OriginKind::Preview);
        for origin in previews {
            rows.push(vec![
                origin.name.clone(),
                origin.branch.clone(),
                registry.value(&origin.name, Setting::BaseUrl),
                if registry
                    .place(&origin.parent)
                    .is_ok_and(|place| place == origin.place)
                {
                    format!("SHARED with {}", origin.parent)
                } else {
                    users(&origin.place)
                },
                time(origin.expires_at),
            ]);
        }
        print!("{}", table(&rows));
        Ok(())
    }
}

impl Delete {
    fn run(self) -> Result<()> {
        let registry = Registry::open(&self.which.project)?;
        let preview = self.which.preview(&registry)?;
        remove(&registry, preview.name(), self.confirm.as_deref())
    }
}

fn ttl(text: &str) -> Result<Ttl, String> {
    Ttl::parse(text).map_err(|error| error.to_string())
}
