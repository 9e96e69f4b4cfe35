//! The pages around letters, with something hostile wherever something goes.

use super::*;
use crate::english;
use crate::mailed::Presented;
use gatelet_texts::{Moment, mailed, problems};
use gatelet_web::Faults;

type Named = (&'static str, Box<dyn askama::DynTemplate>);

pub(super) fn pages() -> Vec<Named> {
    own(Language::English)
}

/// Those that speak by this part of the catalogue.
fn own(language: Language) -> Vec<Named> {
    let frame = || Frame {
        language,
        ..frame()
    };
    let opened = |kind| Box::new(opened(frame(), kind));
    vec![
        (
            "letter to sign in",
            Box::new(ask(frame(), AskKind::MagicLink)),
        ),
        (
            "letter for a password",
            Box::new(ask(frame(), AskKind::NewPassword)),
        ),
        ("look into the mailbox", Box::new(sent(frame(), false))),
        (
            "look into the mailbox, with a password",
            Box::new(sent(frame(), true)),
        ),
        ("link to sign in", opened(OpenedKind::SignIn)),
        ("link to sign up", opened(OpenedKind::Register)),
        ("link to a new password", opened(OpenedKind::NewPassword)),
        ("link to confirm", opened(OpenedKind::Verify)),
        (
            "link to confirm, elsewhere",
            opened(OpenedKind::VerifyElsewhere),
        ),
        ("link to another address", opened(OpenedKind::ChangeEmail)),
        (
            "link to take an address back",
            opened(OpenedKind::UndoChange),
        ),
    ]
}

fn faults(fields: &[&'static str]) -> Faults {
    let mut faults = Faults::default();
    for field in fields {
        faults.field(field, problems::INVALID);
    }
    faults.form(problems::INVALID);
    faults
}

fn ask(frame: Frame, kind: AskKind) -> AskPage {
    let mut page = AskPage::new(frame, kind, HOSTILE.into(), &target("/board?x=1&y=2"));
    page.email = HOSTILE.into();
    page.faults = faults(&["email"]);
    page
}

fn sent(frame: Frame, takes_new_password: bool) -> SentPage {
    let fields: &[&'static str] = match takes_new_password {
        true => &["code", "password"],
        false => &["code"],
    };
    SentPage {
        frame,
        lead: mailed::SENT,
        email: HOSTILE.into(),
        action: "/auth/magic-link",
        csrf: HOSTILE.into(),
        takes_new_password,
        faults: faults(fields),
        again_href: "/auth/magic-link".into(),
    }
}

fn opened(frame: Frame, kind: OpenedKind) -> OpenedPage {
    let asks = matches!(kind, OpenedKind::SignIn | OpenedKind::NewPassword);
    let fields: &[&'static str] = match kind {
        OpenedKind::SignIn => &["choice"],
        OpenedKind::NewPassword => &["choice", "password"],
        OpenedKind::VerifyElsewhere => &["password"],
        OpenedKind::Register
        | OpenedKind::Verify
        | OpenedKind::ChangeEmail
        | OpenedKind::UndoChange => &[],
    };
    OpenedPage {
        frame,
        kind,
        email: HOSTILE.into(),
        presented: Presented {
            token: HOSTILE.into(),
            code: HOSTILE.into(),
        },
        csrf: HOSTILE.into(),
        unproved: asks.then(|| UnprovedAccount {
            name: HOSTILE.into(),
            since: Moment(u64::MAX),
            may_start_anew: true,
        }),
        faults: faults(fields),
    }
}

#[test]
fn pages_around_letters_speak_the_visitors_language() {
    for language in [Language::German, Language::Spanish, Language::Arabic] {
        for (name, page) in own(language) {
            let html = page.dyn_render().expect("rendering into memory");
            let (tag, direction) = (language.tag(), language.direction());
            assert!(
                html.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")),
                "{name}"
            );
            for module in ["mailed", "common", "denials", "problems"] {
                let left = english::left(module, language, &html);
                assert_eq!(left, [""; 0], "{name} in {language:?}");
            }
        }
    }
}

#[test]
fn addresses_and_codes_run_from_left_to_right_in_any_language() {
    for (name, page) in own(Language::Arabic) {
        let html = page.dyn_render().expect("rendering into memory");
        let fields = html.split("<input ").skip(1);
        let typed = fields.filter(|field| field.starts_with("id="));
        for field in typed {
            let tag = field.split('>').next().expect("split gives one");
            assert!(tag.contains("dir=\"ltr\""), "{name}: {tag}");
        }
        assert_eq!(
            html.matches("<strong").count(),
            // That nothing is encrypted, and that it is a preview, is said in words.
            2 + html.matches("<strong dir=\"ltr\">").count(),
            "{name}"
        );
    }
}
