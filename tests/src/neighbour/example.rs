//! Which apps does the sheet for developers show? Each is started as it says.

use std::process::Command;

use gatelet_guide::{EXAMPLES, Example};

use super::{Ground, Neighbour, program};
use crate::repository;

/// The port that examples listen on, as they are shown.
const PORT: &str = "8000";

/// The example of this title.
#[track_caller]
pub fn titled(title: &str) -> &'static Example {
    let found = EXAMPLES.iter().find(|example| example.title == title);
    found.unwrap_or_else(|| panic!("there is no example for {title}"))
}

/// The app of this title on a port of its own, where the machine has its language.
#[track_caller]
pub fn run(title: &str) -> Option<Neighbour> {
    let example = titled(title);
    let mut words = example.command.split(' ');
    let program = program(words.next().expect("a command"))?;
    let ground = Ground::new("example");
    let port = ground.port.to_string();
    let shown = [example.code, example.command].concat();
    assert_eq!(shown.matches(PORT).count(), 1, "where {title} listens");
    ground.write(example.file, &example.code.replace(PORT, &port));
    let mut command = Command::new(program);
    command.args(words.map(|word| word.replace(PORT, &port)));
    // What Go has compiled before it does not compile again.
    command.env("GOCACHE", repository().join("target/tmp/go"));
    Some(ground.start(&mut command))
}

/// The Rust app, which this program was compiled from as it is shown.
pub fn compiled(program: &str) -> Neighbour {
    let ground = Ground::new("example");
    let mut command = Command::new(program);
    command.arg(format!("127.0.0.1:{}", ground.port));
    ground.start(&mut command)
}
