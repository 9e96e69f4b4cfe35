//! What may stand in the fields of an entry, one by one?

use std::collections::BTreeMap;

use crate::authorization::OWN_PARAMETERS;
use crate::email::canonical_domain;
use crate::endpoint_hosts::listed_host;
use crate::provider::{SigningAlgorithm, TokenEndpointAuth};

const TEXT_MAX_BYTES: usize = 512;
const SCOPES_MAX: usize = 32;
/// Most entries of a list within a provider.
pub(super) const LIST_MAX: usize = 32;

pub(super) fn parse_token_endpoint_auth(
    method: Option<String>,
) -> Result<Option<TokenEndpointAuth>, String> {
    let parsed = method.map(|method| {
        TokenEndpointAuth::parse(&method).ok_or(
            "`token_endpoint_auth_method` must be client_secret_basic, client_secret_post or none",
        )
    });
    Ok(parsed.transpose()?)
}

pub(super) fn parse_parameters(
    given: BTreeMap<String, String>,
) -> Result<Vec<(String, String)>, String> {
    for (name, value) in &given {
        if OWN_PARAMETERS.contains(&name.as_str()) {
            return Err(format!(
                "`authorization_parameters` must not have {name}, which is ours to say"
            ));
        }
        let fits = visible(name).is_ok() && (value.is_empty() || visible(value).is_ok());
        if !fits || given.len() > LIST_MAX {
            return Err("`authorization_parameters` must be a few names with a text of visible ASCII characters each".into());
        }
    }
    Ok(given.into_iter().collect())
}

pub(super) fn parse_domains(domains: Vec<String>) -> Result<Vec<String>, String> {
    let canonical = domains.iter().map(|domain| canonical_domain(domain.trim()));
    match canonical.collect::<Option<Vec<_>>>() {
        Some(domains) if domains.len() <= LIST_MAX => Ok(domains),
        Some(_) | None => Err(format!(
            "`email_domains` must be at most {LIST_MAX} domains such as acme.com"
        )),
    }
}

pub(super) fn parse_hosts(hosts: Vec<String>) -> Result<Vec<String>, String> {
    let listed = hosts.iter().map(|host| listed_host(host.trim()));
    match listed.collect::<Option<Vec<_>>>() {
        Some(hosts) if hosts.len() <= LIST_MAX => Ok(hosts),
        Some(_) | None => Err(format!(
            "`endpoint_hosts` must be at most {LIST_MAX} host names such as api.acme.com"
        )),
    }
}

pub(super) fn claim_name(field: &str, name: Option<String>) -> Result<Option<String>, String> {
    match name {
        Some(name) if visible(&name).is_err() || name.len() > 128 => {
            Err(format!("`{field}` must be the name of a claim"))
        }
        name => Ok(name),
    }
}

pub(super) fn parse_algorithms(
    names: Option<Vec<String>>,
) -> Result<Option<Vec<SigningAlgorithm>>, String> {
    let Some(names) = names else {
        return Ok(None);
    };
    let algorithms: Option<Vec<_>> = names
        .iter()
        .map(|name| SigningAlgorithm::parse(name))
        .collect();
    match algorithms.filter(|algorithms| !algorithms.is_empty()) {
        Some(algorithms) => Ok(Some(algorithms)),
        None => {
            let all = SigningAlgorithm::ALL
                .map(SigningAlgorithm::as_str)
                .join(", ");
            Err(format!("`algorithms` must be some of {all}"))
        }
    }
}

/// RFC 6749 §3.3 tokens, joined by single spaces.
pub(super) fn parse_scopes(text: &str) -> Result<String, String> {
    let scopes: Vec<&str> = text.split_ascii_whitespace().collect();
    let is_token = |scope: &&str| {
        scope.len() <= 128
            && scope
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    match scopes.len() <= SCOPES_MAX && scopes.iter().all(is_token) {
        true => Ok(scopes.join(" ")),
        false => Err("`scopes` are words separated by spaces, at most 32".into()),
    }
}

/// RFC 6749 appendix A.1, A.2: client identifiers and secrets are visible ASCII.
/// What is not there is most often a stray line end from a file.
pub(super) fn visible(text: &str) -> Result<(), &'static str> {
    match (1..=TEXT_MAX_BYTES).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    {
        true => Ok(()),
        false => Err("must be 1 to 512 visible ASCII characters"),
    }
}
