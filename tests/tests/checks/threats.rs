//! Has every rule of the threat model a test? `tests/threats.txt` lists them:
//!
//! ```text
//! # Section
//! The claim, in a sentence
//!     path/of/the/file.rs name_of_the_test
//! A claim that nothing reaches yet
//!     later: why
//! ```

use std::fs;

use gatelet_tests::repository;

use crate::cited::Tests;

/// How many claims there are, and how many lines that show one or say why not: one that
/// goes, goes with its number.
const CLAIMS: usize = 212;
const PROOFS: usize = 658;

#[test]
fn every_claim_of_the_threat_model_names_tests_that_exist() {
    let list = fs::read_to_string(repository().join("tests/threats.txt")).expect("the list");
    let tests = Tests::of_the_tree();
    let mut faults = Vec::new();
    let mut claim: Option<(&str, usize)> = None;
    let (mut claims, mut proofs) = (0, 0);
    for line in list.lines().chain(["end"]) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(proof) = line.strip_prefix("    ") {
            match &mut claim {
                Some((_, shown)) => *shown += 1,
                None => faults.push(format!("a proof without a claim: {proof}")),
            }
            proofs += 1;
            if !proof.starts_with("later: ")
                && let Some(fault) = tests.missing(proof)
            {
                faults.push(fault);
            }
            continue;
        }
        if let Some((claim, 0)) = claim {
            faults.push(format!("no test for: {claim}"));
        }
        claim = Some((line, 0));
        claims += 1;
    }
    // The last is the end.
    if (claims - 1, proofs) != (CLAIMS, PROOFS) {
        faults.push(format!(
            "{} claims and {proofs} lines below them, not {CLAIMS} and {PROOFS}",
            claims - 1
        ));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
