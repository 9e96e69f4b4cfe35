//! `gatelet providers add`: one more provider.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use gatelet_settings::{Setting, Values, did_you_mean, name_in_vault};
use gatelet_sign_in::preset::{Field, PRESETS, Preset};
use gatelet_sign_in::provider::{Provider, Providers, TokenEndpointAuth};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::check;
use super::place::Place;
use super::question::{SecretFrom, asked, is_terminal};
use crate::cli::project::Project;
use crate::cli::{log, one_line};

#[derive(Debug, Args)]
pub(in crate::cli) struct Add {
    /// A preset, such as okta: `gatelet providers list --presets` has all. With --issuer
    /// any name.
    #[arg(value_name = "NAME")]
    preset: String,
    /// What it is called in redirect URIs, where that is not its name.
    #[arg(long)]
    id: Option<String>,
    /// What the button says, where that is not the preset's name.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// What the provider gave when Gatelet was registered.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    #[command(flatten)]
    secret: SecretFrom,
    /// The provider's host, where the preset asks for it.
    #[arg(long, value_name = "HOST")]
    domain: Option<String>,
    /// Microsoft's directory (tenant) id; organizations, common or consumers for many.
    #[arg(long, value_name = "ID")]
    tenant: Option<String>,
    /// Keycloak's realm.
    #[arg(long)]
    realm: Option<String>,
    /// The region at Amazon.
    #[arg(long)]
    region: Option<String>,
    /// The user pool at Amazon.
    #[arg(long, value_name = "ID")]
    pool: Option<String>,
    /// The issuer, of a provider that has no preset, or in place of the preset's.
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// Apple's team, where client secrets are made from a key.
    #[arg(long, value_name = "ID")]
    team_id: Option<String>,
    /// Which of Apple's keys it is.
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// Another field of the entry, as docs/providers.md has them. Its value is JSON, or
    /// text.
    #[arg(long = "field", value_name = "FIELD=VALUE", value_parser = field)]
    fields: Vec<(String, Value)>,
    /// Write it at this origin, where it counts beside what counts there now. The secret
    /// is in the vault then.
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
    /// Write it without asking the provider.
    #[arg(long)]
    no_check: bool,
    /// Print what was done as JSON, and ask nobody anything.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    project: Project,
}

fn field(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write FIELD=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok((name.to_owned(), value))
}

impl Add {
    pub(in crate::cli) fn run(mut self) -> Result<()> {
        log::start_quiet();
        let preset = self.named()?;
        let id = match (&self.id, preset) {
            (Some(id), _) => id.clone(),
            (None, Some(preset)) => preset.id.to_owned(),
            (None, None) => self.preset.clone(),
        };
        let entry = self.entry(preset, &id)?;
        let secret = self.secret(&entry)?;
        let text = secret.as_deref().map(String::as_str);
        let provider = alone(&id, &entry, text)?;
        // Others wait for the place; nobody is asked anything from here on.
        let mut place = Place::open(&self.project, self.origin.as_deref())?;
        place.written.add(&id, &entry, text)?;
        let settled = place.judged(&mut self.project)?;
        let checked = (!self.no_check).then_some(&provider);
        let asked = check::ask(&self.project, &settled, checked);
        let (found, kept) = match asked {
            Ok(asked) => (asked.found, asked.records),
            Err(error) if self.no_check => {
                eprintln!(
                    "The redirect URIs of other origins are not known: {}",
                    one_line(&error)
                );
                (None, Vec::new())
            }
            Err(error) => bail!(
                "{id}: {}: nothing is written; --no-check writes it all the same",
                one_line(&error)
            ),
        };
        let records = place.records().unwrap_or(kept);
        let uris = check::redirect_uris(&settled, records, &id)?;
        let (name, when) = (place.name(), place.takes_effect());
        let overridden = place.overridden();
        place.save()?;
        let register_at = preset.map(|preset| preset.register_at);
        if self.json {
            let done = json!({
                "id": id,
                "preset": preset.map(|preset| preset.id),
                "issuer": provider.account_issuer(),
                "clientId": provider.client_id,
                "writtenTo": name,
                "checked": found.is_some(),
                "redirectUris": uris,
                "registerAt": register_at,
            });
            outln!("{done}");
        } else {
            outln!("{id} is set in {name}, {when}.");
            if let Some(found) = found {
                outln!("{found}.");
            }
            match uris.as_slice() {
                [] => outln!("No origin has it yet: add {id} to the setting providers."),
                uris => outln!("Register with the provider:\n  {}", uris.join("\n  ")),
            }
            if let Some(preset) = preset {
                outln!("There: {}\n  {}", preset.register_at, preset.register);
            }
        }
        if let Some(name) = text.and_then(name_in_vault) {
            eprintln!(
                "Its secret is {name} in the vault: `gatelet vault put {name}` keeps it, if nobody has."
            );
        }
        if let Some(overridden) = overridden {
            eprintln!("{overridden}");
        }
        Ok(())
    }

    /// The preset that is meant; none where an issuer is given in its place.
    fn named(&self) -> Result<Option<&'static Preset>> {
        let preset = Preset::named(&self.preset);
        if preset.is_none() && self.issuer.is_none() {
            let names = PRESETS.iter().map(|preset| preset.id);
            let all: Vec<_> = names.clone().collect();
            bail!(
                "{}: is none of {}{}; --issuer adds any other OpenID Connect provider",
                self.preset,
                all.join(", "),
                did_you_mean(&self.preset, names)
            );
        }
        Ok(preset)
    }

    /// The entry as it is written, with what was asked for.
    fn entry(&mut self, preset: Option<&'static Preset>, id: &str) -> Result<Map<String, Value>> {
        let may_ask = !self.json;
        let mut said: BTreeMap<&str, Option<String>> = BTreeMap::from([
            (Field::Domain.name(), self.domain.take()),
            (Field::Tenant.name(), self.tenant.take()),
            (Field::Realm.name(), self.realm.take()),
            (Field::Region.name(), self.region.take()),
            (Field::Pool.name(), self.pool.take()),
            ("name", self.name.take()),
            ("issuer", self.issuer.take()),
            ("team_id", self.team_id.take()),
            ("key_id", self.key_id.take()),
        ]);
        let is_said = |name: &str, said: &BTreeMap<&str, Option<String>>| {
            said.get(name).is_some_and(Option::is_some)
                || self.fields.iter().any(|(field, _)| field == name)
        };
        let mut entry = Map::new();
        match preset {
            Some(preset) => {
                entry.insert("preset".to_owned(), preset.id.into());
                let is_elsewhere = is_said("issuer", &said) || is_said("url", &said);
                for ask in preset.asks {
                    let name = ask.field.name();
                    let is_needed = ask.default.is_none() && !is_elsewhere;
                    if is_needed && !is_said(name, &said) {
                        let answer = asked(may_ask, name, ask.meaning, ask.example)?;
                        said.insert(name, Some(answer));
                    }
                }
                if id != preset.id {
                    entry.insert("id".to_owned(), id.into());
                }
            }
            None => {
                entry.insert("id".to_owned(), id.into());
            }
        }
        let client_id = match self.client_id.take() {
            Some(client_id) => client_id,
            None => {
                if may_ask && is_terminal() {
                    self.tell_where(preset, id)?;
                }
                let what = "the client id that the provider gave";
                asked(may_ask, "client-id", what, "0oa1b2c3d4e5")?
            }
        };
        said.insert("client_id", Some(client_id));
        let said = said.into_iter();
        entry.extend(said.filter_map(|(name, text)| Some((name.to_owned(), text?.into()))));
        entry.extend(std::mem::take(&mut self.fields));
        Ok(entry)
    }

    /// What has to be done at the provider before there is a client id.
    fn tell_where(&self, preset: Option<&Preset>, id: &str) -> Result<()> {
        let base_url = self.project.base_url()?;
        let default = || Setting::BaseUrl.default().map(str::to_owned);
        let base_url = base_url.or_else(default).unwrap_or_default();
        eprintln!("Register Gatelet with the provider, with the redirect URI");
        eprintln!("  {}/auth/callback/{id}", base_url.trim_end_matches('/'));
        if let Some(preset) = preset {
            eprintln!("at {}: {}", preset.register_at, preset.register);
        }
        Ok(())
    }

    /// Its secret, if it has one.
    fn secret(&self, entry: &Map<String, Value>) -> Result<Option<Zeroizing<String>>> {
        let public = TokenEndpointAuth::Public.as_str();
        let is_public = entry
            .get("token_endpoint_auth_method")
            .is_some_and(|method| method == public);
        match is_public {
            true => Ok(None),
            false => self.secret.read(!self.json).map(Some),
        }
    }
}

/// What an entry comes to, by itself.
///
/// # Errors
/// One line that names the field, and never the secret.
fn alone(id: &str, entry: &Map<String, Value>, secret: Option<&str>) -> Result<Provider> {
    let entries = Value::from(vec![Value::Object(entry.clone())]).to_string();
    let secrets = match secret {
        Some(secret) => Zeroizing::new(json!({ id: secret }).to_string()),
        None => Zeroizing::default(),
    };
    let values = Values::new([
        (Setting::OidcProviders, entries.as_str()),
        (Setting::OidcClientSecrets, secrets.as_str()),
    ]);
    let read = Providers::from_values(&values).map_err(|error| anyhow!(error))?;
    let provider = read.get(id).cloned();
    provider.ok_or_else(|| anyhow!("{id}: the entry has another id"))
}
