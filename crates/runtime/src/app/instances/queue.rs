//! What waits, and who could take it? The numbers, without a lock and without instances.

use std::collections::{BTreeMap, VecDeque};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::Job;

/// How long requests wait for instances none of which takes one.
pub(super) const STALL: Duration = Duration::from_millis(5);
/// How long a new instance has one request at most, while others wait.
const NEW_MAX: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(super) struct Queue {
    /// By when they came, which is their number.
    jobs: VecDeque<(u64, Job)>,
    numbered: u64,
    /// Instances that take requests or are being made.
    pub(super) alive: usize,
    /// Of those, that are being made.
    beginning: usize,
    /// How many requests more those that are alive would take now.
    room: usize,
    /// Those that wait for a request, and whether they have nothing else to do.
    waiting: BTreeMap<(Idle, u64), Waker>,
    /// Those that have a request, since when, and have answered none yet: they would take no
    /// other.
    newcomers: BTreeMap<u64, (Instant, Waker)>,
    /// When those that there were had to take others all the same.
    released_at: Option<Instant>,
    /// Instances that there ever were.
    pub(super) members: u64,
    /// When a request was last taken, or came when none waited, or instances were made for
    /// want of that.
    taken_at: Option<Instant>,
    /// Whether somebody looks for stalls.
    watched: bool,
}

/// Ordered so that whoever has nothing to do comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Idle {
    No,
    Yes,
}

/// What one instance counts for in it.
#[derive(Debug)]
pub(super) struct Share {
    number: u64,
    room: usize,
    idle: Idle,
    pub(super) beginning: bool,
    /// Since when it has had a request.
    first_at: Option<Instant>,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// One more request; its number.
    pub(super) fn push(&mut self, job: Job) -> u64 {
        if self.jobs.is_empty() {
            self.taken_at = Some(Instant::now());
        }
        self.numbered += 1;
        self.jobs.push_back((self.numbered, job));
        self.numbered
    }

    /// The oldest.
    pub(super) fn pop(&mut self) -> Option<Job> {
        let (_, job) = self.jobs.pop_front()?;
        self.taken_at = Some(Instant::now());
        Some(job)
    }

    /// The request of this number, where it has not been taken.
    pub(super) fn remove(&mut self, number: u64) -> Option<Job> {
        let found = self
            .jobs
            .binary_search_by_key(&number, |(number, _)| *number);
        let (_, job) = self.jobs.remove(found.ok()?)?;
        Some(job)
    }

    /// Those that should have been answered by now.
    pub(super) fn overdue(&mut self, limit: Duration) -> Vec<Job> {
        let is_overdue = |(_, job): &(u64, Job)| job.visit.is_overdue(limit);
        if !self.jobs.iter().any(is_overdue) {
            return Vec::new();
        }
        let (overdue, left) = std::mem::take(&mut self.jobs)
            .into_iter()
            .partition(is_overdue);
        self.jobs = left;
        let overdue: VecDeque<_> = overdue;
        overdue.into_iter().map(|(_, job)| job).collect()
    }

    /// Whether what waits needs one more instance at once.
    pub(super) fn wants_more(&self, processors: usize) -> bool {
        let queued = self.jobs.len();
        let at_rest = || self.waiting.keys().filter(|key| key.0 == Idle::Yes).count();
        // One at work is free again in a moment, as a rule, and knows its settings.
        queued > self.room
            || self.alive < processors && queued > self.alive + self.beginning + at_rest()
    }

    /// Newcomers that are to take what waits, to be told: all where none takes anything, and
    /// otherwise those whose first request takes long.
    pub(super) fn release(&mut self) -> Vec<Waker> {
        if self.is_empty() || self.newcomers.is_empty() {
            return Vec::new();
        }
        let is_stalled = self.is_stalled();
        if is_stalled {
            let now = Instant::now();
            (self.taken_at, self.released_at) = (Some(now), Some(now));
        }
        let released = |first: Instant| is_stalled || first.elapsed() >= NEW_MAX;
        let released = self
            .newcomers
            .extract_if(.., |_, (first, _)| released(*first));
        released.map(|(_, (_, waker))| waker).collect()
    }

    fn is_stalled(&self) -> bool {
        !self.is_empty() && self.taken_at.is_none_or(|then| then.elapsed() >= STALL)
    }

    /// How many instances are to be made because none takes anything: as many as there are,
    /// and with those that are being made no more than requests wait.
    pub(super) fn missing(&mut self) -> usize {
        let missing = self.jobs.len().saturating_sub(self.beginning);
        if missing == 0 || !self.is_stalled() {
            return 0;
        }
        self.taken_at = Some(Instant::now());
        self.alive.clamp(1, missing)
    }

    /// Whether somebody has to begin to look: for what waits, where nobody does.
    pub(super) fn begins_to_be_watched(&mut self) -> bool {
        !self.is_empty() && !std::mem::replace(&mut self.watched, true)
    }

    /// Whether whoever looks is to look again.
    pub(super) fn stays_watched(&mut self) -> bool {
        self.watched = !self.is_empty();
        self.watched
    }

    /// Who is to be told of a request, and whether they take it at once: any other may
    /// compute before it looks.
    pub(super) fn next_to_tell(&mut self) -> Option<(Waker, bool)> {
        let ((idle, _), waker) = self.waiting.pop_last()?;
        Some((waker, idle == Idle::Yes))
    }

    /// One more instance, which is being made and will take so many.
    pub(super) fn begin(&mut self, room: usize) -> Share {
        self.alive += 1;
        self.beginning += 1;
        self.room += room;
        self.members += 1;
        Share {
            number: self.members,
            room,
            idle: Idle::No,
            beginning: true,
            first_at: None,
        }
    }

    /// It has begun, waits for nothing, and would take so many. What it was to be told by, to
    /// be dropped without the lock.
    pub(super) fn change(&mut self, share: &mut Share, room: usize) -> Option<Waker> {
        if std::mem::take(&mut share.beginning) {
            self.beginning -= 1;
        }
        self.room = self.room - share.room + room;
        share.room = room;
        let waited = self.waiting.remove(&(share.idle, share.number));
        waited.or_else(|| Some(self.newcomers.remove(&share.number)?.1))
    }

    /// It has answered nothing yet and has a request: whether that is to be its only one, so
    /// that what it reads first, one visitor waits for and not all that it has room for.
    pub(super) fn holds_back(&mut self, share: &mut Share, waker: &Waker) -> bool {
        let first = *share.first_at.get_or_insert_with(Instant::now);
        let is_released = self.released_at.is_some_and(|then| then >= first);
        let is_held = !is_released && first.elapsed() < NEW_MAX;
        if is_held {
            let newcomer = (first, waker.clone());
            self.newcomers.insert(share.number, newcomer);
        }
        is_held
    }

    /// It waits for a request.
    pub(super) fn wait(&mut self, share: &mut Share, idle: Idle, waker: Waker) {
        share.idle = idle;
        self.waiting.insert((idle, share.number), waker);
    }
}

#[cfg(test)]
mod tests {
    use http::Request;
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::app::places::{Places, Room};
    use crate::app::visit::Waiting;

    fn job() -> Job {
        let (_gone, visit) = Waiting::new(Places::new(Room::default()).take_beside());
        let (answer, _unheard) = futures::channel::oneshot::channel();
        let nothing = http_body_util::Empty::new().map_err(|never| match never {});
        let request = Request::new(nothing.boxed_unsync());
        Job {
            visit,
            request,
            answer,
        }
    }

    /// One that has taken the first of two requests, which it has not answered.
    fn begun() -> (Queue, Share) {
        let mut queue = Queue::default();
        let mut share = queue.begin(16);
        queue.push(job());
        queue.push(job());
        assert!(queue.pop().is_some());
        let _nothing = queue.change(&mut share, 15);
        (queue, share)
    }

    /// As if none had been taken for so long.
    fn stall(queue: &mut Queue) {
        queue.taken_at = Instant::now().checked_sub(STALL);
    }

    #[test]
    fn a_new_instance_takes_one_request_until_that_is_answered_or_takes_long() {
        let (mut queue, mut share) = begun();
        assert!(queue.holds_back(&mut share, Waker::noop()));
        queue.taken_at = Some(Instant::now() + STALL);
        assert!(queue.release().is_empty());
        // It will have room: another is not made at once.
        assert!(!queue.wants_more(1));

        // Others take requests all the while, and its own takes long.
        std::thread::sleep(NEW_MAX);
        queue.taken_at = Some(Instant::now() + STALL);
        assert_eq!(queue.release().len(), 1);
        assert!(!queue.holds_back(&mut share, Waker::noop()));
    }

    #[test]
    fn where_none_is_taken_for_a_while_new_instances_take_them_before_others_are_made() {
        let (mut queue, mut share) = begun();
        assert!(queue.holds_back(&mut share, Waker::noop()));
        stall(&mut queue);
        assert_eq!(queue.release().len(), 1);
        assert_eq!(queue.missing(), 0);
        assert!(!queue.holds_back(&mut share, Waker::noop()));
        // It computes, or has gone.
        stall(&mut queue);
        assert!(queue.release().is_empty());
        assert_eq!(queue.missing(), 1);

        let mut later = queue.begin(16);
        assert!(queue.holds_back(&mut later, Waker::noop()));
        let told = queue.change(&mut share, 0);
        assert!(told.is_none(), "another is told in its place");
    }

    #[test]
    fn an_instance_that_has_gone_is_not_told() {
        let (mut queue, mut share) = begun();
        assert!(queue.holds_back(&mut share, Waker::noop()));
        assert!(queue.change(&mut share, 0).is_some());
        stall(&mut queue);
        assert!(queue.release().is_empty());
    }
}
