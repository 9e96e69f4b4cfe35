//! What do the bytes of a text stand for? Percent-encoding (RFC 3986 §2.1), read and
//! written here alone. What a broken sequence means is for each reader to say.

/// What is found at one place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Octet {
    /// A byte as it is.
    Plain(u8),
    /// The byte that `%XX` stands for.
    Encoded(u8),
    /// A `%` that begins no such sequence.
    Broken,
}

/// Reads a text place by place.
pub fn octets(text: &[u8]) -> impl Iterator<Item = Octet> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let (&byte, after) = rest.split_first()?;
        let octet = match sequence(rest) {
            Some(encoded) => Octet::Encoded(encoded),
            None if byte == b'%' => Octet::Broken,
            None => Octet::Plain(byte),
        };
        rest = match octet {
            Octet::Encoded(_) => rest.get(3..).unwrap_or_default(),
            Octet::Plain(_) | Octet::Broken => after,
        };
        Some(octet)
    })
}

/// The text with its sequences decoded, once; a broken one stays as it is.
#[must_use]
pub fn decoded(text: &[u8]) -> Vec<u8> {
    let bytes = octets(text).map(|octet| match octet {
        Octet::Plain(byte) | Octet::Encoded(byte) => byte,
        Octet::Broken => b'%',
    });
    bytes.collect()
}

/// The byte that the sequence stands for with which a text begins, if with any.
pub(crate) fn sequence(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Appends `%XX`.
pub(crate) fn push_encoded(byte: u8, text: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    text.push(char::from(DIGITS[usize::from(byte >> 4)]));
    text.push(char::from(DIGITS[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sequences_are_two_digits_and_nothing_else() {
        for (text, expected) in [
            ("", &b""[..]),
            ("a%20b", b"a b"),
            ("%c3%A9", "é".as_bytes()),
            ("%00%25", b"\0%"),
            // Decoded once.
            ("%2541", b"%41"),
            ("%", b"%"),
            ("%4", b"%4"),
            ("a%zz", b"a%zz"),
            ("%+1", b"%+1"),
            ("%%41", b"%A"),
            ("é%", "é%".as_bytes()),
        ] {
            assert_eq!(decoded(text.as_bytes()), expected, "{text}");
        }
        let read: Vec<_> = octets(b"%41%4B").collect();
        assert_eq!(read, [Octet::Encoded(b'A'), Octet::Encoded(b'K')]);
        let read: Vec<_> = octets(b"%4 ").collect();
        let plain = [Octet::Plain(b'4'), Octet::Plain(b' ')];
        assert_eq!((read[0], &read[1..]), (Octet::Broken, &plain[..]));
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
            let mut text = String::new();
            for byte in &bytes {
                push_encoded(*byte, &mut text);
            }
            prop_assert_eq!(decoded(text.as_bytes()), bytes);
        }
    }
}
