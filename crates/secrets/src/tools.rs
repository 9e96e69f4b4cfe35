//! Which tools are there for agents, and what is asked of them? A closed table: names,
//! what they are for, what they need, and which arguments they take. No tool takes a
//! secret's value, and none answers one.

use core::fmt;

use serde_json::{Value, json};

use crate::error::VaultError;
use crate::permission::Operation;
use crate::scope::{Scope, Scopes};

mod argument;
mod call;

use argument::Argument;
pub use call::Call;

/// What is said of a tool.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its name: `request_secret`.
    pub name: &'static str,
    /// For people who look at a list of tools.
    pub title: &'static str,
    /// For agents.
    pub description: &'static str,
    /// The operation that it is; none of one that is not the vault's.
    pub operation: Option<Operation>,
    /// What a token must be good for.
    pub scope: Scope,
    /// Whether it changes nothing.
    pub is_read_only: bool,
    /// Whether something that was there may be gone afterwards.
    pub is_destructive: bool,
    /// Whether doing it again changes nothing more.
    pub is_idempotent: bool,
    arguments: &'static [Argument],
}

macro_rules! tools {
    ($($(#[$meta:meta])* $variant:ident = $about:expr;)*) => {
        /// A tool.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Tool { $($(#[$meta])* $variant,)* }

        impl Tool {
            /// Every tool, in the order that they are listed.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// What is said of it.
            #[must_use]
            pub const fn about(self) -> About {
                match self { $(Self::$variant => $about),* }
            }
        }
    };
}

tools! {
    /// Ask a person for a secret.
    RequestSecret = About {
        name: "request_secret",
        title: "Ask for a secret",
        description: "Make a link at which a signed-in admin types the value of a secret, new or to be rotated; the link works once, for fifteen minutes. Give the url to your user: the value goes from their browser into the vault and never through you.",
        operation: Some(Operation::RequestSecret),
        scope: Scope::SecretsRequest,
        is_read_only: false,
        is_destructive: false,
        is_idempotent: false,
        arguments: &[argument::SECRET],
    };
    /// How that stands.
    SecretRequestStatus = About {
        name: "secret_request_status",
        title: "Look at a request",
        description: "Say whether a person has entered the secret of a request: pending, fulfilled, expired or not_found; never its value.",
        operation: Some(Operation::RequestStatus),
        scope: Scope::SecretsRequest,
        is_read_only: true,
        is_destructive: false,
        is_idempotent: true,
        arguments: &[argument::REQUEST],
    };
    /// Names of secrets.
    ListOrgSecrets = About {
        name: "list_org_secrets",
        title: "List secrets",
        description: "List the names of the org's secrets, when each was entered, and which applications use it; values are never read out.",
        operation: Some(Operation::ListSecrets),
        scope: Scope::SecretsNames,
        is_read_only: true,
        is_destructive: false,
        is_idempotent: true,
        arguments: &[],
    };
    /// Delete a secret.
    DeleteOrgSecret = About {
        name: "delete_org_secret",
        title: "Delete a secret",
        description: "Delete a secret from the vault, without its value being shown; copies that applications have stay until delete_env_vars takes them away, and affectedApps names them.",
        operation: Some(Operation::DeleteSecret),
        scope: Scope::EnvWrite,
        is_read_only: false,
        is_destructive: true,
        is_idempotent: true,
        arguments: &[argument::SECRET],
    };
    /// Copy a secret into an application's variables.
    BindSecret = About {
        name: "bind_secret",
        title: "Give a secret to an application",
        description: "Copy a secret into an application's environment, within the vault: you are told the key and never the value. It replaces what the key had, and counts from the application's next start.",
        operation: Some(Operation::BindSecret),
        scope: Scope::EnvWrite,
        is_read_only: false,
        is_destructive: true,
        is_idempotent: true,
        arguments: &[argument::APPLICATION, argument::SECRET, argument::AS],
    };
    /// Names of an application's variables.
    ListEnvVars = About {
        name: "list_env_vars",
        title: "List variables",
        description: "List the keys of an application's environment and where each comes from (org-linked, app-override or app); values are never read out.",
        operation: Some(Operation::ListVariables),
        scope: Scope::SecretsNames,
        is_read_only: true,
        is_destructive: false,
        is_idempotent: true,
        arguments: &[argument::APPLICATION],
    };
    /// Set variables that are no secrets.
    SetEnvVars = About {
        name: "set_env_vars",
        title: "Set variables",
        description: "Set variables of an application that are no secrets, such as ports and flags; they pass through you, so a key, token or password goes by request_secret instead. A value set here wins over a secret under the same key; it counts from the next start and is never read out again.",
        operation: Some(Operation::SetVariables),
        scope: Scope::EnvWrite,
        is_read_only: false,
        is_destructive: true,
        is_idempotent: true,
        arguments: &[argument::APPLICATION, argument::VARIABLES],
    };
    /// Delete variables.
    DeleteEnvVars = About {
        name: "delete_env_vars",
        title: "Delete variables",
        description: "Delete variables of an application, without their values being shown; a declared secret comes back with the next reconcile_project.",
        operation: Some(Operation::DeleteVariables),
        scope: Scope::EnvWrite,
        is_read_only: false,
        is_destructive: true,
        is_idempotent: true,
        arguments: &[argument::APPLICATION, argument::KEYS],
    };
    /// Copy all secrets that a project declares.
    ReconcileProject = About {
        name: "reconcile_project",
        title: "Reconcile a project",
        description: "Copy every secret that a project file declares into the application's environment, within the vault, and say by name which were set, kept, missing or overridden; never a value. What the application has of its own stays, and nothing is pruned.",
        operation: Some(Operation::Reconcile),
        scope: Scope::EnvWrite,
        is_read_only: false,
        is_destructive: false,
        is_idempotent: true,
        arguments: &[
            argument::APPLICATION_OR_NAME,
            argument::PROJECT,
            argument::PROJECT_JSON,
            argument::DRY_RUN,
        ],
    };
    /// Names of applications.
    ListApplications = About {
        name: "list_applications",
        title: "List applications",
        description: "List the applications that can be given secrets and variables, by id, with how many variables each has; never a value.",
        operation: Some(Operation::ListApplications),
        scope: Scope::SecretsNames,
        is_read_only: true,
        is_destructive: false,
        is_idempotent: true,
        arguments: &[],
    };
}

impl Tool {
    /// The tool of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tool| tool.as_str() == name)
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.about().name
    }

    /// Whether a token is good for it.
    pub fn permit(self, scopes: &Scopes) -> Result<(), VaultError> {
        let scope = self.about().scope;
        match scopes.allow(scope) {
            true => Ok(()),
            false => Err(VaultError::forbidden(format_args!(
                "{self} takes a token with the scope {scope}"
            ))),
        }
    }

    /// JSON Schema of its arguments.
    #[must_use]
    pub fn schema(self) -> Value {
        let arguments = self.about().arguments;
        let properties: serde_json::Map<_, _> = arguments
            .iter()
            .map(|argument| (argument.name.to_owned(), argument.schema()))
            .collect();
        let required = arguments.iter().filter(|argument| argument.is_required);
        let required: Vec<_> = required.map(|argument| argument.name).collect();
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
