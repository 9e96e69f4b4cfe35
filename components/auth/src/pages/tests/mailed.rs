//! The pages around letters, with something hostile wherever something goes.

use super::*;
use crate::mailed::Presented;
use gatelet_texts::problems;
use gatelet_web::Faults;

type Named = (&'static str, Box<dyn askama::DynTemplate>);

pub(super) fn pages() -> Vec<Named> {
    vec![
        ("letter to sign in", Box::new(ask(AskKind::MagicLink))),
        ("letter for a password", Box::new(ask(AskKind::NewPassword))),
        ("look into the mailbox", Box::new(sent(None))),
        (
            "look into the mailbox, with a password",
            Box::new(sent(Some("A hint.".into()))),
        ),
        ("link to sign in", Box::new(opened(OpenedKind::SignIn))),
        ("link to sign up", Box::new(opened(OpenedKind::Register))),
        (
            "link to a new password",
            Box::new(opened(OpenedKind::NewPassword)),
        ),
        ("link to confirm", Box::new(opened(OpenedKind::Verify))),
        (
            "link to confirm, elsewhere",
            Box::new(opened(OpenedKind::VerifyElsewhere)),
        ),
        (
            "link to another address",
            Box::new(opened(OpenedKind::ChangeEmail)),
        ),
        (
            "link to take an address back",
            Box::new(opened(OpenedKind::UndoChange)),
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

fn ask(kind: AskKind) -> AskPage {
    let mut page = AskPage::new(frame(), kind, HOSTILE.into(), &target("/board?x=1&y=2"));
    page.email = HOSTILE.into();
    page.faults = faults(&["email"]);
    page
}

fn sent(password_hint: Option<String>) -> SentPage {
    let fields: &[&'static str] = match password_hint {
        Some(_) => &["code", "password"],
        None => &["code"],
    };
    SentPage {
        frame: frame(),
        lead: "A letter is on its way.",
        email: HOSTILE.into(),
        action: "/auth/magic-link",
        csrf: HOSTILE.into(),
        password_hint,
        faults: faults(fields),
        again_href: "/auth/magic-link".into(),
    }
}

fn opened(kind: OpenedKind) -> OpenedPage {
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
        frame: frame(),
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
        password_hint: (kind == OpenedKind::NewPassword).then(|| "A hint.".into()),
        faults: faults(fields),
    }
}
