//! Which input gets through a door that must not? One program for all doors of the
//! library, each a fuzz target; `scripts/fuzz.sh` is how to run it.
//!
//! ```text
//! gatelet-fuzz list                       names of the doors
//! gatelet-fuzz run DOOR FOLDER [FLAG…]    libFuzzer on one door; what it finds goes to FOLDER/found
//! gatelet-fuzz keep DOOR FOLDER           of FOLDER/found, what reaches more than is kept, into the corpus
//! gatelet-fuzz pack DOOR FOLDER           the second half of `keep`
//! gatelet-fuzz again DOOR FLAG…           what `keep` calls itself as
//! gatelet-fuzz show FILE                  an input as a line of the corpus
//! ```

use std::path::Path;
use std::process::ExitCode;

mod corpus;
mod driver;
mod target;

use target::Target;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["list"] => {
            Target::all().for_each(|target| println!("{}", target.name));
            Ok(())
        }
        ["show", file] => std::fs::read(file)
            .map(|input| println!("{}", corpus::line(&input)))
            .map_err(|error| error.to_string()),
        ["run", name, folder, flags @ ..] => {
            Target::named(name).and_then(|target| driver::run(target, Path::new(folder), flags))
        }
        ["again", name, flags @ ..] => {
            Target::named(name).and_then(|target| driver::again(target, flags))
        }
        ["keep", name, folder] => {
            Target::named(name).and_then(|target| driver::merge(target, Path::new(folder)))
        }
        ["pack", name, folder] => {
            Target::named(name).and_then(|target| corpus::pack(&target, Path::new(folder)))
        }
        _ => Err("usage: gatelet-fuzz list | run | keep | pack | again | show".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
