//! How is a connection told from outside that it is to end?

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::watch::Activity;

/// What a worker keeps of each of its connections to end it with.
pub(super) struct Handle {
    pub(super) activity: Arc<Activity>,
    order: Cell<Order>,
    waker: RefCell<Option<Waker>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Serve,
    /// Finish what is in flight and take nothing new.
    Drain,
    Close,
}

impl Handle {
    pub(super) fn new(activity: Arc<Activity>) -> Self {
        Self {
            activity,
            order: Cell::new(Order::Serve),
            waker: RefCell::new(None),
        }
    }

    pub(super) fn drain(&self) {
        self.give(Order::Drain);
    }

    pub(super) fn close(&self) {
        self.give(Order::Close);
    }

    fn give(&self, order: Order) {
        self.order.set(order);
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }

    /// A task's waker stays the same, so it is cloned once.
    fn wake_me(&self, cx: &Context<'_>) {
        let mut waker = self.waker.borrow_mut();
        if !waker
            .as_ref()
            .is_some_and(|kept| kept.will_wake(cx.waker()))
        {
            *waker = Some(cx.waker().clone());
        }
    }
}

/// Serve until done or told otherwise.
pub(super) async fn obey<F: Future>(
    handle: &Handle,
    mut serving: Pin<&mut F>,
    wind_down: impl Fn(Pin<&mut F>),
) -> Option<F::Output> {
    let mut winding_down = false;
    poll_fn(|cx| {
        handle.wake_me(cx);
        match handle.order.get() {
            Order::Serve => {}
            Order::Close => return Poll::Ready(None),
            Order::Drain if winding_down => {}
            Order::Drain => {
                winding_down = true;
                wind_down(serving.as_mut());
            }
        }
        serving.as_mut().poll(cx).map(Some)
    })
    .await
}
