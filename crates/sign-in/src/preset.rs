//! What is known of a provider by its name? Presets: the one table of identity providers
//! that many people use, with what each asks of the operator and where it does not quite
//! do as the standard says.

use core::fmt;

use crate::provider::{Offline, TokenEndpointAuth};

mod filling;
pub(crate) mod known;
pub mod reference;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use filling::Filling;
pub use table::PRESETS;

/// A provider, as an entry of `oidc_providers` names it with `preset`.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// What an entry writes, and the entry's id where it names none.
    pub id: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What the button says where the entry does not.
    pub name: &'static str,
    /// What it speaks, and where.
    pub protocol: Protocol,
    /// What the entry has to say beside its client.
    pub asks: &'static [Ask],
    /// What to ask for, separated by single spaces.
    pub scopes: &'static str,
    /// Where it is not as the standard says, or leaves it open.
    pub quirks: &'static [Quirk],
    /// Where a client is registered, as a URL.
    pub register_at: &'static str,
    /// What has to be done there, in one sentence.
    pub register: &'static str,
}

/// What a preset speaks. Patterns hold fields of the entry as `{domain}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// OpenID Connect by discovery, with the pattern of its issuer.
    OpenIdConnect(&'static str),
    /// GitHub, with the pattern of the server's web address.
    GitHub(&'static str),
}

/// A field that a preset asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which one.
    pub field: Field,
    /// What it is, for whoever looks for it.
    pub meaning: &'static str,
    /// What one looks like.
    pub example: &'static str,
    /// What it is where the entry does not say.
    pub default: Option<&'static str>,
}

/// Fields of an entry that presets ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The provider's host.
    Domain,
    /// Microsoft's tenant.
    Tenant,
    /// Keycloak's realm.
    Realm,
    /// The region at Amazon.
    Region,
    /// The user pool at Amazon.
    Pool,
}

/// Where a provider is not as the standard says, or leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    /// It says the address and the name only where its answer is posted.
    FormPost,
    /// Danger: its ID tokens do not repeat the nonce.
    NonceMissing,
    /// Danger: it refuses the code verifier (RFC 7636) of a client with a secret.
    PkceRefused,
    /// Its endpoints are on this site too, whatever its issuer is.
    EndpointsOn(&'static str),
    /// Its endpoints are at this host, a pattern.
    EndpointsAt(&'static str),
    /// It vouches for an address only together with this claim, which must be the
    /// address's domain; for those at these domains without it.
    DomainClaim(&'static str, &'static [&'static str]),
    /// How the client says who it is there, whatever discovery lists.
    TokenEndpointAuth(TokenEndpointAuth),
    /// It lets people choose the account, and does not say so.
    OffersAccounts,
    /// These tenants stand for many: the issuer of each has `{tenantid}` in it, and its
    /// metadata is at this pattern.
    SharedTenants(&'static [&'static str], &'static str),
    /// This tenant has a name beside its id.
    NamedTenant(&'static str, &'static str),
    /// How it is asked for a refresh token where its tokens are kept.
    Offline(Offline),
    /// Its client secret is a token that is signed with a key from it, for this audience.
    SignedSecret(&'static str),
}

impl Preset {
    /// The preset of this name, in whatever case.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| {
            let mut names = std::iter::once(&preset.id).chain(preset.aliases);
            names.any(|known| known.eq_ignore_ascii_case(name))
        })
    }

    /// The names that an error lists.
    pub(crate) fn names() -> String {
        let names: Vec<_> = PRESETS.iter().map(|preset| preset.id).collect();
        names.join(", ")
    }

    /// The audience of its client secret, where that is signed.
    #[must_use]
    pub fn signed_secret_audience(&self) -> Option<&'static str> {
        self.quirks.iter().find_map(|quirk| match quirk {
            Quirk::SignedSecret(audience) => Some(*audience),
            _ => None,
        })
    }

    /// The pattern of its issuer or web address.
    pub(crate) fn pattern(&self) -> &'static str {
        match self.protocol {
            Protocol::OpenIdConnect(pattern) | Protocol::GitHub(pattern) => pattern,
        }
    }
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Domain,
        Self::Tenant,
        Self::Realm,
        Self::Region,
        Self::Pool,
    ];

    /// Its name in an entry, in a pattern, and as an argument.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Tenant => "tenant",
            Self::Realm => "realm",
            Self::Region => "region",
            Self::Pool => "pool",
        }
    }

    /// How it stands in a pattern.
    pub(crate) const fn placeholder(self) -> &'static str {
        match self {
            Self::Domain => "{domain}",
            Self::Tenant => "{tenant}",
            Self::Realm => "{realm}",
            Self::Region => "{region}",
            Self::Pool => "{pool}",
        }
    }
}

impl fmt::Display for Quirk {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FormPost => out.write_str("its answer is posted (`form_post`)"),
            Self::NonceMissing => out.write_str("no nonce in its ID tokens"),
            Self::PkceRefused => out.write_str("no PKCE: `state` alone binds the answer"),
            Self::EndpointsOn(site) => write!(out, "endpoints on `{site}`"),
            Self::EndpointsAt(host) => write!(out, "endpoints at `{host}`"),
            Self::DomainClaim(claim, exempt) => write!(
                out,
                "vouches for an address only with `{claim}`, or at {}",
                exempt.join(", ")
            ),
            Self::TokenEndpointAuth(method) => write!(out, "`{}`", method.as_str()),
            Self::OffersAccounts => out.write_str("offers a choice of accounts"),
            Self::SharedTenants(names, _) => {
                write!(out, "`{}` let in many tenants", names.join("` and `"))
            }
            Self::NamedTenant(name, _) => write!(out, "`{name}` for personal accounts"),
            Self::Offline(Offline::Standard) => out.write_str("`offline_access`, with consent"),
            Self::Offline(Offline::Scope) => out.write_str("`offline_access` without consent"),
            Self::Offline(Offline::Parameters(parameters)) => {
                let said: Vec<_> = parameters
                    .iter()
                    .map(|(n, v)| format!("`{n}={v}`"))
                    .collect();
                write!(out, "for a refresh token {}", said.join(" and "))
            }
            Self::Offline(Offline::Unasked) => {
                out.write_str("gives a refresh token unasked, or none")
            }
            Self::SignedSecret(_) => {
                out.write_str("its client secret is made from a key: `team_id`, `key_id`")
            }
        }
    }
}
