//! What have these processes used so far? From /proc.

use std::fs;
use std::time::Duration;

use gatelet_tests::neighbour::Neighbour;
use gatelet_tests::process::processor_time;

/// CPU time of all of them together, in microseconds. The kernel counts in
/// hundredths of a second, so a measurement must last some seconds.
pub(crate) fn used_us(process_ids: &[u32]) -> u64 {
    let used: Duration = process_ids.iter().map(|id| processor_time(*id)).sum();
    used.as_micros().try_into().unwrap_or(u64::MAX)
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

/// A process and those that it started.
pub(crate) fn family(id: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| id.parse().ok());
    [id].into_iter().chain(children).collect()
}

/// Waits until a server has started so many processes, which are counted with it: some
/// listen before.
pub(crate) fn wait_for_workers(server: &mut Neighbour, workers: usize) {
    let id = server.id();
    server.wait_until("its workers", || family(id).len() > workers);
}
