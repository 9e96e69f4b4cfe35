//! What does a preset say of an entry that the entry does not?

use super::entry::Entry;
use crate::preset::{Field, Filling, Preset, Protocol, Quirk};
use crate::refusal::quoted;
use gatelet_settings::did_you_mean;

impl Entry {
    /// The entry with what its preset says, if it names one. Whatever the entry says
    /// itself stays.
    pub(super) fn with_preset(mut self) -> Result<(Self, Option<&'static Preset>), String> {
        let said = [
            (Field::Domain, self.domain.take()),
            (Field::Tenant, self.tenant.take()),
            (Field::Realm, self.realm.take()),
            (Field::Region, self.region.take()),
            (Field::Pool, self.pool.take()),
        ];
        let mut said = said
            .into_iter()
            .filter_map(|(field, text)| Some((field, text?)));
        let Some(name) = self.preset.take() else {
            return match said.next() {
                Some((field, _)) => {
                    Err(format!("`{}` is for an entry with `preset`", field.name()))
                }
                None => Ok((self, None)),
            };
        };
        let preset = Preset::named(&name).ok_or_else(|| unknown(&name))?;
        let filling = Filling::new(preset, said)?;
        match preset.protocol {
            Protocol::OpenIdConnect(_) => self.take_issuer(preset, &filling)?,
            Protocol::GitHub(_) => self.take_server(preset, &filling)?,
        }
        let beside = match (&self.issuer, &self.url) {
            (_, Some(_)) => "url",
            _ => "issuer",
        };
        filling.finish(beside)?;
        self.id.get_or_insert_with(|| preset.id.to_owned());
        self.name.get_or_insert_with(|| preset.name.to_owned());
        self.scopes.get_or_insert_with(|| preset.scopes.to_owned());
        Ok((self, Some(preset)))
    }

    fn take_issuer(&mut self, preset: &'static Preset, filling: &Filling) -> Result<(), String> {
        self.take_kind(preset, "oidc")?;
        if self.issuer.is_none() {
            self.issuer = Some(filling.address()?);
            if self.discovery_url.is_none() {
                self.discovery_url = filling.discovery_url()?;
            }
            if self.endpoint_hosts.is_none() {
                self.endpoint_hosts = filling.endpoint_hosts()?;
            }
        }
        for quirk in preset.quirks {
            match quirk {
                Quirk::FormPost => set(&mut self.response_mode, "form_post"),
                Quirk::NonceMissing => set(&mut self.nonce, "unchecked_where_missing"),
                Quirk::PkceRefused => set(&mut self.pkce, "none"),
                Quirk::TokenEndpointAuth(method) => {
                    set(&mut self.token_endpoint_auth_method, method.as_str());
                }
                // What follows from the issuer, or was said above.
                Quirk::EndpointsOn(_)
                | Quirk::EndpointsAt(_)
                | Quirk::DomainClaim(..)
                | Quirk::OffersAccounts
                | Quirk::SharedTenants(..)
                | Quirk::NamedTenant(..)
                | Quirk::Offline(_)
                | Quirk::SignedSecret(_) => {}
            }
        }
        Ok(())
    }

    fn take_server(&mut self, preset: &'static Preset, filling: &Filling) -> Result<(), String> {
        self.take_kind(preset, "github")?;
        if self.url.is_none() {
            self.url = Some(filling.address()?);
        }
        Ok(())
    }

    fn take_kind(&mut self, preset: &Preset, kind: &str) -> Result<(), String> {
        match self.kind.as_deref() {
            Some(other) if other != kind => Err(format!(
                "`kind` must be {kind} with `preset` {}, or left out",
                preset.id
            )),
            _ => {
                self.kind = Some(kind.to_owned());
                Ok(())
            }
        }
    }
}

fn set(field: &mut Option<String>, value: &str) {
    field.get_or_insert_with(|| value.to_owned());
}

fn unknown(name: &str) -> String {
    let known = crate::preset::PRESETS.iter().map(|preset| preset.id);
    format!(
        "`preset` {} is none of {}{}",
        quoted(name),
        Preset::names(),
        did_you_mean(name, known)
    )
}
