//! The application as the front sees it: routes, components, gates.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use gatelet_core::credential::Usage;
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reading;
use gatelet_core::reply::Reply;
use gatelet_core::{Head, Verdict};
use gatelet_front::{self as front, ComponentBody, ComponentIndex, Visitor};
use gatelet_mail::due::Due;
use gatelet_mail::errand;
use gatelet_runtime::gate::{Gate, LoginWatch, Switched, ThreadGate};
use gatelet_runtime::manifest::{Manifest, Match, Routes};
use gatelet_runtime::store::StoreAdmin;
use gatelet_runtime::vault::VaultAdmin;
use gatelet_runtime::{
    Components, Fetched, Loaded, Repeated, RunOptions, Unanswered, Variables, and_more, letters_due,
};
use gatelet_settings::Setting;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty, Full};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::proxy_watch::ProxyWatch;

/// Between two looks for letters that are due.
const MAIL_INTERVAL: Duration = Duration::from_secs(20);
/// Calls for letters at once: each hands one on after the other.
const MAIL_CALLS: usize = 4;

/// A loaded application, ready to be served.
pub(crate) struct Application {
    routes: Routes<ComponentIndex>,
    names: Vec<String>,
    loaded: Vec<Arc<Loaded>>,
    gates: Vec<Option<Arc<Gate>>>,
    /// What the components refer to weakly.
    components: Arc<Components>,
    /// Where components run.
    runtime: Handle,
    /// Of which components it was said that they are full.
    full: Mutex<Repeated>,
    proxies: Arc<ProxyWatch>,
}

/// What is loaded before anything is served: components, and the way to the store.
pub(crate) struct Preparation {
    components: Arc<Components>,
    store: Option<StoreAdmin>,
}

impl Preparation {
    /// Reads, composes and compiles.
    ///
    /// # Errors
    /// One line that names the component and what is wrong with it.
    pub(crate) fn load(
        manifest: &Manifest,
        variables: &Variables,
        options: &RunOptions,
    ) -> Result<Self> {
        let components = Components::load(manifest, variables, options)?;
        let store = StoreAdmin::find(manifest, variables, &components)?;
        Ok(Self { components, store })
    }

    /// The vault, where the manifest has one.
    ///
    /// # Errors
    /// One line when it cannot be loaded.
    pub(crate) fn vault(
        &self,
        manifest: &Manifest,
        variables: &Variables,
    ) -> Result<Option<VaultAdmin>> {
        let key = Setting::SecretsEncKey.name();
        VaultAdmin::find(manifest, variables, &self.components, key)
    }

    /// The store, where the manifest wires one in.
    #[must_use]
    pub(crate) fn store(&self) -> Option<&StoreAdmin> {
        self.store.as_ref()
    }

    /// Opens the gates: the components' own check of their settings.
    ///
    /// # Errors
    /// The component's line for the operator.
    pub(crate) async fn open(
        self,
        manifest: &Manifest,
        proxies: ProxyWatch,
    ) -> Result<(Arc<Application>, Option<StoreAdmin>)> {
        let Self { components, store } = self;
        let (names, loaded): (Vec<_>, Vec<_>) = components
            .iter()
            .map(|(name, loaded)| (name.to_owned(), Arc::clone(loaded)))
            .unzip();
        let mut gates = Vec::new();
        for component in &loaded {
            gates.push(Gate::open(component).await?.map(Arc::new));
        }
        let index = |name: &str| {
            names
                .iter()
                .position(|found| found == name)
                .expect("every trigger's component is loaded")
        };
        let routes = manifest
            .triggers
            .iter()
            .filter_map(|trigger| Some((trigger.route.clone()?, index(&trigger.component))))
            .collect();
        let routes = Routes::new(routes)?;
        Ok((
            Arc::new(Application {
                routes,
                names,
                loaded,
                gates,
                components,
                runtime: Handle::current(),
                full: Mutex::default(),
                proxies: Arc::new(proxies),
            }),
            store,
        ))
    }
}

impl Application {
    /// Keeps settings fresh until dropped: each gate is refreshed when they run
    /// out, and goes on with the old ones while that fails.
    pub(crate) async fn keep_fresh(self: Arc<Self>) {
        let mut said = Repeated::default();
        let mut logins: Vec<_> = self.gates.iter().map(|_| LoginWatch::default()).collect();
        self.tell_of_logins(&mut logins);
        loop {
            let due = self
                .gates
                .iter()
                .flatten()
                .filter_map(|gate| gate.due())
                .min();
            let Some(due) = due else {
                return;
            };
            tokio::time::sleep_until(due.into()).await;
            for gate in self.gates.iter().flatten() {
                if gate
                    .due()
                    .is_some_and(|due| due <= std::time::Instant::now())
                    && let Err(error) = gate.refresh().await
                {
                    let line = format!("{error:#}");
                    if let Some(since) = said.say(&line, Instant::now()) {
                        let more = and_more(since);
                        tracing::error!("settings could not be refreshed: {line}{more}");
                    }
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            }
            self.tell_of_logins(&mut logins);
        }
    }

    /// Says aloud where login was switched off, and on again.
    fn tell_of_logins(&self, watches: &mut [LoginWatch]) {
        for (gate, watch) in self.gates.iter().zip(watches) {
            let Some(gate) = gate else { continue };
            let Switched { off, on } = watch.look(gate, unix_seconds());
            for base_url in off {
                tracing::warn!(
                    "LOGIN IS OFF at {base_url}: everybody gets through to the app as nobody. `gatelet enable` switches it on"
                );
            }
            for base_url in on {
                tracing::info!("login is no longer off at {base_url}");
            }
        }
    }
}

/// Now, in Unix seconds.
fn unix_seconds() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

impl Application {
    /// A GET as one of the components would send it, for the operator's tools.
    ///
    /// # Errors
    /// One line that says why nothing came.
    pub(crate) async fn fetch(&self, component: &str, url: &str, limit: usize) -> Result<Fetched> {
        self.components.fetch(component, url, limit).await
    }
}

impl Application {
    /// Has letters tried that are due, whenever a component has one and now and then
    /// besides, for as long as it is served.
    pub(crate) async fn send_mail(self: Arc<Self>, senders: Vec<String>) {
        let mut ticks = tokio::time::interval(MAIL_INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let places = Arc::new(Semaphore::new(MAIL_CALLS));
        loop {
            let place = Arc::clone(&places).acquire_owned().await;
            let authority = tokio::select! {
                _ = ticks.tick() => None,
                authority = letters_due().next() => Some(authority),
            };
            let (application, senders) = (Arc::clone(&self), senders.clone());
            tokio::spawn(async move {
                for name in &senders {
                    application.call_for_mail(name, authority.as_deref()).await;
                }
                drop(place);
            });
        }
    }

    async fn call_for_mail(&self, name: &str, authority: Option<&str>) {
        let Some(sender) = self.components.named(name) else {
            return;
        };
        let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
        let due = authority.map_or(Due::Everywhere, Due::At);
        let uri = format!("http://{name}.spin.internal{}", due.target());
        let Ok(request) = Request::get(uri).body(body) else {
            return;
        };
        if let Err(error) = sender.handle(request, None).await {
            tracing::warn!("letters that are due were not tried: {error}");
        }
    }
}

impl Application {
    /// Has one letter sent by the component of this name: why it was not taken, if it
    /// was not.
    ///
    /// # Errors
    /// When the component does not answer.
    pub(crate) async fn send_letter(&self, sender: &str, errand: String) -> Result<Option<String>> {
        let component = self.components.named(sender);
        let component = component.context("the component that sends mail is not served")?;
        let uri = format!("http://{sender}.spin.internal{}", errand::PATH);
        let request = Request::get(uri)
            .header(errand::FIELD, errand)
            .body(Empty::new().map_err(|never| match never {}).boxed_unsync())?;
        let answer = component.handle(request, None).await?;
        let field = answer.headers().get(errand::ANSWER);
        Ok(match (field, answer.status()) {
            (Some(why), _) => errand::read_answer(why.as_bytes()),
            (None, StatusCode::NO_CONTENT) => None,
            (None, status) => Some(format!("{sender} answered {status}")),
        })
    }
}

impl front::Application for Application {
    fn components(&self) -> Vec<String> {
        self.names.clone()
    }

    fn route(&self, path: &str) -> Option<front::Route> {
        let (_, component) = self.routes.find(path)?;
        Some(front::Route {
            component: *component,
            gate: self.gates[*component].is_some(),
        })
    }

    fn component(&self, name: &str) -> Option<ComponentIndex> {
        self.names.iter().position(|found| found == name)
    }

    fn worker_gate(self: Arc<Self>) -> Rc<dyn front::Gate> {
        let gates = self
            .gates
            .iter()
            .map(|gate| Some(ThreadGate::new(Arc::clone(gate.as_ref()?))))
            .collect();
        Rc::new(WorkerGate {
            gates,
            runtime: self.runtime.clone(),
            proxies: Arc::clone(&self.proxies),
        })
    }

    fn may_reach(&self, component: ComponentIndex, upstream: &str) -> bool {
        self.loaded[component].may_reach(upstream)
    }

    fn handle(
        self: Arc<Self>,
        component: ComponentIndex,
        request: Request<ComponentBody>,
    ) -> Pin<Box<dyn Future<Output = front::Answered> + Send>> {
        Box::pin(async move {
            let request = match self.prepared(request) {
                Ok(request) => request,
                Err(status) => return Ok(plain(status)),
            };
            let visitor = request.extensions().get::<Visitor>();
            let whose = visitor.and_then(|visitor| visitor.whose);
            let id = request.headers().get(front::X_REQUEST_ID).cloned();
            let loaded = &self.loaded[component];
            let answered = loaded.handle_on(&self.runtime, request, whose).await;
            answered.map_err(|error| {
                let (component, request_id) = (&self.names[component], id.unwrap_or_else(none));
                match error {
                    // Nobody's fault in particular, and as often as somebody likes.
                    Unanswered::Full => {
                        let mut said = self.full.lock().unwrap_or_else(PoisonError::into_inner);
                        if let Some(since) = said.say(component, Instant::now()) {
                            tracing::warn!(%component, "{error}{}", and_more(since));
                        }
                    }
                    Unanswered::TimedOut | Unanswered::Ended | Unanswered::Failed(_) => {
                        tracing::error!(%component, ?request_id, "{error}");
                    }
                }
                match error {
                    Unanswered::Full => front::Unanswered::Full,
                    Unanswered::TimedOut => front::Unanswered::TimedOut,
                    Unanswered::Ended => front::Unanswered::Ended,
                    Unanswered::Failed(_) => front::Unanswered::Failed,
                }
            })
        })
    }
}

impl Application {
    /// A request as Spin hands it to a component: an absolute URI, and `spin-*`
    /// fields over whatever the visitor sent.
    fn prepared(
        &self,
        request: Request<ComponentBody>,
    ) -> Result<Request<ComponentBody>, StatusCode> {
        let (mut parts, body) = request.into_parts();
        let visitor = parts.extensions.get::<Visitor>().copied();
        let scheme = if visitor.is_some_and(|visitor| visitor.tls) {
            "https"
        } else {
            "http"
        };
        let authority = match (parts.uri.authority(), parts.headers.get(header::HOST)) {
            (Some(authority), _) => authority.to_string(),
            (None, Some(host)) => host
                .to_str()
                .map_err(|_| StatusCode::BAD_REQUEST)?
                .to_owned(),
            (None, None) => return Err(StatusCode::BAD_REQUEST),
        };
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let full = format!("{scheme}://{authority}{target}");
        parts.uri = full.parse::<Uri>().map_err(|_| StatusCode::BAD_REQUEST)?;

        let named: Vec<HeaderName> = parts
            .headers
            .keys()
            .filter(|name| is_spins(name.as_str()))
            .cloned()
            .collect();
        for name in named {
            parts.headers.remove(name);
        }
        let path = parts.uri.path().to_owned();
        if let Some((found, _)) = self.routes.find(&path) {
            for (name, value) in spin_fields(&found, &full, visitor.map(|visitor| visitor.peer)) {
                if let (Ok(name), Ok(value)) =
                    (HeaderName::try_from(name), HeaderValue::try_from(value))
                {
                    parts.headers.insert(name, value);
                }
            }
        }
        Ok(Request::from_parts(parts, body))
    }
}

/// Whether a field, in any spelling, is one that only the host may set.
fn is_spins(name: &str) -> bool {
    let rest = name
        .strip_prefix("spin")
        .and_then(|rest| rest.bytes().next());
    rest.is_some_and(|between| !between.is_ascii_alphanumeric())
}

fn spin_fields(
    found: &Match<'_, '_>,
    full: &str,
    peer: Option<SocketAddr>,
) -> Vec<(String, String)> {
    let route = found.route.as_str();
    let mut fields = vec![
        ("spin-path-info".to_owned(), found.trailing.to_owned()),
        ("spin-full-url".to_owned(), full.to_owned()),
        ("spin-matched-route".to_owned(), route.to_owned()),
        ("spin-base-path".to_owned(), "/".to_owned()),
        ("spin-raw-component-route".to_owned(), route.to_owned()),
        (
            "spin-component-route".to_owned(),
            found.route.prefix().to_owned(),
        ),
    ];
    fields.extend(peer.map(|peer| ("spin-client-addr".to_owned(), peer.to_string())));
    fields.extend(
        found
            .named
            .iter()
            .map(|(name, value)| (format!("spin-path-match-{name}"), (*value).to_owned())),
    );
    fields
}

fn none() -> HeaderValue {
    HeaderValue::from_static("")
}

fn plain(status: StatusCode) -> Response<ComponentBody> {
    let text = format!("{}\n", status.canonical_reason().unwrap_or_default());
    let mut response = Response::new(
        Full::new(Bytes::from(text))
            .map_err(|never| match never {})
            .boxed_unsync(),
    );
    *response.status_mut() = status;
    response
}

/// One worker thread's gates, by component.
struct WorkerGate {
    gates: Vec<Option<ThreadGate>>,
    runtime: Handle,
    proxies: Arc<ProxyWatch>,
}

impl WorkerGate {
    fn gate(&self, component: ComponentIndex) -> Option<&ThreadGate> {
        self.gates.get(component)?.as_ref()
    }
}

impl front::Gate for WorkerGate {
    fn decide(&self, component: ComponentIndex, head: &Head<'_>, now: u64) -> Verdict {
        self.proxies.look(head.peer, head.fields);
        let Some(gate) = self.gate(component) else {
            return failed(&anyhow::anyhow!("this component has no gate"));
        };
        gate.decide(head, now)
            .unwrap_or_else(|error| failed(&error))
    }

    fn origin(&self, authority: &str, now: u64) -> Option<Arc<String>> {
        let gate = self.gates.iter().flatten().next()?;
        gate.origin(authority, now)
    }

    fn judge<'a>(
        &'a self,
        component: ComponentIndex,
        head: Head<'a>,
        now: u64,
        usage: Usage,
    ) -> Pin<Box<dyn Future<Output = Verdict> + 'a>> {
        Box::pin(async move {
            let Some(gate) = self.gate(component) else {
                return failed(&anyhow::anyhow!("this component has no gate"));
            };
            let judged = gate.judge(&head, now, usage, &self.runtime).await;
            judged.unwrap_or_else(|error| failed(&error))
        })
    }
}

/// What fails inside the gate lets nobody in.
fn failed(error: &anyhow::Error) -> Verdict {
    tracing::error!("the gate failed: {error:#}");
    Verdict::Respond(Reply::refusal(Code::Internal, Reading::PROGRAM, ""))
}
