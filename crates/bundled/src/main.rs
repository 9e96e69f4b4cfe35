//! The `gatelet` program, with a manifest, its components and their machine code
//! inside. What goes in is in the folder that `scripts/bundle.sh` fills.

use gatelet_runtime::Bundle;

fn main() -> std::process::ExitCode {
    gatelet::run(Bundle::new(BUNDLE))
}

const BUNDLE: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundle.rs"));
