//! Claims about all letters, whatever they say.

use std::collections::BTreeSet;

use gatelet_core::secret::Secret;
use gatelet_letters::letter::Frame;
use gatelet_letters::message::{Message, MessageId};
use gatelet_mail::address::{Address, Mailbox};
use gatelet_mail::errand::{About, Errand};
use gatelet_sign_in::mailed::MailedCode;

use super::*;
use crate::english::{DIGITS, others, same, unsaid};
use crate::mail::errand;

const BASE_URL: &str = "https://app.example.com";
/// 26 November 2026.
const MOMENT: Moment = Moment(1_795_727_107);

fn base_url() -> BaseUrl {
    BaseUrl::parse(BASE_URL).expect("a URL")
}

fn address(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

fn kept() -> Kept {
    Kept {
        url: Secret::new(format!("{BASE_URL}/auth/magic-link?token=abc-_")),
        code: MailedCode::from_random([7; 16]),
        cookie: None,
    }
}

/// What writes in this language does here.
fn written<T>(language: Language, write: impl FnOnce(Writing<'_>) -> T) -> T {
    let (base_url, to) = (base_url(), address("ann@example.com"));
    write(Writing {
        base_url: &base_url,
        language,
        to: &to,
    })
}

/// Every letter. All that they are filled with is digits or addresses.
fn all(language: Language) -> Vec<Letter> {
    let mut all = visited(language);
    let link = Secret::new(format!("{BASE_URL}/auth/sign-up?invitation=abc-_"));
    all.extend([About::Trial, About::Invitation(link)].map(|about| {
        let to = Address::parse("ann@example.com").expect("an address");
        errand::written(Errand { to, about }, language)
    }));
    all
}

/// Those that a visit is behind.
fn visited(language: Language) -> Vec<Letter> {
    written(language, |writing| {
        let kept = kept();
        let mut all = vec![
            writing.magic_link(&kept),
            writing.reset_password(&kept),
            writing.verify_email(&kept),
            writing.has_account(),
            writing.change_email(&kept),
            writing.email_changed(&address("new@example.com"), &kept),
            writing.new_device(MOMENT, None, false),
            writing.new_device(MOMENT, Some("192.0.2.1".to_owned()), true),
            writing.password_changed(),
            writing.token_made(DIGITS, MOMENT),
            writing.deletion(Some(MOMENT)),
            writing.deletion(None),
        ];
        let factors = [
            letters::PASSKEY_ADDED,
            letters::AUTHENTICATOR_ADDED,
            letters::RECOVERY_CODES_MADE,
            letters::PROVIDER_LINKED,
            letters::PASSKEY_REMOVED,
            letters::AUTHENTICATOR_REMOVED,
            letters::RECOVERY_CODES_REMOVED,
            letters::PROVIDER_UNLINKED,
        ];
        all.extend(factors.map(|what| writing.factor_changed(what)));
        all
    })
}

fn composed(letter: &Letter) -> Message {
    let (base_url, from) = (base_url(), Mailbox::parse("no-reply@example.com"));
    let frame = Frame {
        from: &from.expect("a mailbox"),
        site_name: DIGITS,
        base_url: &base_url,
    };
    letter.compose(&frame, MessageId::from_random([7; 16]), 1_700_000_000)
}

/// Everything that a letter says.
fn said(letter: &Letter) -> Vec<String> {
    let mut said = vec![letter.reason.clone()];
    for block in &letter.blocks {
        match block {
            Block::Text(text) | Block::Code(text) => said.push(text.clone()),
            Block::Address(address) => said.push(address.as_str().to_owned()),
            Block::Link { label, url } => said.extend([label.clone(), url.clone()]),
            Block::Facts(facts) => {
                said.extend(
                    facts
                        .iter()
                        .flat_map(|(name, value)| [name.clone(), value.clone()]),
                );
            }
        }
    }
    said
}

#[test]
fn every_letter_says_the_same_in_both_parts_in_every_language() {
    for language in Language::ALL {
        for letter in all(language) {
            let message = composed(&letter);
            assert!(!message.subject.is_empty() && !message.subject.contains(['\r', '\n']));
            let (tag, direction) = (language.tag(), language.direction());
            let html = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
            assert!(message.html.contains(&html), "{tag}: {:?}", letter.kind);
            // A code's groups stay together where text runs from right to left.
            let text = message.text.replace('\u{a0}', " ");
            for said in said(&letter) {
                assert!(text.contains(&said), "{said}: {text}");
                assert!(message.html.contains(&said), "{said}: {}", message.html);
            }
        }
    }
}

#[test]
fn no_letter_is_english_but_in_english() {
    for language in others() {
        for (letter, english) in all(language).iter().zip(all(Language::English)) {
            let html = composed(letter).html;
            let english = composed(&english).html;
            let left = same(&english, &html, language);
            assert_eq!(left, [""; 0], "{language:?}: {:?}", letter.kind);
        }
    }
}

#[test]
fn every_message_is_in_some_letter() {
    let mut said = BTreeSet::new();
    for letter in all(Language::English) {
        let message = composed(&letter);
        said.extend(crate::english::said(&message.html));
        said.extend(message.text.lines().map(str::to_owned));
    }
    assert_eq!(unsaid("letters", &said), [""; 0]);
}

#[test]
fn every_kind_is_written() {
    let written: BTreeSet<_> = all(Language::English)
        .iter()
        .map(|letter| letter.kind.as_str())
        .collect();
    for kind in Kind::ALL {
        assert!(written.contains(kind.as_str()), "{kind:?}");
    }
}

#[test]
fn who_asks_for_the_end_of_an_account_is_told_when_and_how_to_stay() {
    for (language, day) in [
        (Language::English, "26 November 2026"),
        (Language::German, "26. November 2026"),
        (Language::Spanish, "26 de noviembre de 2026"),
        (Language::Arabic, "26 نوفمبر 2026"),
    ] {
        let letter = written(language, |writing| writing.deletion(Some(MOMENT)));
        let text = composed(&letter).text;
        assert!(text.contains(day) && text.contains(letters::DELETION_STAY.of(language)));
        assert!(
            text.contains("https://app.example.com/auth/sign-in"),
            "{text}"
        );
    }
    let at_once = written(Language::English, |writing| writing.deletion(None));
    let text = composed(&at_once).text;
    assert!(
        text.contains("at once") && !text.contains("/auth/"),
        "{text}"
    );
}

#[test]
fn a_token_is_told_by_its_name_which_turns_nothing() {
    let name = "Deploy\u{2069}\u{202e}\u{2068}: x";
    for language in Language::ALL {
        let letter = written(language, |writing| writing.token_made(name, MOMENT));
        let Message { text, html, .. } = composed(&letter);
        assert!(
            text.contains("Deploy   : x") && html.contains(">Deploy   : x<"),
            "{text:?}"
        );
        assert!(
            text.contains("https://app.example.com/auth/account/tokens"),
            "{text}"
        );
        for part in [text, html] {
            assert!(!part.contains('\u{202e}'), "{part:?}");
            let count = |mark| part.matches(mark).count();
            assert_eq!(count('\u{2068}'), count('\u{2069}'), "{part:?}");
        }
    }
}

#[test]
fn nobody_is_led_to_a_password_where_there_are_none() {
    for (has_passwords, path) in [(true, "/auth/forgot-password"), (false, "/auth/account")] {
        let letter = written(Language::English, |writing| {
            writing.new_device(MOMENT, None, has_passwords)
        });
        let text = composed(&letter).text;
        assert!(text.contains(&format!("{BASE_URL}{path}\n")), "{text}");
        assert_eq!(text.contains("password"), has_passwords, "{text}");
    }
}

/// Whoever did it may have asked for a language that its owner does not read.
#[test]
fn the_owner_is_told_in_the_sites_language_too() {
    let tell = |writing: Writing<'_>| writing.password_changed();
    let both = written(Language::Arabic, |writing| {
        writing.in_languages(Some(Language::German), tell)
    });
    assert_eq!(both.subject, letters::PASSWORD_SUBJECT.of(Language::German));
    let message = composed(&both);
    for language in [Language::German, Language::Arabic] {
        let lead = letters::PASSWORD_LEAD.of(language);
        assert!(message.text.contains(lead) && message.html.contains(lead));
    }
    for first in [None, Some(Language::Arabic)] {
        let one = written(Language::Arabic, |writing| {
            writing.in_languages(first, tell)
        });
        assert!(one.also.is_none(), "{first:?}");
    }
}
