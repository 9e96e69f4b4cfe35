//! Where was this measured?

use std::fs;
use std::process::Command;

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
    format!(
        "{model}, {cores} cores shared by the load generator, the proxy and the origin, {} GiB; Linux {kernel}; {}; {}; {}.",
        kib / (1 << 20),
        said("nginx", &["-v"], "nginx"),
        said("wrk", &["-v"], "wrk"),
        said("rustc", &["--version"], "rustc"),
    )
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
