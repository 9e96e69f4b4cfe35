//! What is a tool asked to do? Arguments that were judged, for one tool each.

use serde_json::Value;

use super::Tool;
use super::argument::{self, Arguments};
use crate::error::VaultError;
use crate::names::{ApplicationId, Binding, Bindings, EnvKey, SecretName, application};
use crate::project::Project;
use crate::value::SecretValue;

/// A call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// `request_secret`.
    RequestSecret {
        /// The secret.
        name: SecretName,
    },
    /// `secret_request_status`.
    SecretRequestStatus {
        /// The request.
        request_id: String,
    },
    /// `list_org_secrets`.
    ListOrgSecrets,
    /// `delete_org_secret`.
    DeleteOrgSecret {
        /// The secret.
        name: SecretName,
    },
    /// `bind_secret`.
    BindSecret {
        /// The application.
        application: ApplicationId,
        /// The secret, and the key.
        binding: Binding,
    },
    /// `list_env_vars`.
    ListEnvVars {
        /// The application.
        application: ApplicationId,
    },
    /// `set_env_vars`.
    SetEnvVars {
        /// The application.
        application: ApplicationId,
        /// Keys and values.
        variables: Vec<(EnvKey, SecretValue)>,
    },
    /// `delete_env_vars`.
    DeleteEnvVars {
        /// The application.
        application: ApplicationId,
        /// Each once.
        keys: Vec<EnvKey>,
    },
    /// `reconcile_project`.
    ReconcileProject {
        /// The application.
        application: ApplicationId,
        /// What is declared.
        bindings: Bindings,
        /// Whether only to say what would be done.
        is_dry_run: bool,
    },
    /// `list_applications`.
    ListApplications,
}

impl Call {
    /// Reads the arguments of a tool: an object, or null where there are none. No message
    /// repeats what was passed, but for a name in the right case.
    pub fn parse(tool: Tool, arguments: &Value) -> Result<Self, VaultError> {
        let arguments = Arguments::new(tool, arguments)?;
        Ok(match tool {
            Tool::RequestSecret => Self::RequestSecret {
                name: secret(&arguments)?,
            },
            Tool::SecretRequestStatus => Self::SecretRequestStatus {
                request_id: arguments.request_id()?.to_owned(),
            },
            Tool::ListOrgSecrets => Self::ListOrgSecrets,
            Tool::DeleteOrgSecret => Self::DeleteOrgSecret {
                name: secret(&arguments)?,
            },
            Tool::BindSecret => Self::BindSecret {
                application: whose(&arguments)?,
                binding: binding(&arguments)?,
            },
            Tool::ListEnvVars => Self::ListEnvVars {
                application: whose(&arguments)?,
            },
            Tool::SetEnvVars => Self::SetEnvVars {
                application: whose(&arguments)?,
                variables: variables(&arguments)?,
            },
            Tool::DeleteEnvVars => Self::DeleteEnvVars {
                application: whose(&arguments)?,
                keys: keys(&arguments)?,
            },
            Tool::ReconcileProject => reconcile(&arguments)?,
            Tool::ListApplications => Self::ListApplications,
        })
    }

    /// The tool.
    #[must_use]
    pub const fn tool(&self) -> Tool {
        match self {
            Self::RequestSecret { name: _ } => Tool::RequestSecret,
            Self::SecretRequestStatus { request_id: _ } => Tool::SecretRequestStatus,
            Self::ListOrgSecrets => Tool::ListOrgSecrets,
            Self::DeleteOrgSecret { name: _ } => Tool::DeleteOrgSecret,
            Self::BindSecret {
                application: _,
                binding: _,
            } => Tool::BindSecret,
            Self::ListEnvVars { application: _ } => Tool::ListEnvVars,
            Self::SetEnvVars {
                application: _,
                variables: _,
            } => Tool::SetEnvVars,
            Self::DeleteEnvVars {
                application: _,
                keys: _,
            } => Tool::DeleteEnvVars,
            Self::ReconcileProject {
                application: _,
                bindings: _,
                is_dry_run: _,
            } => Tool::ReconcileProject,
            Self::ListApplications => Tool::ListApplications,
        }
    }
}

fn secret(arguments: &Arguments<'_>) -> Result<SecretName, VaultError> {
    let text = arguments.text(&argument::SECRET)?;
    SecretName::parse(text).map_err(|refusal| arguments.refuse(argument::SECRET.name, refusal))
}

fn whose(arguments: &Arguments<'_>) -> Result<ApplicationId, VaultError> {
    let text = arguments.text(&argument::APPLICATION)?;
    application(text).map_err(|refusal| arguments.refuse(argument::APPLICATION.name, refusal))
}

fn binding(arguments: &Arguments<'_>) -> Result<Binding, VaultError> {
    let name = secret(arguments)?;
    let key = match arguments.optional_text(&argument::AS)? {
        Some(key) => EnvKey::parse(key),
        None => EnvKey::of(&name),
    };
    let key = key.map_err(|refusal| arguments.refuse(argument::AS.name, refusal))?;
    Ok(Binding { name, key })
}

fn variables(arguments: &Arguments<'_>) -> Result<Vec<(EnvKey, SecretValue)>, VaultError> {
    let variable = |(key, value): (&String, &Value)| {
        let name = argument::VARIABLES.name;
        let key = EnvKey::parse(key).map_err(|refusal| arguments.refuse(name, refusal))?;
        let value = value
            .as_str()
            .ok_or_else(|| arguments.refuse(name, format_args!("{key}: is not a text")))?;
        let value = SecretValue::parse_variable(value.to_owned())
            .map_err(|error| arguments.refuse(name, error.of_variable(&key)))?;
        Ok((key, value))
    };
    arguments.variables()?.iter().map(variable).collect()
}

fn keys(arguments: &Arguments<'_>) -> Result<Vec<EnvKey>, VaultError> {
    let name = argument::KEYS.name;
    let mut keys: Vec<EnvKey> = Vec::new();
    for (at, key) in arguments.keys()?.iter().enumerate() {
        let place = format!("{name}[{at}]");
        let text = key
            .as_str()
            .ok_or_else(|| arguments.refuse(&place, "is not a text"))?;
        let key = EnvKey::parse_kept(text).map_err(|refusal| arguments.refuse(&place, refusal))?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}

fn reconcile(arguments: &Arguments<'_>) -> Result<Call, VaultError> {
    let text = arguments.optional_text(&argument::PROJECT_JSON)?;
    let project = match (arguments.optional(&argument::PROJECT), text) {
        (Some(value), None) => Project::from_value(value),
        (None, Some(text)) => Project::parse(text.as_bytes()),
        (None, None) => return Err(arguments.refuse("project", "is missing, and project_json")),
        (Some(_), Some(_)) => {
            return Err(arguments.refuse("project", "is there, and project_json too: pass one"));
        }
    };
    let Project {
        application: name,
        bindings,
    } = project.map_err(|error| arguments.refuse("project", error))?;
    let named = arguments.optional_text(&argument::APPLICATION_OR_NAME)?;
    let application = match (named, name) {
        (Some(_), _) => whose(arguments)?,
        (None, Some(name)) => name,
        (None, None) => {
            return Err(arguments.refuse(
                "applicationId",
                "is missing, and the project's name is no application's",
            ));
        }
    };
    Ok(Call::ReconcileProject {
        application,
        bindings,
        is_dry_run: arguments.flag(&argument::DRY_RUN)?,
    })
}
