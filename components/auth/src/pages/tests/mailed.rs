//! The pages around letters, with something hostile wherever something goes.

use super::*;
use crate::mailed::Presented;
use gatelet_texts::{Moment, Text, mailed};

type Named = (&'static str, Box<dyn askama::DynTemplate>);

pub(super) fn pages(filled: Filled) -> Vec<Named> {
    let opened = |kind| Box::new(opened(filled, kind));
    vec![
        (
            "letter to sign in",
            Box::new(ask(filled, AskKind::MagicLink)),
        ),
        (
            "letter for a password",
            Box::new(ask(filled, AskKind::NewPassword)),
        ),
        (
            "look into the mailbox",
            Box::new(sent(filled, mailed::SENT, false)),
        ),
        (
            "look into the mailbox, with a password",
            Box::new(sent(filled, mailed::SENT_NEW_PASSWORD_IF_ACCOUNT, true)),
        ),
        (
            "look into the mailbox, to sign in",
            Box::new(sent(filled, mailed::SENT_SIGN_IN, false)),
        ),
        (
            "look into the mailbox, if there is an account",
            Box::new(sent(filled, mailed::SENT_SIGN_IN_IF_ACCOUNT, false)),
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

fn ask(filled: Filled, kind: AskKind) -> AskPage {
    let mut page = AskPage::new(
        filled.frame(),
        kind,
        filled.text(),
        &target("/board?x=1&y=2"),
    );
    page.email = filled.text();
    page.faults = faults(&["email"]);
    page
}

fn sent(filled: Filled, lead: Text, takes_new_password: bool) -> SentPage {
    let fields: &[&'static str] = match takes_new_password {
        true => &["code", "password"],
        false => &["code"],
    };
    SentPage {
        frame: filled.frame(),
        lead,
        email: filled.text(),
        action: "/auth/magic-link",
        csrf: filled.text(),
        takes_new_password,
        faults: faults(fields),
        return_to: filled.text(),
        again_href: "/auth/magic-link".into(),
    }
}

fn opened(filled: Filled, kind: OpenedKind) -> OpenedPage {
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
        frame: filled.frame(),
        kind,
        email: filled.text(),
        presented: Presented {
            token: filled.text(),
            code: filled.text(),
        },
        csrf: filled.text(),
        unproved: asks.then(|| UnprovedAccount {
            name: filled.text(),
            since: Moment(u64::MAX),
            may_start_anew: true,
        }),
        faults: faults(fields),
    }
}

#[test]
fn addresses_and_codes_run_from_left_to_right_in_any_language() {
    let filled = Filled {
        language: Language::Arabic,
        ..ESCAPED
    };
    for (name, page) in pages(filled) {
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
