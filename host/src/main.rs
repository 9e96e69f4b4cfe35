//! The `gatelet` program.

use gatelet_runtime::Bundle;

fn main() -> std::process::ExitCode {
    gatelet::run(Bundle::default())
}
