//! What does the front ask of the application behind it?

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
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

    /// Give a whole request to a component.
    fn handle(
        self: Arc<Self>,
        component: ComponentIndex,
        request: Request<ComponentBody>,
    ) -> Pin<Box<dyn Future<Output = Response<ComponentBody>> + Send>>;
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

    /// Judge with I/O allowed. Never answers [`Verdict::Ask`].
    fn judge<'a>(
        &'a self,
        component: ComponentIndex,
        head: Head<'a>,
        now: u64,
    ) -> Pin<Box<dyn Future<Output = Verdict> + 'a>>;
}

/// A request head as it is put to the gate.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// As received.
    pub method: &'a str,
    /// Path and query in origin form, as received.
    pub target: &'a str,
    /// `:authority` or `Host`, as received.
    pub authority: &'a str,
    /// Whether the visitor's connection is TLS.
    pub tls: bool,
    /// IP address of the peer, without port.
    pub peer: &'a str,
    /// `name:value\n` a field, lower-case names.
    pub fields: &'a [u8],
}

/// What the gate says.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Forward with these edits.
    Forward(Edits),
    /// Answer with this.
    Respond(Reply),
    /// The head alone does not settle it: ask `judge`.
    Ask,
}

/// What to do to the request on its way, and to the response on its way back.
#[derive(Clone, Debug, Default)]
pub struct Edits {
    /// Base URL: scheme and authority.
    pub upstream: String,
    /// Request fields to drop first.
    pub remove: Vec<String>,
    /// Request fields to set then, each replacing any of the name: `name:value`
    /// lines, each ended by a line feed.
    pub set: String,
    /// Response fields to append, in the same form.
    pub response: String,
}

/// A complete small reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Fields, in order, as `name:value` lines.
    pub fields: String,
    /// Body.
    pub body: Bytes,
    /// What it is about, for the log: `session.none`.
    pub code: Option<String>,
}

/// Put on every request that is handed to a component: who asked, over what.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The peer of the visitor's connection.
    pub peer: std::net::SocketAddr,
    /// Whether that connection is TLS.
    pub tls: bool,
}
