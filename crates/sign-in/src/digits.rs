//! Codes of digits, as keyboards of any script type them and mail programs hand them over.

use gatelet_core::printable::is_unprintable;

/// The digits of a script begin at these, in order.
const ZEROS: [char; 4] = [
    // Latin, Arabic, Persian and Urdu, full-width.
    '0', '\u{660}', '\u{6f0}', '\u{ff10}',
];

/// What was typed with its digits in ASCII, without blanks, hyphens and marks that turn
/// the direction of text. Anything else stays.
pub(crate) fn plain(typed: &str) -> String {
    let shown = |c: &char| !c.is_whitespace() && *c != '-' && !is_unprintable(*c);
    typed.chars().filter(shown).map(ascii).collect()
}

fn ascii(typed: char) -> char {
    let digit = |zero: char| {
        (typed as u32)
            .checked_sub(zero as u32)
            .filter(|digit| *digit < 10)
    };
    let found = ZEROS.into_iter().find_map(digit);
    found
        .and_then(|digit| char::from_digit(digit, 10))
        .unwrap_or(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_keyboard_are_the_same_ones() {
        for typed in [
            "012345",
            "٠١٢٣٤٥",
            "۰۱۲۳۴۵",
            "０１２３４５",
            " 012\u{a0}345\t",
            "012-345",
            "\u{2066}012\u{2069}\u{200f}345",
        ] {
            assert_eq!(plain(typed), "012345", "{typed:?}");
        }
        for typed in ["01234x", "०१२३४५", "²³"] {
            assert_eq!(plain(typed), typed);
        }
    }
}
