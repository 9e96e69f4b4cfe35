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

#[test]
fn every_claim_of_the_threat_model_names_tests_that_exist() {
    let list = fs::read_to_string(repository().join("tests/threats.txt")).expect("the list");
    let mut faults = Vec::new();
    let mut claim: Option<(&str, usize)> = None;
    let mut claims = 0;
    for line in list.lines().chain(["end"]) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(proof) = line.strip_prefix("    ") {
            match &mut claim {
                Some((_, proofs)) => *proofs += 1,
                None => faults.push(format!("a proof without a claim: {proof}")),
            }
            if !proof.starts_with("later: ")
                && let Some(fault) = missing(proof)
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
    assert!(claims > 20, "the list is nearly empty");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

pub(crate) fn missing(proof: &str) -> Option<String> {
    let Some((file, test)) = proof.trim().split_once(' ') else {
        return Some(format!("not `file test`: {proof}"));
    };
    let Ok(source) = fs::read_to_string(repository().join(file)) else {
        return Some(format!("no such file: {file}"));
    };
    (!is_test(&source, test)).then(|| format!("{file} has no test {test}"))
}

/// A function that stands under a test attribute, or that a macro of this crate
/// runs for every engine or door.
fn is_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let head = format!("fn {name}(");
    lines.iter().enumerate().any(|(number, line)| {
        let defined = line.starts_with(&head) || line.starts_with(&format!("async {head}"));
        let attributed = lines[..number]
            .iter()
            .rev()
            .take_while(|above| above.starts_with("#[") || above.starts_with("///"))
            .any(|above| above.contains("test]") || above.contains("test("));
        defined && (attributed || listed(source, name))
    })
}

fn listed(source: &str, name: &str) -> bool {
    let openings = [
        "on_both_engines! {",
        "on_both_engines_from_nothing! {",
        "on_both_engines_in_every_place! {",
        "through_both_doors! {",
    ];
    openings
        .iter()
        .filter_map(|opening| source.split_once(opening))
        .filter_map(|(_, rest)| rest.split('}').next())
        .flat_map(|names| names.split([',', '\n']))
        .any(|listed| listed.trim() == name)
}
