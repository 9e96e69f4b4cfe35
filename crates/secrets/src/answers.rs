//! What do tools answer? One type for each, out of the rows of the WIT, as people's
//! programs and agents read it. None has a field that could hold a value.

use gatelet_texts::Moment;
use serde::{Deserialize, Serialize};

use crate::entry_link::entry_link;
use crate::plan::{PlannedBinding, SecretsPlan};
use crate::rows::{self, RequestState};
use crate::source::Source;

/// Of `request_secret`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretRequested {
    /// Where a signed-in admin enters the value.
    pub url: String,
    /// For `secret_request_status`.
    pub request_id: String,
    /// RFC 3339, in UTC.
    pub expires_at: String,
}

/// Of `secret_request_status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretRequestStatus {
    /// The request that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What has become of it.
    pub status: Status,
}

/// What has become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "RequestState")]
pub enum Status {
    /// Nobody has entered the secret yet.
    Pending,
    /// Somebody has.
    Fulfilled,
    /// Nobody has, and the link is good no longer.
    Expired,
    /// There is no such request.
    NotFound,
}

/// Of `list_org_secrets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrgSecrets(
    /// By name.
    pub Vec<OrgSecret>,
);

/// A secret, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "rows::Secret")]
pub struct OrgSecret {
    /// Its name.
    pub name: String,
    /// When a value was entered last: RFC 3339, in UTC.
    pub updated_at: String,
    /// Who has copies: whom rotating or deleting it touches.
    pub used_by: Vec<UsedBy>,
    /// How many.
    pub used_by_count: usize,
}

/// A copy of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "rows::Usage")]
pub struct UsedBy {
    /// The application's id.
    pub app: String,
    /// The variable.
    pub env_key: String,
    /// Whether the application has a value of its own instead.
    pub overridden: bool,
}

/// Of `delete_org_secret`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgSecretDeleted {
    /// Whether it is gone from the vault.
    pub deleted: bool,
    /// Who has copies, which stay.
    pub affected_apps: Vec<UsedBy>,
}

/// Of `list_env_vars`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnvVars(
    /// By key.
    pub Vec<EnvVar>,
);

/// A variable, by its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "rows::Variable")]
pub struct EnvVar {
    /// Its key.
    pub key: String,
    /// Where its value comes from.
    pub source: Source,
    /// The secret that is bound to it, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Whether that has been rotated or deleted since; only where the value is a secret's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<bool>,
}

/// Of `set_env_vars`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvVarsSet {
    /// The application.
    pub application_id: String,
    /// Those that were set.
    pub variables: EnvVars,
}

/// Of `delete_env_vars`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvVarsDeleted {
    /// The application.
    pub application_id: String,
    /// The keys that were there.
    pub deleted: Vec<String>,
}

/// Of `bind_secret`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "rows::Binding")]
pub struct SecretBound {
    /// The variable.
    pub env_key: String,
}

/// Of `reconcile_project`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectReconciled {
    /// The application.
    pub application_id: String,
    /// What is to be done, by names.
    pub plan: Plan,
    /// Whether it was done.
    pub applied: bool,
}

/// What is to be done, by what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// About secrets.
    pub secrets: SecretsPlan,
}

/// Of `list_applications`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Applications(
    /// By id.
    pub Vec<Application>,
);

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "rows::Application")]
pub struct Application {
    /// Its id.
    pub application_id: String,
    /// Whether it was made by hand; else an origin's `app_name` names it.
    pub added: bool,
    /// How many variables it has.
    pub variables: u32,
}

impl SecretRequested {
    /// The link, at the origin of this base URL.
    #[must_use]
    pub fn new(base_url: &str, link: rows::EntryLink) -> Self {
        let rows::EntryLink {
            request_id,
            token,
            expires_at,
        } = link;
        Self {
            url: entry_link(&token, base_url),
            request_id,
            expires_at: Moment(expires_at).rfc3339(),
        }
    }
}

/// The link is for whoever asked, not for a log.
impl core::fmt::Debug for SecretRequested {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(out, "SecretRequested({})", self.request_id)
    }
}

impl SecretRequestStatus {
    /// What has become of this request. What is none is not repeated: it may be anything.
    #[must_use]
    pub fn new(request_id: &str, state: RequestState) -> Self {
        Self {
            request_id: (state != RequestState::NotFound).then(|| request_id.to_owned()),
            status: state.into(),
        }
    }
}

impl OrgSecretDeleted {
    /// It is gone, and these have copies.
    #[must_use]
    pub fn new(affected: Vec<rows::Usage>) -> Self {
        Self {
            deleted: true,
            affected_apps: affected.into_iter().map(UsedBy::from).collect(),
        }
    }
}

impl ProjectReconciled {
    /// What is to be done for an application, and whether it was.
    #[must_use]
    pub fn new(application_id: &str, planned: Vec<rows::Planned>, applied: bool) -> Self {
        let bindings = planned.into_iter().map(PlannedBinding::from).collect();
        Self {
            application_id: application_id.to_owned(),
            plan: Plan {
                secrets: SecretsPlan::new(bindings),
            },
            applied,
        }
    }
}

impl From<RequestState> for Status {
    fn from(state: RequestState) -> Self {
        match state {
            RequestState::Pending => Self::Pending,
            RequestState::Fulfilled => Self::Fulfilled,
            RequestState::Expired => Self::Expired,
            RequestState::NotFound => Self::NotFound,
        }
    }
}

impl From<rows::Secret> for OrgSecret {
    fn from(secret: rows::Secret) -> Self {
        let rows::Secret {
            name,
            updated_at,
            updated_by: _,
            used_by,
        } = secret;
        Self {
            name,
            updated_at: Moment(updated_at).rfc3339(),
            used_by_count: used_by.len(),
            used_by: used_by.into_iter().map(UsedBy::from).collect(),
        }
    }
}

impl From<rows::Usage> for UsedBy {
    fn from(usage: rows::Usage) -> Self {
        let rows::Usage {
            application,
            env_key,
            overridden,
        } = usage;
        Self {
            app: application,
            env_key,
            overridden,
        }
    }
}

impl From<rows::Variable> for EnvVar {
    fn from(variable: rows::Variable) -> Self {
        let rows::Variable {
            key,
            source,
            secret,
            stale,
            updated_at: _,
        } = variable;
        Self {
            key,
            source,
            secret,
            stale: (source == Source::OrgLinked).then_some(stale),
        }
    }
}

impl From<rows::Binding> for SecretBound {
    fn from(binding: rows::Binding) -> Self {
        let rows::Binding { name: _, env_key } = binding;
        Self { env_key }
    }
}

impl From<rows::Planned> for PlannedBinding {
    fn from(planned: rows::Planned) -> Self {
        let rows::Planned {
            binding: rows::Binding { name, env_key },
            step,
        } = planned;
        Self {
            name,
            key: env_key,
            step,
        }
    }
}

impl From<rows::Application> for Application {
    fn from(application: rows::Application) -> Self {
        let rows::Application {
            name,
            added,
            variables,
        } = application;
        Self {
            application_id: name,
            added,
            variables,
        }
    }
}

#[cfg(test)]
mod tests;
