use super::*;
use crate::link_token::LinkToken;

pub(super) const NOW: u64 = 1_000;

pub(super) fn keys() -> KeyRing {
    KeyRing::parse("k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w").expect("a key")
}

fn other_keys() -> KeyRing {
    KeyRing::parse("k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE").expect("a key")
}

fn token(byte: u8) -> LinkToken {
    LinkToken::from_random([byte; 32])
}

fn code(number: u128) -> MailedCode {
    MailedCode::from_random(number.to_be_bytes())
}

pub(super) fn base_url(text: &str) -> BaseUrl {
    BaseUrl::parse(text).expect("a base URL")
}

/// With the code 123456.
pub(super) fn link(purpose: Purpose) -> Link {
    let digest = token(1).digest();
    Link {
        token_digest: digest,
        purpose,
        email: Email::parse("ann@example.com").expect("an address"),
        user_id: None,
        base_url: "https://app.example".into(),
        return_to: "/".into(),
        name: String::new(),
        hash: None,
        code_mac: code(123_456).mac(&digest, &keys()),
        browser_digest: BrowserMark::from_random([1; 32]).digest(),
        expires: NOW + 1,
    }
}

#[test]
fn a_link_leads_to_the_page_of_its_purpose_with_the_token() {
    let token = token(7);
    let link = Purpose::ResetPassword.link(&token, &base_url("https://app.example/"));
    let (page, text) = link.expose().split_once("?token=").expect("a token");
    assert_eq!(page, "https://app.example/auth/reset-password");
    assert_eq!(LinkToken::parse(text), Some(token));
}

#[test]
fn a_link_opens_for_its_purpose_at_its_origin_until_it_expires() {
    let here = base_url("https://app.example");
    for purpose in Purpose::ALL {
        let open = |found, wanted: &[Purpose], base_url, now| {
            Link::open(found, wanted, base_url, now).map(|opened| opened.link().purpose)
        };
        let found = || Some(link(*purpose));
        assert_eq!(open(found(), &[*purpose], &here, NOW), Ok(*purpose));
        assert_eq!(open(found(), Purpose::ALL, &here, NOW), Ok(*purpose));
        assert_eq!(open(None, &[*purpose], &here, NOW), Err(Void), "used");
        assert_eq!(
            open(found(), &[*purpose], &here, NOW + 1),
            Err(Void),
            "expired"
        );
        let elsewhere = base_url("https://other.example");
        assert_eq!(open(found(), &[*purpose], &elsewhere, NOW), Err(Void));
        for other in Purpose::ALL.iter().filter(|other| *other != purpose) {
            assert_eq!(open(found(), &[*other], &here, NOW), Err(Void), "{other:?}");
        }
    }
}

#[test]
fn a_code_opens_the_link_that_it_was_mailed_with() {
    let open = |links: Vec<Link>, typed: &str, keys: &KeyRing| {
        let code = MailedCode::parse(typed).ok_or(Void)?;
        let here = base_url("https://app.example");
        Link::open_by_code(links, &code, keys, &[Purpose::SignIn], &here, NOW)
            .map(|opened| opened.link().return_to.clone())
    };
    let second = Link {
        return_to: "/second".into(),
        token_digest: token(2).digest(),
        code_mac: code(654_321).mac(&token(2).digest(), &keys()),
        ..link(Purpose::SignIn)
    };
    let both = || vec![link(Purpose::SignIn), second.clone()];
    assert_eq!(open(both(), "123456", &keys()), Ok("/".into()));
    assert_eq!(open(both(), " 654 321", &keys()), Ok("/second".into()));
    assert_eq!(open(both(), "123457", &keys()), Err(Void));
    assert_eq!(open(vec![], "123456", &keys()), Err(Void));
    assert_eq!(open(both(), "123456", &other_keys()), Err(Void));
    let of_another = Link {
        code_mac: link(Purpose::SignIn).code_mac,
        ..second
    };
    assert_eq!(open(vec![of_another], "123456", &keys()), Err(Void));
    let late = Link {
        expires: NOW,
        ..link(Purpose::SignIn)
    };
    assert_eq!(open(vec![late], "123456", &keys()), Err(Void));
    assert_eq!(
        open(vec![link(Purpose::ResetPassword)], "123456", &keys()),
        Err(Void)
    );
}

#[test]
fn codes_are_six_digits_however_they_are_typed() {
    for (typed, is_code) in [
        ("123456", true),
        ("123 456", true),
        (" 123-456 ", true),
        ("000000", true),
        ("12345", false),
        ("1234567", false),
        ("12345a", false),
        ("１２３４５６", true),
        ("١٢٣ ٤٥٦", true),
        ("", false),
        (&format!("123456{}", " ".repeat(60)), false),
    ] {
        assert_eq!(MailedCode::parse(typed).is_some(), is_code, "{typed:?}");
    }
    assert_eq!(code(7).spaced(), "000 007");
    assert_eq!(code(1_000_000_123_456).spaced(), "123 456");
    assert!(MailedCode::parse(&code(7).spaced()) == Some(code(7)));
}

#[test]
fn a_browsers_mark_is_one_that_we_signed() {
    let mark = BrowserMark::from_random([7; 32]);
    let cookie = mark.seal(&keys());
    assert!(BrowserMark::open(&cookie, &keys()).as_ref() == Some(&mark));
    assert!(BrowserMark::open(&cookie, &other_keys()).is_none());
    assert!(BrowserMark::open(&keys().seal("attempt", &[7; 32]), &keys()).is_none());
    assert!(BrowserMark::open(&keys().seal("browser-mark", &[7; 31]), &keys()).is_none());
    assert!(BrowserMark::open("", &keys()).is_none());
    assert_ne!(mark.digest(), BrowserMark::from_random([8; 32]).digest());
}

#[test]
fn debug_shows_no_secret() {
    let mark = BrowserMark::from_random([1; 32]);
    let shown = format!("{:?} {:?} {mark:?}", token(1), code(123_456));
    assert_eq!(shown, "LinkToken(…) MailedCode(…) BrowserMark(…)");
    let link = Link {
        hash: Some(Secret::new("$argon2id$".into())),
        ..link(Purpose::SignUp)
    };
    assert!(!format!("{link:?}").contains("argon2id"));
}

#[test]
fn every_purpose_has_a_word_a_page_and_an_end() {
    let mut words = std::collections::BTreeSet::new();
    for purpose in Purpose::ALL {
        assert!(words.insert(purpose.as_str()), "{purpose:?}");
        assert!(purpose.path().starts_with("/auth/"), "{purpose:?}");
        assert!(purpose.lifetime_seconds() >= 15 * 60, "{purpose:?}");
    }
}
