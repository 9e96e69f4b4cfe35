//! What stands before the app in the gateway's place: the front, judged by
//! [`gatelet_core::danger`].

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use gatelet_core::base_url::BaseUrl;
use gatelet_core::credential::Usage;
use gatelet_core::danger::{UnverifiedUser, forward_unverified, throwaway_key};
use gatelet_core::origin_record::{MAIN, OriginRecord, Place};
use gatelet_core::secret::Secret;
use gatelet_core::settings::{Base, GateSettings};
use gatelet_core::{Head, Verdict};
use gatelet_front::{
    Answered, Application, ComponentBody, ComponentIndex, Gate, Route, Unanswered,
};
use gatelet_settings::Setting;
use http::Request;

use super::super::random;

/// One app, and who everybody is to it.
pub(super) struct StandIn {
    base: Base,
    /// The other names that this machine has for where it listens.
    others: Vec<OriginRecord>,
    base_url: BaseUrl,
    user: Option<UnverifiedUser>,
}

impl StandIn {
    /// Listening on loopback addresses alone, at least one.
    pub(super) fn new(
        listen: &[SocketAddr],
        upstream: &BaseUrl,
        user: Option<UnverifiedUser>,
    ) -> Result<Self> {
        let mut urls = Vec::new();
        for address in listen {
            for host in [address.ip().to_string(), "localhost".to_owned()] {
                let host = match host.contains(':') {
                    true => format!("[{host}]"),
                    false => host,
                };
                let url = format!("http://{host}:{}", address.port());
                let url = BaseUrl::parse(&url).map_err(|error| anyhow!("{url}: {error}"))?;
                if !urls.contains(&url) {
                    urls.push(url);
                }
            }
        }
        let mut urls = urls.into_iter();
        let base_url = urls.next().ok_or_else(|| anyhow!("--listen: is empty"))?;
        let values = [
            (Setting::BaseUrl, base_url.as_str().to_owned()),
            (Setting::Upstream, upstream.as_str().to_owned()),
            (Setting::SessionKeys, throwaway_key(&random()?)),
        ];
        let values = values.map(|(setting, value)| (setting, Secret::new(value)));
        let others = urls.enumerate().map(|(number, url)| OriginRecord {
            name: format!("other-{number}"),
            parent: MAIN.to_owned(),
            is_preview: false,
            values: vec![(Setting::BaseUrl.name().to_owned(), url.as_str().to_owned())],
            place: Place::main(),
            created_at: 0,
            expires_at: None,
        });
        let stand_in = Self {
            base: values.into_iter().collect(),
            others: others.collect(),
            base_url,
            user,
        };
        // What is wrong is said at the start, and nowhere else.
        stand_in.settings()?;
        Ok(stand_in)
    }

    /// Where it is first of all.
    pub(super) fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn settings(&self) -> Result<GateSettings> {
        Ok(GateSettings::new(
            self.base.clone(),
            self.others.clone(),
            true,
        )?)
    }
}

const APP: ComponentIndex = 0;

impl Application for StandIn {
    fn components(&self) -> Vec<String> {
        vec!["fake-user".to_owned()]
    }

    fn route(&self, _path: &str) -> Option<Route> {
        Some(Route {
            component: APP,
            gate: true,
        })
    }

    fn component(&self, _name: &str) -> Option<ComponentIndex> {
        None
    }

    fn worker_gate(self: Arc<Self>) -> Rc<dyn Gate> {
        let settings = self.settings().expect("they were read at the start");
        let user = self.user.clone();
        Rc::new(Unverified { settings, user })
    }

    fn may_reach(&self, _component: ComponentIndex, _upstream: &str) -> bool {
        true
    }

    fn handle(
        self: Arc<Self>,
        _component: ComponentIndex,
        _request: Request<ComponentBody>,
    ) -> Pin<Box<dyn Future<Output = Answered> + Send>> {
        // Every route goes by the gate.
        Box::pin(async { Err(Unanswered::Failed) })
    }
}

struct Unverified {
    settings: GateSettings,
    user: Option<UnverifiedUser>,
}

impl Gate for Unverified {
    fn decide(&self, _component: ComponentIndex, head: &Head<'_>, now: u64) -> Verdict {
        forward_unverified(head, &self.settings, self.user.as_ref(), now)
    }

    fn origin(&self, _authority: &str, _now: u64) -> Option<Arc<String>> {
        None
    }

    fn judge<'a>(
        &'a self,
        component: ComponentIndex,
        head: Head<'a>,
        now: u64,
        _usage: Usage,
    ) -> Pin<Box<dyn Future<Output = Verdict> + 'a>> {
        Box::pin(async move { self.decide(component, &head, now) })
    }
}
