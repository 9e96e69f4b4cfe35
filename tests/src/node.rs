//! How does the harness talk to its Node programs? One JSON line there, one
//! JSON line back. They end when their standard input does.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, Once};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{janitor, repository};

/// How long an answer is waited for. It has been seen that all threads of a Node program wait for
/// each other; a test run would hang for good.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);

/// Since when each is waited for, by process id.
static WAITED_FOR: Mutex<BTreeMap<u32, Instant>> = Mutex::new(BTreeMap::new());

fn waited_for() -> std::sync::MutexGuard<'static, BTreeMap<u32, Instant>> {
    WAITED_FOR.lock().unwrap_or_else(|held| held.into_inner())
}

/// Ends those that do not answer: whoever reads them sees the end.
fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        std::thread::spawn(|| {
            loop {
                sleep(Duration::from_secs(1));
                let waited_for = waited_for();
                let late = waited_for
                    .iter()
                    .filter(|(_, since)| since.elapsed() > ANSWER_LIMIT);
                for (id, _) in late {
                    let pid = i32::try_from(*id).ok().and_then(Pid::from_raw);
                    let _gone = kill_process(pid.expect("a child of ours"), Signal::KILL);
                }
            }
        });
    });
}

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
        watch();
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
        waited_for().insert(self.child.id(), Instant::now());
        let read = self.output.read_line(&mut line);
        waited_for().remove(&self.child.id());
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
