use std::collections::BTreeMap;
use std::fs;

use super::*;

#[test]
fn languages_are_known_by_their_tags_and_the_catalogues_order() {
    for (at, language) in Language::ALL.into_iter().enumerate() {
        assert_eq!(language as usize, at);
        assert_eq!(Language::of_tag(language.tag()), Some(language));
        assert_eq!(
            Language::of_tag(&language.tag().to_uppercase()),
            Some(language)
        );
    }
    for (tag, language) in [
        ("de-AT", Language::German),
        ("ar-Arab-EG", Language::Arabic),
        ("ES-419", Language::Spanish),
    ] {
        assert_eq!(Language::of_tag(tag), Some(language));
    }
    for tag in ["", "*", "deu", "d", "fr", "-de"] {
        assert_eq!(Language::of_tag(tag), None, "{tag}");
    }
}

#[test]
fn what_comes_from_elsewhere_is_set_apart_where_text_runs_from_right_to_left() {
    assert_eq!("ann".shown(Language::German), "ann");
    assert_eq!("ann".shown(Language::Arabic), "\u{2068}ann\u{2069}");
}

#[test]
fn what_comes_from_elsewhere_turns_nothing_around_it() {
    for turning in [
        "\u{202e}", "\u{202b}", "\u{2066}", "\u{2067}", "\u{2068}", "\u{2069}", "\u{200f}",
        "\u{61c}", "\n", "\r", "\u{85}", "\u{2029}",
    ] {
        let text = format!("a{turning}b");
        assert_eq!(text.shown(Language::English), "a b", "{turning:?}");
        assert_eq!(
            text.shown(Language::Arabic),
            "\u{2068}a b\u{2069}",
            "{turning:?}"
        );
    }
    // Joiners are part of how some names are written.
    for name in ["Zoë", "علی\u{200c}رضا", "עדה", "👩\u{200d}🚀"] {
        assert!(matches!(name.shown(Language::German), Cow::Borrowed(same) if same == name));
    }
}

#[test]
fn numbers_take_the_forms_that_cldr_says() {
    for (language, number, form) in [
        (Language::English, 1, PluralCategory::One),
        (Language::English, 2, PluralCategory::Other),
        (Language::German, 0, PluralCategory::Other),
        (Language::Spanish, 1, PluralCategory::One),
        (Language::Arabic, 0, PluralCategory::Zero),
        (Language::Arabic, 1, PluralCategory::One),
        (Language::Arabic, 2, PluralCategory::Two),
        (Language::Arabic, 3, PluralCategory::Few),
        (Language::Arabic, 11, PluralCategory::Many),
        (Language::Arabic, 100, PluralCategory::Other),
    ] {
        assert_eq!(language.plural(number), form, "{number} in {language:?}");
    }
}

#[cfg(feature = "dates")]
#[test]
fn a_moment_is_written_as_each_language_does() {
    let moment = Moment(1_795_727_107);
    assert_eq!(moment.datetime(), "2026-11-26T21:05Z");
    for (language, day) in [
        (Language::English, "26 November 2026"),
        (Language::German, "26. November 2026"),
        (Language::Spanish, "26 de noviembre de 2026"),
        (Language::Arabic, "26 نوفمبر 2026"),
    ] {
        assert_eq!(moment.day(language), day);
        assert!(moment.text(language).starts_with(day));
        assert!(moment.text(language).ends_with(":05 UTC"));
    }
    assert_eq!(Moment(u64::MAX).text(Language::English), "");
    assert_eq!(Moment(0).rfc3339(), "1970-01-01T00:00:00Z");
}

/// What English says more than once, for its own reason.
const TWICE: &[(&str, &str)] = &[
    (
        "Email",
        "of an account it is a way in and what a page is called, and elsewhere a field for an \
         address: German has two words",
    ),
    (
        "Your password was changed",
        "a row of what has happened, which other languages say as all rows, and the subject \
         of a letter, which they say as all subjects",
    ),
];

/// Translations of what stands in two places drift apart.
#[test]
fn a_label_is_in_the_catalogue_once() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/locales/en");
    for file in fs::read_dir(directory).expect("a directory") {
        let path = file.expect("a file").path();
        let module = path.file_stem().expect("a name").display().to_string();
        let text = fs::read_to_string(path).expect("text");
        // Messages of several lines choose by a number, and are nobody's labels.
        let lines = text.lines().filter(|line| !line.starts_with(['#', ' ']));
        for (id, message) in lines.filter_map(|line| line.split_once(" = ")) {
            let place = format!("{module}/{id}");
            places.entry(message.to_owned()).or_default().push(place);
        }
    }
    assert!(places.len() > 500, "{}", places.len());
    for (message, places) in &places {
        let is_meant = TWICE.iter().any(|(twice, _)| twice == message);
        assert_eq!(places.len() > 1, is_meant, "{message}: {places:?}");
    }
    for (twice, _) in TWICE {
        assert!(places.contains_key(*twice), "{twice}");
    }
}
