//! The pages of second factors, with something hostile wherever something goes.

use super::*;
use crate::account::Section;
use gatelet_texts::{problems, sign_in};

pub(super) fn pages() -> Vec<(&'static str, Box<dyn askama::DynTemplate>)> {
    let second_factor = |step| SecondFactorPage {
        frame: frame(),
        faults: faults(&["code"]),
        step,
        csrf: HOSTILE.into(),
        passkey: None,
        sign_in_href: "/auth/sign-in".into(),
    };
    let mut confirm_faults = gatelet_web::Faults::default();
    confirm_faults.field("password", problems::INVALID);
    vec![
        (
            "confirm",
            Box::new(ConfirmPage {
                frame: frame(),
                person: person(),
                faults: confirm_faults,
                action: "/auth/confirm",
                lacking: Some((sign_in::LACKS_PASSKEY, Section::Passkeys, HOSTILE.into())),
                password: true,
                passkey: None,
                providers: links(),
                csrf: HOSTILE.into(),
                return_to: target("/board").as_str().to_owned(),
            }),
        ),
        ("second step", Box::new(second_factor(Step::Code))),
        (
            "second step, without an app",
            Box::new(second_factor(Step::RecoveryCode)),
        ),
        (
            "second step, to set up",
            Box::new(second_factor(Step::SetUp(ESCAPED.set_up()))),
        ),
    ]
}

/// Where a passkey can be used there is one script, which is a file of ours, and what it
/// is asked with is no markup.
#[test]
fn a_page_that_asks_for_a_passkey_has_one_script_and_no_other() {
    let mut page = sign_in();
    page.passkey = Some(PasskeyForm {
        action: "/auth/passkey",
        kind: "get",
        conditional: true,
        options: HOSTILE.into(),
        label: sign_in::PASSKEY_USE,
        csrf: HOSTILE.into(),
        return_to: target("/board").as_str().to_owned(),
    });
    let html = askama::Template::render(&page).expect("rendering into memory");
    let script = "<script type=\"module\" src=\"/auth/passkeys.js?v=";
    let html = super::without_our_scripts(&html);
    assert_eq!(html.matches("<script").count(), 1);
    assert!(html.contains(script) && html.contains("username webauthn"));
    assert!(html.contains("data-options=\"&#34;&#62;&#60;script&#62;"));
    let form = html.split("data-passkey").nth(1).expect("a form");
    let tag = form.split('>').next().expect("a tag");
    assert!(
        tag.ends_with(" hidden"),
        "without the script it is not seen"
    );
}

#[test]
fn what_the_browser_is_told_of_passkeys_is_no_markup() {
    let mut page = sign_in();
    page.signal = Some(PasskeySignal {
        method: "signalUnknownCredential",
        credentials: HOSTILE.into(),
    });
    let html = askama::Template::render(&page).expect("rendering into memory");
    let html = super::without_our_scripts(&html);
    assert_eq!(html.matches("<script").count(), 1);
    let told = "data-signal=\"signalUnknownCredential\" data-credentials=\"&#34;&#62;&#60;script";
    assert!(html.contains(told), "{html}");
}
