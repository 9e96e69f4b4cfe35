//! What do other people's programs say of an OpenAPI document, and of the server that it
//! describes? None where they are not installed.

use std::fs;
use std::process::{Command, Output};

use crate::neighbour::{program, python_packages};

/// How many requests are made up for each operation.
const EXAMPLES: &str = "15";
/// What is looked for in every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

/// What is wrong with the document; empty where nothing is.
pub fn faults(document: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("openapi.json");
    fs::write(&file, document).expect("a folder of ours");
    let mut command = python("openapi_spec_validator")?;
    let output = command.arg(&file).output().expect("it runs");
    match output.status.success() {
        true => Some(String::new()),
        false => Some(said(&output)),
    }
}

/// Asks for all that the document at `url` describes, and for what comes near it, with
/// these header fields; what was found, empty where nothing was.
pub fn tried(url: &str, fields: &[(&str, &str)]) -> Option<String> {
    // It keeps what it found in the folder that it runs in.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = python("schemathesis.cli")?;
    command
        .current_dir(folder.path())
        .args(["run", url, "--checks", CHECKS, "--max-examples", EXAMPLES])
        .args(["--phases", "examples,coverage,fuzzing", "--seed", "1"])
        .args(["--no-color", "--workers", "1"]);
    for (name, value) in fields {
        command.arg("--header").arg(format!("{name}: {value}"));
    }
    let output = command.output().expect("it runs");
    match output.status.success() {
        true => Some(String::new()),
        false => Some(said(&output)),
    }
}

fn python(module: &str) -> Option<Command> {
    let package = module.split('.').next().unwrap_or(module);
    let packages = python_packages(package)?.parent()?.to_owned();
    let mut command = Command::new(program("python3")?);
    command.env("PYTHONPATH", packages).args(["-m", module]);
    Some(command)
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
    format!("{out}{err}")
}
