//! What do people read? Every text, in every language. The message catalogue is in
//! `locales`, as Fluent (<https://projectfluent.org/fluent/guide/>); the build makes it
//! into constants and functions, so that a text which is missing is found before
//! anybody looks for it, and a component carries those alone that it says.

#[cfg(feature = "dates")]
mod moment;

#[cfg(feature = "dates")]
pub use moment::Moment;

use std::borrow::Cow;

use icu_plurals::{PluralCategory, PluralOperands, PluralRules};

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// A language that the catalogue has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// `en`
    #[default]
    English,
    /// `de`
    German,
    /// `es`
    Spanish,
    /// `ar`
    Arabic,
}

/// One text without arguments, in every language.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text(&'static [&'static str; Language::ALL.len()]);

impl Text {
    /// As this language says it.
    #[must_use]
    pub const fn of(self, language: Language) -> &'static str {
        self.0[language as usize]
    }
}

/// Whether every language says it in whole sentences: for tests of what is said.
#[must_use]
pub fn are_sentences(text: Text) -> bool {
    let mut all = text.0.iter();
    all.all(|text| text.ends_with(['.', '?', ':']))
}

/// As English says it: for the log.
impl core::fmt::Debug for Text {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(out, "{:?}", self.of(Language::English))
    }
}

impl Language {
    /// All of them, as the catalogue orders them.
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::Spanish, Self::Arabic];

    /// For `lang` of HTML and `Content-Language` (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::Arabic => "ar",
        }
    }

    /// The language of a tag, whatever region or script it names: `de-AT` is German.
    /// In any case of letters.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        let mut all = Self::ALL.into_iter();
        all.find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Whether its text runs so.
    #[must_use]
    pub const fn is_right_to_left(self) -> bool {
        match self {
            Self::Arabic => true,
            Self::English | Self::German | Self::Spanish => false,
        }
    }

    /// For `dir` of HTML.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        match self.is_right_to_left() {
            true => "rtl",
            false => "ltr",
        }
    }

    /// Which of the forms that words have for numbers this number takes (Unicode CLDR).
    fn plural(self, number: u64) -> PluralCategory {
        let locale = match self {
            Self::English => icu_locale_core::locale!("en"),
            Self::German => icu_locale_core::locale!("de"),
            Self::Spanish => icu_locale_core::locale!("es"),
            Self::Arabic => icu_locale_core::locale!("ar"),
        };
        let rules = PluralRules::try_new_cardinal(locale.into());
        let operands = PluralOperands::from(number);
        rules.map_or(PluralCategory::Other, |rules| rules.category_for(operands))
    }
}

/// What may stand in a text.
trait Argument {
    /// As it stands there.
    fn shown(&self, language: Language) -> Cow<'_, str>;
}

/// What comes from elsewhere runs from left to right, or not, by itself: in a text that
/// runs from right to left it is set apart (Unicode UAX #9, isolates). In any text it turns
/// nothing that stands after it, and does not get out of where it is set apart.
impl Argument for str {
    fn shown(&self, language: Language) -> Cow<'_, str> {
        let text = match self.contains(turns) {
            true => Cow::Owned(self.replace(turns, " ")),
            false => Cow::Borrowed(self),
        };
        match language.is_right_to_left() {
            true => Cow::Owned(format!("\u{2068}{text}\u{2069}")),
            false => text,
        }
    }
}

/// Whether a character changes in which direction others run: Unicode's `Bidi_Control`, and
/// what ends a paragraph or a line, and with it all that is set apart there.
const fn turns(character: char) -> bool {
    matches!(character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}')
}

impl Argument for u64 {
    fn shown(&self, _: Language) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

#[cfg(test)]
mod tests;
