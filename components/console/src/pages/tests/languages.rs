//! Every page, as visitors of every language read it. All that pages are filled with is
//! digits, so each word on them is one of ours.

use std::collections::BTreeSet;

use gatelet_secrets::names::Rule;
use gatelet_texts::{Language, Text, console};
use gatelet_web::Explain as _;

use super::filled::{Filled, pages, problem_page, problems};
use crate::english::{DIGITS, others, said, same, unsaid};
use crate::names;

fn rendered(language: Language) -> Vec<(String, String)> {
    let filled = Filled {
        language,
        with: DIGITS,
    };
    let all = pages(filled).into_iter().map(|(name, page)| {
        let html = page.dyn_render().expect("rendering into memory");
        (name.to_owned(), html)
    });
    let problems = problems().into_iter();
    let problems =
        problems.map(|problem| (problem.code().to_owned(), problem_page(filled, problem)));
    all.chain(problems).collect()
}

#[test]
fn a_page_is_in_the_language_of_its_reader_and_says_nothing_in_english() {
    let english = rendered(Language::English);
    for language in others() {
        let (tag, direction) = (language.tag(), language.direction());
        let html_tag = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
        for ((page, html), (_, in_english)) in rendered(language).iter().zip(&english) {
            assert!(html.contains(&html_tag), "{page} in {tag}");
            let left = same(in_english, html, language);
            assert_eq!(left, [""; 0], "{page} in {tag}");
        }
    }
}

/// What stands at a field that is at fault.
const FAULTS: [Text; 3] = [
    console::FAULT_VARIABLE_VALUE,
    console::FAULT_NO_SECRET,
    console::FAULT_SCOPES,
];

#[test]
fn every_message_is_on_some_page() {
    let pages = rendered(Language::English);
    let mut said: BTreeSet<_> = pages.iter().flat_map(|(_, html)| said(html)).collect();
    let rules = [
        Rule::Secret,
        Rule::EnvKey,
        Rule::Reserved,
        Rule::Application,
    ];
    let faults = rules.into_iter().map(names::fault).chain(FAULTS);
    said.extend(faults.map(|text| text.of(Language::English).to_owned()));
    assert_eq!(unsaid("console", &said), [""; 0]);
}
