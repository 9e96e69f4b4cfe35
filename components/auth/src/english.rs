//! For tests: what is still English in what is to be in another language?

use std::collections::BTreeMap;
use std::fs;

use gatelet_texts::Language;

/// Texts of this HTML that English has in this file of the catalogue, and the language says
/// otherwise.
pub(crate) fn left(module: &str, language: Language, html: &str) -> Vec<String> {
    let (english, ours) = (read(module, Language::English), read(module, language));
    let translated: BTreeMap<&String, &String> = english
        .iter()
        .filter(|(id, text)| ours.get(*id) != Some(text))
        .map(|(id, text)| (text, id))
        .collect();
    assert!(!english.is_empty(), "{module}");
    said(html)
        .filter(|text| translated.contains_key(text))
        .collect()
}

/// Each text between tags, of a title without the site's name, and what names a field that
/// has no label.
fn said(html: &str) -> impl Iterator<Item = String> {
    let between = html.split('>').filter_map(|part| part.split('<').next());
    let labels = html.split(" aria-label=\"").skip(1);
    let labels = labels.filter_map(|rest| rest.split('"').next());
    let texts = between.chain(labels).flat_map(|text| text.split(" · "));
    texts.map(|text| unescaped(text.trim()))
}

/// Messages by id, those that take arguments left out.
fn read(module: &str, language: Language) -> BTreeMap<String, String> {
    let tag = language.tag();
    let locales = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/texts/locales");
    let file = fs::read_to_string(format!("{locales}/{tag}/{module}.ftl")).expect("a file");
    let messages = file.lines().filter_map(|line| line.split_once(" = "));
    let plain = messages.filter(|(id, text)| !id.starts_with('#') && !text.contains('{'));
    plain
        .map(|(id, text)| (id.to_owned(), text.to_owned()))
        .collect()
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

#[test]
fn english_is_found_where_it_is_left() {
    let html = "<title>Send the letter · Acme</title><p>E-Mail senden</p><input aria-label=\"Email\"><b> Code </b>";
    assert_eq!(
        left("mailed", Language::German, html),
        ["Send the letter", "Email"]
    );
}
