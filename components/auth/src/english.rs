//! For tests: does a page or a letter say in another language what it says in English? Two
//! renderings of the same thing are compared place by place. Where something is filled in
//! they hold digits, so that each word is one of ours.

use std::collections::BTreeSet;
use std::fs;

use gatelet_texts::Language;

/// What is filled in.
pub(crate) const DIGITS: &str = "0000";

/// A message of the catalogue: more than one text where it chooses by a number.
struct Message {
    id: String,
    texts: Vec<String>,
}

/// Every language but English.
pub(crate) fn others() -> impl Iterator<Item = Language> {
    let all = Language::ALL.into_iter();
    all.filter(|language| *language != Language::English)
}

/// What this HTML says word for word as English does in the same place, but for messages
/// that are the same in both languages.
pub(crate) fn same(english: &str, html: &str, language: Language) -> Vec<String> {
    let (english, ours) = (said(english), said(html));
    assert_eq!(ours.len(), english.len(), "{language:?}: {ours:?}");
    let pairs = ours.into_iter().zip(english);
    let same: Vec<_> = pairs
        .filter_map(|(ours, english)| (ours == english).then_some(ours))
        .collect();
    if same.is_empty() {
        return same;
    }
    let shared = shared(language);
    same.into_iter()
        .filter(|text| !shared.contains(text))
        .collect()
}

/// Ids of English messages of a file that none of these texts is.
pub(crate) fn unsaid(file: &str, said: &BTreeSet<String>) -> Vec<String> {
    let is_said = |message: &Message| {
        let mut texts = message.texts.iter();
        texts.any(|text| said.iter().any(|said| is_message(said, text)))
    };
    let messages = messages(Language::English, file).into_iter();
    messages
        .filter(|message| !is_said(message))
        .map(|message| message.id)
        .collect()
}

/// What HTML says in words: text, and what attributes say to people. Of a title, what stands
/// before the site's name. Codes for programs, addresses and what says that it is not to be
/// translated are no words.
pub(crate) fn said(html: &str) -> Vec<String> {
    let mut said = Vec::new();
    let html = without_inline_code(html);
    for part in html.split('<') {
        let Some((tag, text)) = part.split_once('>') else {
            continue;
        };
        if tag != "code" && !tag.contains("translate=\"no\"") {
            said.push(text);
        }
        let attribute = |name| {
            let value = tag.split_once(name).map(|(_, rest): (_, &str)| rest);
            value.and_then(|rest| rest.split('"').next())
        };
        for name in [" aria-label=\"", " alt=\"", " placeholder=\"", " title=\""] {
            said.extend(attribute(name));
        }
        let unseen = ["hidden", "radio", "checkbox"].map(|kind| format!("type=\"{kind}\""));
        if tag.starts_with("input") && !unseen.iter().any(|kind| tag.contains(kind)) {
            said.extend(attribute(" value=\""));
        }
    }
    said.into_iter()
        .map(unescaped)
        .map(|text| {
            // Arabic sets what is filled in apart.
            let text = text.replace(['\u{2068}', '\u{2069}'], "");
            let text = text.trim();
            let title = text.strip_suffix(DIGITS);
            let title = title.and_then(|title| title.strip_suffix(" · "));
            title.unwrap_or(text).trim_end_matches(" ·").to_owned()
        })
        .filter(|text| text.contains(char::is_alphabetic) && !is_address(text))
        .collect()
}

/// HTML without the code that stands within sentences, which each language has at another
/// place.
fn without_inline_code(html: &str) -> String {
    let mut pieces = html.split("<code dir=\"ltr\">");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept += piece.split_once("</code>").map_or("", |(_, rest)| rest);
    }
    kept
}

/// Of mail or of a page.
fn is_address(text: &str) -> bool {
    !text.contains(' ') && (text.contains('@') || text.contains("://"))
}

fn unescaped(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (escaped, plain)| {
        text.replace(escaped, plain)
    })
}

/// Texts that English and this language have word for word under one id.
fn shared(language: Language) -> BTreeSet<String> {
    let files = fs::read_dir(locales(Language::English)).expect("a directory");
    let mut shared = BTreeSet::new();
    for file in files {
        let file = file.expect("a file").file_name();
        let file = file.to_str().and_then(|name| name.strip_suffix(".ftl"));
        let file = file.expect("a file of messages");
        let theirs = messages(language, file);
        for message in messages(Language::English, file) {
            let theirs = theirs.iter().filter(|other| other.id == message.id);
            let theirs: Vec<_> = theirs.flat_map(|other| &other.texts).collect();
            let texts = message.texts.into_iter();
            shared.extend(texts.filter(|text| theirs.contains(&text)));
        }
    }
    shared
}

fn locales(language: Language) -> String {
    let locales = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/texts/locales");
    format!("{locales}/{}", language.tag())
}

/// The messages of a file.
fn messages(language: Language, file: &str) -> Vec<Message> {
    let path = format!("{}/{file}.ftl", locales(language));
    let text = fs::read_to_string(path).expect("a file");
    let mut messages: Vec<Message> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let (true, Some(message)) = (line.starts_with(' '), messages.last_mut()) {
            // One of several texts: `[one] { $days } day`.
            let text = line.split_once("] ").map(|(_, text)| text.to_owned());
            message.texts.extend(text);
        } else if let Some((id, text)) = line.split_once(" =") {
            let text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            messages.push(Message {
                id: id.to_owned(),
                texts: text.into_iter().collect(),
            });
        }
    }
    assert!(!messages.is_empty(), "{file}");
    messages
}

/// Whether a text is this message, whatever its arguments are.
fn is_message(text: &str, message: &str) -> bool {
    let mut pieces = message.split('{');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let mut is_open = false;
    for piece in pieces {
        let piece = piece.split_once('}').map_or(piece, |(_, piece)| piece);
        is_open = piece.is_empty();
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    is_open || rest.is_empty()
}

#[test]
fn english_is_found_where_it_is_left() {
    let html = |title, label, word| {
        format!(
            "<title>{title} · 0000</title><p>0000</p><input aria-label=\"{label}\">\
             <b> {word} </b><code>mail.off</code><i>Name</i><p>ann@example.com</p>"
        )
    };
    let english = html("Sign in", "Email", "No letter?");
    for (ours, left) in [
        (
            html("Anmelden", "Email", "No letter?"),
            &["Email", "No letter?"][..],
        ),
        (html("Anmelden", "E-Mail", "Keine E-Mail?"), &[]),
    ] {
        assert_eq!(same(&english, &ours, Language::German), left);
    }
    let arabic = "<p>Link \u{2068}0000\u{2069}</p>";
    assert_eq!(
        same("<p>Link 0000</p>", arabic, Language::Arabic),
        ["Link 0000"]
    );
}

#[test]
fn a_message_is_known_whatever_its_arguments_are() {
    for (text, message, is) in [
        ("Link 0000", "Link { $provider }", true),
        ("Link ", "Linked { $provider }", false),
        ("0000 on 0000", "{ $browser } on { $system }", true),
        ("0000 at 0000", "{ $browser } on { $system }", false),
        ("2 days", "{ $days } days", true),
        ("2 days left", "{ $days } days", false),
        ("Name", "Name", true),
        ("Names", "Name", false),
    ] {
        assert_eq!(is_message(text, message), is, "{text}: {message}");
    }
}
