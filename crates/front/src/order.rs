//! How is a connection told from outside that it is to end?

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::task::{Context, Poll};

use futures::task::AtomicWaker;

use super::watch::Activity;

/// What is kept of each connection to end it with: by its worker, and by whoever gives
/// places.
pub(super) struct Handle {
    pub(super) activity: Arc<Activity>,
    order: AtomicU8,
    waker: AtomicWaker,
}

const SERVE: u8 = 0;
/// Finish what is in flight and take nothing new.
const DRAIN: u8 = 1;
const CLOSE: u8 = 2;

impl Handle {
    pub(super) fn new(activity: Arc<Activity>) -> Self {
        Self {
            activity,
            order: AtomicU8::new(SERVE),
            waker: AtomicWaker::new(),
        }
    }

    pub(super) fn drain(&self) {
        self.give(DRAIN);
    }

    pub(super) fn close(&self) {
        self.give(CLOSE);
    }

    #[cfg(test)]
    pub(super) fn is_to_close(&self) -> bool {
        self.order.load(Relaxed) == CLOSE
    }

    /// The stricter order stands.
    fn give(&self, order: u8) {
        self.order.fetch_max(order, Relaxed);
        self.waker.wake();
    }
}

/// Serve until done or told otherwise.
pub(super) async fn obey<F: Future>(
    handle: &Handle,
    mut serving: Pin<&mut F>,
    wind_down: impl Fn(Pin<&mut F>),
) -> Option<F::Output> {
    let mut winding_down = false;
    poll_fn(|cx: &mut Context<'_>| {
        handle.waker.register(cx.waker());
        match handle.order.load(Relaxed) {
            CLOSE => return Poll::Ready(None),
            DRAIN if !winding_down => {
                winding_down = true;
                wind_down(serving.as_mut());
            }
            _ => {}
        }
        serving.as_mut().poll(cx).map(Some)
    })
    .await
}
