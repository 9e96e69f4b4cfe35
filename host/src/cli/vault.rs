//! `gatelet vault`: the org's secrets. Values go in and none comes out, but into a file
//! that an application reads.

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Subcommand};
use gatelet_secrets::answers::{
    OrgSecretDeleted, OrgSecrets, SecretRequestStatus, SecretRequested, UsedBy,
};
use gatelet_secrets::rows;
use gatelet_secrets::{SecretValue, VALUE_MAX_BYTES};
use gatelet_settings::Setting;
use serde_json::json;
use zeroize::Zeroizing;

use super::listing::instant;
use super::now;
use super::registry::table;

mod access;
mod export;

pub(super) use access::{Opened, Vaulted, read};
use export::Format;

#[derive(Debug, Subcommand)]
pub(super) enum Vault {
    /// Print the names of secrets, and which applications use them.
    List(Vaulted),
    /// Print a link at which a signed-in admin enters a secret: good once, for fifteen
    /// minutes.
    Request(Named),
    /// Say whether a secret that was asked for has been entered.
    Status(Status),
    /// Print who asked for which secret within a day.
    Requests(Vaulted),
    /// Keep a secret, whose value is read from standard input, or put another in its place.
    Put(Put),
    /// Delete a secret. Copies that applications have stay.
    Delete(Named),
    /// Seal everything under the first key of secrets_enc_key.
    Rekey(Vaulted),
    /// Write an application's variables, with their values, to a file that nobody else reads.
    Export(Export),
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The secret: capitals, digits and underscores, such as ANTHROPIC_API_KEY.
    name: String,
    #[command(flatten)]
    vault: Vaulted,
}

#[derive(Debug, Args)]
pub(super) struct Status {
    /// As `gatelet vault request` printed it.
    #[arg(value_name = "REQUEST")]
    request_id: String,
    #[command(flatten)]
    vault: Vaulted,
}

#[derive(Debug, Args)]
pub(super) struct Put {
    /// The secret: capitals, digits and underscores, such as ANTHROPIC_API_KEY.
    name: String,
    /// Keep every byte: without it the line break after a single line goes.
    #[arg(long)]
    exact: bool,
    #[command(flatten)]
    vault: Vaulted,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The application.
    application: String,
    /// Where to write: a file of mode 0600, in place of one that is there.
    #[arg(long, value_name = "FILE")]
    to_file: PathBuf,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = Format::Env)]
    format: Format,
    #[command(flatten)]
    vault: Vaulted,
}

impl Vault {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::List(vault) => list(&vault)?,
            Self::Request(named) => named.request()?,
            Self::Status(status) => status.run()?,
            Self::Requests(vault) => requests(&vault)?,
            Self::Put(put) => put.run()?,
            Self::Delete(named) => named.delete()?,
            Self::Rekey(vault) => rekey(&vault)?,
            Self::Export(export) => export.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(vault: &Vaulted) -> Result<()> {
    let opened = vault.open()?;
    let secrets: OrgSecrets =
        read(opened.ask(async |vault, actor| vault.list_secrets(actor).await)?)?;
    vault.print(&secrets, || {
        let heading = ["NAME", "UPDATED", "USED BY"].map(str::to_owned).to_vec();
        let row = |secret: &gatelet_secrets::answers::OrgSecret| {
            let used: Vec<_> = secret.used_by.iter().map(usage).collect();
            vec![
                secret.name.clone(),
                secret.updated_at.clone(),
                used.join(", "),
            ]
        };
        let rows: Vec<_> = std::iter::once(heading)
            .chain(secrets.0.iter().map(row))
            .collect();
        table(&rows)
    })
}

/// An application and its key, and whether it has a value of its own.
fn usage(used: &UsedBy) -> String {
    let own = if used.overridden { " (its own)" } else { "" };
    format!("{}:{}{own}", used.app, used.env_key)
}

fn requests(vault: &Vaulted) -> Result<()> {
    let opened = vault.open()?;
    let requests: Vec<rows::Request> =
        read(opened.ask(async |vault, actor| vault.list_requests(actor, now()).await)?)?;
    let shown: Vec<_> = requests
        .iter()
        .map(|one| {
            json!({
                "requestId": one.request_id,
                "name": one.name,
                "status": SecretRequestStatus::new(&one.request_id, one.state).status,
                "createdAt": instant(one.created_at),
                "expiresAt": instant(one.expires_at),
            })
        })
        .collect();
    vault.print(&shown, || {
        let heading = ["REQUEST", "NAME", "STATUS", "UNTIL"].map(str::to_owned);
        let row = |(one, shown): (&rows::Request, &serde_json::Value)| {
            vec![
                one.request_id.clone(),
                one.name.clone(),
                shown["status"].as_str().unwrap_or_default().to_owned(),
                instant(one.expires_at),
            ]
        };
        let rows = requests.iter().zip(&shown).map(row);
        table(
            &std::iter::once(heading.to_vec())
                .chain(rows)
                .collect::<Vec<_>>(),
        )
    })
}

fn rekey(vault: &Vaulted) -> Result<()> {
    let opened = vault.open()?;
    let done: rows::Resealed =
        read(opened.ask(async |vault, actor| vault.rekey(actor, now()).await)?)?;
    let shown = json!({
        "secrets": done.secrets,
        "variables": done.variables,
        "kept": done.kept,
        "unopened": done.unopened,
    });
    vault.print(&shown, || {
        format!(
            "sealed anew: {} secrets, {} variables; under the first key already: {}\n",
            done.secrets, done.variables, done.kept
        )
    })?;
    ensure!(
        done.unopened.is_empty(),
        "no key of secrets_enc_key opens {}: they are as they were; add the key that they were sealed under",
        done.unopened.join(", ")
    );
    Ok(())
}

impl Named {
    fn request(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let name = self.name.clone();
        let link: rows::EntryLink =
            read(opened.ask(async |vault, actor| vault.request_secret(actor, name, now()).await)?)?;
        let asked = SecretRequested::new(&opened.value(Setting::BaseUrl), link);
        self.vault.print(&asked, || {
            format!(
                "{}\n\nWhoever opens it signs in as an admin and enters the value, until {}.\nrequest: {}\n",
                asked.url, asked.expires_at, asked.request_id
            )
        })
    }

    fn delete(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let name = self.name.clone();
        let affected: Vec<rows::Usage> =
            read(opened.ask(async |vault, actor| vault.delete_secret(actor, name, now()).await)?)?;
        let deleted = OrgSecretDeleted::new(affected);
        self.vault.print(&deleted, || {
            let copies: Vec<_> = deleted.affected_apps.iter().map(usage).collect();
            match copies.is_empty() {
                true => format!("{} is deleted. No application has a copy.\n", self.name),
                false => format!(
                    "{} is deleted. Copies stay until `gatelet env delete`: {}\n",
                    self.name,
                    copies.join(", ")
                ),
            }
        })
    }
}

impl Status {
    fn run(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let id = self.request_id.clone();
        let state: rows::RequestState =
            read(opened.ask(async |vault, actor| vault.request_status(actor, id, now()).await)?)?;
        let status = SecretRequestStatus::new(&self.request_id, state);
        self.vault.print(&status, || {
            let word = serde_json::to_value(status.status).unwrap_or_default();
            format!("{}\n", word.as_str().unwrap_or_default())
        })
    }
}

impl Put {
    fn run(&self) -> Result<()> {
        let input = std::io::stdin();
        if input.is_terminal() {
            eprintln!("The value is read to the end of input, and shows as it is typed:");
        }
        // One byte more than is taken says that there are too many.
        let most = VALUE_MAX_BYTES as u64 + 2;
        let mut text = Zeroizing::new(String::new());
        let read_to = input.lock().take(most).read_to_string(&mut text);
        read_to.context("standard input is not UTF-8, or cannot be read")?;
        let value = match self.exact {
            true => SecretValue::parse(std::mem::take(&mut *text)),
            false => SecretValue::parse_form(std::mem::take(&mut *text)),
        }?;
        let opened = self.vault.open()?;
        let (name, value) = (self.name.clone(), value.expose().to_owned());
        let stored: rows::Stored = read(
            opened.ask(async |vault, actor| vault.put_secret(actor, name, value, now()).await)?,
        )?;
        let shown = json!({ "name": stored.name, "rotated": stored.rotated });
        self.vault.print(&shown, || match stored.rotated {
            true => format!(
                "{} has another value. Applications get it with the next reconcile or bind.\n",
                stored.name
            ),
            false => format!("{} is kept.\n", stored.name),
        })
    }
}

impl Export {
    fn run(&self) -> Result<()> {
        let opened = self.vault.open()?;
        let values = opened.values(&self.application)?;
        let count = values.len();
        export::write(&self.to_file, self.format, values)?;
        let file = self.to_file.display().to_string();
        let shown = json!({ "applicationId": self.application, "file": file, "variables": count });
        self.vault.print(&shown, || {
            format!("{file}: {count} variables of {}\n", self.application)
        })
    }
}
