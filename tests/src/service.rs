//! A server program of somebody else's that a test may stop, start and hold up: on a free
//! port, in a folder of its own, and not as root, which such programs refuse.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, geteuid, kill_process};

use crate::process::{Process, START_LIMIT};
use crate::{free_port, janitor};

/// Ended when dropped, its folder removed.
#[derive(Debug)]
pub struct Service {
    name: &'static str,
    folder: PathBuf,
    port: u16,
    process: Mutex<Option<Process>>,
    end: Signal,
}

impl Service {
    /// A folder and a port for a program of this name, which this signal ends.
    pub fn new(name: &'static str, end: Signal) -> Self {
        let folder = tempfile::Builder::new()
            .prefix(&format!("gatelet-{name}-"))
            .tempdir()
            .expect("a temporary folder")
            .keep();
        janitor::remove_at_end(&folder);
        give(&folder);
        Self {
            name,
            folder,
            port: free_port(),
            process: Mutex::default(),
            end,
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it lives.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file there, which is the program's.
    pub fn write(&self, file: &str, text: &str) -> PathBuf {
        let path = self.folder.join(file);
        fs::write(&path, text).expect("a file in a folder of ours");
        give(&path);
        path
    }

    /// Gives what lies there to the program.
    pub fn give(&self, file: &str) {
        give(&self.folder.join(file));
    }

    /// A program as the user that it accepts, in the folder.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = match geteuid().is_root() {
            false => Command::new(program),
            true => {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"])
                    .arg(program);
                command
            }
        };
        command.current_dir(&self.folder);
        command
    }

    /// Runs one that makes what the server lives on, and ends.
    pub fn prepare(&self, command: &mut Command) {
        let made = command.output();
        let made = made.expect("it is installed (scripts/test-tools.sh)");
        assert!(
            made.status.success(),
            "{command:?}: {}{}",
            String::from_utf8_lossy(&made.stdout),
            String::from_utf8_lossy(&made.stderr)
        );
    }

    /// Starts it, unless it runs, and waits until its log has this.
    pub fn start(&self, command: &mut Command, ready: &str) {
        let mut process = self.process();
        if process.is_some() {
            return;
        }
        let log = self.folder.join("server.log");
        // What an earlier start wrote says nothing of this one.
        let _gone = fs::remove_file(&log);
        let mut server = Process::start(self.name, command, &log).ended_by(self.end);
        server.wait_until("it takes connections", START_LIMIT, |log| {
            log.contains(ready)
        });
        *process = Some(server);
    }

    /// Stops it: connections break, new ones are refused.
    pub fn stop(&self) {
        drop(self.process().take());
    }

    /// Stops it where it is, with the processes that it began: connections are taken, and
    /// nobody answers.
    pub fn freeze(&self) {
        let ids = self.signal(Signal::STOP);
        // Threads stop one after the other, and one may answer meanwhile.
        while !ids.iter().all(|id| is_stopped(*id)) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// To whom the signal went.
    fn signal(&self, signal: Signal) -> Vec<i32> {
        let process = self.process();
        let Some(id) = process.as_ref().map(Process::id) else {
            return Vec::new();
        };
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let children = children.expect("Linux tells the children of a process");
        let children = children.split_whitespace();
        let ids = children.map(|id| id.parse().expect("an id"));
        let own = i32::try_from(id).expect("an id");
        let ids: Vec<i32> = std::iter::once(own).chain(ids).collect();
        for id in &ids {
            let pid = Pid::from_raw(*id).expect("a positive id");
            let _gone = kill_process(pid, signal);
        }
        ids
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // One that is held up does not end.
        self.thaw();
        self.stop();
        let _removed = fs::remove_dir_all(&self.folder);
    }
}

/// Every thread; so is one that is gone.
fn is_stopped(id: i32) -> bool {
    let threads = fs::read_dir(format!("/proc/{id}/task"));
    threads.into_iter().flatten().flatten().all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat"));
        stat.is_ok_and(|stat| stat.contains(") T "))
    })
}

fn give(path: &Path) {
    if !geteuid().is_root() {
        return;
    }
    let done = Command::new("chown")
        .arg("nobody:nogroup")
        .arg(path)
        .status();
    assert!(done.is_ok_and(|status| status.success()), "chown {path:?}");
}
