//! Do documents say of speed and memory what was measured? The README repeats a part of
//! bench/RESULTS.md word for word, and no document has a figure of its own. What lies in
//! docs/design is the record of its day and keeps the figures of that day.

use std::fs;

use gatelet_tests::repository;

const BEGIN: &str =
    "<!-- speed: written by `make bench`, as in bench/RESULTS.md, held to it by a test -->";
const END: &str = "<!-- end of speed -->";

/// What follows a number where it is a figure of speed or memory.
const UNITS: [&str; 18] = [
    "req/s",
    "requests a second",
    "requests per second",
    "sign-ins a second",
    "people a second",
    "µs",
    "μs",
    "us",
    "ns",
    "ms",
    "milliseconds",
    "microseconds",
    "KiB",
    "MiB",
    "GiB",
    "% of nginx",
    "of nginx",
    "times as fast",
];

/// Figures that nobody measures: limits, ours and others'.
const LIMITS: [(&str, &str); 10] = [
    ("CHANGELOG.md", "128 MiB"),
    ("CHANGELOG.md", "64 MiB"),
    ("README.md", "32 KiB"),
    ("README.md", "48 KiB"),
    ("docs/deploy.md", "1 MiB"),
    ("docs/deploy.md", "4 KiB"),
    ("docs/import.md", "128 MiB"),
    ("docs/key-value.md", "16 MiB"),
    ("docs/key-value.md", "16 MiB"),
    ("docs/key-value.md", "64 MiB"),
];

#[test]
fn the_readme_repeats_the_results_word_for_word() {
    let (results, readme) = (text("bench/RESULTS.md"), text("README.md"));
    let of_results = between(&results, "\n## In short\n", "\n## ").expect("the section");
    let of_readme = between(&readme, BEGIN, END).expect("the part of the README");
    assert_eq!(of_readme.trim(), of_results.trim(), "run `make bench`");
    assert!(figures(of_results).len() > 8, "{of_results}");
}

#[test]
fn documents_have_no_figures_of_speed_or_memory_of_their_own() {
    let mut found = Vec::new();
    for document in documents() {
        let mut text = text(&document);
        if let Some(repeated) = between(&text, BEGIN, END) {
            text = text.replace(repeated, "");
        }
        let figures = figures(&text).into_iter();
        found.extend(figures.map(|figure| (document.clone(), figure)));
    }
    found.sort_unstable();
    let limits = LIMITS.map(|(document, figure)| (document.to_owned(), figure.to_owned()));
    assert_eq!(
        found,
        limits.to_vec(),
        "a figure stands in bench/RESULTS.md, or is a limit and stands in LIMITS"
    );
}

#[test]
fn a_figure_is_found_however_it_is_written() {
    for (text, figure) in [
        ("takes 21.5 µs a request", "21.5 µs"),
        ("takes 34ms", "34 ms"),
        ("48,168 requests\na second", "48,168 requests a second"),
        ("70\nMiB, or", "70 MiB"),
        ("0.73 of nginx", "0.73 of nginx"),
        ("| 4,584 req/s |", "4,584 req/s"),
    ] {
        assert_eq!(figures(text), [figure], "{text}");
    }
    for text in [
        "20 s",
        "port 3000",
        "at 8 museums",
        "RFC 9110 §7",
        "32 connections",
    ] {
        assert_eq!(figures(text), [""; 0], "{text}");
    }
}

/// Those that people read to learn what Gatelet does, `docs/*.md` among them.
fn documents() -> Vec<String> {
    let mut documents: Vec<String> = [
        "README.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ]
    .map(str::to_owned)
    .into();
    let entries = fs::read_dir(repository().join("docs")).expect("the folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    documents.extend(
        names
            .filter_map(|name| name.into_string().ok())
            .filter(|name| name.ends_with(".md"))
            .map(|name| format!("docs/{name}")),
    );
    documents
}

/// Numbers with a unit, as `number unit`.
fn figures(text: &str) -> Vec<String> {
    // Lines break anywhere.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|character: char| character.is_ascii_digit()) {
        rest = &rest[at..];
        let end = rest.find(|character: char| !matches!(character, '0'..='9' | '.' | ','));
        let (number, after) = rest.split_at(end.unwrap_or(rest.len()));
        let follows = after.trim_start();
        let unit = UNITS.iter().find(|unit| {
            follows
                .strip_prefix(**unit)
                .is_some_and(|beyond| !beyond.starts_with(|next: char| next.is_alphanumeric()))
        });
        found.extend(unit.map(|unit| format!("{number} {unit}")));
        rest = after;
    }
    found
}

fn between<'t>(text: &'t str, begin: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(begin)?;
    let (inside, _) = rest.split_once(end)?;
    Some(inside)
}

fn text(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
