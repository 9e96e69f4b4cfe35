//! Is each other origin's app there, and where do its people sign in?

use std::collections::BTreeSet;

use anyhow::Result;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::pattern::HostPattern;
use gatelet_runtime::store::{OriginState, StoreAdmin};
use gatelet_settings::Setting;
use gatelet_sign_in::site::Site;
use gatelet_sign_in::sites::Sites;

use super::reached;
use super::report::{Finding, Report};
use crate::application::Application;
use crate::cli::project::Settled;
use crate::cli::{kept, now};

/// Apps that are asked, each once: there may be a thousand previews.
const APPS_MAX: usize = 50;

/// Those that are served, by the settings that hold there. What does not read is told
/// where the origins are.
pub(super) async fn examine(
    report: &mut Report,
    settled: &Settled,
    store: &StoreAdmin,
    application: &Application,
    component: &str,
) -> Result<()> {
    let mut all = store.all_origins().await.unwrap_or_default();
    all.retain(|origin| origin.state == OriginState::Ready);
    let written = kept::written(&settled.variables)?;
    let is_kept = |name: &str| all.iter().any(|origin| origin.name == name);
    let more: Vec<_> = written
        .into_iter()
        .filter(|one| !is_kept(&one.name))
        .collect();
    all.extend(more);
    let records: Vec<_> = all.iter().map(kept::record).collect();
    let base = kept::base(&settled.variables);
    let sites = Sites::new(base, records.clone(), true)?;
    let served = |base_url: &BaseUrl| sites.resolve(base_url.authority(), now()).ok();
    let main = served(&BaseUrl::from_values(
        &kept::base(&settled.variables).values(),
    )?);
    let mut asked: BTreeSet<String> = BTreeSet::new();
    asked.extend(main.map(|main| main.origin.upstream().to_string()));
    for record in &records {
        let text = record.value(Setting::BaseUrl).unwrap_or_default().trim();
        if HostPattern::parse(text).is_some() {
            continue;
        }
        let site = BaseUrl::parse(text).ok().and_then(|url| served(&url));
        let Some(site) = site else { continue };
        let subject = format!("origin {}", record.name);
        report.say(&subject, sign_in(&site, served));
        let upstream = site.origin.upstream();
        if asked.len() < APPS_MAX && asked.insert(upstream.to_string()) {
            report.say(&subject, reached(application, component, upstream).await);
        }
    }
    Ok(())
}

/// Where people sign in, and what the providers must know for it.
fn sign_in<S: std::ops::Deref<Target = Site>>(
    site: &Site,
    served: impl Fn(&BaseUrl) -> Option<S>,
) -> Finding {
    let url = site.base_url();
    if let Some(shared) = site.signs_in_at(served) {
        return Finding::Works(format!("{url}: people sign in at {}", shared.base_url()));
    }
    let providers = &site.sign_in.providers;
    if let (Some(relay), false) = (&site.relay, providers.is_empty()) {
        return Finding::Works(format!("{url}: providers answer by way of {relay}"));
    }
    let uris: Vec<String> = providers
        .iter()
        .map(|provider| provider.redirect_uri(url.as_str()))
        .collect();
    Finding::Works(match uris.as_slice() {
        [] => format!("{url}: no providers"),
        uris => format!("{url}: redirect URIs to register: {}", uris.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_providers_must_know_is_told_for_each_origin_that_signs_in_by_itself() {
        let base = [
            ("base_url", "https://auth.example.com"),
            ("cookie_domain", "example.com"),
            ("app_list", "armory"),
            ("google_client_id", "g"),
            ("google_client_secret", "s"),
            (
                "session_keys",
                "k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE",
            ),
            (
                "origins",
                r#"[{"name":"armory","values":{"base_url":"https://armory.example.com","app_name":"armory"}},
                {"name":"shop","values":{"base_url":"https://shop.example.com"}},
                {"name":"docs","values":{"base_url":"https://docs.example.com","relay":"https://auth.example.com"}},
                {"name":"plain","values":{"base_url":"https://plain.example.com","providers":"none"}}]"#,
            ),
        ];
        let settings = gatelet_sign_in::sites::SignInSettings::from_variables(base).unwrap();
        let served = |url: &BaseUrl| settings.sites.resolve(url.authority(), 0).ok();
        for (name, says) in [
            ("armory", ": people sign in at https://auth.example.com"),
            (
                "shop",
                ": redirect URIs to register: https://shop.example.com/auth/callback/google",
            ),
            (
                "docs",
                ": providers answer by way of https://auth.example.com",
            ),
            ("plain", ": no providers"),
        ] {
            let site = settings.sites.resolve(&format!("{name}.example.com"), 0);
            let Finding::Works(told) = sign_in(&site.unwrap(), served) else {
                panic!("{name}")
            };
            assert_eq!(told, format!("https://{name}.example.com{says}"));
        }
    }
}
