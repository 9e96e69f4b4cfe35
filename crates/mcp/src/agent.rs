//! On whose behalf is asked, and what may they do? A token does no more than its user
//! may: the role is that of the groups that the user has now.

use gatelet_core::session::StoredToken;
use gatelet_secrets::tools::Tool;
use gatelet_secrets::{Role, Scopes};

use crate::denial::Denial;
use crate::endpoint::Endpoint;

/// A program with the token of an admin.
#[derive(Clone, Debug)]
pub struct Agent {
    user_id: String,
    role: Role,
    scopes: Scopes,
}

impl Agent {
    /// What the store says of a token, at `now` in Unix seconds. It has checked all but the
    /// role; a row that is not what was asked for must all the same let nobody in.
    pub fn of(found: Option<StoredToken>, endpoint: &Endpoint, now: u64) -> Result<Self, Denial> {
        let is_good =
            |token: &StoredToken| token.audience == endpoint.audience() && now < token.expires_at;
        let token = found.filter(is_good).ok_or(Denial::TokenInvalid)?;
        let role = Role::of_groups(token.groups.split(','));
        if role < Role::Admin {
            return Err(Denial::NotAdmin);
        }
        Ok(Self {
            user_id: token.user.id,
            role,
            scopes: Scopes::known(&token.scopes),
        })
    }

    /// The user, by id.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// What the user may do.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whether the token is good for a tool.
    pub fn permit(&self, tool: Tool) -> Result<(), Denial> {
        let scope = tool.about().scope;
        match self.scopes.allow(scope) {
            true => Ok(()),
            false => Err(Denial::ScopeInsufficient(scope)),
        }
    }
}

#[cfg(test)]
mod tests {
    use gatelet_core::base_url::BaseUrl;
    use gatelet_core::session::StoredUser;
    use gatelet_secrets::Scope;

    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn endpoint() -> Endpoint {
        Endpoint::at(&BaseUrl::parse("https://app.example.com").unwrap())
    }

    fn stored(groups: &str, scopes: &str) -> StoredToken {
        StoredToken {
            user: StoredUser {
                id: "ann".to_owned(),
                email: "ann@example.com".to_owned(),
                email_verified: true,
                name: String::new(),
                created_at: 1,
            },
            groups: groups.to_owned(),
            audience: endpoint().audience().to_owned(),
            scopes: scopes.to_owned(),
            created_at: 1,
            expires_at: NOW + 1,
            granted: None,
        }
    }

    #[test]
    fn an_admins_token_is_good_for_what_its_scopes_say() {
        let token = stored("admins,staff", "secrets:names wiki");
        let agent = Agent::of(Some(token), &endpoint(), NOW).unwrap();
        assert_eq!((agent.user_id(), agent.role()), ("ann", Role::Admin));
        for tool in Tool::ALL {
            let scope = tool.about().scope;
            let wanted = match scope {
                Scope::SecretsNames => Ok(()),
                Scope::SecretsRequest | Scope::EnvWrite | Scope::OriginsWrite => {
                    Err(Denial::ScopeInsufficient(scope))
                }
            };
            assert_eq!(agent.permit(*tool), wanted, "{tool}");
        }
        let owner = Agent::of(Some(stored("owners", "*")), &endpoint(), NOW).unwrap();
        assert_eq!(owner.role(), Role::Owner);
        assert!(Tool::ALL.iter().all(|tool| owner.permit(*tool).is_err()));
    }

    #[test]
    fn a_members_token_is_denied_whatever_its_scopes() {
        for groups in ["", "staff", "Admins", "administrators"] {
            let token = stored(groups, "secrets:names secrets:request env:write");
            let denial = Agent::of(Some(token), &endpoint(), NOW).unwrap_err();
            assert_eq!(denial, Denial::NotAdmin, "{groups}");
        }
    }

    #[test]
    fn a_token_that_is_not_for_the_endpoint_is_invalid() {
        let denied = |token| Agent::of(token, &endpoint(), NOW).unwrap_err();
        assert_eq!(denied(None), Denial::TokenInvalid);
        for audience in [
            "https://app.example.com",
            "https://app.example.com/auth/mcp/",
            "https://other.example/auth/mcp",
        ] {
            let token = StoredToken {
                audience: audience.to_owned(),
                ..stored("admins", "secrets:names")
            };
            assert_eq!(denied(Some(token)), Denial::TokenInvalid, "{audience}");
        }
        let expired = StoredToken {
            expires_at: NOW,
            ..stored("admins", "secrets:names")
        };
        assert_eq!(denied(Some(expired)), Denial::TokenInvalid);
    }
}
