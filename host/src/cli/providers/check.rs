//! Does a provider answer, and where are its answers to come back?

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use gatelet_core::base_url::BaseUrl;
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::pattern::HostPattern;
use gatelet_runtime::store::OriginState;
use gatelet_settings::Setting;
use gatelet_sign_in::provider::Provider;
use gatelet_sign_in::sites::Sites;

use crate::cli::doctor::providers::discovered;
use crate::cli::project::{Project, Settled};
use crate::cli::{kept, now, runtime};
use crate::proxy_watch::ProxyWatch;

/// What asking came to.
pub(super) struct Asked {
    /// What the provider answered, in words.
    pub(super) found: Option<String>,
    /// The origins beside the main one.
    pub(super) records: Vec<OriginRecord>,
}

/// Asks the provider as the component reaches it that signs people in, and the database
/// for the origins.
///
/// # Errors
/// One line that says what is amiss.
pub(super) fn ask(
    project: &Project,
    settled: &Settled,
    provider: Option<&Provider>,
) -> Result<Asked> {
    let prepared = settled.load(&project.run_options(settled)?)?;
    let component = settled
        .reader(Setting::OidcProviders)
        .context("the manifest gives oidc_providers to no component")?;
    runtime()?.block_on(async {
        let opened = prepared.open(&settled.manifest, ProxyWatch::default());
        let (application, store) = opened.await?;
        let found = match provider {
            Some(provider) => Some(discovered(provider, &application, component).await?),
            None => None,
        };
        // A database without tables has no origins.
        let mut kept = match &store {
            Some(store) => store.all_origins().await.unwrap_or_default(),
            None => Vec::new(),
        };
        kept.retain(|origin| origin.state == OriginState::Ready);
        let written = kept::written(&settled.variables)?;
        let is_kept = |name: &str| kept.iter().any(|origin| origin.name == name);
        let written: Vec<_> = written
            .into_iter()
            .filter(|one| !is_kept(&one.name))
            .collect();
        let records = kept.iter().chain(&written).map(kept::record).collect();
        Ok(Asked { found, records })
    })
}

/// What to register with a provider: its redirect URI at every origin that has it, or at
/// the one through which its answers go on.
///
/// # Errors
/// One line when the settings cannot be read.
pub(super) fn redirect_uris(
    settled: &Settled,
    records: Vec<OriginRecord>,
    id: &str,
) -> Result<Vec<String>> {
    let base = kept::base(&settled.variables);
    let main = BaseUrl::from_values(&base.values())?;
    let hosts = records.iter().filter_map(|record| {
        let text = record.value(Setting::BaseUrl)?.trim();
        match HostPattern::parse(text) {
            Some(_) => None,
            None => BaseUrl::parse(text).ok(),
        }
    });
    let hosts: Vec<_> = std::iter::once(main).chain(hosts).collect();
    let sites = Sites::new(base, records, true)?;
    let mut met = BTreeSet::new();
    let mut uris = Vec::new();
    for host in hosts {
        let Ok(site) = sites.resolve(host.authority(), now()) else {
            continue;
        };
        let Some(provider) = site.sign_in.providers.get(id) else {
            continue;
        };
        let base_url = site.relay.as_ref().unwrap_or(site.base_url());
        let uri = provider.redirect_uri(base_url.as_str());
        if met.insert(uri.clone()) {
            uris.push(uri);
        }
    }
    Ok(uris)
}
