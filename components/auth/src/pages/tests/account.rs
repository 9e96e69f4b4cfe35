//! The pages of an account, with something hostile wherever something goes.

use super::{HOSTILE, frame, person};
use crate::account::{Notice, Section};
use crate::pages::{
    AccountFrame, AppChoice, DeletePage, EventRow, EventsPage, ExportPage, LeavingPage, LinkedRow,
    Moment, NewToken, OverviewPage, PasswordPage, ProfilePage, ProviderChoice, ProvidersPage,
    SessionRow, SessionsPage, TokenRow, TokensPage,
};
use askama::{DynTemplate, Template};
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::browser::Browser;
use gatelet_texts::problems;
use gatelet_web::Faults;

const THEN: Moment = Moment(1_797_000_000);

/// Around a page of an account, with all there are beside it.
pub(super) fn around(section: Section) -> AccountFrame {
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

pub(super) fn overview() -> OverviewPage {
    OverviewPage {
        frame: frame(),
        account: around(Section::Overview),
        person: person(),
        provider: HOSTILE.into(),
        expires_at: THEN,
        csrf: HOSTILE.into(),
    }
}

fn password(has_password: bool, may_set: bool) -> PasswordPage {
    PasswordPage {
        frame: frame(),
        account: around(Section::Password),
        faults: faults(&["password"]),
        email: HOSTILE.into(),
        has_password,
        may_set,
        may_remove: has_password,
        least_characters: 8,
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

fn sessions() -> SessionsPage {
    SessionsPage {
        frame: frame(),
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

fn providers() -> ProvidersPage {
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
        frame: frame(),
        account: around(Section::Providers),
        linked: vec![row(true, true), row(false, false)],
        choices: vec![ProviderChoice {
            id: HOSTILE.into(),
            name: HOSTILE.into(),
        }],
        csrf: HOSTILE.into(),
    }
}

fn tokens() -> TokensPage {
    let row = |apps, used_at| TokenRow {
        id: HOSTILE.into(),
        name: HOSTILE.into(),
        apps,
        created_at: THEN,
        expires_at: THEN,
        used_at,
    };
    TokensPage {
        frame: frame(),
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

fn events() -> EventsPage {
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
        frame: frame(),
        account: around(Section::Events),
        events: Act::ALL.iter().copied().map(row).collect(),
        next: Some(HOSTILE.into()),
    }
}

/// Every one.
pub(super) fn pages() -> Vec<(&'static str, Box<dyn DynTemplate>)> {
    vec![
        ("account", Box::new(overview())),
        (
            "profile",
            Box::new(ProfilePage {
                frame: frame(),
                account: around(Section::Profile),
                faults: faults(&["name"]),
                name: HOSTILE.into(),
                name_limit: 80,
                csrf: HOSTILE.into(),
            }),
        ),
        ("password", Box::new(password(true, true))),
        ("first password", Box::new(password(false, true))),
        ("no password yet", Box::new(password(false, false))),
        ("providers", Box::new(providers())),
        ("sessions", Box::new(sessions())),
        ("tokens", Box::new(tokens())),
        ("events", Box::new(events())),
        (
            "export",
            Box::new(ExportPage {
                frame: frame(),
                account: around(Section::Export),
                csrf: HOSTILE.into(),
            }),
        ),
        (
            "delete",
            Box::new(DeletePage {
                frame: frame(),
                account: around(Section::Delete),
                faults: faults(&["confirmation"]),
                confirmation: HOSTILE.into(),
                leaves_at: THEN,
                is_at_once: false,
                csrf: HOSTILE.into(),
            }),
        ),
        (
            "leaving",
            Box::new(LeavingPage {
                frame: frame(),
                leaves_at: gatelet_texts::Moment(THEN.0),
                is_over: false,
                csrf: HOSTILE.into(),
            }),
        ),
    ]
}

#[test]
fn a_session_s_end_is_shown_in_plain_words() {
    let html = overview().render().expect("rendering into memory");
    assert!(
        html.contains("<time datetime=\"2026-12-11T14:40Z\">11 December 2026, 14:40 UTC</time>")
    );
}

#[test]
fn a_page_says_which_it_is_and_what_was_done() {
    for (name, page) in pages().into_iter().filter(|(name, _)| *name != "leaving") {
        let html = page.dyn_render().expect("rendering into memory");
        assert_eq!(html.matches(" aria-current=\"page\"").count(), 1, "{name}");
        assert_eq!(html.matches("Your profile is saved.").count(), 1, "{name}");
        let links = html.matches("<li><a href=\"/auth/account").count();
        assert_eq!(links, Section::ALL.len(), "{name}");
    }
}

#[test]
fn a_session_is_called_by_what_is_known_of_it() {
    let html = sessions().render().expect("rendering into memory");
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
    let html = providers().render().expect("rendering into memory");
    assert_eq!(html.matches(">Unlink</button>").count(), 1);
    let html = password(false, true).render().expect("a page");
    assert!(!html.contains("value=\"remove\""));
}
