//! Which characters of somebody else's may stand in a line of a log? None that moves
//! what comes after it: a line must read as it was written.

use core::fmt;

/// A text with all such characters escaped, as JSON does it, so that one form is right
/// in text and in JSON alike.
#[derive(Clone, Copy, Debug)]
pub struct Printable<'a>(pub &'a str);

/// Whether a character ends a line, moves the cursor, changes the direction of reading,
/// or is not seen at all.
#[must_use]
pub const fn is_unprintable(character: char) -> bool {
    matches!(character,
        // Controls of ASCII and of Latin-1, terminals' escape sequences among them.
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        // Marks of direction, joiners, separators of lines and paragraphs.
        | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        // Tags and variation selectors: text that nobody sees.
        | '\u{e0000}'..='\u{e0fff}')
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut plain_from = 0;
        for (at, character) in self.0.char_indices() {
            if !is_unprintable(character) {
                continue;
            }
            out.write_str(&self.0[plain_from..at])?;
            plain_from = at + character.len_utf8();
            match character {
                '\n' => out.write_str("\\n")?,
                '\r' => out.write_str("\\r")?,
                '\t' => out.write_str("\\t")?,
                other => {
                    for unit in other.encode_utf16(&mut [0; 2]) {
                        write!(out, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        out.write_str(&self.0[plain_from..])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_move_the_rest_of_a_line_is_escaped_and_other_text_stays() {
        for (text, printed) in [
            ("plain \\ \"text\" Zoë 日本", "plain \\ \"text\" Zoë 日本"),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\x1b[2J\x07\0\x7f", "\\u001b[2J\\u0007\\u0000\\u007f"),
            ("\u{9b}31m", "\\u009b31m"),
            ("a\u{202e}b\u{2066}c\u{200f}", "a\\u202eb\\u2066c\\u200f"),
            ("\u{2028}\u{feff}\u{200b}", "\\u2028\\ufeff\\u200b"),
            ("\u{e0041}", "\\udb40\\udc41"),
            ("", ""),
        ] {
            assert_eq!(Printable(text).to_string(), printed, "{text:?}");
        }
        let all: String = (0..=char::MAX as u32).filter_map(char::from_u32).collect();
        let printed = Printable(&all).to_string();
        assert!(!printed.contains(is_unprintable) && !printed.contains(char::is_control));
    }
}
