//! Has a visitor's connection overstayed one of its limits?
//!
//! Timers for each request would cost more than they catch. Instead each
//! connection notes what it is doing in a few words that a sweep over all
//! connections of the thread reads twice a second or so.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::options::Limits;

/// Milliseconds since the worker started, as of the last sweep. Wraps after 49
/// days; only differences are taken.
#[derive(Clone, Default)]
pub(super) struct CoarseClock(Arc<AtomicU32>);

impl CoarseClock {
    pub(super) fn now(&self) -> u32 {
        self.0.load(Relaxed)
    }

    pub(super) fn set(&self, milliseconds: u32) {
        self.0.store(milliseconds, Relaxed);
    }
}

/// What one connection is doing. Atomics, because a component that takes a body
/// may poll it on another thread.
pub(super) struct Activity {
    clock: CoarseClock,
    /// Whether many requests share the connection, so that bytes alone do not
    /// mean that a request has begun.
    multiplexed: AtomicBool,
    /// A request head has begun and not ended.
    in_head: AtomicBool,
    /// Requests that have begun and whose response has not ended.
    requests: AtomicU32,
    /// Bodies whose next move is the visitor's: one being awaited, or one of
    /// which a piece has been handed over and no more been asked for.
    visitor_turns: AtomicU32,
    /// When any of the above last changed.
    since: AtomicU32,
}

/// Why a connection is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overstay {
    Head,
    Idle,
    Stall,
}

impl Activity {
    pub(super) fn new(clock: CoarseClock) -> Self {
        let since = AtomicU32::new(clock.now());
        Self {
            clock,
            multiplexed: AtomicBool::new(false),
            in_head: AtomicBool::new(false),
            requests: AtomicU32::new(0),
            visitor_turns: AtomicU32::new(0),
            since,
        }
    }

    pub(super) fn set_multiplexed(&self) {
        self.multiplexed.store(true, Relaxed);
    }

    pub(super) fn touch(&self) {
        self.since.store(self.clock.now(), Relaxed);
    }

    pub(super) fn request_begins(&self) {
        self.in_head.store(false, Relaxed);
        self.requests.fetch_add(1, Relaxed);
        self.touch();
    }

    pub(super) fn request_ends(&self) {
        self.requests.fetch_sub(1, Relaxed);
        self.touch();
    }

    fn bytes_arrive(&self) {
        if self.requests.load(Relaxed) == 0
            && !self.multiplexed.load(Relaxed)
            && !self.in_head.load(Relaxed)
        {
            self.in_head.store(true, Relaxed);
            self.touch();
        }
    }

    pub(super) fn overstay(&self, limits: &Limits) -> Option<Overstay> {
        let spent = u128::from(self.clock.now().wrapping_sub(self.since.load(Relaxed)));
        let over = |limit: std::time::Duration| spent > limit.as_millis();
        if self.visitor_turns.load(Relaxed) > 0 {
            over(limits.stall_timeout).then_some(Overstay::Stall)
        } else if self.requests.load(Relaxed) > 0 {
            None
        } else if self.in_head.load(Relaxed) {
            over(limits.head_timeout).then_some(Overstay::Head)
        } else {
            over(limits.idle_timeout).then_some(Overstay::Idle)
        }
    }
}

/// One body's share in [`Activity::visitor_turns`].
pub(super) struct Turn {
    activity: Arc<Activity>,
    visitors: bool,
}

impl Turn {
    pub(super) fn new(activity: Arc<Activity>) -> Self {
        Self {
            activity,
            visitors: false,
        }
    }

    /// The next move is the visitor's.
    pub(super) fn give(&mut self) {
        if !self.visitors {
            self.visitors = true;
            self.activity.visitor_turns.fetch_add(1, Relaxed);
            self.activity.touch();
        }
    }

    /// The visitor has moved.
    pub(super) fn take(&mut self) {
        if self.visitors {
            self.visitors = false;
            self.activity.visitor_turns.fetch_sub(1, Relaxed);
            self.activity.touch();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.take();
    }
}

/// A visitor's connection that notes when bytes arrive.
pub(super) struct Watched<S> {
    stream: S,
    activity: Arc<Activity>,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if polled.is_ready() && buf.filled().len() > before {
            self.activity.bytes_arrive();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(clock: &CoarseClock, seconds: u32) {
        clock.set(seconds * 1000);
    }

    #[test]
    fn each_phase_has_its_own_limit() {
        let limits = Limits::default();
        let clock = CoarseClock::default();
        let activity = Arc::new(Activity::new(clock.clone()));
        at(&clock, 75);
        assert_eq!(activity.overstay(&limits), None);
        at(&clock, 76);
        assert_eq!(activity.overstay(&limits), Some(Overstay::Idle));

        activity.bytes_arrive();
        assert_eq!(activity.overstay(&limits), None);
        at(&clock, 90);
        // More bytes of the same head do not buy time.
        activity.bytes_arrive();
        at(&clock, 97);
        assert_eq!(activity.overstay(&limits), Some(Overstay::Head));

        activity.request_begins();
        at(&clock, 1000);
        assert_eq!(activity.overstay(&limits), None, "waiting for upstream");

        let mut turn = Turn::new(Arc::clone(&activity));
        turn.give();
        at(&clock, 1061);
        assert_eq!(activity.overstay(&limits), Some(Overstay::Stall));
        turn.take();
        assert_eq!(activity.overstay(&limits), None);

        drop(turn);
        activity.request_ends();
        assert_eq!(activity.overstay(&limits), None);
    }
}
