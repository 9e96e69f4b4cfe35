//! What is to be remembered of one request until its response has ended?

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use http::{Method, StatusCode, Uri};

use super::access_log::Line;
use super::application::ComponentIndex;
use super::connection::Connection;
use super::metrics::Settled;
use super::request_id::RequestId;
use super::watch::Activity;

/// One request's record. Dropping it ends the request: it is counted, logged,
/// and its connection becomes idle. A response's body holds it, so that a
/// visitor who goes away half-way is recorded too.
pub(super) struct Record {
    connection: Rc<Connection>,
    activity: Arc<Activity>,
    began: Instant,
    method: Method,
    uri: Uri,
    pub(super) id: RequestId,
    pub(super) component: Option<ComponentIndex>,
    pub(super) settled: Settled,
    /// `None` until there is a response.
    pub(super) status: Option<StatusCode>,
    pub(super) code: Option<Cow<'static, str>>,
    handed_over: Option<Instant>,
    upstream: Option<std::time::Duration>,
    pub(super) body_bytes: u64,
    pub(super) ended: bool,
}

/// nginx's name for it; no response with this status is ever sent.
const CLIENT_CLOSED_REQUEST: u16 = 499;

impl Record {
    pub(super) fn begin(
        connection: &Rc<Connection>,
        method: &Method,
        uri: &Uri,
        id: RequestId,
    ) -> Self {
        connection.activity.request_begins();
        connection.worker.shard.request_begins();
        Self {
            connection: Rc::clone(connection),
            activity: Arc::clone(&connection.activity),
            began: Instant::now(),
            method: method.clone(),
            uri: uri.clone(),
            id,
            component: None,
            settled: Settled::Abandoned,
            status: None,
            code: None,
            handed_over: None,
            upstream: None,
            body_bytes: 0,
            ended: false,
        }
    }

    pub(super) fn hand_over(&mut self) {
        self.handed_over = Some(Instant::now());
    }

    pub(super) fn upstream_answers(&mut self) {
        self.upstream = self.handed_over.map(|since| since.elapsed());
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.activity.request_ends();
        let worker = &self.connection.worker;
        let took = self.began.elapsed();
        let abandoned =
            StatusCode::from_u16(CLIENT_CLOSED_REQUEST).unwrap_or(StatusCode::BAD_REQUEST);
        let status = self.status.unwrap_or(abandoned);
        let settled = match self.status {
            Some(_) => self.settled,
            None => Settled::Abandoned,
        };
        worker
            .shard
            .request_ends(self.component, settled, status, took);
        if worker.log.is_on() {
            let component = self
                .component
                .and_then(|index| worker.component_names.get(index));
            worker.log.write(
                SystemTime::now(),
                &Line {
                    request_id: self.id.as_str(),
                    method: self.method.as_str(),
                    path: self.uri.path(),
                    status: status.as_u16(),
                    took,
                    body_bytes: self.body_bytes,
                    upstream: self.upstream,
                    component: component.map_or("-", String::as_str),
                    verdict: settled.name(),
                    code: self.code.as_deref(),
                    cut_off: !self.ended,
                },
            );
        }
    }
}
