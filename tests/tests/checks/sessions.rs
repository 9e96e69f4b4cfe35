//! Does a session begin anywhere but in `complete`, on something that was proved?

use std::fs;
use std::path::Path;

use gatelet_tests::repository;

/// The one function that may, and the one line of it that does.
const COMPLETE: &str = "components/auth/src/complete/begin.rs";
const CALL: &str = "session_writer::begin(";

#[test]
fn sessions_begin_in_complete_alone() {
    let mut faults = Vec::new();
    let mut calls = 0;
    for folder in ["components", "crates", "examples", "host"] {
        sources(&repository().join(folder), &mut |file, source| {
            let file = file.strip_prefix(repository()).expect("within it");
            // It is the store that does as it is told; and its contract is tried.
            if file.starts_with("components/store") || file.starts_with("crates/runtime/tests") {
                return;
            }
            if file == Path::new(COMPLETE) {
                calls += source.matches(CALL).count();
            } else {
                faults.extend(reaches(source).map(|line| format!("{}: {line}", file.display())));
            }
        });
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(calls, 1, "{COMPLETE}");
}

#[test]
fn every_way_to_begin_a_session_is_seen() {
    for reached in [
        "session_writer::begin(place, sign_in, row).await",
        "let begin = store::session_writer::begin;",
        "use gatelet_ports::store::session_writer::begin;",
        "use gatelet_ports::store::session_writer::{\n    SignIn, begin,\n};",
        "use gatelet_ports::store::session_writer::{begin as start, end};",
        "use gatelet_ports::store::session_writer::*;",
        "use gatelet_ports::store::{once, session_writer as writer};",
        "use gatelet_ports::store::*;",
    ] {
        assert_eq!(reaches(reached).count(), 1, "{reached}");
    }
    for harmless in [
        "use gatelet_ports::store::session_writer;\nsession_writer::end(place, digest).await?;\nbegin();",
        "use gatelet_ports::store::session_writer::{Link, SignIn};\nfn begin() {}",
        "use gatelet_ports::store::{once, session_writer};",
        "/// See session_writer::begin.",
    ] {
        assert_eq!(reaches(harmless).next(), None, "{harmless}");
    }
}

/// The statements of a source that could begin a session.
fn reaches(source: &str) -> impl Iterator<Item = String> {
    let lines = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let statements: Vec<String> = code.split(';').map(str::to_owned).collect();
    statements.into_iter().filter(|statement| {
        let named = statement.split("session_writer").skip(1).any(|after| {
            let beginning = after.starts_with("::begin") || after.starts_with("::*");
            let group = after
                .strip_prefix("::{")
                .and_then(|rest| rest.split('}').next());
            let grouped = group.is_some_and(|group| {
                group
                    .split(',')
                    .any(|name| matches!(name.split_whitespace().next(), Some("begin" | "*")))
            });
            beginning || grouped || after.starts_with(" as ")
        });
        named || statement.contains("store::*")
    })
}

fn sources(folder: &Path, look: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, look);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            look(&path, &fs::read_to_string(&path).expect("text"));
        }
    }
}
