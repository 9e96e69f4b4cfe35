//! Load, by wrk: <https://github.com/wg/wrk>.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::THREADS;
use super::head::{Head, PATH};

/// What one run of wrk said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) requests: u64,
    pub(crate) per_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    /// Answers other than 2xx and 3xx.
    pub(crate) refused: u64,
}

/// Asks for a URL with this head's fields, or for what a script says.
pub(crate) fn run(
    url: &str,
    head: Option<&Head>,
    script: Option<&Path>,
    connections: usize,
    duration: Duration,
) -> Run {
    let threads = THREADS.min(connections).to_string();
    let mut command = Command::new("wrk");
    command
        .args(["--latency", "--timeout", "10s", "-t", &threads])
        .args(["-c", &connections.to_string()])
        .args(["-d", &format!("{}s", duration.as_secs())]);
    for field in head.into_iter().flat_map(Head::fields) {
        command.args(["-H", &field]);
    }
    if let Some(script) = script {
        command.arg("-s").arg(script);
    }
    let output = command
        .arg(url)
        .output()
        .expect("wrk is installed (scripts/test-tools.sh bench)");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "wrk: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        !text.contains("Socket errors"),
        "connections failed: {text}"
    );
    parse(&text).unwrap_or_else(|| panic!("wrk said something else: {text}"))
}

/// A script that sends these heads in turns, neighbours apart.
pub(crate) fn in_turns(heads: &[Head]) -> String {
    let mut text = String::from("local requests = {\n");
    for head in heads {
        let [host, cookie] = head.fields();
        let field = |line: &str| {
            let (name, value) = line.split_once(": ").expect("name and value");
            format!("{name} = '{value}'")
        };
        text += &format!(
            "wrk.format('GET', '{PATH}', {{ {}, {} }}),\n",
            field(&host),
            field(&cookie)
        );
    }
    // A stride that is prime to their number meets all of them.
    text + "}\nlocal at = 0\nfunction request()\n  at = (at + 389) % #requests\n  return requests[at + 1]\nend\n"
}

fn parse(text: &str) -> Option<Run> {
    let after = |label: &str| {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with(label))?;
        line[label.len()..]
            .split_whitespace()
            .next()
            .map(str::to_owned)
    };
    let requests = text.lines().find(|line| line.contains(" requests in "))?;
    Some(Run {
        requests: requests.split_whitespace().next()?.parse().ok()?,
        per_second: after("Requests/sec:")?.parse().ok()?,
        p50_us: microseconds(&after("50%")?)?,
        p99_us: microseconds(&after("99%")?)?,
        refused: after("Non-2xx or 3xx responses:")
            .and_then(|count| count.parse().ok())
            .unwrap_or(0),
    })
}

fn microseconds(text: &str) -> Option<f64> {
    let (number, factor) = if let Some(number) = text.strip_suffix("us") {
        (number, 1.0)
    } else if let Some(number) = text.strip_suffix("ms") {
        (number, 1e3)
    } else {
        (text.strip_suffix('s')?, 1e6)
    };
    Some(number.parse::<f64>().ok()? * factor)
}
