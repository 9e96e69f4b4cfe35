//! The pages of an account, with something hostile wherever something goes.

use super::{ESCAPED, Filled, faults, target};
use crate::account::{Notice, Section};
use crate::english::DIGITS;
use crate::pages::{
    AccountFrame, AppChoice, AuthenticatorPage, DeletePage, EmailPage, EventRow, EventsPage,
    ExportPage, LeavingPage, LinkedRow, Moment, OverviewPage, PasskeysPage, PasswordPage,
    ProfilePage, ProviderChoice, ProvidersPage, RecoveryCodesPage, SessionRow, SessionsPage, SetUp,
    ShownPasskey, TokensPage,
};
use askama::{DynTemplate, Template};
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::browser::Browser;
use gatelet_texts::{Language, account};
use gatelet_web::access_tokens::{NewToken, TokenRow};
use gatelet_web::{Faults, Person};

const THEN: Moment = Moment(1_797_000_000);

/// Around a page of an account, with all there are beside it.
fn around(section: Section) -> AccountFrame {
    let notice = Some(Notice::ProfileSaved);
    AccountFrame::new(section, Section::ALL, notice, Some(target("/board")))
}

/// With an address that is proved, or not, or without one.
fn persons(filled: Filled) -> [Person; 3] {
    [(filled.with, true), (filled.with, false), ("", false)].map(|(email, email_verified)| Person {
        email: email.into(),
        email_verified,
        ..filled.person()
    })
}

fn overview(filled: Filled, person: Person) -> OverviewPage {
    OverviewPage {
        frame: filled.frame(),
        account: around(Section::Overview),
        person,
        provider: filled.text(),
        expires_at: THEN,
        csrf: filled.text(),
    }
}

fn password(filled: Filled, has_password: bool, may_set: bool) -> PasswordPage {
    PasswordPage {
        frame: filled.frame(),
        account: around(Section::Password),
        faults: faults(&["password"]),
        email: filled.text(),
        has_password,
        may_set,
        may_remove: has_password,
        csrf: filled.text(),
    }
}

fn row(filled: Filled, browser: Option<&'static str>, system: Option<&'static str>) -> SessionRow {
    SessionRow {
        id: filled.text(),
        browser: Browser {
            name: browser,
            system,
        },
        region: filled.text(),
        address: filled.text(),
        provider: filled.text(),
        signed_in_at: THEN,
        seen_at: THEN,
    }
}

fn sessions(filled: Filled) -> SessionsPage {
    SessionsPage {
        frame: filled.frame(),
        account: around(Section::Sessions),
        this: Some(row(filled, Some("Firefox"), Some("Linux"))),
        others: vec![
            row(filled, None, None),
            row(filled, None, Some("Mac")),
            row(filled, Some(filled.with), None),
        ],
        next: Some(filled.text()),
        csrf: filled.text(),
    }
}

fn providers(filled: Filled) -> ProvidersPage {
    let row = |is_open, may_unlink| LinkedRow {
        issuer: filled.text(),
        subject: filled.text(),
        provider: filled.text(),
        is_open,
        email: filled.text(),
        linked_at: THEN,
        may_unlink,
    };
    ProvidersPage {
        frame: filled.frame(),
        account: around(Section::Providers),
        linked: vec![row(true, true), row(false, false)],
        choices: vec![ProviderChoice {
            id: filled.text(),
            name: filled.text(),
        }],
        csrf: filled.text(),
    }
}

fn tokens(filled: Filled) -> TokensPage {
    let row = |apps, used_at| TokenRow {
        id: filled.text(),
        name: filled.text(),
        reach: apps,
        created_at: THEN,
        expires_at: THEN,
        used_at,
    };
    TokensPage {
        frame: filled.frame(),
        account: around(Section::Tokens),
        faults: faults(&["name", "days", "reach-all"]),
        made: Some(NewToken {
            id: String::new(),
            text: filled.text(),
            name: filled.text(),
            expires_at: THEN,
        }),
        tokens: vec![row(None, None), row(Some(filled.text()), Some(THEN))],
        name: filled.text(),
        name_limit: 80,
        days: vec![7, 30],
        apps: vec![AppChoice {
            field: "app-wiki".into(),
            name: filled.text(),
        }],
        csrf: filled.text(),
    }
}

fn events(filled: Filled) -> EventsPage {
    let row = |act| EventRow {
        act,
        provider: Some(filled.text()),
        is_operators: true,
        last_at: THEN,
        times: 3,
        browser: Some(Browser {
            name: None,
            system: None,
        }),
        address: filled.text(),
    };
    EventsPage {
        frame: filled.frame(),
        account: around(Section::Events),
        events: Act::ALL.iter().copied().map(row).collect(),
        next: Some(filled.text()),
    }
}

fn email(filled: Filled, person: Person) -> EmailPage {
    EmailPage {
        frame: filled.frame(),
        account: around(Section::Email),
        person,
        csrf: filled.text(),
        typed: filled.text(),
        faults: faults(&["email"]),
    }
}

pub(super) fn passkeys(filled: Filled, passkeys: Vec<ShownPasskey>) -> PasskeysPage {
    PasskeysPage {
        frame: filled.frame(),
        account: around(Section::Passkeys),
        faults: faults(&[]),
        passkeys,
        passkey: None,
        signal: None,
        csrf: filled.text(),
    }
}

fn some_passkeys(filled: Filled) -> Vec<ShownPasskey> {
    let backups = [
        account::PASSKEY_BACKED_UP,
        account::PASSKEY_NOT_BACKED_UP,
        account::PASSKEY_ONE_DEVICE,
    ];
    let shown = |(number, backup)| ShownPasskey {
        id: format!("{}{number}", filled.with),
        name: filled.text(),
        backup,
        created_at: Moment(1),
        last_used_at: Some(Moment(u64::MAX)),
    };
    backups.into_iter().enumerate().map(shown).collect()
}

fn authenticator(filled: Filled, is_set_up: bool, set_up: Option<SetUp>) -> AuthenticatorPage {
    AuthenticatorPage {
        frame: filled.frame(),
        account: around(Section::Authenticator),
        faults: match set_up {
            Some(_) => faults(&["code"]),
            None => Faults::default(),
        },
        is_set_up,
        set_up,
        csrf: filled.text(),
    }
}

fn recovery_codes(
    filled: Filled,
    left: u32,
    useful: bool,
    codes: Vec<String>,
) -> RecoveryCodesPage {
    RecoveryCodesPage {
        frame: filled.frame(),
        account: around(Section::RecoveryCodes),
        left,
        useful,
        codes,
        csrf: filled.text(),
    }
}

fn delete(filled: Filled, is_at_once: bool) -> DeletePage {
    DeletePage {
        frame: filled.frame(),
        account: around(Section::Delete),
        faults: faults(&["confirmation"]),
        confirmation: filled.text(),
        leaves_at: THEN,
        is_at_once,
        csrf: filled.text(),
    }
}

type Named = (&'static str, Box<dyn DynTemplate>);

/// Every one, and what is seen of an account that is about to go.
pub(super) fn pages(filled: Filled) -> Vec<Named> {
    let mut pages = of_account(filled);
    pages.push((
        "leaving",
        Box::new(LeavingPage {
            frame: filled.frame(),
            leaves_at: THEN,
            is_over: false,
            csrf: filled.text(),
        }),
    ));
    pages
}

/// Every notice, on the page that says most of them.
pub(super) fn told(filled: Filled) -> Vec<Named> {
    let told = |notice: &Notice| -> Named {
        let mut page = overview(filled, filled.person());
        page.account = AccountFrame::new(Section::Overview, Section::ALL, Some(*notice), None);
        (notice.word(), Box::new(page))
    };
    Notice::ALL.iter().map(told).collect()
}

fn of_account(filled: Filled) -> Vec<Named> {
    let [proved, unproved, nameless] = persons(filled);
    let [proved_email, unproved_email, no_email] = persons(filled);
    let codes = vec![filled.text(), "0123".into()];
    vec![
        ("account", Box::new(overview(filled, proved))),
        ("account, unproved", Box::new(overview(filled, unproved))),
        ("account, no address", Box::new(overview(filled, nameless))),
        (
            "profile",
            Box::new(ProfilePage {
                frame: filled.frame(),
                account: around(Section::Profile),
                faults: faults(&["name"]),
                name: filled.text(),
                name_limit: 80,
                csrf: filled.text(),
            }),
        ),
        ("email", Box::new(email(filled, proved_email))),
        ("email, unproved", Box::new(email(filled, unproved_email))),
        ("email, none", Box::new(email(filled, no_email))),
        ("password", Box::new(password(filled, true, true))),
        ("first password", Box::new(password(filled, false, true))),
        ("no password yet", Box::new(password(filled, false, false))),
        ("providers", Box::new(providers(filled))),
        (
            "providers, none",
            Box::new(ProvidersPage {
                linked: Vec::new(),
                ..providers(filled)
            }),
        ),
        ("passkeys, none", Box::new(passkeys(filled, Vec::new()))),
        (
            "passkeys",
            Box::new(passkeys(filled, some_passkeys(filled))),
        ),
        (
            "authenticator, none",
            Box::new(authenticator(filled, false, None)),
        ),
        (
            "authenticator, to set up",
            Box::new(authenticator(filled, false, Some(filled.set_up()))),
        ),
        ("authenticator", Box::new(authenticator(filled, true, None))),
        (
            "recovery codes, useless",
            Box::new(recovery_codes(filled, 0, false, Vec::new())),
        ),
        (
            "recovery codes, none",
            Box::new(recovery_codes(filled, 0, true, Vec::new())),
        ),
        (
            "recovery codes, left",
            Box::new(recovery_codes(filled, 7, true, Vec::new())),
        ),
        (
            "recovery codes, new",
            Box::new(recovery_codes(filled, 0, true, codes)),
        ),
        ("sessions", Box::new(sessions(filled))),
        ("tokens", Box::new(tokens(filled))),
        ("events", Box::new(events(filled))),
        (
            "events, none",
            Box::new(EventsPage {
                events: Vec::new(),
                ..events(filled)
            }),
        ),
        (
            "export",
            Box::new(ExportPage {
                frame: filled.frame(),
                account: around(Section::Export),
                csrf: filled.text(),
            }),
        ),
        ("delete", Box::new(delete(filled, false))),
        ("delete, at once", Box::new(delete(filled, true))),
    ]
}

#[test]
fn a_session_s_end_is_shown_in_plain_words() {
    let html = overview(ESCAPED, ESCAPED.person())
        .render()
        .expect("rendering into memory");
    assert!(
        html.contains("<time datetime=\"2026-12-11T14:40Z\">11 December 2026, 14:40 UTC</time>")
    );
}

#[test]
fn a_page_says_which_it_is_and_what_was_done() {
    for (name, page) in of_account(ESCAPED) {
        let html = page.dyn_render().expect("rendering into memory");
        assert_eq!(html.matches(" aria-current=\"page\"").count(), 1, "{name}");
        assert_eq!(html.matches("Your profile is saved.").count(), 1, "{name}");
        let links = html.matches("<li><a href=\"/auth/account").count();
        assert_eq!(links, Section::ALL.len(), "{name}");
    }
}

#[test]
fn a_session_is_called_by_what_is_known_of_it() {
    let digits = Filled {
        with: DIGITS,
        ..ESCAPED
    };
    let html = sessions(digits).render().expect("rendering into memory");
    for device in [
        "Firefox on Linux",
        "An unknown browser",
        "A browser on Mac",
        "<strong>0000</strong>",
    ] {
        assert!(html.contains(device), "{device}");
    }
    assert_eq!(html.matches("This session").count(), 1);
    assert_eq!(html.matches("value=\"end\"").count(), 3, "not this one");
}

#[test]
fn the_last_way_in_has_no_button_to_be_rid_of_it() {
    let html = providers(ESCAPED).render().expect("rendering into memory");
    assert_eq!(html.matches(">Unlink</button>").count(), 1);
    let html = password(ESCAPED, false, true).render().expect("a page");
    assert!(!html.contains("value=\"remove\""));
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
        let filled = Filled {
            language,
            ..ESCAPED
        };
        let html = sessions(filled).render().expect("rendering into memory");
        for part in parts {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}

/// Whoever was going somewhere, and lacked a factor that is asked for there.
#[test]
fn a_page_that_somebody_was_led_to_leads_on_and_takes_that_along() {
    let rendered = |page: &dyn DynTemplate| page.dyn_render().expect("rendering into memory");
    for (name, page) in of_account(ESCAPED) {
        let html = rendered(&*page);
        assert!(
            html.contains("<a class=\"button\" href=\"/board\">"),
            "{name}"
        );
    }
    let html = rendered(&passkeys(ESCAPED, Vec::new()))
        + &rendered(&authenticator(ESCAPED, false, None))
        + &rendered(&authenticator(ESCAPED, true, None))
        + &rendered(&recovery_codes(ESCAPED, 0, false, Vec::new()));
    for page in [
        "passkeys?add=1&#38;",
        "authenticator?set_up=1&#38;",
        "recovery-codes?",
        "authenticator?",
    ] {
        let kept = format!("href=\"/auth/account/{page}return_to=%2Fboard\"");
        assert!(html.contains(&kept), "{page}");
    }
    for form in [
        rendered(&authenticator(ESCAPED, false, Some(ESCAPED.set_up()))),
        rendered(&recovery_codes(ESCAPED, 0, true, Vec::new())),
    ] {
        assert!(form.contains("name=\"return_to\" value=\"/board\""));
    }
}
