//! What follows from an issuer alone, whether its entry names a preset or not? How it
//! answers, what to ask for, where its endpoints are, and when it vouches for an address.
//! What makes a check weaker does not follow: an operator names it, or the preset that
//! has it.

use super::table::{PRESETS, SCOPES};
use super::{Preset, Protocol, Quirk};
use crate::endpoint::Issuer;
use crate::provider::{Offline, ResponseMode};

/// What GitHub's servers are asked for.
pub(crate) const GITHUB_SCOPES: &str = "read:user user:email";

/// How its answer comes back.
pub(crate) fn response_mode(issuer: &Issuer) -> ResponseMode {
    match quirks(issuer).any(|quirk| *quirk == Quirk::FormPost) {
        true => ResponseMode::FormPost,
        false => ResponseMode::Query,
    }
}

/// What to ask for where the operator does not say.
pub(crate) fn scopes(issuer: &Issuer) -> &'static str {
    of(issuer).map_or(SCOPES, |preset| preset.scopes)
}

/// The claim that must be the address's domain, and the domains that need none.
pub(crate) fn domain_claim(issuer: &Issuer) -> Option<(&'static str, &'static [&'static str])> {
    quirks(issuer).find_map(|quirk| match quirk {
        Quirk::DomainClaim(claim, exempt) => Some((*claim, *exempt)),
        _ => None,
    })
}

/// The audience of a client secret that is signed for it.
pub(crate) fn signed_secret_audience(issuer: &Issuer) -> Option<&'static str> {
    of(issuer).and_then(Preset::signed_secret_audience)
}

/// How it is asked for a refresh token; by its host, where a pattern has that.
pub(crate) fn offline(issuer: &Issuer) -> Option<Offline> {
    at(&issuer.host()).find_map(offline_of)
}

/// What a quirk says of that.
pub(crate) fn offline_of(quirk: &Quirk) -> Option<Offline> {
    match quirk {
        Quirk::Offline(offline) => Some(*offline),
        _ => None,
    }
}

/// Whether it lets people choose the account, and does not say so.
pub(crate) fn offers_accounts(issuer: &Issuer) -> bool {
    at(&issuer.host()).any(|quirk| *quirk == Quirk::OffersAccounts)
}

/// Whether endpoints of an issuer at this host may be at that one.
pub(crate) fn is_endpoint_host(issuer_host: &str, host: &str) -> bool {
    at(issuer_host).any(|quirk| match quirk {
        Quirk::EndpointsOn(site) => {
            let before = host.strip_suffix(site);
            before.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        }
        _ => false,
    })
}

/// What to write instead of an address that Entra gives for many tenants, whose
/// metadata names an issuer for each.
pub(crate) fn shared_tenant_mend(issuer: &Issuer) -> Option<String> {
    let canonical = issuer.canonical();
    PRESETS.iter().find_map(|preset| {
        let (before, after) = preset.pattern().split_once("{tenant}")?;
        let first = canonical.as_str().strip_prefix(before)?.split('/').next()?;
        let stands_for_many = preset.quirks.iter().any(|quirk| match quirk {
            Quirk::SharedTenants(names, _) => names.contains(&first),
            Quirk::NamedTenant(name, _) => *name == first,
            _ => false,
        });
        stands_for_many.then(|| {
            format!(
                "is for many tenants: write your own tenant\u{2019}s id in place of `{first}`, or, \
                 for many, in place of `issuer`, `preset` {} and `tenant` {first}: its issuer is \
                 {before}{{tenantid}}{after}",
                preset.id
            )
        })
    })
}

/// The preset whose issuer it is, where every entry of the preset has that one.
fn of(issuer: &Issuer) -> Option<&'static Preset> {
    let canonical = issuer.canonical();
    PRESETS.iter().find(|preset| {
        matches!(preset.protocol, Protocol::OpenIdConnect(pattern) if pattern == canonical.as_str())
    })
}

fn quirks(issuer: &Issuer) -> impl Iterator<Item = &'static Quirk> {
    of(issuer).into_iter().flat_map(|preset| preset.quirks)
}

/// Quirks of whoever has an issuer at this host.
fn at(host: &str) -> impl Iterator<Item = &'static Quirk> {
    let is_there = move |preset: &&Preset| {
        let rest = preset.pattern().strip_prefix("https://");
        rest.and_then(|rest| rest.split('/').next()) == Some(host)
    };
    PRESETS
        .iter()
        .filter(is_there)
        .flat_map(|preset| preset.quirks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer(text: &str) -> Issuer {
        Issuer::parse(text).expect("an issuer")
    }

    #[test]
    fn endpoints_of_known_issuers_are_where_they_are_known_to_be() {
        for (issuer, host, expected) in [
            ("accounts.google.com", "oauth2.googleapis.com", true),
            ("accounts.google.com", "googleapis.com", true),
            ("accounts.google.com", "evilgoogleapis.com", false),
            (
                "accounts.google.com.evil.example",
                "oauth2.googleapis.com",
                false,
            ),
            ("login.microsoftonline.com", "graph.microsoft.com", true),
            ("id.example", "oauth2.googleapis.com", false),
            // A placeholder is no host.
            ("{domain}", "oauth2.googleapis.com", false),
        ] {
            assert_eq!(is_endpoint_host(issuer, host), expected, "{issuer} {host}");
        }
    }

    #[test]
    fn what_an_issuer_is_asked_for_and_how_it_answers_follows_from_it() {
        for (text, mode, asked, claim) in [
            (
                "https://appleid.apple.com",
                ResponseMode::FormPost,
                "openid email name",
                None,
            ),
            (
                "HTTPS://AppleID.apple.com",
                ResponseMode::FormPost,
                "openid email name",
                None,
            ),
            (
                "https://accounts.google.com",
                ResponseMode::Query,
                "openid email profile",
                Some("hd"),
            ),
            (
                "https://accounts.google.com/x",
                ResponseMode::Query,
                "openid email profile",
                None,
            ),
            (
                "https://discord.com",
                ResponseMode::Query,
                "openid email identify",
                None,
            ),
            (
                "https://id.example",
                ResponseMode::Query,
                "openid email profile",
                None,
            ),
        ] {
            let issuer = issuer(text);
            assert_eq!(response_mode(&issuer), mode, "{text}");
            assert_eq!(scopes(&issuer), asked, "{text}");
            assert_eq!(domain_claim(&issuer).map(|(name, _)| name), claim, "{text}");
        }
    }

    #[test]
    fn who_offers_a_choice_of_accounts_is_known_by_the_host() {
        for (text, expected) in [
            ("https://accounts.google.com", true),
            ("https://login.microsoftonline.com/8a1f/v2.0", true),
            ("https://login.microsoftonline.com.evil.example/", false),
            ("https://appleid.apple.com", false),
        ] {
            assert_eq!(offers_accounts(&issuer(text)), expected, "{text}");
        }
    }

    #[test]
    fn an_address_of_many_tenants_is_answered_with_what_to_write() {
        let mend = |text: &str| shared_tenant_mend(&issuer(text));
        for shared in ["common", "organizations", "consumers"] {
            let text = format!("https://login.microsoftonline.com/{shared}/v2.0");
            let mend = mend(&text).expect("it is for many");
            assert!(
                mend.contains("{tenantid}") && mend.contains("`preset` microsoft"),
                "{mend}"
            );
        }
        assert_eq!(mend("https://login.microsoftonline.com/8a1f/v2.0"), None);
        assert_eq!(mend("https://id.example/common"), None);
    }
}
