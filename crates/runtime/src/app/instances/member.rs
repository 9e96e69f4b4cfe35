//! What does one instance say to the others of its component?

use std::sync::Arc;
use std::task::Waker;

use tokio::runtime::Handle;

use super::queue::{Idle, Share};
use super::{Job, Shared};

/// What an instance is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum At {
    /// It has nothing to do.
    Rest,
    /// Its first request, or those that it had to take before that was answered.
    First,
    Work,
}

/// One instance among the others. Dropped, it is none any more.
pub(in crate::app) struct Member {
    pub(in crate::app) shared: Arc<Shared>,
    runtime: Handle,
    share: Share,
    retired: bool,
}

impl Member {
    pub(super) fn new(shared: Arc<Shared>, share: Share, runtime: Handle) -> Self {
        Self {
            shared,
            runtime,
            share,
            retired: false,
        }
    }

    /// A request for it where one waits. Where none does, `waker` is told of the next.
    /// `room`: how many it would take.
    pub(in crate::app) fn take(&mut self, room: usize, at: At, waker: &Waker) -> Option<Job> {
        // Dropped after the lock.
        let _told_before;
        let mut queue = self.shared.queue();
        _told_before = queue.change(&mut self.share, room);
        if room == 0 || at == At::First && queue.holds_back(&mut self.share, waker) {
            return None;
        }
        let job = queue.pop();
        match &job {
            Some(_) => {
                let _nothing = queue.change(&mut self.share, room - 1);
            }
            None => {
                let idle = if at == At::Rest { Idle::Yes } else { Idle::No };
                queue.wait(&mut self.share, idle, waker.clone());
            }
        }
        job
    }

    /// It takes none now, but would again.
    pub(in crate::app) fn pause(&mut self, room: usize) {
        let _told_before = self.shared.queue().change(&mut self.share, room);
    }

    /// It takes none any more: what it was told of is for another.
    pub(in crate::app) fn retire(&mut self) {
        // Dropped as soon as it was spawned, as the next one would be.
        let attends = !self.share.beginning;
        self.leave(attends);
    }

    /// It could not be made. Where there is no other, one of those who wait is told why, and
    /// the next is tried for those that are left.
    pub(in crate::app) fn unmade(mut self, why: wasmtime::Error) {
        let mut queue = self.shared.queue();
        let is_alone = queue.alive <= 1;
        let job = is_alone.then(|| queue.pop()).flatten();
        drop(queue);
        if let Some(job) = job {
            // Whoever asked may have gone meanwhile.
            let _gone = job.answer.send(Err(why));
        }
        // Others take what waits, and are looked after where they do not.
        self.leave(is_alone);
    }

    fn leave(&mut self, attends: bool) {
        if std::mem::replace(&mut self.retired, true) {
            return;
        }
        let _told_before;
        let mut queue = self.shared.queue();
        _told_before = queue.change(&mut self.share, 0);
        queue.alive -= 1;
        match attends {
            true => self.shared.attend(queue, &self.runtime),
            false => self.shared.look_after(queue, &self.runtime),
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.retire();
    }
}
