//! Where was this measured?

use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// A line or two about the machine and the programs.
pub(crate) fn description() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown CPU", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = kernel
        .trim()
        .split(['-', '+'])
        .next()
        .unwrap_or_default()
        .to_owned();
    let others = match busy_percent() {
        0..5 => "nothing else ran at the start".to_owned(),
        percent => format!("others kept it {percent} % busy at the start"),
    };
    format!(
        "{model}, {cores} cores shared by the load generator, the proxy and the origin, {} GiB; {others}; Linux {kernel}; {}; {}; {}.",
        kib / (1 << 20),
        said("nginx", &["-v"], "nginx"),
        said("wrk", &["-v"], "wrk"),
        said("rustc", &["--version"], "rustc"),
    )
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
fn said(program: &str, arguments: &[&str], name: &str) -> String {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin";
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
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()) && word.contains('.'));
    format!("{name} {}", version.unwrap_or("of unknown version"))
}
