//! The `gatelet` program.

fn main() -> std::process::ExitCode {
    gatelet::cli::run()
}
