//! When has an instance lived long enough? When it has been idle for long, when an answer
//! took too long, and when nobody waits for what it does.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::app::options::RunOptions;
use crate::app::visit::{Company, Visitors};

/// What a guest may do after its answer, when nobody waits for that any more.
const AFTERWARDS: Duration = Duration::from_secs(60);
/// The same for an answer that nobody took to its end.
const AFTERWARDS_FORSAKEN: Duration = Duration::from_secs(1);
/// Later than the clock inside, which tells the visitor too.
const BEYOND: Duration = Duration::from_secs(1);

/// What an instance does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// Nothing, since then.
    Nothing(Instant),
    /// What requests ask for that have no answer yet.
    Answering,
    /// What it has left to do after its answers.
    Afterwards,
}

/// When an instance has lived long enough.
pub(super) struct Expiration {
    idle: Duration,
    request: Option<Duration>,
    visitors: Arc<Visitors>,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl Expiration {
    pub(super) fn new(options: &RunOptions, visitors: Arc<Visitors>) -> Self {
        Self {
            idle: options.instance_idle,
            request: options.request_timeout,
            visitors,
            sleep: Box::pin(tokio::time::sleep(options.instance_idle)),
        }
    }

    /// Ready when it is over.
    pub(super) fn poll(&mut self, doing: Doing, context: &mut Context<'_>) -> Poll<()> {
        let (since, limit) = match (doing, self.visitors.company(context.waker())) {
            (Doing::Nothing(since), _) => {
                self.visitors.rest();
                (since, Some(self.idle))
            }
            (Doing::Answering, Company::Nobody { .. }) => return Poll::Ready(()),
            (Doing::Afterwards, Company::Nobody { since, forsaken }) => {
                let limit = if forsaken {
                    AFTERWARDS_FORSAKEN
                } else {
                    self.request.unwrap_or(AFTERWARDS)
                };
                (since, Some(limit))
            }
            // An event stream may go on for as long as somebody listens.
            (_, Company::Waited(None)) => return Poll::Pending,
            (_, Company::Waited(Some(moved))) => (moved, self.request.map(|limit| limit + BEYOND)),
        };
        let Some(deadline) = limit.and_then(|limit| since.checked_add(limit)) else {
            return Poll::Pending;
        };
        let deadline = tokio::time::Instant::from_std(deadline);
        if self.sleep.deadline() != deadline {
            self.sleep.as_mut().reset(deadline);
        }
        self.sleep.as_mut().poll(context)
    }
}
