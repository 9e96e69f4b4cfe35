//! Is what people type taken for more than one thing, or for something that breaks out?

use super::lines;
use crate::email::{EMAIL_MAX_BYTES, Email};
use crate::name::{DisplayName, NAME_MAX_CHARACTERS};
use crate::password::{NewPassword, TypedPassword};
use gatelet_mail::address::Address;

/// An address.
pub(super) fn email(input: &[u8]) -> bool {
    let Some([text]) = lines(input) else {
        return false;
    };
    let Ok(email) = Email::parse(text) else {
        return false;
    };
    assert_eq!(
        Email::parse(email.as_str()),
        Ok(email.clone()),
        "canonical is canonical"
    );
    assert!(email.as_str().len() <= EMAIL_MAX_BYTES);
    // One recipient, in a header as in a page, whoever reads it.
    let odd = |byte: u8| !byte.is_ascii_graphic() || b"\"(),:;<>[\\]".contains(&byte);
    assert!(!email.as_str().bytes().any(odd), "{email}");
    assert_eq!(email.as_str().matches('@').count(), 1, "{email}");
    let url = url::Url::parse(&format!("https://{}/", email.domain())).expect("a host");
    assert_eq!(
        url.host_str(),
        Some(email.domain()),
        "browsers read the same host"
    );
    assert!(
        url.domain().is_some_and(|domain| domain.contains('.')),
        "{email}"
    );
    assert_eq!(Address::from(&email).as_str(), email.as_str());
    assert_eq!(
        Email::parse(&email.as_str().to_ascii_uppercase()),
        Ok(email),
        "in any case"
    );
    true
}

/// A name, as somebody types it and as a provider sends it.
pub(super) fn display_name(input: &[u8]) -> bool {
    let Some([text]) = lines(input) else {
        return false;
    };
    let typed = DisplayName::parse(text).ok();
    for name in typed.iter().chain(&DisplayName::from_provider(text)) {
        let shown = name.as_str();
        assert_eq!(
            DisplayName::parse(shown).as_ref(),
            Ok(name),
            "canonical is canonical"
        );
        assert!(shown.chars().count() <= NAME_MAX_CHARACTERS);
        assert!(!shown.contains(char::is_control) && !shown.contains("  "));
        let turns =
            |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!shown.contains(turns), "the direction is ours to say");
        assert_eq!(shown.trim(), shown);
    }
    typed.is_some()
}

/// A password that somebody wants, and then types in other ways.
pub(super) fn password(input: &[u8]) -> bool {
    let Some([text]) = lines(input) else {
        return false;
    };
    let email = Email::parse("ann@example.com").expect("the literal is an address");
    let Ok(password) = NewPassword::parse(text, &email, "Ann") else {
        return false;
    };
    let kept = password.exposed();
    assert!((8..=128).contains(&kept.chars().count()));
    let easy = kept.to_lowercase();
    assert!(!["ann@example.com", "password", "12345678"].contains(&easy.as_str()));
    for typed in [text, kept] {
        assert_eq!(TypedPassword::new(typed).exposed(), kept, "typed again");
    }
    true
}
