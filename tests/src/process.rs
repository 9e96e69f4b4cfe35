//! How is a server process started, watched and ended? By its own id, with its
//! output kept for the failure message.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::janitor;

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
