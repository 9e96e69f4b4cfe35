//! Claims about the pages that hold whatever they show.

mod account;
mod factors;
mod languages;

use super::*;
use crate::problem::Problem;
use askama::Template;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_guide::Sheet;
use gatelet_sign_in::refusal::RefusalCode;
use gatelet_texts::{Language, problems};
use gatelet_web::{Faults, Frame, Looks, Person, Preview, explained};

mod mailed;

const HOSTILE: &str = "\"><script>alert(1)</script>'&{{7*7}}";

fn target(path: &str) -> ReturnTarget {
    ReturnTarget::parse(path).expect("a path on this site")
}

/// What pages are made from: the reader's language, and what stands wherever something is
/// filled in.
#[derive(Clone, Copy)]
struct Filled {
    language: Language,
    with: &'static str,
}

/// For claims about markup.
const ESCAPED: Filled = Filled {
    language: Language::English,
    with: HOSTILE,
};

impl Filled {
    fn text(self) -> String {
        self.with.to_owned()
    }

    fn frame(self) -> Frame {
        Frame {
            language: self.language,
            site_name: self.text(),
            insecure: true,
            preview: Some(Preview::SharedAccounts),
            looks: Looks {
                theme_href: Some(self.text()),
                logo_src: Some(self.text()),
                icon_href: self.text(),
            },
        }
    }

    fn person(self) -> Person {
        Person {
            id: self.text(),
            email: self.text(),
            email_verified: true,
            name: self.text(),
        }
    }

    fn set_up(self) -> SetUp {
        SetUp::new(self.text(), self.with, self.text())
    }

    /// The whole page that says why a request got no further.
    fn problem(self, problem: Problem) -> String {
        let answer = explained(self.frame(), problem, Reader::Person, &target("/board"));
        String::from_utf8(answer.into_body().to_vec()).expect("a page is text")
    }
}

/// Something wrong with each of these fields, and with the form.
fn faults(fields: &[&'static str]) -> Faults {
    let mut faults = Faults::default();
    for field in fields {
        faults.field(field, problems::INVALID);
    }
    faults.form(problems::INVALID);
    faults
}

fn frame() -> Frame {
    ESCAPED.frame()
}

fn person() -> Person {
    ESCAPED.person()
}

fn links() -> Vec<ProviderLink> {
    vec![
        ProviderLink::new("google", "Google", &target("/board"), false),
        ProviderLink::new("acme", HOSTILE, &target("/board"), false),
    ]
}

fn sign_in() -> SignInPage {
    let mut page = SignInPage::new(
        frame(),
        links(),
        true,
        true,
        HOSTILE.into(),
        &target("/board?x=1&y=2#z"),
    );
    page.email = HOSTILE.into();
    page.faults = faults(&["email", "password"]);
    page
}

fn sign_up() -> SignUpPage {
    let mut page = SignUpPage::new(
        frame(),
        links(),
        true,
        80,
        HOSTILE.into(),
        &target("/board"),
    );
    page.name = HOSTILE.into();
    page.email = HOSTILE.into();
    for field in ["name", "email", "password"] {
        page.faults.field(field, problems::INVALID);
    }
    page
}

fn passphrase() -> PassphrasePage {
    let mut page = PassphrasePage::new(
        frame(),
        HOSTILE.into(),
        &target("/board?x=1&y=2#z"),
        Some(HOSTILE.into()),
    );
    page.faults = faults(&["passphrase"]);
    page
}

/// Every page, with something hostile wherever something goes.
fn pages() -> Vec<(&'static str, String)> {
    let return_to = || target("/board").as_str().to_owned();
    let mut rendered: Vec<(&'static str, Box<dyn askama::DynTemplate>)> = vec![
        ("sign-in", Box::new(sign_in())),
        (
            "sign-in, empty",
            Box::new(SignInPage::new(
                frame(),
                Vec::new(),
                true,
                false,
                HOSTILE.into(),
                &target("/"),
            )),
        ),
        ("sign-up", Box::new(sign_up())),
        ("passphrase", Box::new(passphrase())),
        (
            "passphrase known",
            Box::new(PassphraseKnownPage {
                frame: frame(),
                csrf: HOSTILE.into(),
                return_to: return_to(),
            }),
        ),
        (
            "signed in",
            Box::new(SignedInPage {
                frame: frame(),
                person: person(),
                csrf: HOSTILE.into(),
                return_to: return_to(),
            }),
        ),
        (
            "continue",
            Box::new(ContinuePage {
                frame: frame(),
                return_to: return_to(),
            }),
        ),
        (
            "sign-out",
            Box::new(SignOutPage {
                frame: frame(),
                who: Who::Somebody(person()),
                csrf: HOSTILE.into(),
                return_to: return_to(),
                sign_in_href: "/auth/sign-in".into(),
            }),
        ),
        (
            "signed out",
            Box::new(SignOutPage {
                frame: frame(),
                who: Who::Nobody,
                csrf: HOSTILE.into(),
                return_to: return_to(),
                sign_in_href: "/auth/sign-in".into(),
            }),
        ),
        (
            "sign out of what nobody knows",
            Box::new(SignOutPage {
                frame: frame(),
                who: Who::Unknown,
                csrf: HOSTILE.into(),
                return_to: return_to(),
                sign_in_href: "/auth/sign-in".into(),
            }),
        ),
        ("API", Box::new(ServicePage::new(frame()))),
        (
            "docs",
            Box::new(DocsPage {
                frame: frame(),
                sheet: Sheet::new(HOSTILE, Language::English),
            }),
        ),
        (
            "no way in",
            Box::new(SignInPage::new(
                frame(),
                Vec::new(),
                false,
                false,
                HOSTILE.into(),
                &target("/"),
            )),
        ),
    ];
    rendered.extend(account::pages(ESCAPED));
    let problem = ESCAPED.problem(Problem::Refused(RefusalCode::StateMismatch));
    rendered
        .into_iter()
        .chain(factors::pages())
        .chain(mailed::pages(ESCAPED))
        .map(|(name, page)| (name, page.dyn_render().expect("rendering into memory")))
        .chain([("problem", problem)])
        .collect()
}

#[test]
fn nothing_typed_or_configured_becomes_markup() {
    for (name, html) in pages() {
        let html = without_our_scripts(&html);
        assert!(!html.contains("<script"), "{name}");
        assert!(
            !html.contains("'&") && !html.contains("&{{"),
            "{name}: a quote or an ampersand got through"
        );
        assert!(
            html.contains("&#34;&#62;&#60;script&#62;"),
            "{name}: shows nothing hostile, so proves nothing"
        );
    }
}

/// HTML without the files that a page may load and does not need.
fn without_our_scripts(html: &str) -> String {
    let ours = [&crate::fragment::SCRIPT, &crate::once::SCRIPT];
    ours.into_iter().fold(html.to_owned(), |html, script| {
        let ours = format!(
            "<script type=\"module\" src=\"{}\"></script>",
            script.href()
        );
        html.replacen(&ours, "", 1)
    })
}

/// HTML without what is shown as code: an address in it is loaded by nobody.
fn outside_code(html: &str) -> String {
    let mut pieces = html.split("<code");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once("</code>").expect("code ends");
        kept += rest;
    }
    kept
}

#[test]
fn pages_need_no_script_and_no_inline_style() {
    for (name, html) in pages() {
        let html = outside_code(&without_our_scripts(&html));
        for forbidden in [
            "<script",
            "<style",
            " style=\"",
            "javascript:",
            " onclick",
            " onload",
            " onsubmit",
            "<iframe",
            "http://",
            "https://",
        ] {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
    }
}

#[test]
fn every_page_has_language_title_heading_and_the_insecure_notice() {
    for (name, html) in pages() {
        assert!(html.contains("<html lang=\"en\" dir=\"ltr\">"), "{name}");
        assert_eq!(html.matches("<title>").count(), 1, "{name}");
        assert!(!html.contains("<title> "), "{name}: an empty title");
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        assert_eq!(html.matches("<main>").count(), 1, "{name}");
        assert!(html.contains("Not encrypted."), "{name}");
    }
}

#[test]
fn a_preview_says_so_and_whose_accounts_it_has() {
    let shown = |preview| {
        let frame = Frame {
            preview,
            insecure: false,
            ..frame()
        };
        let page = SignInPage::new(frame, Vec::new(), true, true, String::new(), &target("/"));
        page.render().expect("a page")
    };
    assert!(!shown(None).contains("Preview"));
    let own = shown(Some(Preview::OwnAccounts));
    let shared = shown(Some(Preview::SharedAccounts));
    assert!(own.contains("Preview.") && own.contains("accounts of its own"));
    assert!(shared.contains("Preview.") && shared.contains("shares accounts"));
    for (name, html) in pages() {
        assert_eq!(html.matches("Preview.").count(), 1, "{name}");
    }
}

#[test]
fn every_field_has_a_label_and_every_reference_a_target() {
    for (name, html) in pages() {
        for id in attributes(&html, "<input id=\"") {
            assert!(
                html.contains(&format!("<label for=\"{id}\">")),
                "{name}: {id} has no label"
            );
        }
        for ids in attributes(&html, "aria-describedby=\"") {
            for id in ids.split(' ') {
                assert_eq!(
                    html.matches(&format!(" id=\"{id}\"")).count(),
                    1,
                    "{name}: {id}"
                );
            }
        }
        for id in attributes(&html, "href=\"#") {
            assert_eq!(
                html.matches(&format!(" id=\"{id}\"")).count(),
                1,
                "{name}: {id}"
            );
        }
    }
}

#[test]
fn faults_stand_at_their_fields_and_in_a_summary() {
    for html in [sign_in().render(), sign_up().render()] {
        let html = html.expect("rendering into memory");
        for field in ["email", "password"] {
            assert!(
                html.contains(&format!("<p class=\"fault\" id=\"{field}-fault\">")),
                "{field}"
            );
            assert!(
                html.contains(&format!(
                    "aria-invalid=\"true\" aria-describedby=\"{field}-fault"
                )),
                "{field}"
            );
            assert!(html.contains(&format!("<a href=\"#{field}\">")), "{field}");
        }
        assert!(html.contains("role=\"alert\""));
        assert!(html.contains("<title>Error: "), "the title says it first");
        assert_eq!(
            html.matches(" autofocus").count(),
            1,
            "the first fault has the cursor"
        );
    }
}

#[test]
fn typed_values_come_back_and_passwords_do_not() {
    let html = sign_up().render().expect("rendering into memory");
    assert_eq!(
        html.matches("value=\"&#34;&#62;").count(),
        3,
        "token, name and email"
    );
    for password in html
        .split("<input ")
        .filter(|input| input.contains("type=\"password\""))
    {
        let tag = password.split('>').next().expect("split gives one");
        assert!(!tag.contains("value"), "{tag}");
    }
}

#[test]
fn password_managers_find_their_fields() {
    let sign_in = sign_in().render().expect("rendering into memory");
    let sign_up = sign_up().render().expect("rendering into memory");
    assert!(
        sign_in.contains("autocomplete=\"username\"")
            && sign_in.contains("autocomplete=\"current-password\"")
    );
    assert!(
        sign_up.contains("autocomplete=\"username\"")
            && sign_up.contains("autocomplete=\"new-password\"")
    );
}

#[test]
fn the_return_target_is_kept_through_links_and_forms() {
    let html = sign_in().render().expect("rendering into memory");
    let kept = |path: &str| {
        let query = attributes(&html, "href=\"")
            .find_map(|href| href.strip_prefix(path)?.strip_prefix('?'));
        let form = Form::parse(query.expect("a link with a query").as_bytes()).expect("a query");
        form.text("return_to").to_owned()
    };
    assert_eq!(kept("/auth/start/google"), "/board");
    assert_eq!(kept("/auth/sign-up"), "/board?x=1&y=2#z");
    assert!(html.contains("name=\"return_to\" value=\"/board?x=1&#38;y=2#z\""));
    assert_eq!(
        with_return_to("/auth/sign-in", &target("/")),
        "/auth/sign-in"
    );
}

#[test]
fn sign_up_is_offered_only_where_it_is_open() {
    let closed = SignInPage::new(
        frame(),
        Vec::new(),
        true,
        false,
        String::new(),
        &target("/"),
    );
    assert!(
        !closed
            .render()
            .expect("rendering into memory")
            .contains("/auth/sign-up")
    );
}

#[test]
fn without_passwords_there_is_no_form() {
    let page = SignInPage::new(frame(), links(), false, true, String::new(), &target("/"));
    let html = page.render().expect("rendering into memory");
    assert!(!html.contains("<form") && html.contains("/auth/start/google"));
}

#[test]
fn the_passphrase_is_asked_for_once_and_never_shown() {
    let html = passphrase().render().expect("rendering into memory");
    assert!(html.contains("<form method=\"post\" action=\"/auth/passphrase\" novalidate>"));
    assert!(html.contains("name=\"return_to\" value=\"/board?x=1&#38;y=2#z\""));
    assert!(html.contains("<title>Error: ") && html.contains("<a href=\"#passphrase\">"));
    assert_eq!(html.matches("type=\"password\"").count(), 1);
    let field = html
        .split("<input id=\"passphrase\"")
        .nth(1)
        .expect("a field");
    let tag = field.split('>').next().expect("split gives one");
    assert!(!tag.contains("value"), "{tag}");

    let page = PassphrasePage::new(frame(), String::new(), &target("/"), None);
    let html = page.render().expect("rendering into memory");
    assert!(!html.contains("/auth/sign-in"), "an account would not do");
    assert_eq!(html.matches(" autofocus").count(), 1);
}

/// What stands between `before` and the next quote, each time.
fn attributes<'a>(html: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(before)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
}
