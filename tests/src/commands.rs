//! Subcommands, as an operator runs them beside a running Gatelet.

use crate::gatelet::Gatelet;

/// Runs a subcommand that works; what it prints.
#[track_caller]
pub fn run(gatelet: &Gatelet, arguments: &[&str]) -> String {
    let output = gatelet.setup().run(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Runs one that does not; the line that it says.
#[track_caller]
pub fn refused(gatelet: &Gatelet, arguments: &[&str]) -> String {
    let output = gatelet.setup().run(arguments);
    assert!(!output.status.success(), "{arguments:?} works");
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}
