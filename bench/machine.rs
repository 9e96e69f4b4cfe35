//! Where was this measured, and what?

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use gatelet_tests::repository;

use super::nginx::Nginx;

/// What was measured, and where.
pub(crate) struct Provenance {
    /// Cores and processor.
    pub(crate) machine: String,
    /// Its memory, kernel and programs, and who else used it.
    around: String,
    date: String,
    commit: String,
    profile: String,
}

impl Provenance {
    /// As it is before anything is started here.
    pub(crate) fn now() -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
        let model = model.map_or("unknown CPU", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            machine: format!("{cores} cores of an {model}"),
            around: around(),
            date: first_line(Command::new("date").args(["-u", "+%Y-%m-%d"])),
            commit: commit(),
            profile: profile(),
        }
    }

    /// All of it.
    pub(crate) fn sentence(&self) -> String {
        format!(
            "Measured: {}. On: {}; {}.",
            self.of_what(),
            self.machine,
            self.around
        )
    }

    /// Commit, date and profile.
    pub(crate) fn of_what(&self) -> String {
        format!(
            "commit {}, {}, profile `{}`",
            self.commit, self.date, self.profile
        )
    }
}

fn around() -> String {
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = kernel.trim().split(['-', '+']).next().unwrap_or_default();
    let others = match busy_percent() {
        0..5 => "nothing else ran at the start".to_owned(),
        percent => format!("others kept it {percent} % busy at the start"),
    };
    format!(
        "{} GiB; {others}; Linux {kernel}; {}; {}; {}; {}",
        kib / (1 << 20),
        Nginx::version(),
        said("wrk", &["-v"], "wrk"),
        said("postgres", &["--version"], "Postgres"),
        said("rustc", &["--version"], "rustc"),
    )
}

/// Of the checkout, and whether it was built as committed. What a run writes changes no
/// build.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(repository()).args(arguments);
        command
    };
    let commit = first_line(&mut git(&["rev-parse", "--short=12", "HEAD"]));
    let written = [":!bench/RESULTS.md", ":!README.md"];
    let changed = git(&["status", "--porcelain", "--", ":/"])
        .args(written)
        .output();
    match changed {
        Ok(changed) if changed.status.success() && changed.stdout.is_empty() => commit,
        Ok(changed) if changed.status.success() => format!("{commit} with changes"),
        Ok(_) | Err(_) => "unknown".to_owned(),
    }
}

/// By the folder that cargo built the program into.
fn profile() -> String {
    let program = std::env::var_os("TEST_GATELET").map(PathBuf::from);
    let program = program.expect("TEST_GATELET names what is measured (make bench)");
    let folder = program.parent().and_then(|folder| folder.file_name());
    folder.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn first_line(command: &mut Command) -> String {
    let said = command.output().map(|output| output.stdout);
    let said = String::from_utf8(said.unwrap_or_default()).unwrap_or_default();
    said.lines().next().unwrap_or("unknown").to_owned()
}

/// How busy all cores are before anything is started here: proc_stat(5).
fn busy_percent() -> u64 {
    let ticks = || {
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let line = stat.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = line
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect();
        // User and system time with all that is within them; idle and waiting.
        let sum = |at: &[usize]| at.iter().filter_map(|at| ticks.get(*at)).sum::<u64>();
        (sum(&[0, 1, 2, 5, 6, 7]), sum(&[3, 4]))
    };
    let before = ticks();
    sleep(Duration::from_secs(2));
    let after = ticks();
    let (busy, idle) = (after.0 - before.0, after.1 - before.1);
    100 * busy / (busy + idle).max(1)
}

/// The version that a program names, on whichever stream it does.
pub(crate) fn said(program: impl AsRef<OsStr>, arguments: &[&str], name: &str) -> String {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin";
    let path = newest_postgres().map_or(path.clone(), |folder| {
        format!("{path}:{}", folder.display())
    });
    let output = Command::new(program)
        .args(arguments)
        .env("PATH", path)
        .output();
    let text = output.map_or_else(
        |_| String::new(),
        |output| {
            String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr)
        },
    );
    let version = text
        .split([' ', '/', '\n'])
        .map(|word| word.strip_prefix('v').unwrap_or(word))
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()) && word.contains('.'));
    format!("{name} {}", version.unwrap_or("of unknown version"))
}

/// Debian keeps its programs off the path.
fn newest_postgres() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    folders.max()
}
