//! How many connections can be open? Each takes a file descriptor, and one more towards
//! the app; systems allow a process 1,024 where nobody asks for more.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Descriptors for all else: listeners, databases, the metrics.
const OTHERS: u64 = 256;

/// So many connections, or as many as the system has descriptors for: said where those are
/// far fewer. The limit is raised as far as this process may.
pub(super) fn bounded(connections: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = rustix::process::Rlimit {
            current: limit.maximum,
            ..limit
        };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit = raised;
        }
    }
    let most = most(limit.current);
    // A few less make no difference.
    if connections / 2 > most {
        tracing::warn!(
            "at most {most} connections at once, of the {connections} of --max-connections: \
             each may take two file descriptors, and this process may have {}",
            limit.current.unwrap_or_default()
        );
    }
    connections.min(most)
}

/// None where there is no limit.
fn most(descriptors: Option<u64>) -> usize {
    let left = descriptors.map(|all| all.saturating_sub(OTHERS).max(64) / 2);
    left.and_then(|left| usize::try_from(left).ok())
        .unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::most;

    #[test]
    fn connections_leave_descriptors_for_the_app_and_for_all_else() {
        assert_eq!(most(Some(1_024)), 384);
        assert_eq!(most(Some(20_256)), 10_000);
        assert_eq!(most(Some(10)), 32);
        assert_eq!(most(None), usize::MAX);
    }
}
