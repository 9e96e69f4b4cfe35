//! What letters went out? With `mail_url = log:` each is printed: its recipient and
//! subject, then its text.

use std::time::{Duration, Instant};

use url::Url;

use crate::gatelet::Gatelet;

/// One letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedLetter {
    /// `magic-link`, `reset-password`, …
    pub kind: String,
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// Its lines, those without text left out.
    pub lines: Vec<String>,
}

impl PrintedLetter {
    /// All that were printed so far, in order.
    pub fn all(gatelet: &Gatelet) -> Vec<Self> {
        let mut letters: Vec<Self> = Vec::new();
        for line in gatelet.log().lines() {
            let Some((_, said)) = line.split_once("mail.printed ") else {
                continue;
            };
            // What the host says of the line.
            let said = said.strip_suffix(" component=auth").unwrap_or(said);
            match (said.strip_prefix("| "), letters.last_mut()) {
                (Some(text), Some(letter)) => letter.lines.push(text.to_owned()),
                (Some(_), None) => {}
                (None, _) => {
                    let (kind, rest) = said.split_once(" to ").expect("a kind");
                    let (to, subject) = rest.split_once(": ").expect("a recipient");
                    letters.push(Self {
                        kind: kind.to_owned(),
                        to: to.to_owned(),
                        subject: subject.to_owned(),
                        lines: Vec::new(),
                    });
                }
            }
        }
        letters
    }

    /// The latest of this kind to this address; waits for one.
    #[track_caller]
    pub fn latest(gatelet: &Gatelet, kind: &str, to: &str) -> Self {
        let start = Instant::now();
        loop {
            let all = Self::all(gatelet);
            let found = all
                .iter()
                .rfind(|letter| letter.kind == kind && letter.to == to);
            // Its last line is the base URL of a site.
            let is_whole = |letter: &&Self| {
                let last = letter.lines.last();
                last.is_some_and(|line| line.starts_with("http") && !line.contains("token="))
            };
            if let Some(found) = found.filter(is_whole) {
                return found.clone();
            }
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "no {kind} to {to}: {all:#?}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its link.
    #[track_caller]
    pub fn link(&self) -> String {
        let link = self
            .lines
            .iter()
            .find(|line| line.contains("?token=") && Url::parse(line).is_ok());
        link.unwrap_or_else(|| panic!("no link in {self:?}"))
            .clone()
    }

    /// Its code, as it is written.
    #[track_caller]
    pub fn code(&self) -> String {
        let digits = |line: &&String| {
            let digits = line.bytes().filter(u8::is_ascii_digit).count();
            digits == 6
                && line
                    .chars()
                    .all(|c| c.is_ascii_digit() || c.is_whitespace())
        };
        let code = self.lines.iter().find(digits);
        code.unwrap_or_else(|| panic!("no code in {self:?}"))
            .trim()
            .to_owned()
    }
}
