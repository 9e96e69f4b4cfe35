//! The pages of second factors, with something hostile wherever something goes.

use super::*;
use crate::account::Section;

fn set_up() -> SetUp {
    SetUp::new(HOSTILE.into(), HOSTILE, HOSTILE.into())
}

fn faults() -> gatelet_web::Faults {
    let mut faults = gatelet_web::Faults::default();
    faults.field("code", HOSTILE);
    faults.form(HOSTILE);
    faults
}

pub(super) fn pages() -> Vec<(&'static str, Box<dyn askama::DynTemplate>)> {
    let second_factor = |step| SecondFactorPage {
        frame: frame(),
        faults: faults(),
        step,
        csrf: HOSTILE.into(),
        sign_in_href: "/auth/sign-in".into(),
    };
    let around = |section| AccountFrame::new(section, Section::ALL, None);
    let authenticator = |is_set_up, set_up: Option<SetUp>| AuthenticatorPage {
        frame: frame(),
        account: around(Section::Authenticator),
        faults: match set_up {
            Some(_) => faults(),
            None => gatelet_web::Faults::default(),
        },
        is_set_up,
        set_up,
        csrf: HOSTILE.into(),
    };
    let recovery = |left, useful, codes| RecoveryCodesPage {
        frame: frame(),
        account: around(Section::RecoveryCodes),
        left,
        useful,
        codes,
        csrf: HOSTILE.into(),
    };
    let mut confirm_faults = gatelet_web::Faults::default();
    confirm_faults.field("password", HOSTILE);
    vec![
        (
            "confirm",
            Box::new(ConfirmPage {
                frame: frame(),
                person: person(),
                faults: confirm_faults,
                password: true,
                providers: links(),
                csrf: HOSTILE.into(),
                return_to: target("/board").as_str().to_owned(),
            }),
        ),
        ("second step", Box::new(second_factor(Step::Code))),
        (
            "second step, to set up",
            Box::new(second_factor(Step::SetUp(set_up()))),
        ),
        ("authenticator, none", Box::new(authenticator(false, None))),
        (
            "authenticator, to set up",
            Box::new(authenticator(false, Some(set_up()))),
        ),
        ("authenticator", Box::new(authenticator(true, None))),
        (
            "recovery codes, useless",
            Box::new(recovery(0, false, Vec::new())),
        ),
        (
            "recovery codes, none",
            Box::new(recovery(0, true, Vec::new())),
        ),
        (
            "recovery codes, left",
            Box::new(recovery(7, true, Vec::new())),
        ),
        (
            "recovery codes, new",
            Box::new(recovery(0, true, vec![HOSTILE.into(), "0123".into()])),
        ),
    ]
}
