//! Who is compared, and how fast is each? All take turns, so that what the
//! machine does meanwhile hits all alike.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Effort, cpu, wrk};

/// Something that answers.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    url: String,
    fields: Vec<String>,
    script: Option<PathBuf>,
    process_ids: Vec<u32>,
    rejected: bool,
}

/// Medians over the rounds.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) per_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) cpu_us: f64,
    /// At the end of the run, so under load.
    pub(crate) resident_kib: u64,
}

/// Memory before and after many requests.
#[derive(Clone, Debug)]
pub(crate) struct Endurance {
    pub(crate) requests: u64,
    pub(crate) before_kib: u64,
    pub(crate) half_way_kib: u64,
    pub(crate) after_kib: u64,
}

impl Contender {
    pub(crate) fn new(name: &'static str, url: &str, process_ids: Vec<u32>) -> Self {
        Self {
            name,
            url: format!("{url}/page.txt"),
            fields: Vec::new(),
            script: None,
            process_ids,
            rejected: false,
        }
    }

    /// `cookie` is name and value.
    pub(crate) fn signed_in(mut self, cookie: &str) -> Self {
        self.fields.push(format!("Cookie: {cookie}"));
        self
    }

    /// Asks without a session: every answer is a 401.
    pub(crate) fn rejected(mut self) -> Self {
        self.rejected = true;
        self
    }

    /// Asks what a script of wrk's says.
    pub(crate) fn scripted(mut self, script: &Path) -> Self {
        self.script = Some(script.to_owned());
        self
    }

    /// Asks for so long; gives how many were answered.
    pub(crate) fn load(&self, connections: usize, duration: Duration) -> u64 {
        let run = self.run(connections, duration);
        let expected = if self.rejected { run.requests } else { 0 };
        assert_eq!(
            run.refused, expected,
            "{} gave other answers than it should",
            self.name
        );
        run.requests
    }

    fn run(&self, connections: usize, duration: Duration) -> wrk::Run {
        wrk::run(
            &self.url,
            &self.fields,
            self.script.as_deref(),
            connections,
            duration,
        )
    }

    fn measure(&self, connections: usize, duration: Duration) -> Row {
        let before = cpu::used_us(&self.process_ids);
        let run = self.run(connections, duration);
        let used = cpu::used_us(&self.process_ids) - before;
        let expected = if self.rejected { run.requests } else { 0 };
        assert_eq!(
            run.refused, expected,
            "{} gave other answers than it should",
            self.name
        );
        Row {
            name: self.name,
            per_second: run.per_second,
            p50_us: run.p50_us,
            p99_us: run.p99_us,
            cpu_us: used as f64 / run.requests as f64,
            resident_kib: cpu::resident_kib(&self.process_ids),
        }
    }
}

/// Measures all of them, round by round.
pub(crate) fn in_turns(contenders: &[Contender], connections: usize, effort: Effort) -> Vec<Row> {
    for contender in contenders {
        contender.measure(connections, Duration::from_secs(1));
    }
    let mut rounds: Vec<Vec<Row>> = contenders.iter().map(|_| Vec::new()).collect();
    for round in 1..=effort.rounds {
        for (contender, rows) in contenders.iter().zip(&mut rounds) {
            let row = contender.measure(connections, effort.duration);
            eprintln!(
                "   {round}/{}  {:34} {:>8.0} req/s  {:>5.1} µs CPU",
                effort.rounds, row.name, row.per_second, row.cpu_us
            );
            rows.push(row);
        }
    }
    rounds.iter().map(|rows| median(rows)).collect()
}

/// Many requests at one contender.
pub(crate) fn endure(contender: &Contender, requests: u64) -> Endurance {
    let resident = || cpu::resident_kib(&contender.process_ids);
    let (before_kib, mut half_way_kib, mut done) = (resident(), 0, 0);
    while done < requests {
        done += contender.load(128, Duration::from_secs(2));
        if half_way_kib == 0 && done >= requests / 2 {
            half_way_kib = resident();
        }
    }
    Endurance {
        requests: done,
        before_kib,
        half_way_kib,
        after_kib: resident(),
    }
}

fn median(rows: &[Row]) -> Row {
    let middle = |value: fn(&Row) -> f64| {
        let mut values: Vec<f64> = rows.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Row {
        name: rows[0].name,
        per_second: middle(|row| row.per_second),
        p50_us: middle(|row| row.p50_us),
        p99_us: middle(|row| row.p99_us),
        cpu_us: middle(|row| row.cpu_us),
        resident_kib: middle(|row| row.resident_kib as f64) as u64,
    }
}
