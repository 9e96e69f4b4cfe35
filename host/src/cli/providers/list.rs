//! `gatelet providers list`: which there are, and which there could be.

use anyhow::{Result, anyhow};
use clap::Args;
use gatelet_core::origin_record::MAIN;
use gatelet_settings::{Setting, Values, name_in_vault};
use gatelet_sign_in::client_secret::ClientSecret;
use gatelet_sign_in::preset::{Ask, PRESETS, Preset, Protocol};
use gatelet_sign_in::provider::{Provider, Providers};
use serde_json::{Value, json};

use super::written::Written;
use crate::cli::project::Project;
use crate::cli::registry::{Registry, table};
use crate::cli::{kept, keys, log};

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// The presets, and what each asks for.
    #[arg(long, conflicts_with = "origin")]
    presets: bool,
    /// Those that count at this origin.
    #[arg(long, value_name = "NAME", default_value = MAIN)]
    origin: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    project: Project,
}

/// All settings about providers.
const ABOUT: [Setting; 6] = [
    Setting::GoogleClientId,
    Setting::GoogleClientSecret,
    Setting::GithubClientId,
    Setting::GithubClientSecret,
    Setting::OidcProviders,
    Setting::OidcClientSecrets,
];

impl List {
    pub(in crate::cli) fn run(mut self) -> Result<()> {
        let (heading, rows) = match self.presets {
            true => presets(),
            false => self.configured()?,
        };
        if self.json {
            let key = if self.presets { "presets" } else { "providers" };
            let shown: Vec<_> = rows.into_iter().map(|(_, shown)| shown).collect();
            outln!("{}", json!({ key: shown }));
            return Ok(());
        }
        let heading = heading.map(str::to_owned).to_vec();
        let rows = rows.into_iter().map(|(row, _)| row);
        out!(
            "{}",
            table(&std::iter::once(heading).chain(rows).collect::<Vec<_>>())
        );
        Ok(())
    }

    fn configured(&mut self) -> Result<([&'static str; 5], Rows)> {
        log::start_quiet();
        let values = self.values()?;
        let value = |setting: Setting| {
            let mut values = values.iter();
            values
                .find(|(known, _)| *known == setting)
                .map_or("", |(_, value)| value)
        };
        let written = Written::parse(
            value(Setting::OidcProviders),
            value(Setting::OidcClientSecrets),
        )?;
        let read = values
            .iter()
            .map(|(setting, value)| (*setting, value.as_str()));
        let providers =
            Providers::from_values(&Values::new(read)).map_err(|error| anyhow!(error))?;
        let rows = providers.iter().map(|provider| {
            let preset = written.preset(provider.id.as_str());
            let secret = match provider.id.as_str() {
                id if written.has(id) => written.secret(id),
                "google" => Some(value(Setting::GoogleClientSecret)),
                _ => Some(value(Setting::GithubClientSecret)),
            };
            row(provider, preset, secret.and_then(name_in_vault))
        });
        Ok((["ID", "NAME", "AT", "CLIENT", "SECRET"], rows.collect()))
    }

    fn values(&mut self) -> Result<Vec<(Setting, String)>> {
        if self.origin == MAIN {
            if !self.project.has_session_key()? {
                // `up --init` makes one; there may be none yet.
                self.project.take(Setting::SessionKeys, &keys::new()?);
            }
            let settled = self.project.settle()?;
            let base = kept::base(&settled.variables);
            let values = base.values();
            return Ok(ABOUT
                .map(|setting| (setting, values.get(setting).to_owned()))
                .to_vec());
        }
        let registry = Registry::open(&self.project)?;
        registry.required(&self.origin)?;
        let values = ABOUT.map(|setting| (setting, registry.value(&self.origin, setting)));
        Ok(values.to_vec())
    }
}

/// A row for people, and the same for programs.
type Rows = Vec<(Vec<String>, Value)>;

fn row(provider: &Provider, preset: Option<&str>, vault: Option<&str>) -> (Vec<String>, Value) {
    let secret = match (&provider.client_secret, vault) {
        (_, Some(name)) => format!("vault:{name}"),
        (ClientSecret::Given(secret), None) if secret.expose().is_empty() => "none".to_owned(),
        (ClientSecret::Given(_), None) => "set".to_owned(),
        (ClientSecret::Signed(_), None) => "made from a key".to_owned(),
    };
    let at = provider.account_issuer();
    let shown = json!({
        "id": provider.id.as_str(),
        "name": provider.name,
        "preset": preset,
        "issuer": at,
        "clientId": provider.client_id,
        "secret": secret,
    });
    let row = vec![
        provider.id.to_string(),
        provider.name.clone(),
        at,
        provider.client_id.clone(),
        secret,
    ];
    (row, shown)
}

fn presets() -> ([&'static str; 5], Rows) {
    let rows = PRESETS.iter().map(|preset| {
        let Preset {
            id,
            aliases,
            name,
            protocol,
            asks,
            scopes,
            quirks,
            register_at,
            register,
        } = preset;
        let (Protocol::OpenIdConnect(address) | Protocol::GitHub(address)) = protocol;
        let asked: Vec<_> = asks.iter().map(argument).collect();
        let quirks: Vec<_> = quirks.iter().map(ToString::to_string).collect();
        let shown = json!({
            "id": id,
            "aliases": aliases,
            "name": name,
            "address": address,
            "asks": asks.iter().map(shown).collect::<Vec<_>>(),
            "scopes": scopes,
            "particular": quirks,
            "registerAt": register_at,
            "register": register,
        });
        let row = [*id, *name, &asked.join(" "), *address, *register_at];
        (row.map(str::to_owned).to_vec(), shown)
    });
    let heading = ["PRESET", "NAME", "ASKS FOR", "AT", "REGISTER AT"];
    (heading, rows.collect())
}

fn argument(ask: &Ask) -> String {
    let argument = format!("--{} {}", ask.field.name(), ask.example);
    match ask.default {
        None => argument,
        Some(_) => format!("[{argument}]"),
    }
}

fn shown(ask: &Ask) -> Value {
    let Ask {
        field,
        meaning,
        example,
        default,
    } = ask;
    json!({
        "field": field.name(),
        "meaning": meaning,
        "example": example,
        "default": default,
    })
}
