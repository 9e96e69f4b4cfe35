//! What may a person be called? Bounds of a display name, which goes into pages,
//! headers and the session cookie.

use gatelet_texts::{Text, problems};

/// Longest display name, in characters.
pub const NAME_MAX_CHARACTERS: usize = 80;

/// A display name: 1 to 80 characters in NFC, without control or invisible
/// direction characters, white space collapsed to single spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

/// Why a typed name is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing was typed.
    Empty,
    /// Over [`NAME_MAX_CHARACTERS`].
    TooLong,
    /// Holds control characters or characters that change the reading direction.
    Unprintable,
}

impl DisplayName {
    /// Normalises, then validates what it normalised to.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        // Bounded before any work is done on it: NFC at most triples.
        if typed.len() > 16 * NAME_MAX_CHARACTERS {
            return Err(NameError::TooLong);
        }
        if typed.chars().any(is_unprintable) {
            return Err(NameError::Unprintable);
        }
        let name = collapsed(typed);
        match name.chars().count() {
            0 => Err(NameError::Empty),
            1..=NAME_MAX_CHARACTERS => Ok(Self(name)),
            _ => Err(NameError::TooLong),
        }
    }

    /// A name out of what a provider sent: unprintable characters dropped, cut at
    /// the limit. None when nothing is left.
    #[must_use]
    pub fn from_provider(sent: &str) -> Option<Self> {
        let printable: String = sent
            .chars()
            .take(8 * NAME_MAX_CHARACTERS)
            .filter(|character| !is_unprintable(*character))
            .collect();
        let name: String = collapsed(&printable)
            .chars()
            .take(NAME_MAX_CHARACTERS)
            .collect();
        let name = collapsed(&name);
        (!name.is_empty()).then_some(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NameError {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "name.empty",
            Self::TooLong => "name.too_long",
            Self::Unprintable => "name.unprintable",
        }
    }

    /// What the visitor reads beside the field.
    #[must_use]
    pub const fn message(self) -> Text {
        match self {
            Self::Empty => problems::NAME_EMPTY,
            Self::TooLong => problems::NAME_TOO_LONG,
            Self::Unprintable => problems::NAME_UNPRINTABLE,
        }
    }
}

fn collapsed(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc()
        .normalize(&spaced)
        .into_owned()
}

/// Controls, line and paragraph separators, bidirectional overrides and
/// isolates, the byte order mark and non-characters. Joiners stay: names in
/// Indic scripts and Persian need them.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        || (character as u32 & 0xfffe) == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_kept_as_people_write_them() {
        for (typed, kept) in [
            ("Ann", "Ann"),
            ("  Ann   Lee ", "Ann Lee"),
            ("Bj\u{f6}rk", "Bj\u{f6}rk"),
            ("Bjo\u{308}rk", "Bj\u{f6}rk"),
            ("\u{674e}\u{5c0f}\u{9f99}", "\u{674e}\u{5c0f}\u{9f99}"),
            ("O'Brien <x>", "O'Brien <x>"),
        ] {
            assert_eq!(
                DisplayName::parse(typed),
                Ok(DisplayName(kept.into())),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn only_so_much_is_looked_at() {
        let behind = |blank: &str, count: usize| format!("{}A", blank.repeat(count));
        let ann = DisplayName("A".to_owned());
        assert_eq!(DisplayName::parse(&behind(" ", 1279)), Ok(ann.clone()));
        let beyond = DisplayName::parse(&behind(" ", 1280));
        assert_eq!(beyond, Err(NameError::TooLong));
        let sent = |count| DisplayName::from_provider(&behind("\u{200b}", count));
        assert_eq!((sent(639), sent(640)), (Some(ann), None));
    }

    #[test]
    fn empty_long_and_unprintable_names_are_refused() {
        for (typed, error) in [
            ("", NameError::Empty),
            ("  ", NameError::Empty),
            ("Ann\r\nX-Evil: 1", NameError::Unprintable),
            ("Ann\0", NameError::Unprintable),
            ("Ann\u{202e}nnA", NameError::Unprintable),
            ("Ann\u{fffe}", NameError::Unprintable),
            ("Ann\u{1ffff}", NameError::Unprintable),
            (&"x".repeat(81), NameError::TooLong),
            (&"x".repeat(1_000_000), NameError::TooLong),
        ] {
            assert_eq!(DisplayName::parse(typed), Err(error), "{typed:?}");
        }
        assert!(DisplayName::parse(&"\u{fc}".repeat(80)).is_ok());
    }

    #[test]
    fn a_providers_name_is_cut_to_fit() {
        assert_eq!(
            DisplayName::from_provider("A\0n\u{202e}n"),
            Some(DisplayName("Ann".into()))
        );
        assert_eq!(DisplayName::from_provider("\u{7}"), None);
        assert_eq!(
            DisplayName::from_provider(&"y".repeat(10_000)),
            Some(DisplayName("y".repeat(80)))
        );
    }

    proptest! {
        #[test]
        fn what_a_provider_sends_passes_as_typed(sent in ".{0,200}") {
            if let Some(name) = DisplayName::from_provider(&sent) {
                prop_assert_eq!(DisplayName::parse(name.as_str()), Ok(name.clone()));
            }
        }
    }
}
