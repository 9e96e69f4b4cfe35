//! What does the front ask of the application behind it?

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use gatelet_core::credential::Usage;
use gatelet_core::{Head, Verdict};
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;

/// Whatever a body may fail with; the detail goes to the log.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body on its way to or from a component, streamed.
pub type ComponentBody = UnsyncBoxBody<Bytes, BodyError>;

/// Index into [`Application::components`].
pub type ComponentIndex = usize;

/// The components behind the listener and the routes to them.
pub trait Application: Send + Sync + 'static {
    /// Component names in a fixed order; the index is how requests, metrics and
    /// log lines refer to them.
    fn components(&self) -> Vec<String>;

    /// Which component serves a path. `path` is as received, without query.
    fn route(&self, path: &str) -> Option<Route>;

    /// The component of this name, private ones included: where
    /// `http://<name>.spin.internal` leads.
    fn component(&self, name: &str) -> Option<ComponentIndex>;

    /// A gate for one worker thread. Called on that thread, once.
    fn worker_gate(self: Arc<Self>) -> Rc<dyn Gate>;

    /// Whether `component` may reach `upstream` (a base URL): the grant in
    /// `allowed_outbound_hosts` binds the native forward as it binds the guest.
    fn may_reach(&self, component: ComponentIndex, upstream: &str) -> bool;

    /// Give a whole request to a component. What is waited for here runs on threads of its
    /// own; dropped, it ends there.
    fn handle(
        self: Arc<Self>,
        component: ComponentIndex,
        request: Request<ComponentBody>,
    ) -> Pin<Box<dyn Future<Output = Answered> + Send>>;
}

/// What a component makes of a request.
pub type Answered = Result<Response<ComponentBody>, Unanswered>;

/// Why a component gives no answer. The application has logged the detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// Too many requests at once.
    Full,
    /// It took too long.
    TimedOut,
    /// What was to answer ended early.
    Ended,
    /// Anything else.
    Failed,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Who serves it.
    pub component: ComponentIndex,
    /// Whether that component exports the gate.
    pub gate: bool,
}

/// Judges request heads on one thread. What fails inside is a denial, so there
/// is no error here.
pub trait Gate {
    /// Judge without I/O, at `now` in Unix seconds.
    fn decide(&self, component: ComponentIndex, head: &Head<'_>, now: u64) -> Verdict;

    /// What the origin is called that `authority` means at `now`, for the access log.
    fn origin(&self, authority: &str, now: u64) -> Option<Arc<String>>;

    /// Judge with I/O allowed. Never answers [`Verdict::Ask`]. `usage` says what for:
    /// whether the session counts as used, and whether the answer reaches the browser.
    fn judge<'a>(
        &'a self,
        component: ComponentIndex,
        head: Head<'a>,
        now: u64,
        usage: Usage,
    ) -> Pin<Box<dyn Future<Output = Verdict> + 'a>>;
}

/// Put on every request that is handed to a component: who asked, over what.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The peer of the visitor's connection.
    pub peer: std::net::SocketAddr,
    /// Whose share of what is bounded the request takes; None where nobody knows, as
    /// behind a proxy that says nothing.
    pub whose: Option<std::net::IpAddr>,
    /// Whether that connection is TLS.
    pub tls: bool,
}
