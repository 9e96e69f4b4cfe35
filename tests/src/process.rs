//! How is a server process started, watched and ended? By its own id, with its
//! output kept for the failure message.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::janitor;

/// How long a start is waited for. It ends what hangs and measures nothing: compiling all
/// components takes more than a minute on a busy machine.
pub const START_LIMIT: Duration = Duration::from_secs(300);

/// Of memory, as pagemap counts it here.
const PAGE_BYTES: u64 = 4096;

/// A running program. Ended when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    ended: Option<ExitStatus>,
    signal: Signal,
}

impl Process {
    /// Starts a program with standard output and error in one log file.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Self {
        let file = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("a log file");
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a second handle"))
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        janitor::watch(child.id());
        Self {
            name: name.to_owned(),
            child,
            log: log.to_owned(),
            ended: None,
            signal: Signal::TERM,
        }
    }

    /// Ends with this signal instead of `SIGTERM`.
    pub fn ended_by(mut self, signal: Signal) -> Self {
        self.signal = signal;
        self
    }

    /// Process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All it has written so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().expect("a child of ours");
            if self.ended.is_some() {
                janitor::forget(self.id());
            }
        }
        self.ended
    }

    /// Waits until `ready` says so; fails with the log when the process ends
    /// first or the time is over.
    pub fn wait_until(&mut self, what: &str, limit: Duration, mut ready: impl FnMut(&str) -> bool) {
        let start = Instant::now();
        loop {
            let log = self.log();
            if ready(&log) {
                return;
            }
            if let Some(status) = self.ended() {
                panic!(
                    "{} ended ({status}) before: {what}\n{}",
                    self.name,
                    self.log()
                );
            }
            assert!(
                start.elapsed() < limit,
                "{} took longer than {limit:?}: {what}\n{log}",
                self.name
            );
            sleep(Duration::from_millis(10));
        }
    }

    /// Waits for its own end.
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(
                start.elapsed() < limit,
                "{} has not ended after {limit:?}\n{}",
                self.name,
                self.log()
            );
            sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal.
    pub fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            let pid = i32::try_from(self.id()).ok().and_then(Pid::from_raw);
            let _gone = kill_process(pid.expect("a positive process id"), signal);
        }
    }

    /// Asks it to end and waits; kills it when it does not.
    pub fn stop(&mut self, limit: Duration) {
        let signal = self.signal;
        self.signal(signal);
        let start = Instant::now();
        while self.ended().is_none() {
            if start.elapsed() > limit {
                self.signal(Signal::KILL);
            }
            sleep(Duration::from_millis(5));
        }
    }

    /// What it has in memory and may write to, run by run of pages that are there, as a core
    /// would hold it; with what lies where.
    pub fn memory(&self, mut of: impl FnMut(&str, &[u8])) {
        let maps = std::fs::read_to_string(format!("/proc/{}/maps", self.id()));
        let memory = File::open(format!("/proc/{}/mem", self.id())).expect("a child of ours");
        let pagemap = File::open(format!("/proc/{}/pagemap", self.id())).expect("the same");
        for line in maps.expect("the process runs").lines() {
            let Some((range, rest)) = line
                .split_once(' ')
                .filter(|(_, rest)| rest.starts_with("rw"))
            else {
                continue;
            };
            let (from, to) = range.split_once('-').expect("a range");
            let page = |text| u64::from_str_radix(text, 16).expect("an address") / PAGE_BYTES;
            for run in present(&pagemap, page(from)..page(to)) {
                let bytes = (run.end - run.start) * PAGE_BYTES;
                let mut bytes = vec![0; usize::try_from(bytes).expect("64 bits")];
                // What has gone meanwhile holds nothing.
                let read = memory.read_exact_at(&mut bytes, run.start * PAGE_BYTES);
                if read.is_ok() {
                    of(rest, &bytes);
                }
            }
        }
    }

    /// Resident memory in KiB (`VmRSS` of /proc).
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()))
            .expect("the process runs");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("Linux reports VmRSS");
        let number = line.trim().trim_end_matches(" kB");
        number.parse().expect("a number of kB")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop(Duration::from_secs(10));
    }
}

/// What a process has computed so far, in user and system mode, by the clock ticks of
/// proc_pid_stat(5), fields 14 and 15: a hundredth of a second each. Nothing of a process
/// that has ended.
pub fn processor_time(id: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = [11, 12].iter().filter_map(|at| fields.get(*at));
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(10 * ticks)
}

/// Runs of pages that are in memory or swapped out: Documentation/admin-guide/mm/pagemap.rst.
fn present(pagemap: &File, pages: Range<u64>) -> Vec<Range<u64>> {
    let count = usize::try_from(pages.end - pages.start).expect("64 bits");
    let mut entries = vec![0; count * 8];
    let known = pagemap.read_exact_at(&mut entries, pages.start * 8);
    known.expect("an entry for each page");
    let mut runs: Vec<Range<u64>> = Vec::new();
    for (page, entry) in pages.zip(entries.chunks(8)) {
        if entry[7] & 0b1100_0000 == 0 {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.end == page => run.end += 1,
            _ => runs.push(page..page + 1),
        }
    }
    runs
}
