//! A value that is looked for wherever it must not be: whole and by halves, plain and in the
//! encodings that programs put it in. Runs of characters that no text format escapes are
//! looked for too: they stand as they are in JSON within JSON within HTML.

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Shorter pieces would be found by accident.
const PIECE_MIN_BYTES: usize = 8;

/// Shown on either side of what was found.
const AROUND_BYTES: usize = 400;

/// Values, and what would give one away: all of it looked for in one go.
#[derive(Clone, Debug)]
pub struct Canaries {
    hows: Vec<&'static str>,
    needles: Vec<Vec<u8>>,
    search: AhoCorasick,
}

impl Default for Canaries {
    fn default() -> Self {
        Self::of(Vec::new(), Vec::new())
    }
}

impl Canaries {
    fn of(hows: Vec<&'static str>, needles: Vec<Vec<u8>>) -> Self {
        let search = AhoCorasick::new(&needles).expect("few and short");
        Self {
            hows,
            needles,
            search,
        }
    }

    /// And this value, of 16 bytes or more.
    #[must_use]
    pub fn with(self, value: &str) -> Self {
        let half = (0..=value.len() / 2)
            .rev()
            .find(|at| value.is_char_boundary(*at))
            .expect("0 is one");
        let (first, second) = value.split_at(half);
        let (mut hows, mut needles) = (self.hows, self.needles);
        for piece in [value, first, second] {
            assert!(piece.len() >= PIECE_MIN_BYTES, "a longer value");
            for (how, needle) in forms(piece) {
                hows.push(how);
                needles.push(needle);
            }
        }
        for run in value.split(|c: char| !is_never_escaped(c)) {
            if run.len() >= PIECE_MIN_BYTES {
                hows.push("escaped");
                needles.push(run.into());
            }
        }
        Self::of(hows, needles)
    }

    /// In which form one stands in these bytes, if it does, and what stands around it.
    #[must_use]
    pub fn find<'b>(&self, bytes: &'b [u8]) -> Option<(&'static str, &'b [u8])> {
        let found = self.search.find(bytes)?;
        let from = found.start().saturating_sub(AROUND_BYTES);
        let to = bytes.len().min(found.end() + AROUND_BYTES);
        Some((self.hows[found.pattern().as_usize()], &bytes[from..to]))
    }
}

fn forms(piece: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = piece.as_bytes();
    let hex = |digits: fn(&u8) -> String| bytes.iter().map(digits).collect::<String>();
    let json = serde_json::to_string(piece).expect("a text");
    let escaped: String = piece
        .chars()
        .map(|c| match c {
            c if c.is_ascii() => c.to_string(),
            c => {
                let mut units = [0; 2];
                let units = c.encode_utf16(&mut units);
                units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
            }
        })
        .collect();
    let mut forms = vec![
        ("plain", bytes.to_vec()),
        ("in hexadecimal", hex(|byte| format!("{byte:02x}")).into()),
        ("in hexadecimal", hex(|byte| format!("{byte:02X}")).into()),
        (
            "as an array",
            bytes
                .iter()
                .map(u8::to_string)
                .collect::<Vec<_>>()
                .join(",")
                .into(),
        ),
        (
            "in a URL",
            url::form_urlencoded::byte_serialize(bytes)
                .collect::<String>()
                .into(),
        ),
        (
            "in a URL",
            hex(|byte| match byte {
                byte if is_never_escaped(char::from(*byte)) => char::from(*byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .into(),
        ),
        ("in JSON", json.trim_matches('"').into()),
        ("in JSON", escaped.into()),
        ("in HTML", html(piece).into()),
        ("backwards", bytes.iter().rev().copied().collect()),
    ];
    for before in 0..3 {
        forms.push(("in base64", aligned(&STANDARD_NO_PAD, before, bytes)));
        forms.push(("in base64", aligned(&URL_SAFE_NO_PAD, before, bytes)));
    }
    forms
}

/// The unreserved characters of RFC 3986 §2.3.
const fn is_never_escaped(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}

fn html(piece: &str) -> String {
    let escape = |c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        c => c.to_string(),
    };
    piece.chars().map(escape).collect()
}

/// What base64 makes of these bytes behind so many others: the characters that they alone
/// decide.
fn aligned(engine: &impl Engine, before: usize, bytes: &[u8]) -> Vec<u8> {
    let all = [&vec![0; before][..], bytes].concat();
    let encoded = engine.encode(&all).into_bytes();
    let from = (before * 8).div_ceil(6);
    let to = all.len() * 8 / 6;
    encoded[from..to].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_every_form_and_nothing_else_is() {
        let value = "sk-\"canary\" & ü/+0123";
        let canary = Canaries::default().with(value);
        assert_eq!(canary.find(b"nothing to see here: sk-, 0123, canary"), None);
        let encoded = STANDARD_NO_PAD.encode(format!("{{\"key\":\"{value}\"}}"));
        let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        let (first, second) = value.split_at(11);
        for (text, how) in [
            (format!("a {value} b"), "plain"),
            (format!("a {first} b"), "plain"),
            (format!("a {second} b"), "plain"),
            (format!("a {encoded} b"), "in base64"),
            (hex, "in hexadecimal"),
            (serde_json::to_string(value).expect("JSON"), "in JSON"),
            (html(value), "in HTML"),
        ] {
            assert!(canary.find(text.as_bytes()).is_some(), "{how}: {text}");
        }
    }

    #[test]
    fn what_was_escaped_any_number_of_times_is_found() {
        let canary = Canaries::default().with("road-K7x\"canary\" & <ü>");
        let mut text = "road-K7x\"canary\" & <ü>".to_owned();
        for depth in 0..4 {
            assert!(canary.find(text.as_bytes()).is_some(), "{depth}: {text}");
            text = html(&serde_json::to_string(&text).expect("JSON"));
        }
    }
}
