//! Is every promise of README.md and SECURITY.md shown by a test? `tests/promises.txt`
//! says by which; a promise that is made or worded anew has to be looked at there.

use std::fs;

use gatelet_tests::repository;

use crate::cited::Tests;

/// Where promises are made, and below which heading.
const PROMISES: [(&str, &str); 2] = [
    ("README.md", "## Security in ten lines"),
    ("SECURITY.md", "## What Gatelet promises"),
];

/// How many lines of `tests/promises.txt` show something.
const PROOFS: usize = 81;

#[test]
fn every_promise_names_what_shows_it() {
    let list = fs::read_to_string(repository().join("tests/promises.txt")).expect("the list");
    let threats = fs::read_to_string(repository().join("tests/threats.txt")).expect("the list");
    let tests = Tests::of_the_tree();
    let mut faults = Vec::new();
    let mut shown: Vec<(&str, usize)> = Vec::new();
    for line in list.lines() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(proof) = line.strip_prefix("    ") else {
            shown.push((line, 0));
            continue;
        };
        match shown.last_mut() {
            Some((_, proofs)) => *proofs += 1,
            None => faults.push(format!("a proof without a promise: {proof}")),
        }
        let is_claim = threats.lines().any(|claim| claim == proof);
        if !is_claim && let Some(fault) = tests.missing(proof) {
            faults.push(format!("no claim of tests/threats.txt, and {fault}"));
        }
    }
    let proofs: usize = shown.iter().map(|(_, proofs)| proofs).sum();
    if proofs != PROOFS {
        faults.push(format!(
            "{proofs} proofs, not {PROOFS}: has a line gone, or has this number to follow?"
        ));
    }
    for (promise, proofs) in &shown {
        if *proofs == 0 {
            faults.push(format!("nothing shows: {promise}"));
        }
    }
    let mut made = 0;
    for (document, heading) in PROMISES {
        for promise in numbered(document, heading) {
            made += 1;
            let begins = |(shown, _): &(&str, usize)| {
                let words = shown.strip_prefix(document)?.strip_prefix(": ")?;
                promise.starts_with(words).then_some(())
            };
            if shown.iter().filter_map(begins).count() != 1 {
                faults.push(format!(
                    "{document} promises what is not in the list once: {promise}"
                ));
            }
        }
    }
    if made != shown.len() {
        faults.push(format!(
            "{made} promises are made and {} are listed",
            shown.len()
        ));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The first line of each point below a heading, without its number.
fn numbered(document: &str, heading: &str) -> Vec<String> {
    let text = fs::read_to_string(repository().join(document)).expect("a document");
    let (_, below) = text.split_once(heading).expect("the heading");
    let (below, _) = below.split_once("\n## ").unwrap_or((below, ""));
    let points = below.lines().filter_map(|line| {
        let (number, promise) = line.split_once(". ")?;
        number
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(promise)
    });
    points.map(|promise| promise.trim().to_owned()).collect()
}
