//! Who is next to have a password hashed? As many at once as there are processors, each
//! in memory of its own, and one of those that take much of it; behind them a short queue
//! that asks the askers in turn; further ones are told to come again. Whoever gives up
//! waiting leaves no work behind.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use gatelet_hashing::{Memory, Unaffordable, Work};
use tokio::sync::oneshot;

use crate::engine::processor_count;

mod queue;

use queue::{Queue, Ticket};

/// Hashes that wait, for each processor: two seconds of work, and a half.
const WAITING_PER_PLACE: usize = 128;

/// As `nice` counts it: of two that would compute the other gets nine tenths.
#[cfg(target_os = "linux")]
const PRIORITY: i32 = 10;

/// Why there is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Too many wait already.
    Busy,
    /// There is not enough memory for it.
    Unaffordable,
}

impl From<Unaffordable> for Refused {
    fn from(Unaffordable: Unaffordable) -> Self {
        Self::Unaffordable
    }
}

type Outcome = Result<Vec<u8>, Refused>;

/// A hash that is waited for.
struct Job {
    work: Work,
    answer: oneshot::Sender<Outcome>,
}

/// The one of this process: processors are the machine's.
pub(crate) fn hashing() -> &'static Hashing {
    static HASHING: LazyLock<Hashing> = LazyLock::new(|| {
        let processors = processor_count();
        Hashing::new(processors, processors * WAITING_PER_PLACE)
    });
    &HASHING
}

/// Hashes passwords, a bounded number at once.
pub(crate) struct Hashing(Arc<Mutex<Queue<Job>>>);

impl Hashing {
    fn new(places: usize, waiting_max: usize) -> Self {
        let is_large = |job: &Job| job.work.is_large();
        Self(Arc::new(Mutex::new(Queue::new(
            places,
            waiting_max,
            is_large,
        ))))
    }

    /// The outcome of the work. Dropped before, it leaves the queue; one that is being
    /// computed is, to its end.
    pub(crate) async fn derive(&self, whose: String, work: Work) -> Outcome {
        let (answer, answered) = oneshot::channel();
        let joined = lock(&self.0).join(whose, Job { work, answer });
        let _waiting = match joined {
            queue::Joined::Started(job) => {
                self.start(job);
                None
            }
            queue::Joined::Waiting { ticket, instead } => {
                if let Some(instead) = instead {
                    refuse(instead);
                }
                Some(Waiting {
                    queue: &self.0,
                    ticket,
                })
            }
            queue::Joined::Full(job) => {
                refuse(job);
                None
            }
        };
        answered.await.unwrap_or(Err(Refused::Unaffordable))
    }

    /// Computes one after another until nobody waits.
    fn start(&self, first: Job) {
        let queue = Arc::clone(&self.0);
        let first_is_large = first.work.is_large();
        let computing = move || {
            behind_others();
            let mut memory = Memory::default();
            let mut next = Some(first);
            while let Some(Job { work, answer }) = next {
                if !answer.is_closed() {
                    let outcome = work.compute_in(&mut memory).map_err(Refused::from);
                    // Whoever asked may have gone meanwhile.
                    let _gone = answer.send(outcome);
                }
                next = lock(&queue).next(work.is_large());
            }
        };
        let thread = std::thread::Builder::new().name("passwords".to_owned());
        if thread.spawn(computing).is_err() {
            // The first job went with it; who waits behind it waits for nobody.
            let mut was_large = first_is_large;
            while let Some(job) = lock(&self.0).next(was_large) {
                was_large = job.work.is_large();
            }
        }
    }
}

/// Hashing takes a processor for as long as anybody signs in: whoever only passes through
/// goes first.
fn behind_others() {
    #[cfg(target_os = "linux")]
    {
        // Linux knows the priority of a thread by this call, where it is given one.
        let this = Some(rustix::thread::gettid());
        let _unchanged = rustix::process::setpriority_process(this, PRIORITY);
    }
}

/// Somebody's place in the queue, given up when nobody waits for it any more.
struct Waiting<'q> {
    queue: &'q Mutex<Queue<Job>>,
    ticket: Ticket,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        lock(self.queue).leave(&self.ticket);
    }
}

fn refuse(Job { work: _, answer }: Job) {
    // Whoever asked may have gone meanwhile.
    let _gone = answer.send(Err(Refused::Busy));
}

fn lock(queue: &Mutex<Queue<Job>>) -> MutexGuard<'_, Queue<Job>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;
    use gatelet_core::secret::Secret;
    use gatelet_hashing::{Algorithm, Params, Version};

    fn work(memory_kib: u32) -> Work {
        let params = Params::new(memory_kib, 2, 1, None).unwrap();
        let how = (Algorithm::Argon2id, Version::V0x13);
        let password = Secret::new("correct horse battery staple".into());
        Work::new(password, how, params, vec![7; 16]).unwrap()
    }

    #[tokio::test]
    async fn beyond_the_queue_there_is_an_answer_at_once() {
        let hashing = Hashing::new(1, 2);
        let all = (0..20).map(|_| hashing.derive("ann".into(), work(4096)));
        let outcomes = futures::future::join_all(all).await;
        let busy = |outcome: &Outcome| *outcome == Err(Refused::Busy);
        assert_eq!(outcomes.iter().filter(|outcome| busy(outcome)).count(), 17);
        let expected = work(4096).compute().unwrap();
        for outcome in outcomes.into_iter().filter(|outcome| !busy(outcome)) {
            assert_eq!(outcome, Ok(expected.clone()));
        }
    }

    #[tokio::test]
    async fn whoever_gives_up_leaves_no_work_behind() {
        let hashing = Hashing::new(1, 64);
        let mut held: Vec<_> = (0..40)
            .map(|_| Box::pin(hashing.derive("ann".into(), work(19 * 1024))))
            .collect();
        for waiting in &mut held {
            assert!(waiting.now_or_never().is_none());
        }
        drop(held);
        assert_eq!(lock(&hashing.0).waiting(), 0);
        // Behind the one that was being computed.
        let started = std::time::Instant::now();
        assert!(hashing.derive("bob".into(), work(64)).await.is_ok());
        assert!(
            started.elapsed() < 20 * alone(),
            "the abandoned were computed: {:?}",
            started.elapsed()
        );
    }

    #[tokio::test]
    async fn of_those_that_take_much_memory_one_is_computed_at_a_time() {
        let hashing = Hashing::new(2, 8);
        let large = || Box::pin(hashing.derive("ann".into(), work(64 * 1024 + 1)));
        let (mut first, mut second) = (large(), large());
        for waiting in [&mut first, &mut second] {
            assert!(waiting.now_or_never().is_none());
        }
        assert_eq!(lock(&hashing.0).waiting(), 1, "beside a free place");
        assert!(hashing.derive("ann".into(), work(64)).await.is_ok());
        let outcomes = futures::future::join(first, second).await;
        assert!(matches!(outcomes, (Ok(first), Ok(second)) if first == second));
    }

    fn alone() -> std::time::Duration {
        let started = std::time::Instant::now();
        work(19 * 1024).compute().unwrap();
        started.elapsed()
    }
}
