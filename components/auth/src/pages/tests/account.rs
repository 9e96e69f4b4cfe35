//! The pages of an account, with something hostile wherever something goes.

use super::factors::set_up;
use super::{HOSTILE, attributes, frame_in, person};
use crate::account::{Notice, Section};
use crate::pages::{
    AccountFrame, AppChoice, AuthenticatorPage, DeletePage, EmailPage, EventRow, EventsPage,
    ExportPage, LeavingPage, LinkedRow, Moment, NewToken, OverviewPage, PasskeysPage, PasswordPage,
    ProfilePage, ProviderChoice, ProvidersPage, RecoveryCodesPage, SessionRow, SessionsPage, SetUp,
    ShownPasskey, TokenRow, TokensPage,
};
use askama::{DynTemplate, Template};
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::browser::Browser;
use gatelet_texts::{Language, account, problems};
use gatelet_web::{Faults, Person};
use std::collections::BTreeSet;

const THEN: Moment = Moment(1_797_000_000);

/// Around a page of an account, with all there are beside it.
fn around(section: Section) -> AccountFrame {
    AccountFrame::new(section, Section::ALL, Some(Notice::ProfileSaved))
}

fn faults(fields: &[&'static str]) -> Faults {
    let mut faults = Faults::default();
    for field in fields {
        faults.field(field, problems::INVALID);
    }
    faults.form(problems::INVALID);
    faults
}

/// With an address that is proved, or not, or without one.
fn persons() -> [Person; 3] {
    [(HOSTILE, true), (HOSTILE, false), ("", false)].map(|(email, email_verified)| Person {
        email: email.into(),
        email_verified,
        ..person()
    })
}

fn overview(language: Language, person: Person) -> OverviewPage {
    OverviewPage {
        frame: frame_in(language),
        account: around(Section::Overview),
        person,
        provider: HOSTILE.into(),
        expires_at: THEN,
        csrf: HOSTILE.into(),
    }
}

fn password(language: Language, has_password: bool, may_set: bool) -> PasswordPage {
    PasswordPage {
        frame: frame_in(language),
        account: around(Section::Password),
        faults: faults(&["password"]),
        email: HOSTILE.into(),
        has_password,
        may_set,
        may_remove: has_password,
        csrf: HOSTILE.into(),
    }
}

fn row(browser: Option<&'static str>, system: Option<&'static str>) -> SessionRow {
    SessionRow {
        id: HOSTILE.into(),
        browser: Browser {
            name: browser,
            system,
        },
        region: HOSTILE.into(),
        address: HOSTILE.into(),
        provider: HOSTILE.into(),
        signed_in_at: THEN,
        seen_at: THEN,
    }
}

fn sessions(language: Language) -> SessionsPage {
    SessionsPage {
        frame: frame_in(language),
        account: around(Section::Sessions),
        this: Some(row(Some("Firefox"), Some("Linux"))),
        others: vec![
            row(None, None),
            row(None, Some("Mac")),
            row(Some("curl"), None),
        ],
        next: Some(HOSTILE.into()),
        csrf: HOSTILE.into(),
    }
}

fn providers(language: Language) -> ProvidersPage {
    let row = |is_open, may_unlink| LinkedRow {
        issuer: HOSTILE.into(),
        subject: HOSTILE.into(),
        provider: HOSTILE.into(),
        is_open,
        email: HOSTILE.into(),
        linked_at: THEN,
        may_unlink,
    };
    ProvidersPage {
        frame: frame_in(language),
        account: around(Section::Providers),
        linked: vec![row(true, true), row(false, false)],
        choices: vec![ProviderChoice {
            id: HOSTILE.into(),
            name: HOSTILE.into(),
        }],
        csrf: HOSTILE.into(),
    }
}

fn tokens(language: Language) -> TokensPage {
    let row = |apps, used_at| TokenRow {
        id: HOSTILE.into(),
        name: HOSTILE.into(),
        apps,
        created_at: THEN,
        expires_at: THEN,
        used_at,
    };
    TokensPage {
        frame: frame_in(language),
        account: around(Section::Tokens),
        faults: faults(&["name", "days", "reach-all"]),
        made: Some(NewToken {
            text: HOSTILE.into(),
            name: HOSTILE.into(),
            expires_at: THEN,
        }),
        tokens: vec![row(None, None), row(Some(HOSTILE.into()), Some(THEN))],
        name: HOSTILE.into(),
        name_limit: 80,
        days: vec![7, 30],
        apps: vec![AppChoice {
            field: "app-wiki".into(),
            name: HOSTILE.into(),
        }],
        csrf: HOSTILE.into(),
    }
}

fn events(language: Language) -> EventsPage {
    let row = |act| EventRow {
        act,
        provider: Some(HOSTILE.into()),
        is_operators: true,
        last_at: THEN,
        times: 3,
        browser: Some(Browser {
            name: None,
            system: None,
        }),
        address: HOSTILE.into(),
    };
    EventsPage {
        frame: frame_in(language),
        account: around(Section::Events),
        events: Act::ALL.iter().copied().map(row).collect(),
        next: Some(HOSTILE.into()),
    }
}

fn email(language: Language, person: Person) -> EmailPage {
    EmailPage {
        frame: frame_in(language),
        account: around(Section::Email),
        person,
        csrf: HOSTILE.into(),
        typed: HOSTILE.into(),
        faults: faults(&["email"]),
    }
}

fn passkeys(language: Language, passkeys: Vec<ShownPasskey>) -> PasskeysPage {
    PasskeysPage {
        frame: frame_in(language),
        account: around(Section::Passkeys),
        faults: faults(&[]),
        passkeys,
        passkey: None,
        csrf: HOSTILE.into(),
    }
}

fn some_passkeys() -> Vec<ShownPasskey> {
    let backups = [
        account::PASSKEY_BACKED_UP,
        account::PASSKEY_NOT_BACKED_UP,
        account::PASSKEY_ONE_DEVICE,
    ];
    let shown = |(number, backup)| ShownPasskey {
        id: format!("{HOSTILE}{number}"),
        name: HOSTILE.into(),
        backup,
        created_at: Moment(1),
        last_used_at: Some(Moment(u64::MAX)),
    };
    backups.into_iter().enumerate().map(shown).collect()
}

fn authenticator(language: Language, is_set_up: bool, set_up: Option<SetUp>) -> AuthenticatorPage {
    AuthenticatorPage {
        frame: frame_in(language),
        account: around(Section::Authenticator),
        faults: match set_up {
            Some(_) => faults(&["code"]),
            None => Faults::default(),
        },
        is_set_up,
        set_up,
        csrf: HOSTILE.into(),
    }
}

fn recovery_codes(
    language: Language,
    left: u32,
    useful: bool,
    codes: Vec<String>,
) -> RecoveryCodesPage {
    RecoveryCodesPage {
        frame: frame_in(language),
        account: around(Section::RecoveryCodes),
        left,
        useful,
        codes,
        csrf: HOSTILE.into(),
    }
}

fn delete(language: Language, is_at_once: bool) -> DeletePage {
    DeletePage {
        frame: frame_in(language),
        account: around(Section::Delete),
        faults: faults(&["confirmation"]),
        confirmation: HOSTILE.into(),
        leaves_at: THEN,
        is_at_once,
        csrf: HOSTILE.into(),
    }
}

type Named = (&'static str, Box<dyn DynTemplate>);

/// Every one, and what is seen of an account that is about to go.
pub(super) fn pages(language: Language) -> Vec<Named> {
    let mut pages = of_account(language);
    pages.push((
        "leaving",
        Box::new(LeavingPage {
            frame: frame_in(language),
            leaves_at: THEN,
            is_over: false,
            csrf: HOSTILE.into(),
        }),
    ));
    pages
}

fn of_account(language: Language) -> Vec<Named> {
    let [proved, unproved, nameless] = persons();
    let [proved_email, unproved_email, no_email] = persons();
    let codes = vec![HOSTILE.into(), "0123".into()];
    vec![
        ("account", Box::new(overview(language, proved))),
        ("account, unproved", Box::new(overview(language, unproved))),
        (
            "account, no address",
            Box::new(overview(language, nameless)),
        ),
        (
            "profile",
            Box::new(ProfilePage {
                frame: frame_in(language),
                account: around(Section::Profile),
                faults: faults(&["name"]),
                name: HOSTILE.into(),
                name_limit: 80,
                csrf: HOSTILE.into(),
            }),
        ),
        ("email", Box::new(email(language, proved_email))),
        ("email, unproved", Box::new(email(language, unproved_email))),
        ("email, none", Box::new(email(language, no_email))),
        ("password", Box::new(password(language, true, true))),
        ("first password", Box::new(password(language, false, true))),
        (
            "no password yet",
            Box::new(password(language, false, false)),
        ),
        ("providers", Box::new(providers(language))),
        (
            "providers, none",
            Box::new(ProvidersPage {
                linked: Vec::new(),
                ..providers(language)
            }),
        ),
        ("passkeys, none", Box::new(passkeys(language, Vec::new()))),
        ("passkeys", Box::new(passkeys(language, some_passkeys()))),
        (
            "authenticator, none",
            Box::new(authenticator(language, false, None)),
        ),
        (
            "authenticator, to set up",
            Box::new(authenticator(language, false, Some(set_up()))),
        ),
        (
            "authenticator",
            Box::new(authenticator(language, true, None)),
        ),
        (
            "recovery codes, useless",
            Box::new(recovery_codes(language, 0, false, Vec::new())),
        ),
        (
            "recovery codes, none",
            Box::new(recovery_codes(language, 0, true, Vec::new())),
        ),
        (
            "recovery codes, left",
            Box::new(recovery_codes(language, 7, true, Vec::new())),
        ),
        (
            "recovery codes, new",
            Box::new(recovery_codes(language, 0, true, codes)),
        ),
        ("sessions", Box::new(sessions(language))),
        ("tokens", Box::new(tokens(language))),
        ("events", Box::new(events(language))),
        (
            "events, none",
            Box::new(EventsPage {
                events: Vec::new(),
                ..events(language)
            }),
        ),
        (
            "export",
            Box::new(ExportPage {
                frame: frame_in(language),
                account: around(Section::Export),
                csrf: HOSTILE.into(),
            }),
        ),
        ("delete", Box::new(delete(language, false))),
        ("delete, at once", Box::new(delete(language, true))),
    ]
}

#[test]
fn a_session_s_end_is_shown_in_plain_words() {
    let html = overview(Language::English, person())
        .render()
        .expect("rendering into memory");
    assert!(
        html.contains("<time datetime=\"2026-12-11T14:40Z\">11 December 2026, 14:40 UTC</time>")
    );
}

#[test]
fn a_page_says_which_it_is_and_what_was_done() {
    for (name, page) in of_account(Language::English) {
        let html = page.dyn_render().expect("rendering into memory");
        assert_eq!(html.matches(" aria-current=\"page\"").count(), 1, "{name}");
        assert_eq!(html.matches("Your profile is saved.").count(), 1, "{name}");
        let links = html.matches("<li><a href=\"/auth/account").count();
        assert_eq!(links, Section::ALL.len(), "{name}");
    }
}

#[test]
fn a_session_is_called_by_what_is_known_of_it() {
    let html = sessions(Language::English)
        .render()
        .expect("rendering into memory");
    for device in [
        "Firefox on Linux",
        "An unknown browser",
        "A browser on Mac",
        "<strong>curl</strong>",
    ] {
        assert!(html.contains(device), "{device}");
    }
    assert_eq!(html.matches("This session").count(), 1);
    assert_eq!(html.matches("value=\"end\"").count(), 3, "not this one");
}

#[test]
fn the_last_way_in_has_no_button_to_be_rid_of_it() {
    let html = providers(Language::English)
        .render()
        .expect("rendering into memory");
    assert_eq!(html.matches(">Unlink</button>").count(), 1);
    let html = password(Language::English, false, true)
        .render()
        .expect("a page");
    assert!(!html.contains("value=\"remove\""));
}

/// Texts between tags, and the names that are read out.
fn said(html: &str) -> BTreeSet<&str> {
    let texts = html.split('>').filter_map(|part| part.split('<').next());
    let names = attributes(html, " aria-label=\"");
    // A title says the site's name too.
    let all = texts.chain(names).flat_map(|text| text.split(" · "));
    all.map(str::trim).filter(|text| !text.is_empty()).collect()
}

/// What a page holds of the tests, and marks of one letter.
fn is_data(text: &str) -> bool {
    let is_hostile = text.starts_with("&#34;&#62;&#60;script") && text.ends_with("{{7*7}}");
    is_hostile || text == "curl" || text.chars().filter(|c| c.is_alphabetic()).count() < 2
}

/// Every message of a language that stands on one line.
fn catalogue(language: Language) -> BTreeSet<String> {
    let locales = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/texts/locales");
    let files = std::fs::read_dir(format!("{locales}/{}", language.tag())).expect("a directory");
    let mut all = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        let messages = text.lines().filter_map(|line| line.split_once(" = "));
        all.extend(messages.map(|(_, message)| message.to_owned()));
    }
    all
}

/// What a page says in English and in another language too is data, or the same word in
/// both languages.
#[test]
fn pages_of_an_account_speak_the_language_of_their_reader_alone() {
    let rendered = |language| {
        of_account(language)
            .into_iter()
            .map(|(name, page)| (name, page.dyn_render().expect("rendering into memory")))
    };
    for language in [Language::German, Language::Spanish, Language::Arabic] {
        let own = catalogue(language);
        for ((name, english), (_, html)) in rendered(Language::English).zip(rendered(language)) {
            let (tag, direction) = (language.tag(), language.direction());
            let opening = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
            assert!(html.contains(&opening), "{name}, {tag}");
            for text in said(&english).intersection(&said(&html)) {
                assert!(
                    is_data(text) || own.contains(*text),
                    "{name}, {tag}: {text}"
                );
            }
        }
    }
}

#[test]
fn dates_and_browsers_are_named_in_the_language_of_the_reader() {
    for (language, parts) in [
        (
            Language::German,
            [">11. Dezember 2026, 14:40 UTC<", ">Firefox auf Linux<"],
        ),
        (
            Language::Arabic,
            [
                ">11 ديسمبر 2026، 14:40 UTC<",
                ">\u{2068}Firefox\u{2069} على \u{2068}Linux\u{2069}<",
            ],
        ),
    ] {
        let html = sessions(language).render().expect("rendering into memory");
        for part in parts {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}
