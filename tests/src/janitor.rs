//! What happens to processes and folders when a test run is killed? One shell
//! watches for the end of its input, which comes however the test run ends, and
//! then ends what is still on its list, by process id.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// `add PID`, `del PID`, `dir PATH` a line. Reaped processes are taken off the
/// list first, so that a reused process id is never hit.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
pids=" " dirs=""
while read -r verb what; do
    case $verb in
    add) pids="$pids$what " ;;
    del) pids=$(printf '%s' "$pids" | sed "s/ $what / /") ;;
    dir) dirs="$dirs
$what" ;;
    esac
done
for pid in $pids; do kill -INT "$pid" 2>/dev/null; done
for round in 1 2 3 4 5 6 7 8 9 10; do
    left=
    for pid in $pids; do kill -0 "$pid" 2>/dev/null && left=1; done
    [ -z "$left" ] && break
    sleep 0.3
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
printf '%s\n' "$dirs" | while read -r dir; do [ -n "$dir" ] && rm -rf "$dir"; done
"#;

/// Puts a process on the list.
pub fn watch(pid: u32) {
    tell(&format!("add {pid}"));
}

/// Takes a process that has been waited for off the list.
pub fn forget(pid: u32) {
    tell(&format!("del {pid}"));
}

/// Has a folder removed at the end of the test run.
pub fn remove_at_end(folder: &Path) {
    tell(&format!("dir {}", folder.display()));
}

fn tell(line: &str) {
    static SHELL: OnceLock<Mutex<Child>> = OnceLock::new();
    let mut shell = SHELL
        .get_or_init(|| {
            let shell = Command::new("sh")
                .args(["-c", SCRIPT])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("a shell");
            Mutex::new(shell)
        })
        .lock()
        .expect("nobody panics while holding it");
    let input = shell.stdin.as_mut().expect("its input is a pipe");
    writeln!(input, "{line}").expect("the janitor reads");
}
