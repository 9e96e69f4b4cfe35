//! Has a visitor's connection overstayed one of its limits?
//!
//! Timers for each request would cost more than they catch. Instead each
//! connection notes what it is doing in a few words that a sweep over all
//! connections of the thread reads twice a second or so.
//!
//! A body's time begins anew with each byte, so there is a least rate beside it: over
//! each stretch of time that the visitor has been waited for, so much must have moved.
//! What the app or this machine takes is nobody's stretch.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::options::Limits;

/// Milliseconds since the worker started, as of the last sweep. It stands still while the
/// worker has nothing to look after. Wraps after 49 days; only differences are taken.
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
    /// When any of the above last changed, or bytes of a body last moved.
    since: AtomicU32,
    /// Bytes of bodies that the visitor has sent or taken. Wraps; only differences are
    /// taken.
    moved: AtomicU32,
    /// The stretch of time that is being measured: how long the visitor has been waited
    /// for, in milliseconds, and `moved` at its start. The sweep alone writes these.
    waited: AtomicU32,
    moved_before: AtomicU32,
    /// It carries a tunnel and no more requests.
    tunnel: AtomicBool,
}

/// Why a connection is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overstay {
    Head,
    Idle,
    Stall,
    Slow,
}

/// How little a connection gets done with its place; the greatest goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Idleness {
    /// It is slow to send or take: what is left of the greatest rate.
    Slow(u64),
    /// It asks for nothing, for so many milliseconds.
    Asleep(u32),
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
            moved: AtomicU32::new(0),
            waited: AtomicU32::new(0),
            moved_before: AtomicU32::new(0),
            tunnel: AtomicBool::new(false),
        }
    }

    pub(super) fn set_tunnel(&self) {
        self.tunnel.store(true, Relaxed);
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

    /// Bytes of a body came from the visitor, or went to them.
    pub(super) fn bytes_move(&self, count: usize) {
        // Truncated on purpose, as it wraps.
        self.moved.fetch_add(count as u32, Relaxed);
        self.touch();
    }

    fn bytes_leave(&self, count: usize) {
        // In a connection of many streams, what is written may answer a ping.
        if !self.multiplexed.load(Relaxed) {
            self.bytes_move(count);
        }
    }

    /// Counts bytes that a body hands over, where the connection cannot tell.
    pub(super) fn stream_moves(&self, count: usize) {
        if self.multiplexed.load(Relaxed) {
            self.bytes_move(count);
        }
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

    /// Looked at `passed` milliseconds after the last time.
    pub(super) fn overstay(&self, limits: &Limits, passed: u32) -> Option<Overstay> {
        let spent = u128::from(self.unchanged());
        let over = |limit: std::time::Duration| spent > limit.as_millis();
        if self.visitor_turns.load(Relaxed) > 0 {
            let slow = self.is_slow(limits, passed);
            if over(limits.stall_timeout) {
                Some(Overstay::Stall)
            } else {
                slow.then_some(Overstay::Slow)
            }
        } else if self.requests.load(Relaxed) > 0 {
            None
        } else if self.in_head.load(Relaxed) {
            over(limits.head_timeout).then_some(Overstay::Head)
        } else {
            self.begin_stretch();
            over(limits.idle_timeout).then_some(Overstay::Idle)
        }
    }

    /// Whether a stretch of waiting has come to its end with too little moved in it.
    fn is_slow(&self, limits: &Limits, passed: u32) -> bool {
        let waited = self.waited.load(Relaxed).saturating_add(passed);
        self.waited.store(waited, Relaxed);
        if u128::from(waited) < limits.stall_timeout.as_millis() {
            return false;
        }
        let due = u64::from(waited) * u64::from(limits.least_bytes_per_second) / 1000;
        let slow = u64::from(self.moved_in_stretch()) < due;
        self.begin_stretch();
        slow
    }

    fn begin_stretch(&self) {
        self.waited.store(0, Relaxed);
        self.moved_before.store(self.moved.load(Relaxed), Relaxed);
    }

    fn moved_in_stretch(&self) -> u32 {
        let before = self.moved_before.load(Relaxed);
        self.moved.load(Relaxed).wrapping_sub(before)
    }

    fn unchanged(&self) -> u32 {
        self.clock.now().wrapping_sub(self.since.load(Relaxed))
    }

    /// How idle it is; none while it waits for the app or carries a tunnel.
    pub(super) fn idleness(&self) -> Option<Idleness> {
        if self.tunnel.load(Relaxed) {
            return None;
        }
        let waited = if self.visitor_turns.load(Relaxed) > 0 {
            self.waited.load(Relaxed)
        } else if self.requests.load(Relaxed) > 0 {
            return None;
        } else if self.in_head.load(Relaxed) {
            self.unchanged()
        } else {
            return Some(Idleness::Asleep(self.unchanged()));
        };
        // As if it had had a second and done a little: who has just come is not the
        // slowest yet.
        const HEAD_START: u64 = 1024 * 1000;
        let moved = u64::from(self.moved_in_stretch()) * 1000 + HEAD_START;
        Some(Idleness::Slow(
            u64::MAX - moved / (u64::from(waited) + 1000),
        ))
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

    /// Bytes have come from the visitor.
    pub(super) fn came(&self, count: usize) {
        self.activity.bytes_move(count);
    }

    /// Bytes are on their way to the visitor.
    pub(super) fn went(&self, count: usize) {
        self.activity.stream_moves(count);
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

    fn note_written(&self, polled: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(count @ 1..)) = polled {
            self.activity.bytes_leave(*count);
        }
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
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.note_written(&polled);
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.note_written(&polled);
        polled
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

    fn swept(activity: &Activity, limits: &Limits) -> Option<Overstay> {
        activity.overstay(limits, 0)
    }

    #[test]
    fn each_phase_has_its_own_limit() {
        let limits = Limits::default();
        let clock = CoarseClock::default();
        let activity = Arc::new(Activity::new(clock.clone()));
        at(&clock, 130);
        assert_eq!(swept(&activity, &limits), None);
        at(&clock, 131);
        assert_eq!(swept(&activity, &limits), Some(Overstay::Idle));

        activity.bytes_arrive();
        assert_eq!(swept(&activity, &limits), None);
        at(&clock, 145);
        // More bytes of the same head do not buy time.
        activity.bytes_arrive();
        at(&clock, 152);
        assert_eq!(swept(&activity, &limits), Some(Overstay::Head));

        activity.request_begins();
        at(&clock, 1000);
        assert_eq!(swept(&activity, &limits), None, "waiting for upstream");

        let mut turn = Turn::new(Arc::clone(&activity));
        turn.give();
        at(&clock, 1061);
        assert_eq!(swept(&activity, &limits), Some(Overstay::Stall));
        turn.take();
        assert_eq!(swept(&activity, &limits), None);

        drop(turn);
        activity.request_ends();
        assert_eq!(swept(&activity, &limits), None);
    }

    /// What becomes of a body of which so many bytes move every second.
    fn dripped(bytes: usize, seconds: u32) -> (u32, Option<Overstay>) {
        let limits = Limits::default();
        let clock = CoarseClock::default();
        let activity = Arc::new(Activity::new(clock.clone()));
        activity.request_begins();
        let mut turn = Turn::new(Arc::clone(&activity));
        for second in 1..=seconds {
            turn.give();
            at(&clock, second);
            if let Some(overstay) = activity.overstay(&limits, 1000) {
                return (second, Some(overstay));
            }
            turn.take();
            turn.came(bytes);
        }
        (seconds, None)
    }

    #[test]
    fn a_body_that_drips_is_given_up_and_a_slow_one_is_not() {
        assert_eq!(dripped(1, 1000), (60, Some(Overstay::Slow)));
        assert_eq!(dripped(200, 1000), (60, Some(Overstay::Slow)));
        assert_eq!(dripped(300, 7 * 86_400), (7 * 86_400, None));
    }

    #[test]
    fn time_that_the_app_takes_is_nobodys() {
        let limits = Limits::default();
        let clock = CoarseClock::default();
        let activity = Arc::new(Activity::new(clock.clone()));
        activity.request_begins();
        let mut turn = Turn::new(Arc::clone(&activity));
        for minute in 1..600 {
            turn.give();
            assert_eq!(activity.overstay(&limits, 50), None, "{minute}");
            turn.take();
            turn.came(20);
            at(&clock, minute * 60);
            assert_eq!(activity.overstay(&limits, 60_000), None, "{minute}");
        }
    }
}
