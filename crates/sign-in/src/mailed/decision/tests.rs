use super::*;
use crate::email::Email;
use crate::mailed::Link;
use crate::mailed::tests::{NOW, base_url, link};
use crate::password::NewPassword;

fn opened(purpose: Purpose, user_id: Option<&str>) -> Opened {
    let link = Link {
        user_id: user_id.map(str::to_owned),
        ..link(purpose)
    };
    let here = base_url("https://app.example");
    Link::open(Some(link), &[purpose], &here, NOW).expect("good")
}

fn holder(email_verified: bool) -> LocalUser {
    LocalUser {
        id: "ann".into(),
        email: "ann@example.com".into(),
        email_verified,
    }
}

fn owner() -> Option<Owner> {
    let mark = BrowserMark::from_random([1; 32]);
    Owner::by_browser(&opened(Purpose::SignUp, None), Some(&mark))
}

#[test]
fn every_case_is_decided() {
    use Purpose::{ResetPassword, SignIn, SignUp as Registers, VerifyEmail};
    use SignUp::{Closed, Open};
    use Unproved::{Keep, StartAnew};
    let (proved, unproved) = (holder(true), holder(false));
    let ann = || "ann".to_owned();
    let choice = |may_start_anew| Err(Withheld::Choice { may_start_anew });
    for (case, link, holder, owner, chosen, sign_up, expected) in [
        // Proved: mail is enough.
        (
            "a link",
            (SignIn, None),
            Some(&proved),
            None,
            None,
            Closed,
            Ok(Use::SignIn { user_id: ann() }),
        ),
        (
            "a reset",
            (ResetPassword, Some("ann")),
            Some(&proved),
            None,
            None,
            Closed,
            Ok(Use::SignIn { user_id: ann() }),
        ),
        (
            "once more",
            (VerifyEmail, Some("ann")),
            Some(&proved),
            None,
            None,
            Closed,
            Ok(Use::SignIn { user_id: ann() }),
        ),
        (
            "keep what is proved",
            (SignIn, None),
            Some(&proved),
            None,
            Some(StartAnew),
            Open,
            Ok(Use::SignIn { user_id: ann() }),
        ),
        // Unproved.
        (
            "a link, no choice",
            (SignIn, None),
            Some(&unproved),
            None,
            None,
            Open,
            choice(true),
        ),
        (
            "no choice, closed",
            (SignIn, None),
            Some(&unproved),
            None,
            None,
            Closed,
            choice(false),
        ),
        (
            "kept",
            (SignIn, None),
            Some(&unproved),
            None,
            Some(Keep),
            Closed,
            Ok(Use::TakeOver { user_id: ann() }),
        ),
        (
            "anew",
            (SignIn, None),
            Some(&unproved),
            None,
            Some(StartAnew),
            Open,
            Ok(Use::Reclaim { from: ann() }),
        ),
        (
            "anew, closed",
            (SignIn, None),
            Some(&unproved),
            None,
            Some(StartAnew),
            Closed,
            choice(false),
        ),
        (
            "a reset, no choice",
            (ResetPassword, Some("ann")),
            Some(&unproved),
            owner(),
            None,
            Open,
            choice(true),
        ),
        (
            "a reset, kept",
            (ResetPassword, Some("ann")),
            Some(&unproved),
            None,
            Some(Keep),
            Open,
            Ok(Use::TakeOver { user_id: ann() }),
        ),
        (
            "a reset, anew",
            (ResetPassword, Some("ann")),
            Some(&unproved),
            None,
            Some(StartAnew),
            Open,
            Ok(Use::Reclaim { from: ann() }),
        ),
        (
            "another's browser",
            (VerifyEmail, Some("ann")),
            Some(&unproved),
            None,
            Some(Keep),
            Open,
            Err(Withheld::Password),
        ),
        (
            "the owner's",
            (VerifyEmail, Some("ann")),
            Some(&unproved),
            owner(),
            None,
            Closed,
            Ok(Use::SignIn { user_id: ann() }),
        ),
        // Nobody.
        (
            "nobody",
            (SignIn, None),
            None,
            None,
            None,
            Open,
            Ok(Use::Register),
        ),
        (
            "nobody, closed",
            (SignIn, None),
            None,
            None,
            None,
            Closed,
            Err(Withheld::Void),
        ),
        (
            "nobody to reset",
            (ResetPassword, None),
            None,
            None,
            None,
            Open,
            Err(Withheld::Void),
        ),
        (
            "nobody to prove",
            (VerifyEmail, None),
            None,
            owner(),
            None,
            Open,
            Err(Withheld::Void),
        ),
        // Who signed up and waits.
        (
            "signs up",
            (Registers, None),
            None,
            owner(),
            None,
            Open,
            Ok(Use::Register),
        ),
        (
            "signed up elsewhere",
            (Registers, None),
            None,
            None,
            None,
            Open,
            Err(Withheld::Password),
        ),
        (
            "closed meanwhile",
            (Registers, None),
            None,
            owner(),
            None,
            Closed,
            Err(Withheld::Void),
        ),
        (
            "taken meanwhile",
            (Registers, None),
            Some(&proved),
            owner(),
            None,
            Open,
            Err(Withheld::Void),
        ),
        (
            "squatted",
            (Registers, None),
            Some(&unproved),
            owner(),
            None,
            Open,
            Ok(Use::Reclaim { from: ann() }),
        ),
        (
            "squatted, elsewhere",
            (Registers, None),
            Some(&unproved),
            None,
            None,
            Open,
            Err(Withheld::Password),
        ),
    ] {
        let found = decide(&opened(link.0, link.1), holder, owner, chosen, sign_up);
        assert_eq!(found, expected, "{case}");
    }
}

#[test]
fn a_link_about_a_user_is_void_once_the_address_is_anothers() {
    for purpose in Purpose::ALL {
        let opened = opened(*purpose, Some("bob"));
        for holder in [None, Some(holder(true)), Some(holder(false))] {
            let found = decide(
                &opened,
                holder.as_ref(),
                owner(),
                Some(Unproved::Keep),
                SignUp::Open,
            );
            assert_eq!(found, Err(Withheld::Void), "{purpose:?} {holder:?}");
        }
    }
}

#[test]
fn no_address_is_changed_by_whoever_reads_its_mail_alone() {
    for purpose in [Purpose::ChangeEmail, Purpose::UndoChange] {
        for holder in [None, Some(holder(true)), Some(holder(false))] {
            let found = decide(
                &opened(purpose, None),
                holder.as_ref(),
                owner(),
                Some(Unproved::Keep),
                SignUp::Open,
            );
            assert_eq!(found, Err(Withheld::Void), "{purpose:?} {holder:?}");
        }
    }
}

#[test]
fn whose_account_it_is_shows_the_browser_that_asked_or_the_password() {
    let opened = opened(Purpose::VerifyEmail, Some("ann"));
    let by_browser = |byte| Owner::by_browser(&opened, Some(&BrowserMark::from_random([byte; 32])));
    assert!(by_browser(1).is_some());
    assert!(by_browser(2).is_none());
    assert!(Owner::by_browser(&opened, None).is_none());
    let email = Email::parse("ann@example.com").expect("an address");
    let password = NewPassword::parse("vqmzkhrt", &email, "").expect("good");
    let hash = password.hash([7; 16]).here().expect("affordable");
    let by_password = |typed: &str, stored: Option<&str>| {
        let checked = Owner::by_password(&TypedPassword::new(typed), stored);
        checked.here().expect("affordable").is_some()
    };
    assert!(by_password("vqmzkhrt", Some(&hash)));
    assert!(!by_password("vqmzkhru", Some(&hash)));
    assert!(!by_password("vqmzkhrt", None));
    assert!(!by_password("", None));
}
