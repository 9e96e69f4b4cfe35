//! How does the harness talk to its Node programs? One JSON line there, one
//! JSON line back. They end when their standard input does.

use std::fmt::Debug;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use serde_json::Value;

use crate::{janitor, repository};

/// A running Node program.
#[derive(Debug)]
pub struct Node {
    program: &'static str,
    id: u32,
    greeting: Value,
    talk: Mutex<Talk>,
}

#[derive(Debug)]
struct Talk {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Node {
    /// Starts `tests/node/PROGRAM` and reads its first line.
    pub fn start(program: &'static str, arguments: &[&str]) -> Self {
        let folder = repository().join("tests/node");
        assert!(
            folder.join("node_modules").exists(),
            "tests/node/node_modules is missing: run scripts/test-tools.sh"
        );
        let mut child = Command::new("node")
            .arg(folder.join(program))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("node is installed (scripts/test-tools.sh)");
        let id = child.id();
        janitor::watch(id);
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut talk = Talk {
            child,
            input,
            output,
        };
        let greeting = talk.read(program);
        // Warnings would fill the pipe; nobody reads them unless it failed above.
        if let Some(mut errors) = talk.child.stderr.take() {
            std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
        }
        Self {
            program,
            id,
            greeting,
            talk: Mutex::new(talk),
        }
    }

    /// Process id.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The line it began with.
    pub fn greeting(&self) -> &Value {
        &self.greeting
    }

    /// One operation; fails the test when the program says that it failed.
    #[track_caller]
    pub fn ask(&self, question: &Value) -> Value {
        self.try_ask(question)
            .unwrap_or_else(|error| panic!("{} could not {question}: {error}", self.program))
    }

    /// One operation; the error is the program's own text.
    pub fn try_ask(&self, question: &Value) -> Result<Value, String> {
        // A test that failed while holding it leaves the line protocol in step.
        let mut talk = self.talk.lock().unwrap_or_else(|held| held.into_inner());
        let input = talk.input.as_mut().expect("open until dropped");
        writeln!(input, "{question}").map_err(|error| error.to_string())?;
        let mut answer = talk.read(self.program);
        match answer["ok"].as_bool() {
            Some(true) => Ok(answer["value"].take()),
            _ => Err(answer["error"].as_str().unwrap_or("no reason").to_owned()),
        }
    }
}

impl Talk {
    fn read(&mut self, program: &str) -> Value {
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        match serde_json::from_str(&line) {
            Ok(value) => value,
            Err(_) => {
                let mut errors = String::new();
                if let Some(pipe) = &mut self.child.stderr {
                    let _partial = pipe.read_to_string(&mut errors);
                }
                panic!("{program} said {line:?} ({read:?})\n{errors}");
            }
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let talk = self.talk.get_mut().unwrap_or_else(|held| held.into_inner());
        drop(talk.input.take());
        let _status = talk.child.wait();
        janitor::forget(self.id);
    }
}
