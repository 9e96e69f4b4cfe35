//! Who may do what? Each operation has a row: for which kinds of actor it is, which role
//! it takes, and which scope of a token an agent needs besides.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::error::VaultError;
use crate::scope::{Scope, Scopes};

/// On whose behalf a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Whoever runs the host, or one of its own components.
    Operator,
    /// Somebody signed in, in a browser.
    Person,
    /// A program with somebody's token.
    Agent,
}

/// What somebody may do in an org, by rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Nothing here.
    Member,
    /// Whatever tools do.
    Admin,
    /// And what changes the vault itself.
    Owner,
}

/// What an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// For whom it is.
    pub kinds: &'static [Kind],
    /// The least role, of people and agents alike.
    pub role: Role,
    /// What an agent's token must be good for; none where no agent may.
    pub scope: Option<Scope>,
}

macro_rules! operations {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $kinds:expr, $role:ident, $scope:expr;)*) => {
        /// What the vault does: a function of the WIT each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation { $($(#[$meta])* $variant,)* }

        impl Operation {
            /// Every operation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The function's name in the WIT: `put-secret`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// What it needs.
            #[must_use]
            pub const fn need(self) -> Need {
                match self {
                    $(Self::$variant => Need { kinds: $kinds, role: Role::$role, scope: $scope }),*
                }
            }
        }
    };
}

const EVERYBODY: &[Kind] = &[Kind::Operator, Kind::Person, Kind::Agent];
/// Whoever types a value or looks at a page: no agent.
const BY_HAND: &[Kind] = &[Kind::Operator, Kind::Person];
const PERSON: &[Kind] = &[Kind::Person];
const OPERATOR: &[Kind] = &[Kind::Operator];

operations! {
    /// Names of secrets, and who uses them.
    ListSecrets = "list-secrets", EVERYBODY, Admin, Some(Scope::SecretsNames);
    /// Ask for a secret to be entered.
    RequestSecret = "request-secret", EVERYBODY, Admin, Some(Scope::SecretsRequest);
    /// How that stands.
    RequestStatus = "request-status", EVERYBODY, Admin, Some(Scope::SecretsRequest);
    /// Who has asked for what.
    ListRequests = "list-requests", BY_HAND, Admin, None;
    /// What a link is for.
    FindEntry = "find-entry", PERSON, Admin, None;
    /// Enter a value by a link.
    EnterSecret = "enter-secret", BY_HAND, Admin, None;
    /// Enter a value without one.
    PutSecret = "put-secret", BY_HAND, Admin, None;
    /// Delete a secret.
    DeleteSecret = "delete-secret", EVERYBODY, Admin, Some(Scope::EnvWrite);
    /// Names of applications.
    ListApplications = "list-applications", EVERYBODY, Admin, Some(Scope::SecretsNames);
    /// Write down an application by hand.
    AddApplication = "add-application", BY_HAND, Admin, None;
    /// Take it away, with its variables.
    RemoveApplication = "remove-application", BY_HAND, Admin, None;
    /// Names of an application's variables.
    ListVariables = "list-variables", EVERYBODY, Admin, Some(Scope::SecretsNames);
    /// Set variables that are no secrets.
    SetVariables = "set-variables", EVERYBODY, Admin, Some(Scope::EnvWrite);
    /// Delete variables.
    DeleteVariables = "delete-variables", EVERYBODY, Admin, Some(Scope::EnvWrite);
    /// Copy a secret into an application's variables.
    BindSecret = "bind-secret", EVERYBODY, Admin, Some(Scope::EnvWrite);
    /// The same for all that a project declares.
    Reconcile = "reconcile", EVERYBODY, Admin, Some(Scope::EnvWrite);
    /// Seal everything under the first key.
    Rekey = "rekey", BY_HAND, Owner, None;
    /// Values, to start an application with.
    RevealToEnvironment = "reveal-to-environment", OPERATOR, Owner, None;
    /// Values, for our own settings.
    RevealToSettings = "reveal-to-settings", OPERATOR, Owner, None;
}

impl Operation {
    /// The operation of this name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|operation| operation.as_str() == text)
    }

    /// Whether somebody of this kind and role may. An operator has every role; whether an
    /// agent's token is good for it is for whoever has seen the token: [`Operation::permit_scopes`].
    pub fn permit(self, kind: Kind, role: Role) -> Result<(), VaultError> {
        let need = self.need();
        if !need.kinds.contains(&kind) {
            let who = match kind {
                Kind::Operator => "the operator",
                Kind::Person => "a person at a page",
                Kind::Agent => "an agent",
            };
            return Err(VaultError::forbidden(format_args!(
                "{self} is not for {who}"
            )));
        }
        if kind != Kind::Operator && role < need.role {
            let role = match need.role {
                Role::Member | Role::Admin => "an admin",
                Role::Owner => "an owner",
            };
            return Err(VaultError::forbidden(format_args!(
                "{self} takes {role} of the org"
            )));
        }
        Ok(())
    }

    /// Whether an agent's token is good for it.
    pub fn permit_scopes(self, scopes: &Scopes) -> Result<(), VaultError> {
        match self.need().scope {
            None => Err(VaultError::forbidden(format_args!(
                "{self} is not for an agent"
            ))),
            Some(scope) if scopes.allow(scope) => Ok(()),
            Some(scope) => Err(VaultError::forbidden(format_args!(
                "{self} takes a token with the scope {scope}"
            ))),
        }
    }
}

impl Role {
    /// The group whose people are owners.
    pub const OWNERS: &'static str = gatelet_sign_in::group::OWNERS;
    /// The group whose people are admins.
    pub const ADMINS: &'static str = gatelet_sign_in::group::ADMINS;

    /// The highest that somebody's groups give.
    #[must_use]
    pub fn of_groups<'a>(groups: impl IntoIterator<Item = &'a str>) -> Self {
        let of = |group: &str| match group {
            Self::OWNERS => Self::Owner,
            Self::ADMINS => Self::Admin,
            _ => Self::Member,
        };
        groups.into_iter().map(of).max().unwrap_or(Self::Member)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    const KINDS: [Kind; 3] = [Kind::Operator, Kind::Person, Kind::Agent];
    const ROLES: [Role; 3] = [Role::Member, Role::Admin, Role::Owner];

    /// Operations that such an actor is refused.
    fn refused(kind: Kind, role: Role) -> Vec<&'static str> {
        let all = Operation::ALL.iter().copied();
        all.filter(|operation| {
            let judged = operation.permit(kind, role);
            assert!(judged.is_ok() || judged.unwrap_err().code == Code::Forbidden);
            operation.permit(kind, role).is_err()
        })
        .map(Operation::as_str)
        .collect()
    }

    const REVEALED: [&str; 2] = ["reveal-to-environment", "reveal-to-settings"];

    #[test]
    fn a_member_may_do_nothing() {
        for kind in [Kind::Person, Kind::Agent] {
            assert_eq!(refused(kind, Role::Member).len(), Operation::ALL.len());
        }
    }

    #[test]
    fn an_admin_may_use_every_tool_and_an_owner_rekey_and_neither_sees_a_value() {
        let admin = refused(Kind::Person, Role::Admin);
        assert_eq!(admin, [&["rekey"][..], &REVEALED].concat());
        assert_eq!(refused(Kind::Person, Role::Owner), REVEALED);
    }

    #[test]
    fn an_agent_enters_no_value_looks_into_no_link_and_changes_no_vault_whatever_its_role() {
        let never = [
            "list-requests",
            "find-entry",
            "enter-secret",
            "put-secret",
            "add-application",
            "remove-application",
            "rekey",
            "reveal-to-environment",
            "reveal-to-settings",
        ];
        assert_eq!(refused(Kind::Agent, Role::Admin), never);
        assert_eq!(refused(Kind::Agent, Role::Owner), never);
        let all = Scopes::parse(&Scope::ALL.map(Scope::as_str).join(" ")).unwrap();
        for operation in Operation::ALL {
            let is_never = never.contains(&operation.as_str());
            assert_eq!(
                operation.permit_scopes(&all).is_err(),
                is_never,
                "{operation}"
            );
            let none = operation.permit_scopes(&Scopes::default());
            assert_eq!(none.unwrap_err().code, Code::Forbidden, "{operation}");
        }
    }

    #[test]
    fn a_scope_allows_its_own_operations_alone() {
        let allowed = |scope: Scope| -> Vec<&str> {
            let scopes = Scopes::parse(scope.as_str()).unwrap();
            let all = Operation::ALL.iter().copied();
            all.filter(|operation| operation.permit_scopes(&scopes).is_ok())
                .map(Operation::as_str)
                .collect()
        };
        assert_eq!(
            allowed(Scope::SecretsNames),
            ["list-secrets", "list-applications", "list-variables"]
        );
        assert_eq!(
            allowed(Scope::SecretsRequest),
            ["request-secret", "request-status"]
        );
        assert_eq!(
            allowed(Scope::EnvWrite),
            [
                "delete-secret",
                "set-variables",
                "delete-variables",
                "bind-secret",
                "reconcile"
            ]
        );
        assert!(allowed(Scope::OriginsWrite).is_empty());
    }

    #[test]
    fn an_operator_needs_no_role_and_no_link_is_looked_into_for_them() {
        for role in ROLES {
            assert_eq!(refused(Kind::Operator, role), ["find-entry"]);
        }
    }

    #[test]
    fn every_function_of_the_wit_that_has_an_actor_is_an_operation() {
        let wit = include_str!("../../../wit/vault/vault.wit");
        let with_actor = wit.lines().filter_map(|line| {
            let (name, rest) = line.trim().split_once(": async func(")?;
            rest.starts_with("actor: actor").then_some(name)
        });
        let names: Vec<_> = with_actor.collect();
        assert_eq!(
            names,
            Operation::ALL
                .iter()
                .map(|one| one.as_str())
                .collect::<Vec<_>>()
        );
        for operation in Operation::ALL {
            assert_eq!(Operation::named(operation.as_str()), Some(*operation));
        }
        assert_eq!(Operation::named("configured"), None);
    }

    #[test]
    fn roles_are_groups() {
        for (groups, role) in [
            (&[][..], Role::Member),
            (&["staff", "Admins", "owner"], Role::Member),
            (&["staff", "admins"], Role::Admin),
            (&["owners", "admins"], Role::Owner),
            (&["admins", "owners"], Role::Owner),
        ] {
            assert_eq!(Role::of_groups(groups.iter().copied()), role, "{groups:?}");
        }
        assert_eq!(KINDS.len(), EVERYBODY.len());
    }
}
