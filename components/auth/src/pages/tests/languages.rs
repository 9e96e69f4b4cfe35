//! The pages of signing in and out, as visitors of every language read them. All that
//! they are filled with is numbers, so each word on them is one of ours.

use super::target;
use crate::account::Section;
use crate::pages::{
    ConfirmPage, ContinuePage, LeavingPage, PasskeyForm, PassphraseKnownPage, PassphrasePage,
    ProviderLink, SecondFactorPage, SetUp, SignInPage, SignOutPage, SignUpPage, SignedInPage, Step,
    Who,
};
use askama::DynTemplate;
use gatelet_sign_in::work::Challenge;
use gatelet_texts::{Language, Moment, Text, problems, sign_in};
use gatelet_web::{Faults, Frame, Looks, Person, Preview};
use std::collections::{BTreeMap, BTreeSet};
use std::{fs, path::Path};

const NUMBER: &str = "0000";

fn others() -> impl Iterator<Item = Language> {
    let all = Language::ALL.into_iter();
    all.filter(|language| *language != Language::English)
}

fn faults(fields: &[&'static str]) -> Faults {
    let mut faults = Faults::default();
    for field in fields {
        faults.field(field, problems::INVALID);
    }
    faults.form(problems::INVALID);
    faults
}

fn passkey(kind: &'static str, label: Text) -> Option<PasskeyForm> {
    Some(PasskeyForm {
        action: "/auth/passkey",
        kind,
        conditional: kind == "get",
        options: NUMBER.into(),
        label,
        csrf: NUMBER.into(),
        return_to: "/".into(),
    })
}

fn person() -> Person {
    Person {
        id: NUMBER.into(),
        email: NUMBER.into(),
        email_verified: true,
        name: NUMBER.into(),
    }
}

fn links() -> Vec<ProviderLink> {
    vec![ProviderLink::new("acme", NUMBER, &target("/"), false)]
}

/// Every page, and what it is called here.
fn pages(language: Language) -> Vec<(&'static str, String)> {
    let frame = || Frame {
        site_name: NUMBER.into(),
        language,
        insecure: true,
        preview: Some(Preview::OwnAccounts),
        looks: Looks::default(),
    };
    let number = || NUMBER.to_owned();
    let sign_in_page =
        |links, password| SignInPage::new(frame(), links, password, true, number(), &target("/"));
    let mut full = sign_in_page(links(), true);
    full.notice = Some(sign_in::SIGNED_OUT);
    full.faults = faults(&["email", "password"]);
    full.passkey = passkey("get", sign_in::PASSKEY_USE);
    full.magic_link_href = Some(number());
    full.forgot_password_href = Some(number());
    let mut new_passkey = sign_in_page(Vec::new(), true);
    new_passkey.passkey = passkey("create", sign_in::PASSKEY_ADD);
    let mut sign_up = SignUpPage::new(frame(), links(), true, 80, number(), &target("/"));
    sign_up.faults = faults(&["name", "email", "password"]);
    sign_up.challenge = Some(Challenge {
        text: number(),
        bits: 15,
        wait_seconds: 10,
    });
    let mut passphrase = PassphrasePage::new(frame(), number(), &target("/"), Some(number()));
    passphrase.faults = faults(&["passphrase"]);
    let sign_out = |who| SignOutPage {
        frame: frame(),
        who,
        csrf: number(),
        return_to: number(),
        sign_in_href: number(),
    };
    let second_factor = |step| SecondFactorPage {
        frame: frame(),
        faults: faults(&["code"]),
        step,
        passkey: passkey("get", sign_in::PASSKEY_USE),
        csrf: number(),
        sign_in_href: number(),
    };
    let confirm = |lacking| ConfirmPage {
        frame: frame(),
        person: person(),
        faults: faults(&["password"]),
        action: "/auth/confirm",
        lacking,
        password: true,
        providers: links(),
        passkey: passkey("get", sign_in::PASSKEY_USE),
        csrf: number(),
        return_to: number(),
    };
    let leaving = |is_over| LeavingPage {
        frame: frame(),
        leaves_at: Moment(1_797_000_000),
        is_over,
        csrf: number(),
    };
    let set_up = SetUp::new(number(), NUMBER, number());
    let lacks_passkey = (sign_in::LACKS_PASSKEY, Section::Passkeys);
    let lacks_second = (sign_in::LACKS_SECOND_FACTOR, Section::Authenticator);
    let all: Vec<(&'static str, Box<dyn DynTemplate>)> = vec![
        ("sign-in", Box::new(full)),
        ("sign-in, no way", Box::new(no_way_in(frame()))),
        ("new passkey", Box::new(new_passkey)),
        (
            "signed in",
            Box::new(SignedInPage {
                frame: frame(),
                person: person(),
                csrf: number(),
                return_to: number(),
            }),
        ),
        ("sign-up", Box::new(sign_up.invited(NUMBER, NUMBER))),
        ("sign-out", Box::new(sign_out(Who::Somebody(person())))),
        ("sign-out, nobody", Box::new(sign_out(Who::Nobody))),
        ("second step", Box::new(second_factor(Step::Code))),
        (
            "second step, without an app",
            Box::new(second_factor(Step::RecoveryCode)),
        ),
        (
            "second step, to set up",
            Box::new(second_factor(Step::SetUp(set_up))),
        ),
        ("confirm", Box::new(confirm(None))),
        (
            "confirm, without a passkey",
            Box::new(confirm(Some(lacks_passkey))),
        ),
        (
            "confirm, without a second factor",
            Box::new(confirm(Some(lacks_second))),
        ),
        (
            "continue",
            Box::new(ContinuePage {
                frame: frame(),
                return_to: number(),
            }),
        ),
        ("leaving", Box::new(leaving(false))),
        ("leaving, over", Box::new(leaving(true))),
        ("passphrase", Box::new(passphrase)),
        (
            "passphrase known",
            Box::new(PassphraseKnownPage {
                frame: frame(),
                csrf: number(),
                return_to: number(),
            }),
        ),
    ];
    let rendered = |page: Box<dyn DynTemplate>| page.dyn_render().expect("rendering into memory");
    all.into_iter()
        .map(|(name, page)| (name, rendered(page)))
        .collect()
}

fn no_way_in(frame: Frame) -> SignInPage {
    SignInPage::new(frame, Vec::new(), false, false, NUMBER.into(), &target("/"))
}

/// What a page says: text, and what attributes say to people. Titles without the site's
/// name and without saying that something is wrong.
fn said(html: &str) -> Vec<String> {
    let mut said = Vec::new();
    for part in html.split('<') {
        let Some((tag, text)) = part.split_once('>') else {
            continue;
        };
        said.push(text);
        for name in [" aria-label=\"", " alt=\"", " placeholder=\"", " title=\""] {
            let value = tag.split_once(name).map(|(_, rest)| rest);
            said.extend(value.and_then(|rest| rest.split('"').next()));
        }
        if tag.starts_with("input") && !tag.contains("type=\"hidden\"") {
            let value = tag.split_once(" value=\"").map(|(_, rest)| rest);
            said.extend(value.and_then(|rest| rest.split('"').next()));
        }
    }
    let plain = |text: &str| {
        let text = text.replace("&#39;", "'").replace("&#34;", "\"");
        let text = text.replace(['\u{2068}', '\u{2069}'], "");
        let text = text.trim();
        match text.strip_suffix(" · 0000") {
            Some(title) => title.split(": ").last().unwrap_or_default().to_owned(),
            None => text.to_owned(),
        }
    };
    let said = said.into_iter().map(plain);
    said.filter(|text| text.contains(char::is_alphabetic))
        .collect()
}

/// A file of the catalogue: messages by their names. Of one that goes over several lines,
/// the first.
fn messages(language: Language, file: &str) -> BTreeMap<String, String> {
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/texts/locales");
    let text = fs::read_to_string(locales.join(language.tag()).join(file)).expect("a file");
    let lines = text.lines().filter(|line| !line.starts_with(['#', ' ']));
    lines
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Messages that English and the other have word for word, of every file.
fn shared(language: Language) -> BTreeSet<String> {
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/texts/locales/en");
    let files = fs::read_dir(locales).expect("a directory");
    let mut shared = BTreeSet::new();
    for file in files {
        let file = file.expect("a file").file_name();
        let file = file.to_str().expect("a name in ASCII");
        let theirs = messages(language, file);
        let english = messages(Language::English, file).into_iter();
        shared.extend(english.filter_map(|(name, text)| {
            let is_same = theirs.get(&name) == Some(&text);
            is_same.then_some(text)
        }));
    }
    shared
}

/// Whether a text is this message, whatever its arguments are.
fn is_message(text: &str, message: &str) -> bool {
    let Some((start, _)) = message.split_once('{') else {
        return text == message;
    };
    let end = message.rsplit('}').next().unwrap_or_default();
    text.starts_with(start) && text.ends_with(end)
}

#[test]
fn a_page_is_in_the_language_of_the_visitor() {
    let english = messages(Language::English, "sign_in.ftl");
    for language in others() {
        let theirs = messages(language, "sign_in.ftl");
        let differs = |name: &String, text: &String| theirs.get(name) != Some(text);
        let (tag, direction) = (language.tag(), language.direction());
        for (page, html) in pages(language) {
            let html_tag = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
            assert!(html.contains(&html_tag), "{page} in {tag}");
            for text in said(&html) {
                let found = english
                    .iter()
                    .find(|(name, message)| differs(name, message) && is_message(&text, message));
                assert_eq!(found, None, "{page} in {tag}");
            }
        }
    }
}

/// Not even what is in no catalogue.
#[test]
fn no_page_says_the_same_in_two_languages() {
    let english = pages(Language::English);
    for language in others() {
        let shared = shared(language);
        for ((page, html), (_, in_english)) in pages(language).iter().zip(&english) {
            let in_english = said(in_english);
            let (tag, texts) = (language.tag(), said(html));
            assert_eq!(texts.len(), in_english.len(), "{page} in {tag}");
            for (text, english) in texts.into_iter().zip(in_english) {
                assert!(
                    text != english || shared.contains(&text),
                    "{page} in {tag}: {text}"
                );
            }
        }
    }
}

#[test]
fn every_message_is_on_some_page() {
    let pages = pages(Language::English);
    let said: BTreeSet<_> = pages.iter().flat_map(|(_, html)| said(html)).collect();
    for (name, message) in messages(Language::English, "sign_in.ftl") {
        let is_said = said.iter().any(|text| is_message(text, &message));
        assert!(is_said, "{name}");
    }
}
