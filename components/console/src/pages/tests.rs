//! Claims about the pages that hold whatever they show.

mod filled;
mod languages;

use std::collections::BTreeSet;

use askama::{DynTemplate, Template};
use filled::{ESCAPED, HOSTILE, faults, pages, problem_page, problems};
use gatelet_secrets::ValueError;
use gatelet_texts::Language;
use gatelet_web::Explain as _;

use crate::problem::{Problem, refused_value};

fn rendered() -> Vec<(String, String)> {
    let html = |page: Box<dyn DynTemplate>| page.dyn_render().expect("rendering into memory");
    let all = pages(ESCAPED).into_iter();
    let all = all.map(|(name, page)| (name.to_owned(), html(page)));
    let problems = problems().into_iter();
    let problems =
        problems.map(|problem| (problem.code().to_owned(), problem_page(ESCAPED, problem)));
    all.chain(problems).collect()
}

#[test]
fn nothing_typed_or_kept_becomes_markup() {
    for (name, html) in rendered() {
        assert!(!html.contains("<script"), "{name}");
        assert!(!html.contains(HOSTILE), "{name}");
        assert!(
            !html.contains("{{7*7}}") || html.contains("&#38;"),
            "{name}"
        );
    }
}

#[test]
fn pages_need_no_script_and_no_inline_style() {
    for (name, html) in rendered() {
        for forbidden in ["<style", " style=\"", "javascript:", " onclick", "<iframe"] {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
    }
}

#[test]
fn every_page_has_language_title_heading_and_main() {
    for (name, html) in rendered() {
        assert!(html.contains("<html lang=\"en\" dir=\"ltr\">"), "{name}");
        assert_eq!(html.matches("<title>").count(), 1, "{name}");
        assert!(!html.contains("<title> "), "{name}: an empty title");
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        assert_eq!(html.matches("<main>").count(), 1, "{name}");
    }
}

#[test]
fn every_field_has_a_label_and_every_reference_a_target() {
    for (name, html) in rendered() {
        for tag in ["<input id=\"", "<select id=\"", "<textarea id=\""] {
            for id in attributes(&html, tag) {
                let label = format!("<label for=\"{id}\">");
                assert_eq!(html.matches(&label).count(), 1, "{name}: {id}");
            }
        }
        let described = attributes(&html, "aria-describedby=\"");
        let referred = described.flat_map(|ids| ids.split(' '));
        for id in referred.chain(attributes(&html, "href=\"#")) {
            let target = format!(" id=\"{id}\"");
            assert_eq!(html.matches(&target).count(), 1, "{name}: {id}");
        }
        let mut seen = BTreeSet::new();
        for id in attributes(&html, " id=\"") {
            assert!(seen.insert(id), "{name}: {id} twice");
        }
        assert!(html.matches(" autofocus").count() <= 1, "{name}");
    }
}

#[test]
fn every_form_that_changes_something_has_a_token() {
    for (name, html) in rendered() {
        for form in html.split("<form ").skip(1) {
            let form = form.split("</form>").next().expect("split gives one");
            assert!(form.starts_with("method=\"post\""), "{name}");
            assert!(form.contains("name=\"csrf\""), "{name}");
        }
    }
}

#[test]
fn no_field_of_a_value_holds_one_and_browsers_keep_none() {
    let mut fields = 0;
    for (name, html) in rendered() {
        for field in html.split("<textarea ").skip(1) {
            let (tag, rest) = field.split_once('>').expect("a tag");
            assert!(
                rest.starts_with("</textarea>"),
                "{name}: it holds something"
            );
            assert!(tag.contains("autocomplete=\"off\""), "{name}");
            assert!(tag.contains("spellcheck=\"false\""), "{name}");
            fields += 1;
        }
        assert!(!html.contains("name=\"value\" type="), "{name}");
    }
    assert!(fields >= 4, "{fields}");
}

#[test]
fn a_value_that_is_too_long_is_refused_in_the_very_words() {
    for error in [ValueError::Empty, ValueError::TooLong, ValueError::Nul] {
        let said = refused_value(error).of(Language::English);
        assert_eq!(said, error.to_string());
        assert_eq!(Problem::Value(error).status(), 400);
    }
}

#[test]
fn every_problem_has_a_code_of_its_own_and_a_status_that_denies() {
    let mut seen = BTreeSet::new();
    for problem in problems() {
        assert!(seen.insert(problem.code()), "{} twice", problem.code());
        let status = problem.status();
        assert!(
            status.is_client_error() || status.is_server_error(),
            "{problem:?}"
        );
        assert!(
            gatelet_texts::are_sentences(problem.message()),
            "{problem:?}"
        );
    }
}

#[test]
fn whoever_is_no_admin_is_offered_nothing() {
    let html = problem_page(ESCAPED, Problem::NotAdmin);
    assert!(html.contains("admins or owners"), "{html}");
    assert!(!html.contains("<a ") && !html.contains("<form"), "{html}");
}

#[test]
fn the_page_of_a_link_says_whom_it_touches() {
    let html = |rotates| {
        let page = filled::entry(ESCAPED, rotates);
        page.render().expect("rendering into memory")
    };
    assert!(html(true).contains("the new value of a secret"));
    assert!(html(false).contains("that is not there yet"));
    let mut page = filled::entry(ESCAPED, true);
    page.faults = faults(&["value"]);
    let again = page.render().expect("rendering into memory");
    assert!(again.contains("<title>Error: ") && again.contains("</textarea>"));
}

/// What stands between `before` and the next quote, each time.
fn attributes<'a>(html: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(before)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
}

/// The one that asks, one that may be ended, and an owner's.
#[test]
fn a_session_has_a_form_where_whoever_looks_may_end_it() {
    let mut pages = rendered().into_iter();
    let found = pages.find(|(name, _)| name == "sessions");
    let (_, html) = found.expect("it is there");
    for (mark, times) in [
        ("<div id=\"session-", 3),
        (
            "<form method=\"post\" action=\"/auth/console/sessions\">",
            1,
        ),
        ("aria-describedby=\"session-2\"", 1),
    ] {
        assert_eq!(html.matches(mark).count(), times, "{mark}: {html}");
    }
}
