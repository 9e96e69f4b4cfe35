//! What have these processes used so far? From /proc.

use std::fs;

/// CPU time of all of them together, in microseconds. The kernel counts in
/// hundredths of a second, so a measurement must last some seconds.
pub(crate) fn used_us(process_ids: &[u32]) -> u64 {
    process_ids.iter().map(|id| ticks(*id) * 10_000).sum()
}

/// Resident memory of all of them together, in KiB.
pub(crate) fn resident_kib(process_ids: &[u32]) -> u64 {
    process_ids
        .iter()
        .filter_map(|id| {
            let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("VmRSS:"))?;
            line.trim().trim_end_matches(" kB").parse::<u64>().ok()
        })
        .sum()
}

/// User and system time in clock ticks (proc_pid_stat(5), fields 14 and 15).
fn ticks(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split(' ').collect();
    [11, 12]
        .iter()
        .filter_map(|at| fields.get(*at)?.parse::<u64>().ok())
        .sum()
}
