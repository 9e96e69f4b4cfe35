//! Every page, as visitors of every language read it. All that pages are filled with is
//! digits, so each word on them is one of ours.

use super::{Filled, account, faults, mailed, target};
use crate::account::Section;
use crate::english::{DIGITS, others, said, same, unsaid};
use crate::pages::{
    ConfirmPage, ContinuePage, DocsPage, ElsewherePage, LeavingPage, PasskeyForm, PasskeysPage,
    PassphraseKnownPage, PassphrasePage, ProviderLink, SecondFactorPage, ServicePage, SignInPage,
    SignOutPage, SignUpPage, SignedInPage, Step, Who,
};
use crate::problem;
use askama::DynTemplate;
use gatelet_guide::Sheet;
use gatelet_sign_in::work::Challenge;
use gatelet_texts::{Language, Moment, Text, sign_in};
use gatelet_web::{Explain as _, Faults, Frame, Preview};
use std::collections::BTreeSet;

type Named = (&'static str, Box<dyn DynTemplate>);

fn passkey(kind: &'static str, label: Text) -> Option<PasskeyForm> {
    Some(PasskeyForm {
        action: "/auth/passkey",
        kind,
        conditional: kind == "get",
        options: DIGITS.into(),
        label,
        csrf: DIGITS.into(),
        return_to: "/".into(),
    })
}

fn links() -> Vec<ProviderLink> {
    vec![ProviderLink::new("acme", DIGITS, &target("/"), false)]
}

/// Every page, and what it is called here.
fn pages(language: Language) -> Vec<(String, String)> {
    let filled = Filled {
        language,
        with: DIGITS,
    };
    let around = account::pages(filled).into_iter();
    let around = around.chain(account::told(filled));
    let around = around.chain(mailed::pages(filled)).map(rendered);
    let problems = problem::tests::problems().into_iter();
    let problems = problems.map(|problem| (problem.code().to_owned(), filled.problem(problem)));
    let all = signing_in(filled).into_iter().map(rendered);
    all.chain(around).chain(problems).collect()
}

fn rendered((name, page): Named) -> (String, String) {
    let html = page.dyn_render().expect("rendering into memory");
    (name.to_owned(), html)
}

/// Pages of signing in and out, with all that may be on them.
fn signing_in(filled: Filled) -> Vec<Named> {
    let frame = || Frame {
        preview: Some(Preview::OwnAccounts),
        ..filled.frame()
    };
    let person = || filled.person();
    let digits = || filled.text();
    let sign_in_page =
        |links, password| SignInPage::new(frame(), links, password, true, digits(), &target("/"));
    let mut full = sign_in_page(links(), true);
    full.notice = Some(sign_in::SIGNED_OUT);
    full.faults = faults(&["email", "password"]);
    full.passkey = passkey("get", sign_in::PASSKEY_USE);
    full.magic_link_href = Some(digits());
    full.forgot_password_href = Some(digits());
    let mut new_passkey = sign_in_page(Vec::new(), true);
    new_passkey.passkey = passkey("create", sign_in::PASSKEY_ADD);
    let another_passkey = PasskeysPage {
        passkey: passkey("create", sign_in::PASSKEY_ADD),
        ..account::passkeys(filled, Vec::new())
    };
    let mut sign_up = SignUpPage::new(frame(), links(), true, 80, digits(), &target("/"));
    sign_up.faults = faults(&["name", "email", "password"]);
    sign_up.challenge = Some(Challenge {
        text: digits(),
        bits: 15,
        wait_seconds: 10,
    });
    let mut passphrase = PassphrasePage::new(frame(), digits(), &target("/"), Some(digits()));
    passphrase.faults = faults(&["passphrase"]);
    let sign_out = |who| SignOutPage {
        frame: frame(),
        who,
        csrf: digits(),
        return_to: digits(),
        sign_in_href: digits(),
    };
    let second_factor = |step| SecondFactorPage {
        frame: frame(),
        faults: faults(&["code"]),
        step,
        passkey: passkey("get", sign_in::PASSKEY_USE),
        csrf: digits(),
        sign_in_href: digits(),
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
        csrf: digits(),
        return_to: digits(),
    };
    let leaving = |is_over| LeavingPage {
        frame: frame(),
        leaves_at: Moment(1_797_000_000),
        is_over,
        csrf: digits(),
    };
    let elsewhere = |notice, href| ElsewherePage {
        frame: frame(),
        notice,
        href,
    };
    let set_up = filled.set_up();
    let lacks_passkey = (sign_in::LACKS_PASSKEY, Section::Passkeys, digits());
    let lacks_second = (
        sign_in::LACKS_SECOND_FACTOR,
        Section::Authenticator,
        digits(),
    );
    vec![
        ("API", Box::new(ServicePage::new(frame()))),
        ("sign-in", Box::new(full)),
        ("sign-in, no way", Box::new(no_way_in(frame()))),
        ("new passkey", Box::new(new_passkey)),
        ("another passkey", Box::new(another_passkey)),
        (
            "signed in",
            Box::new(SignedInPage {
                frame: frame(),
                person: person(),
                csrf: digits(),
                return_to: digits(),
            }),
        ),
        ("sign-up", Box::new(sign_up.invited(DIGITS, DIGITS))),
        ("sign-out", Box::new(sign_out(Who::Somebody(person())))),
        ("sign-out, nobody", Box::new(sign_out(Who::Nobody))),
        ("sign-out, unknown", Box::new(sign_out(Who::Unknown))),
        ("second step", Box::new(second_factor(Step::Code))),
        (
            "second step, without an app",
            Box::new(SecondFactorPage {
                faults: Faults::default(),
                ..second_factor(Step::RecoveryCode)
            }),
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
                return_to: digits(),
            }),
        ),
        (
            "docs",
            Box::new(DocsPage {
                frame: frame(),
                sheet: Sheet::new(DIGITS, filled.language),
            }),
        ),
        (
            "elsewhere",
            Box::new(elsewhere(Some(sign_in::ELSEWHERE_VOID), Some(digits()))),
        ),
        ("elsewhere, unknown where", Box::new(elsewhere(None, None))),
        ("leaving", Box::new(leaving(false))),
        ("leaving, over", Box::new(leaving(true))),
        ("passphrase", Box::new(passphrase)),
        (
            "passphrase known",
            Box::new(PassphraseKnownPage {
                frame: frame(),
                csrf: digits(),
                return_to: digits(),
            }),
        ),
    ]
}

fn no_way_in(frame: Frame) -> SignInPage {
    SignInPage::new(frame, Vec::new(), false, false, DIGITS.into(), &target("/"))
}

#[test]
fn a_page_is_in_the_language_of_its_reader_and_says_nothing_in_english() {
    let english = pages(Language::English);
    for language in others() {
        let (tag, direction) = (language.tag(), language.direction());
        let html_tag = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
        for ((page, html), (_, in_english)) in pages(language).iter().zip(&english) {
            assert!(html.contains(&html_tag), "{page} in {tag}");
            let left = same(in_english, html, language);
            assert_eq!(left, [""; 0], "{page} in {tag}");
        }
    }
}

#[test]
fn every_message_is_on_some_page() {
    let pages = pages(Language::English);
    let said: BTreeSet<_> = pages.iter().flat_map(|(_, html)| said(html)).collect();
    for file in ["common", "sign_in", "account", "mailed", "service"] {
        assert_eq!(unsaid(file, &said), [""; 0], "{file}");
    }
}
