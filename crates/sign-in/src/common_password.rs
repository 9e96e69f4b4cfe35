//! Would this be among the first guesses? A list that ships with the program, and the
//! patterns that fingers fall into.

/// Most digits that count as put around a word: a year. More are a guess of their own.
const DIGITS_AROUND_MAX: usize = 4;

/// Whether a password, in lower case, is in the list or is only a pattern.
pub(super) fn is_easily_guessed(folded: &str) -> bool {
    let bare: String = folded
        .chars()
        .filter(|character| character.is_alphanumeric())
        .collect();
    let word = without_digits_around(&bare);
    let common: Vec<&str> = COMMON.lines().collect();
    [folded, &bare, word, &unleeted(word)]
        .iter()
        .any(|form| common.binary_search(form).is_ok())
        || is_pattern(folded)
        || is_pattern(&bare)
}

/// `Password123!` is no better than `password`: what people put around a common word is
/// guessed with it.
fn without_digits_around(bare: &str) -> &str {
    let word = bare.trim_matches(|character: char| character.is_ascii_digit());
    let around = bare.len() - word.len();
    if word.is_empty() || around > DIGITS_AROUND_MAX {
        bare
    } else {
        word
    }
}

/// One short piece over and over (`aaaaaaaa`, `abcabcabc`), or a walk along the
/// alphabet, the digits or a row of keys in either direction.
fn is_pattern(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let repeats = (1..=4.min(characters.len() / 2)).any(|period| {
        characters
            .iter()
            .zip(&characters[period..])
            .all(|(one, next)| one == next)
    });
    repeats || is_walk(text)
}

fn is_walk(text: &str) -> bool {
    const ROWS: [&str; 7] = [
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "qwertzuiop",
        "azertyuiop",
    ];
    let steps = text.as_bytes().windows(2).filter(|pair| {
        ROWS.iter().any(|row| {
            row.as_bytes()
                .windows(2)
                .any(|keys| keys == *pair || (keys[0] == pair[1] && keys[1] == pair[0]))
        })
    });
    // A jump or two joins two walks: `qwerty12345`, `abc123456`.
    text.len() > 3 && steps.count() + 1 + text.len() / 5 >= text.len()
}

fn unleeted(word: &str) -> String {
    word.chars()
        .map(|character| match character {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

/// In lower case and sorted by bytes: the first ten thousand of the list that Django 5.2
/// ships, which a count of leaked passwords made, and some that this program invites.
/// Those of under four characters, and what was no text any more, are left out.
const COMMON: &str = include_str!("common_passwords.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_folded() {
        let words: Vec<&str> = COMMON.lines().collect();
        assert!(words.len() > 9_800 && words.is_sorted_by(|one, next| one < next));
        assert!(words.iter().all(|word| word.chars().count() >= 4));
        assert!(words.iter().all(|word| word.to_lowercase() == **word));
    }

    #[test]
    fn first_guesses_are_known() {
        for guess in [
            "password",
            "password1",
            "passw0rd",
            "p4ssw0rd",
            "password123!",
            "12345678",
            "123456789",
            "87654321",
            "11111111",
            "aaaaaaaa",
            "abcabcabc",
            "abcdefgh",
            "qwertyuiop",
            "qwerty123",
            "qwerty12345",
            "asdfghjkl",
            "1q2w3e4r",
            "1qaz2wsx",
            "iloveyou",
            "ilov3you2024",
            "letmein1",
            "football1",
            "12341234",
            "princess",
            "sunshine2023",
            "abc123456",
            "zaq12wsx",
            "changeme",
            "gatelet123",
            "dragon2024",
            "mercedes",
            "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}1",
            "abcd-efgh-ijkl",
            "!!!!!!!!!!!!",
        ] {
            assert!(is_easily_guessed(guess), "{guess}");
        }
    }

    #[test]
    fn a_piece_over_and_over_or_a_walk_is_a_pattern_and_little_more_is() {
        for (text, expected) in [
            ("xqxq", true),
            ("xqdx", false),
            ("xqdmx", false),
            ("abcd", true),
            ("abc", false),
            ("abcmnoqwe", false),
            ("abcdemnoqw", true),
        ] {
            assert_eq!(is_pattern(text), expected, "{text}");
        }
    }

    #[test]
    fn ordinary_passwords_are_not() {
        for password in [
            "correct horse battery staple",
            "tr0ub4dor&3x",
            "vqmzkhrt",
            "blue-otter-94",
            "my dog eats 3 shoes",
            "\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}\u{43c}\u{438}\u{440}\u{43d}",
            "footballs are round",
            "8f3kd92m",
            "hunter2hunter3",
            "83920dragon",
            "1dragon2024",
        ] {
            assert!(!is_easily_guessed(password), "{password}");
        }
    }
}
