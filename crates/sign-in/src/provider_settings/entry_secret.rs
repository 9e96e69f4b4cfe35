//! Is what an entry and `oidc_client_secrets` say of its client secret one?

use serde_json::{Map, Value};

use crate::client_secret::{ClientSecret, SignedSecret, is_key, judge_text};
use crate::provider::{ProviderId, TokenEndpointAuth};
use crate::vault_reference;
use gatelet_core::secret::Secret;
use gatelet_settings::name_in_vault;

/// What names the key that a client secret is made from.
pub(super) struct KeyNames {
    pub(super) team_id: Option<String>,
    pub(super) key_id: Option<String>,
}

/// The same with whom the secret is for.
pub(super) struct KeyNamed {
    team_id: String,
    key_id: String,
    audience: &'static str,
}

impl KeyNames {
    pub(super) fn of(self, audience: Option<&'static str>) -> Result<Option<KeyNamed>, String> {
        match (self.team_id, self.key_id, audience) {
            (None, None, _) => Ok(None),
            (_, _, None) => Err("`team_id` and `key_id` are for Apple".into()),
            (Some(team_id), Some(key_id), Some(audience)) => Ok(Some(KeyNamed {
                team_id,
                key_id,
                audience,
            })),
            (None, Some(_), _) => Err("`team_id` is missing, which belongs to `key_id`".into()),
            (Some(_), None, _) => Err("`key_id` is missing, which belongs to `team_id`".into()),
        }
    }
}

/// What `oidc_client_secrets` has for a provider; empty where it has nothing.
pub(super) struct Given<'a> {
    id: &'a ProviderId,
    text: Secret,
}

impl<'a> Given<'a> {
    /// Takes it out of `secrets`.
    pub(super) fn of(id: &'a ProviderId, secrets: &mut Map<String, Value>) -> Self {
        let text = match secrets.remove(id.as_str()) {
            Some(Value::String(text)) => Secret::new(text),
            Some(_) | None => Secret::new(String::new()),
        };
        Self { id, text }
    }

    /// Which must be a secret as it is sent.
    pub(super) fn plain(
        self,
        audience: Option<&str>,
        token_endpoint_auth: Option<TokenEndpointAuth>,
    ) -> Result<ClientSecret, String> {
        match (token_endpoint_auth, self.text.expose()) {
            (Some(TokenEndpointAuth::Public), "") => {}
            (Some(TokenEndpointAuth::Public), _) => {
                return Err(
                    "a client with method `none` has no secret; remove it from oidc_client_secrets"
                        .into(),
                );
            }
            (_, "") => return Err(self.missing()),
            (_, text) if audience.is_some() && is_key(text) => {
                return Err("its secret is a private key: `team_id` and `key_id` are missing, with which client secrets are made from it".into());
            }
            (_, text) => judge_text(text).map_err(|why| format!("its secret {why}"))?,
        }
        Ok(ClientSecret::Given(self.text))
    }

    /// Which must be the key that secrets are made from.
    pub(super) fn signed(
        self,
        key: KeyNamed,
        token_endpoint_auth: Option<TokenEndpointAuth>,
    ) -> Result<ClientSecret, String> {
        let text = self.text.expose();
        if token_endpoint_auth == Some(TokenEndpointAuth::Public) {
            return Err("`team_id` and `key_id` are for a client that has a secret".into());
        }
        if text.is_empty() {
            return Err(self.missing());
        }
        if vault_reference::is_missing(text) || name_in_vault(text).is_some() {
            return Ok(ClientSecret::Given(self.text));
        }
        let KeyNamed {
            team_id,
            key_id,
            audience,
        } = key;
        let signed = SignedSecret::parse(team_id, key_id, audience, text)?;
        Ok(ClientSecret::Signed(Box::new(signed)))
    }

    fn missing(&self) -> String {
        let id = self.id;
        format!("oidc_client_secrets has no secret for it; add {{\"{id}\": \"…\"}}")
    }
}
