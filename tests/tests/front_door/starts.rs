//! What does a start leave behind that serves from then on?

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;

/// What a start that compiles in its own process keeps is some 130 MiB.
const MORE_KIB: u64 = 48 * 1024;

#[test]
fn a_start_that_finds_nothing_compiled_takes_no_more_memory_than_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let compiled = folder.path().join("compiled");
    let resident_kib = || {
        let gatelet = Setup::new(Engine::Sqlite)
            .arguments(&["--cache-dir", &compiled.to_string_lossy()])
            .start();
        gatelet.visitor().visit("/auth/sign-in").send().expect(200);
        gatelet.resident_kib()
    };
    let first = resident_kib();
    let kept = std::fs::read_dir(&compiled).expect("it is there").count();
    assert!(kept > 0, "what was compiled is kept");
    let next = resident_kib();
    assert!(first <= next + MORE_KIB, "{first} KiB, then {next} KiB");
}
