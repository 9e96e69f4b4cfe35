//! Whose turn is it? First come first served for each asker, and askers in turn, so that
//! one with many leaves the others their share: of the places, and of the queue. Of large
//! jobs one runs at a time; meanwhile whoever stands behind another goes past it, so that
//! it holds no place while it waits.

use std::collections::{BTreeMap, VecDeque};

/// What is under way, and what waits for a place.
pub(super) struct Queue<J> {
    places: usize,
    waiting_max: usize,
    running: usize,
    is_large: fn(&J) -> bool,
    /// One of those that run is.
    large_runs: bool,
    waiting: usize,
    tickets: u64,
    /// By asker; nobody's is empty.
    jobs: BTreeMap<String, VecDeque<(u64, J)>>,
    /// Askers who wait, the next one first.
    turns: VecDeque<String>,
}

/// Whose job waits, and which.
#[derive(Debug)]
pub(super) struct Ticket {
    whose: String,
    number: u64,
}

/// What became of a job.
#[derive(Debug)]
pub(super) enum Joined<J> {
    /// There was a place; whoever runs it asks for the [`Queue::next`] one afterwards.
    Started(J),
    /// It waits, and maybe another does not any more.
    Waiting { ticket: Ticket, instead: Option<J> },
    /// There is no room.
    Full(J),
}

impl<J> Queue<J> {
    pub(super) fn new(places: usize, waiting_max: usize, is_large: fn(&J) -> bool) -> Self {
        Self {
            places,
            waiting_max,
            running: 0,
            is_large,
            large_runs: false,
            waiting: 0,
            tickets: 0,
            jobs: BTreeMap::new(),
            turns: VecDeque::new(),
        }
    }

    /// Somebody's job, begun or at the end of their line. Where the queue is full, the
    /// last of the longest line makes room for whoever has a shorter one.
    pub(super) fn join(&mut self, whose: String, job: J) -> Joined<J> {
        if self.running < self.places && self.may_run(&job) {
            self.running += 1;
            self.large_runs |= (self.is_large)(&job);
            return Joined::Started(job);
        }
        let mut instead = None;
        if self.waiting >= self.waiting_max {
            let own = self.jobs.get(&whose).map_or(0, VecDeque::len);
            let longest = self.jobs.iter().max_by_key(|(_, line)| line.len());
            match longest {
                Some((other, line)) if line.len() > own + 1 => {
                    let other = other.clone();
                    instead = self.remove(&other, VecDeque::pop_back);
                }
                _ => return Joined::Full(job),
            }
        }
        let number = self.tickets;
        self.tickets += 1;
        self.waiting += 1;
        let line = self.jobs.entry(whose.clone()).or_insert_with(|| {
            self.turns.push_back(whose.clone());
            VecDeque::new()
        });
        line.push_back((number, job));
        Joined::Waiting {
            ticket: Ticket { whose, number },
            instead,
        }
    }

    /// The next job, in the place of one that is over; without one the place is free. Where
    /// only large ones wait while another runs, that one's place is theirs.
    pub(super) fn next(&mut self, was_large: bool) -> Option<J> {
        self.large_runs &= !was_large;
        let Some((turn, at)) = self.next_of_turns() else {
            self.running -= 1;
            return None;
        };
        let whose = self.turns.remove(turn)?;
        self.turns.push_back(whose.clone());
        let job = self.remove(&whose, |line| line.remove(at))?;
        self.large_runs |= (self.is_large)(&job);
        Some(job)
    }

    /// Whose turn it is, and at which job of theirs.
    fn next_of_turns(&self) -> Option<(usize, usize)> {
        let mut turns = self.turns.iter().enumerate();
        turns.find_map(|(turn, whose)| {
            let mut line = self.jobs.get(whose)?.iter();
            Some((turn, line.position(|(_, job)| self.may_run(job))?))
        })
    }

    fn may_run(&self, job: &J) -> bool {
        !(self.large_runs && (self.is_large)(job))
    }

    /// Nobody waits for it any more. What has begun or is over is nobody's to leave.
    pub(super) fn leave(&mut self, ticket: &Ticket) {
        let Ticket { whose, number } = ticket;
        let _left = self.remove(whose, |line| {
            let at = line.iter().position(|(found, _)| found == number)?;
            line.remove(at)
        });
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    fn remove(
        &mut self,
        whose: &str,
        take: impl FnOnce(&mut VecDeque<(u64, J)>) -> Option<(u64, J)>,
    ) -> Option<J> {
        let line = self.jobs.get_mut(whose)?;
        let (_, job) = take(line)?;
        self.waiting -= 1;
        if line.is_empty() {
            self.jobs.remove(whose);
            self.turns.retain(|turn| turn != whose);
        }
        Some(job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_large(job: &&str) -> bool {
        job.starts_with("large")
    }

    fn join(
        queue: &mut Queue<&'static str>,
        whose: &str,
        job: &'static str,
    ) -> Joined<&'static str> {
        queue.join(whose.to_owned(), job)
    }

    fn rest(queue: &mut Queue<&'static str>) -> Vec<&'static str> {
        let mut was_large = false;
        std::iter::from_fn(|| {
            let job = queue.next(was_large)?;
            was_large = is_large(&job);
            Some(job)
        })
        .collect()
    }

    #[test]
    fn askers_take_turns_and_each_waits_in_line() {
        let mut queue = Queue::new(1, 8, is_large);
        assert!(matches!(
            join(&mut queue, "ann", "a0"),
            Joined::Started("a0")
        ));
        for (whose, job) in [("ann", "a1"), ("ann", "a2"), ("ann", "a3"), ("bob", "b1")] {
            let joined = join(&mut queue, whose, job);
            assert!(matches!(joined, Joined::Waiting { instead: None, .. }));
        }
        assert_eq!(rest(&mut queue), ["a1", "b1", "a2", "a3"]);
        assert!(matches!(
            join(&mut queue, "bob", "b2"),
            Joined::Started("b2")
        ));
    }

    #[test]
    fn while_a_large_one_runs_others_wait_and_the_rest_go_past_in_their_order() {
        let mut queue = Queue::new(2, 8, is_large);
        let is_started = |joined| matches!(joined, Joined::Started(_));
        assert!(is_started(join(&mut queue, "ann", "large a0")));
        // It takes no place, though there is one.
        assert!(!is_started(join(&mut queue, "bob", "large b0")));
        assert!(is_started(join(&mut queue, "cid", "c0")));
        for (whose, job) in [
            ("dot", "large d1"),
            ("bob", "b1"),
            ("dot", "d2"),
            ("bob", "b2"),
        ] {
            assert!(!is_started(join(&mut queue, whose, job)));
        }
        for next in ["b1", "d2", "b2"] {
            assert_eq!(queue.next(false), Some(next));
        }
        // Nothing else waits: that place is free, for whoever comes.
        assert_eq!(queue.next(false), None);
        assert!(is_started(join(&mut queue, "eve", "e0")));
        // In the place of the large one the next of them, one by one.
        assert_eq!(queue.next(true), Some("large d1"));
        assert_eq!(queue.next(false), None);
        assert_eq!(queue.next(true), Some("large b0"));
        assert_eq!((queue.next(true), queue.running), (None, 0));
        assert!(is_started(join(&mut queue, "ann", "large a1")));
    }

    #[test]
    fn with_one_place_all_have_their_turn() {
        let mut queue = Queue::new(1, 8, is_large);
        for (whose, job) in [
            ("ann", "a0"),
            ("ann", "large a1"),
            ("bob", "b1"),
            ("bob", "large b2"),
            ("ann", "a2"),
        ] {
            let _joined = join(&mut queue, whose, job);
        }
        assert_eq!(rest(&mut queue), ["large a1", "b1", "a2", "large b2"]);
    }

    #[test]
    fn a_full_queue_takes_from_whoever_has_most() {
        let mut queue = Queue::new(1, 3, is_large);
        for job in ["a0", "a1", "a2", "a3"] {
            let _joined = join(&mut queue, "ann", job);
        }
        assert!(matches!(join(&mut queue, "ann", "a4"), Joined::Full("a4")));
        let instead = |joined| match joined {
            Joined::Waiting { instead, .. } => instead,
            Joined::Started(_) | Joined::Full(_) => None,
        };
        assert_eq!(instead(join(&mut queue, "bob", "b1")), Some("a3"));
        assert!(matches!(join(&mut queue, "bob", "b2"), Joined::Full("b2")));
        assert_eq!(instead(join(&mut queue, "cid", "c1")), Some("a2"));
        assert!(matches!(join(&mut queue, "dot", "d1"), Joined::Full("d1")));
        assert_eq!(rest(&mut queue), ["a1", "b1", "c1"]);
    }

    #[test]
    fn whoever_leaves_holds_nothing() {
        let mut queue = Queue::new(1, 2, is_large);
        let _running = join(&mut queue, "ann", "a0");
        let tickets: Vec<_> = [("ann", "a1"), ("bob", "b1")]
            .into_iter()
            .filter_map(|(whose, job)| match join(&mut queue, whose, job) {
                Joined::Waiting { ticket, .. } => Some(ticket),
                Joined::Started(_) | Joined::Full(_) => None,
            })
            .collect();
        for ticket in &tickets {
            queue.leave(ticket);
            // Once is enough.
            queue.leave(ticket);
        }
        assert_eq!((queue.waiting(), rest(&mut queue)), (0, vec![]));
        assert!(queue.jobs.is_empty() && queue.turns.is_empty());
    }
}
