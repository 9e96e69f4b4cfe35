//! What does an entry demand of each sign-in?

use super::fields::{LIST_MAX, visible};
use crate::demands::HostedDomain;
use crate::email::canonical_domain;

/// Words of `prompt` (OpenID Connect Core 1.0 §3.1.2.1). Not `none`: nobody could sign in
/// at the provider.
const PROMPTS: [&str; 3] = ["login", "consent", "select_account"];

pub(super) fn parse_prompt(prompt: Option<String>) -> Result<Option<String>, String> {
    let Some(prompt) = prompt else {
        return Ok(None);
    };
    let words: Vec<&str> = prompt.split_ascii_whitespace().collect();
    let is_listed = |word: &&str| PROMPTS.contains(word);
    let is_once = |at: usize| !words[..at].contains(&words[at]);
    match !words.is_empty() && words.iter().all(is_listed) && (0..words.len()).all(is_once) {
        true => Ok(Some(words.join(" "))),
        false => Err(
            "`prompt` must be some of login, consent and select_account, separated by spaces"
                .into(),
        ),
    }
}

pub(super) fn parse_acr_values(values: Vec<String>) -> Result<Vec<String>, String> {
    let is_value = |value: &String| visible(value).is_ok() && !value.contains(' ');
    match values.len() <= LIST_MAX && values.iter().all(is_value) {
        true => Ok(values),
        false => Err(format!(
            "`acr_values` must be at most {LIST_MAX} names of visible ASCII characters, without spaces"
        )),
    }
}

pub(super) fn parse_hosted_domain(domain: Option<String>) -> Result<Option<HostedDomain>, String> {
    match domain.as_deref().map(str::trim) {
        None => Ok(None),
        Some("*") => Ok(Some(HostedDomain::Any)),
        Some(domain) => match canonical_domain(domain) {
            Some(domain) => Ok(Some(HostedDomain::One(domain))),
            None => {
                Err("`hd` must be a domain such as acme.com, or * for any organisation's".into())
            }
        },
    }
}
