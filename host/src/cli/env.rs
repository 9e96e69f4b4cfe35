//! `gatelet env`: variables of applications. Their values go in and are not printed.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::{Args, Subcommand};
use gatelet_runtime::vault::bindings::exports::gatelet::vault::tools::Binding as Wired;
use gatelet_secrets::answers::{
    Applications, EnvVar, EnvVars, EnvVarsDeleted, EnvVarsSet, ProjectReconciled, SecretBound,
};
use gatelet_secrets::project::{FILE_NAMES, PROJECT_MAX_BYTES, Project as Declared};
use gatelet_secrets::rows;

use super::now;
use super::registry::table;
use super::vault::{Vaulted, read};

#[derive(Debug, Subcommand)]
pub(super) enum Env {
    /// Print an application's variables and where each comes from; without one, the
    /// applications.
    List(List),
    /// Set variables that are no secrets.
    Set(Set),
    /// Delete variables.
    Delete(Delete),
    /// Give a secret to an application.
    Bind(Bind),
    /// Give an application every secret that its project file declares.
    Reconcile(Reconcile),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The application.
    application: Option<String>,
    #[command(flatten)]
    vault: Vaulted,
}

#[derive(Debug, Args)]
pub(super) struct Set {
    /// The application.
    application: String,
    /// Arguments are seen by everybody on this machine: what is secret goes into the vault.
    #[arg(id = "pairs", value_name = "KEY=VALUE", required = true, value_parser = pair)]
    variables: Vec<(String, String)>,
    #[command(flatten)]
    vault: Vaulted,
}

#[derive(Debug, Args)]
pub(super) struct Delete {
    /// The application.
    application: String,
    /// The variables.
    #[arg(value_name = "KEY", required = true)]
    keys: Vec<String>,
    #[command(flatten)]
    vault: Vaulted,
}

#[derive(Debug, Args)]
pub(super) struct Bind {
    /// The application.
    application: String,
    /// The secret.
    name: String,
    /// The variable, where it is called otherwise than the secret.
    #[arg(long = "as", value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    vault: Vaulted,
}

#[derive(Debug, Args)]
pub(super) struct Reconcile {
    /// The application [default: the project's name].
    application: Option<String>,
    /// What it declares; - for standard input [default: .deploymill/project.json, or
    /// gatelet.json].
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    vault: Vaulted,
}

/// Not repeated where it is none: it may be a value alone.
fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

impl Env {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::List(list) => list.run()?,
            Self::Set(set) => set.run()?,
            Self::Delete(delete) => delete.run()?,
            Self::Bind(bind) => bind.run()?,
            Self::Reconcile(reconcile) => reconcile.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn rows_of(variables: &[EnvVar]) -> String {
    let heading = ["KEY", "SOURCE", "SECRET"].map(str::to_owned).to_vec();
    let row = |one: &EnvVar| {
        let stale = match one.stale {
            Some(true) => " (older than the secret)",
            _ => "",
        };
        let secret = one.secret.as_deref().unwrap_or_default();
        vec![
            one.key.clone(),
            one.source.as_str().to_owned(),
            format!("{secret}{stale}"),
        ]
    };
    let rows = variables.iter().map(row);
    table(&std::iter::once(heading).chain(rows).collect::<Vec<_>>())
}

impl List {
    fn run(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let Some(application) = self.application.clone() else {
            let applications: Applications = read(
                opened.ask(async |vault, actor| vault.list_applications(actor, now()).await)?,
            )?;
            return self.vault.print(&applications, || {
                let heading = ["APPLICATION", "VARIABLES", "FROM"].map(str::to_owned);
                let row = |one: &gatelet_secrets::answers::Application| {
                    let from = if one.added {
                        "gatelet apps add"
                    } else {
                        "app_name"
                    };
                    vec![
                        one.application_id.clone(),
                        one.variables.to_string(),
                        from.to_owned(),
                    ]
                };
                let rows = applications.0.iter().map(row);
                table(
                    &std::iter::once(heading.to_vec())
                        .chain(rows)
                        .collect::<Vec<_>>(),
                )
            });
        };
        let variables: EnvVars =
            read(opened.ask(async |vault, actor| {
                vault.list_variables(actor, application, now()).await
            })?)?;
        self.vault.print(&variables, || rows_of(&variables.0))
    }
}

impl Set {
    fn run(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let (application, variables) = (self.application.clone(), self.variables.clone());
        let variables = read(opened.ask(async |vault, actor| {
            vault
                .set_variables(actor, application, variables, now())
                .await
        })?)?;
        let set = EnvVarsSet {
            application_id: self.application.clone(),
            variables,
        };
        self.vault.print(&set, || rows_of(&set.variables.0))
    }
}

impl Delete {
    fn run(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let (application, keys) = (self.application.clone(), self.keys.clone());
        let deleted = opened.ask(async |vault, actor| {
            vault
                .delete_variables(actor, application, keys, now())
                .await
        })?;
        let deleted = EnvVarsDeleted {
            application_id: self.application.clone(),
            deleted,
        };
        self.vault
            .print(&deleted, || match deleted.deleted.is_empty() {
                true => "none of them was there\n".to_owned(),
                false => format!("deleted: {}\n", deleted.deleted.join(", ")),
            })
    }
}

impl Bind {
    fn run(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let application = self.application.clone();
        let binding = Wired {
            name: self.name.clone(),
            env_key: self.key.clone().unwrap_or_else(|| self.name.clone()),
        };
        let bound: SecretBound = read(opened.ask(async |vault, actor| {
            vault.bind_secret(actor, application, binding, now()).await
        })?)?;
        self.vault.print(&bound, || {
            format!(
                "{} gets {} as {}, at its next start.\n",
                self.application, self.name, bound.env_key
            )
        })
    }
}

impl Reconcile {
    fn run(&self) -> Result<()> {
        let declared = self.declared()?;
        let application = match (&self.application, &declared.application) {
            (Some(said), _) => said.clone(),
            (None, Some(named)) => named.as_str().to_owned(),
            (None, None) => {
                return Err(anyhow!(
                    "the project has no name: say which application is meant"
                ));
            }
        };
        let wired = |binding: &gatelet_secrets::Binding| Wired {
            name: binding.name.as_str().to_owned(),
            env_key: binding.key.as_str().to_owned(),
        };
        let bindings: Vec<_> = declared.bindings.iter().map(wired).collect();
        let opened = self.vault.open()?;
        let (of, apply) = (application.clone(), !self.dry_run);
        let planned: Vec<rows::Planned> =
            read(opened.ask(async |vault, actor| {
                vault.reconcile(actor, of, bindings, apply, now()).await
            })?)?;
        let done = ProjectReconciled::new(&application, planned, apply);
        self.vault.print(&done, || {
            let heading = ["SECRET", "AS", "STEP"].map(str::to_owned).to_vec();
            let row = |one: &gatelet_secrets::plan::PlannedBinding| {
                let step = serde_json::to_value(one.step).unwrap_or_default();
                let step = step.as_str().unwrap_or_default().to_owned();
                vec![one.name.clone(), one.key.clone(), step]
            };
            let rows = done.plan.secrets.bindings.iter().map(row);
            table(&std::iter::once(heading).chain(rows).collect::<Vec<_>>())
        })
    }

    fn declared(&self) -> Result<Declared> {
        let most = PROJECT_MAX_BYTES as u64 + 1;
        let mut text = Vec::new();
        let file = match &self.file {
            Some(file) if file.as_os_str() == "-" => {
                std::io::stdin().lock().take(most).read_to_end(&mut text)?;
                return Ok(Declared::parse(&text)?);
            }
            Some(file) => file.clone(),
            None => {
                let mut known = FILE_NAMES.iter().map(PathBuf::from);
                known.find(|file| file.exists()).with_context(|| {
                    format!(
                        "there is no {} here: --file says which",
                        FILE_NAMES.join(" or ")
                    )
                })?
            }
        };
        let name = file.display();
        let opened =
            std::fs::File::open(&file).with_context(|| format!("{name} cannot be read"))?;
        opened.take(most).read_to_end(&mut text)?;
        Declared::parse(&text).map_err(|error| anyhow!("{name}: {error}"))
    }
}
