//! Is what was committed on the disk? SQLite's own commit waits for the disk while it has
//! the writer's turn, each for itself. Here it writes the log and gives the turn back; all
//! who have committed meanwhile wait for the disk together, and none is answered before.
//!
//! SQLite does so with `synchronous = NORMAL` in a write-ahead log: what was not waited for
//! may be lost with the power, whole commits and the latest first, and nothing else breaks
//! (<https://sqlite.org/pragma.html#pragma_synchronous>).

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// A number for each commit, which grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Commit(u64);

/// Waits until the disk has the whole log of one database.
type Flush = Box<dyn Fn() -> io::Result<()> + Send + Sync>;

/// The commits of one database.
pub(super) struct Durable {
    flush: Flush,
    committed: AtomicU64,
    /// Held by whoever waits for the disk.
    reached: Arc<Mutex<Reached>>,
}

#[derive(Debug, Default)]
struct Reached {
    /// The latest commit that the disk has.
    upto: Commit,
    /// The disk has failed. Whether it has what was written since nobody can tell, and what
    /// comes behind in the log is read back by nobody where that is missing: so it is for
    /// as long as the log is this one, whatever the disk says later.
    is_broken: bool,
}

impl std::fmt::Debug for Durable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            flush: _,
            committed,
            reached,
        } = self;
        let mut shown = f.debug_struct("Durable");
        shown
            .field("committed", committed)
            .field("reached", reached);
        shown.finish_non_exhaustive()
    }
}

impl Durable {
    /// Of the database in this file, with its log beside it.
    pub(super) fn of(file: &Path) -> Self {
        let file = file.to_owned();
        Self::new(Box::new(move || match File::open(log_of(&file)?) {
            // Closing a file lets go of all locks that this process has on it. SQLite has
            // none on its log: they are on the two files beside it.
            Ok(log) => log.sync_data(),
            // SQLite takes it away once all that it had is in the database, on the disk.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }))
    }

    pub(super) fn new(flush: Flush) -> Self {
        Self {
            flush,
            committed: AtomicU64::new(0),
            reached: Arc::default(),
        }
    }

    /// Something was committed, and is in the log. Waits for the disk where nobody else
    /// does, and blocks; where somebody does, answers what is to be waited for.
    ///
    /// # Errors
    /// As [`Durable::wait`].
    pub(super) fn committed(&self) -> io::Result<Option<Commit>> {
        let commit = self.next();
        match self.reached.try_lock() {
            Ok(mut reached) => self.flush(commit, &mut reached).map(|()| None),
            Err(_) => Ok(Some(commit)),
        }
    }

    /// Waits for whoever is at it, and for the disk where that began too early.
    ///
    /// # Errors
    /// When the disk failed: then nobody knows whether it has the commit.
    pub(super) async fn wait(self: Arc<Self>, commit: Commit) -> io::Result<()> {
        // A guest's future may not be looked at for as long as another of its instance blocks
        // it: what is given to it in its turn would be kept from everybody.
        let waiting = tokio::spawn(self.reach(commit));
        let reached = waiting.await;
        reached.unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    async fn reach(self: Arc<Self>, commit: Commit) -> io::Result<()> {
        let mut reached = Arc::clone(&self.reached).lock_owned().await;
        if let Some(settled) = reached.settled(commit) {
            return settled;
        }
        let flush = move || self.flush(commit, &mut reached);
        let flushed = tokio::task::spawn_blocking(flush).await;
        flushed.unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    /// Something was committed, and is in the log: what is to be waited for.
    pub(super) fn next(&self) -> Commit {
        Commit(self.committed.fetch_add(1, Ordering::AcqRel) + 1)
    }

    fn flush(&self, commit: Commit, reached: &mut Reached) -> io::Result<()> {
        if let Some(settled) = reached.settled(commit) {
            return settled;
        }
        // Whoever has committed so far is in the log.
        let all = Commit(self.committed.load(Ordering::Acquire));
        let flushed = (self.flush)();
        match &flushed {
            Ok(()) => reached.upto = all,
            Err(error) => {
                tracing::error!(
                    %error,
                    "the disk failed: nothing that is written to this database is kept for sure until Gatelet starts anew"
                );
                reached.is_broken = true;
            }
        }
        flushed
    }
}

/// Where SQLite has the log of a database: beside the file itself, where this is a link.
fn log_of(file: &Path) -> io::Result<PathBuf> {
    let mut log = OsString::from(file.canonicalize()?);
    log.push("-wal");
    Ok(log.into())
}

impl Reached {
    /// None where the disk has not been waited for since.
    fn settled(&self, commit: Commit) -> Option<io::Result<()>> {
        if commit <= self.upto {
            return Some(Ok(()));
        }
        let failed = || Err(io::Error::other("the disk has failed"));
        self.is_broken.then(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::{Duration, Instant};

    /// For what happens at once.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// A disk that answers when it is told to.
    struct Disk {
        asked: Receiver<()>,
        answer: Sender<io::Result<()>>,
        durable: Arc<Durable>,
    }

    impl Disk {
        fn new() -> Self {
            let ((tell, asked), (answer, answers)) = (channel(), channel::<io::Result<()>>());
            let answers = std::sync::Mutex::new(answers);
            let flush = move || {
                tell.send(()).unwrap();
                let answer = answers.lock().unwrap().recv_timeout(PATIENCE);
                answer.unwrap_or_else(|_| Err(io::Error::other("asked once too often")))
            };
            let durable = Arc::new(Durable::new(Box::new(flush)));
            Self {
                asked,
                answer,
                durable,
            }
        }

        fn wait(&self) -> tokio::task::JoinHandle<io::Result<()>> {
            let commit = self.durable.next();
            tokio::spawn(Arc::clone(&self.durable).wait(commit))
        }

        async fn asked(&self) {
            let began = Instant::now();
            while self.asked.try_recv().is_err() {
                assert!(began.elapsed() < PATIENCE, "nobody asks the disk");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }

    #[tokio::test]
    async fn whoever_is_not_looked_at_keeps_nobody_waiting() {
        let disk = Disk::new();
        let first = disk.wait();
        disk.asked().await;
        let commit = disk.durable.next();
        let mut unseen = std::pin::pin!(Arc::clone(&disk.durable).wait(commit));
        let looked = unseen
            .as_mut()
            .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
        assert!(looked.is_pending());
        tokio::task::yield_now().await;
        let behind = disk.wait();
        for _ in 0..2 {
            disk.answer.send(Ok(())).unwrap();
        }
        first.await.unwrap().unwrap();
        let reached = tokio::time::timeout(PATIENCE, behind).await;
        reached.expect("it is not kept waiting").unwrap().unwrap();
        unseen.await.unwrap();
    }

    #[tokio::test]
    async fn those_who_commit_while_the_disk_writes_wait_for_it_together() {
        let disk = Disk::new();
        let first = disk.wait();
        disk.asked().await;
        let others: Vec<_> = (0..20).map(|_| disk.wait()).collect();
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!first.is_finished() && others.iter().all(|other| !other.is_finished()));
        disk.answer.send(Ok(())).unwrap();
        first.await.unwrap().unwrap();
        // What was written meanwhile the disk was not asked for.
        disk.asked().await;
        assert!(others.iter().all(|other| !other.is_finished()));
        disk.answer.send(Ok(())).unwrap();
        for other in others {
            other.await.unwrap().unwrap();
        }
        assert!(disk.asked.try_recv().is_err(), "once for all of them");
    }

    #[tokio::test]
    async fn once_the_disk_has_failed_nothing_is_kept_any_more() {
        let disk = Disk::new();
        let first = disk.wait();
        disk.asked().await;
        let others = [disk.wait(), disk.wait()];
        disk.answer.send(Ok(())).unwrap();
        first.await.unwrap().unwrap();
        disk.asked().await;
        let late = disk.wait();
        // It would say that all is well, to whoever asks again.
        disk.answer.send(Err(io::Error::other("broken"))).unwrap();
        disk.answer.send(Ok(())).unwrap();
        for other in others {
            assert!(other.await.unwrap().is_err());
        }
        assert!(late.await.unwrap().is_err());
        assert!(disk.durable.committed().is_err());
        let before = Arc::clone(&disk.durable).wait(Commit(1));
        before.await.unwrap();
    }

    #[tokio::test]
    async fn whoever_gives_up_keeps_nobody_from_the_disk() {
        let disk = Disk::new();
        let first = disk.wait();
        disk.asked().await;
        let (gone, stays) = (disk.wait(), disk.wait());
        first.abort();
        gone.abort();
        disk.answer.send(Ok(())).unwrap();
        disk.asked().await;
        disk.answer.send(Ok(())).unwrap();
        stays.await.unwrap().unwrap();
    }

    /// What cannot be waited for is told, and what SQLite has taken away is on the disk.
    #[test]
    fn it_is_the_log_of_the_database_that_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["its.db", "link.db"].map(|name| folder.path().join(name));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        for file in [&file, &link] {
            let durable = Durable::of(file);
            let flush = || durable.committed();
            let database = crate::sqlite::confine::open(file).unwrap();
            database
                .execute_batch("CREATE TABLE IF NOT EXISTS kept (it); INSERT INTO kept VALUES (1)")
                .unwrap();
            assert!(log_of(file).unwrap().exists());
            assert!(flush().is_ok());
            drop(database);
            assert!(!log_of(file).unwrap().exists());
            assert!(flush().is_ok());
            // A device that takes everything has no disk.
            let log = log_of(file).unwrap();
            std::os::unix::fs::symlink("/dev/null", &log).unwrap();
            assert!(flush().is_err());
            std::fs::remove_file(log).unwrap();
        }
        assert!(
            Durable::of(&folder.path().join("none.db"))
                .committed()
                .is_err()
        );
    }

    #[test]
    fn where_nobody_waits_the_thread_that_wrote_waits_itself() {
        let durable = Durable::new(Box::new(|| Ok(())));
        let held = Arc::clone(&durable.reached).try_lock_owned().unwrap();
        assert_eq!(durable.committed().unwrap(), Some(Commit(1)));
        drop(held);
        assert_eq!(durable.committed().unwrap(), None);
        assert_eq!(durable.reached.try_lock().unwrap().upto, Commit(2));
    }
}
