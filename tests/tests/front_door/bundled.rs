//! What `make dist` hands on needs nothing: the program alone, in an empty folder,
//! with nothing on its path and nothing in its environment.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use gatelet_tests::account::Account;
use gatelet_tests::alone::Alone;
use gatelet_tests::secrets;

fn key_in(file: &Path) -> String {
    let settings = fs::read_to_string(file).expect("it was made");
    let keys = settings.strip_prefix("SPIN_VARIABLE_SESSION_KEYS=");
    let (_, key) = keys
        .and_then(|keys| keys.trim().split_once(':'))
        .expect("a key");
    key.to_owned()
}

#[test]
fn the_program_alone_signs_people_in_and_a_restart_logs_nobody_out() {
    let alone = Alone::default();
    let mut process = alone.serving(&["--init"]);
    let settings = alone.folder().join(".gatelet/env");
    let key = key_in(&settings);
    secrets::remember(&key);
    let mode = fs::metadata(&settings).expect("it was made").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);

    let (visitor, account) = (alone.visitor(), Account::new("Ada"));
    let landed = visitor.follow(account.sign_up(&visitor, "/"));
    assert!(landed.text().contains("Ada"), "{}", landed.description());
    process.stop(Duration::from_secs(20));

    let process = alone.serving(&["--init"]);
    let page = visitor.visit("/").send().expect(200);
    assert!(page.text().contains("Ada"), "{}", page.description());
    assert_eq!(key_in(&settings), key, "it is made once");
    let log = process.log();
    assert!(!log.contains("compil"), "nothing is compiled: {log}");
    secrets::assert_none_in("the log", &log);
    assert!(!alone.folder().join("spin.toml").exists());
}

#[test]
fn without_a_key_it_starts_only_when_it_is_told_to_make_one() {
    let alone = Alone::default();
    let mut process = alone.up(&[]);
    assert!(!process.wait(Duration::from_secs(20)).success());
    let log = process.log();
    assert!(log.contains("session_keys"), "{log}");
    assert!(!alone.folder().join(".gatelet").exists());
    // A name that was mistyped is no wish for another profile.
    let mut process = alone.up(&["--init", "--profile", "stagng"]);
    assert!(!process.wait(Duration::from_secs(20)).success());
    assert!(!alone.folder().join(".gatelet").exists());
}

#[test]
fn a_manifest_that_lies_there_or_is_named_is_the_one_that_counts() {
    let alone = Alone::default();
    fs::write(alone.folder().join("spin.toml"), "mine = true\n").expect("our folder");
    for arguments in [&["--init"][..], &["--init", "--from", "other.toml"]] {
        let mut process = alone.up(arguments);
        assert!(!process.wait(Duration::from_secs(20)).success());
    }
    let log = fs::read_to_string(alone.folder().join("log")).expect("a log");
    assert!(log.contains("mine") && log.contains("other.toml"), "{log}");
}
