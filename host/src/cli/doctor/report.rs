//! What was found out, said line by line as it comes.

/// What was found out about one thing.
pub(super) enum Finding {
    Works(String),
    /// Not wanted, and how to want it.
    Off(String),
    /// Works, and should be known.
    Mind(String),
    /// What is wrong, and the mend.
    Broken(String),
}

/// The findings so far.
#[derive(Default)]
pub(super) struct Report {
    broken: usize,
}

impl Report {
    /// Begins a group of lines.
    pub(super) fn section(&self, title: &str) {
        outln!("\n{title}");
    }

    pub(super) fn say(&mut self, subject: &str, finding: Finding) {
        if matches!(finding, Finding::Broken(_)) {
            self.broken += 1;
        }
        outln!("{}", line(subject, &finding));
    }

    /// The last line; whether nothing is broken.
    pub(super) fn end(self) -> bool {
        let said = match self.broken {
            0 => "Everything that is on works.".to_owned(),
            1 => "One thing is broken: see ✗ above.".to_owned(),
            broken => format!("{broken} things are broken: see ✗ above."),
        };
        outln!("\n{said}");
        self.broken == 0
    }
}

fn line(subject: &str, finding: &Finding) -> String {
    let (sign, detail) = match finding {
        Finding::Works(detail) => ('✓', detail),
        Finding::Off(detail) => ('–', detail),
        Finding::Mind(detail) => ('!', detail),
        Finding::Broken(detail) => ('✗', detail),
    };
    let line = format!("  {sign} {subject:<16} {detail}");
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_is_counted_and_shown() {
        let mut report = Report::default();
        report.say("one", Finding::Mind("x".to_owned()));
        report.say("two", Finding::Off("x".to_owned()));
        assert!(report.end());
        let mut report = Report::default();
        report.say("one", Finding::Works(String::new()));
        report.say("two", Finding::Broken("x".to_owned()));
        assert!(!report.end());
        assert_eq!(
            line("app", &Finding::Broken("gone".to_owned())),
            "  ✗ app              gone"
        );
        assert_eq!(line("read", &Finding::Works(String::new())), "  ✓ read");
    }
}
