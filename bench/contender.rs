//! Who is compared? Something that answers one request head in one way.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::head::{Head, PATH};
use super::who::Who;
use super::{cpu, wrk};

/// Something that answers.
pub(crate) struct Contender {
    pub(crate) who: Who,
    url: String,
    asked: Asked,
    process_ids: Vec<u32>,
    /// Each has as many connections as are asked for.
    servers: usize,
}

/// What it is sent.
enum Asked {
    Head(Head),
    /// What a script of wrk's says.
    Script(PathBuf),
}

/// One turn of one contender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) per_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) cpu_us: f64,
    /// At the end of the turn, so under load.
    pub(crate) resident_kib: u64,
}

impl Contender {
    pub(crate) fn new(who: Who, port: u16, head: &Head, process_ids: Vec<u32>) -> Self {
        Self::asked(who, port, Asked::Head(head.clone()), process_ids)
    }

    /// Asks what a script of wrk's says.
    pub(crate) fn scripted(who: Who, port: u16, script: &Path, process_ids: Vec<u32>) -> Self {
        Self::asked(who, port, Asked::Script(script.to_owned()), process_ids)
    }

    fn asked(who: Who, port: u16, asked: Asked, process_ids: Vec<u32>) -> Self {
        let url = format!("http://127.0.0.1:{port}{PATH}");
        Self {
            who,
            url,
            asked,
            process_ids,
            servers: 1,
        }
    }

    /// So many servers behind one address.
    pub(crate) fn of_servers(self, servers: usize) -> Self {
        Self { servers, ..self }
    }

    /// Bytes of the head that it is sent.
    pub(crate) fn head_bytes(&self) -> Option<usize> {
        match &self.asked {
            Asked::Head(head) => Some(head.text().len()),
            Asked::Script(_) => None,
        }
    }

    pub(crate) fn resident_kib(&self) -> u64 {
        cpu::resident_kib(&self.process_ids)
    }

    /// Asks for so long; gives how many were answered.
    pub(crate) fn load(&self, connections: usize, duration: Duration) -> u64 {
        self.run(connections, duration).requests
    }

    pub(crate) fn turn(&self, connections: usize, duration: Duration) -> Turn {
        let before = cpu::used_us(&self.process_ids);
        let run = self.run(connections, duration);
        let used = cpu::used_us(&self.process_ids) - before;
        Turn {
            per_second: run.per_second,
            p50_us: run.p50_us,
            p99_us: run.p99_us,
            cpu_us: used as f64 / run.requests as f64,
            resident_kib: self.resident_kib(),
        }
    }

    fn run(&self, connections: usize, duration: Duration) -> wrk::Run {
        let (head, script) = match &self.asked {
            Asked::Head(head) => (Some(head), None),
            Asked::Script(script) => (None, Some(script.as_path())),
        };
        let connections = connections * self.servers;
        let run = wrk::run(&self.url, head, script, connections, duration);
        let expected = if self.who.refuses() { run.requests } else { 0 };
        assert_eq!(
            run.refused,
            expected,
            "{} gave other answers than it should",
            self.who.name()
        );
        run
    }
}
