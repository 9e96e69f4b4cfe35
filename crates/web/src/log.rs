//! A line for the operator: failures on standard error, what people did on
//! standard output; every host keeps both. Never a token, a code, a password or
//! a cookie.

use std::sync::OnceLock;

use gatelet_core::printable::is_unprintable;

/// Whose lines they are. Of the instance, not of a request.
static SPEAKER: OnceLock<&'static str> = OnceLock::new();

/// Says which component's lines these are: the first to say so counts.
pub fn speak_as(component: &'static str) {
    let _named_already = SPEAKER.set(component);
}

/// Something failed that should not.
pub fn error(code: &str, detail: &str) {
    eprintln!("{}", line(speaker(), code, detail));
}

/// Somebody was refused, or got in.
pub fn note(code: &str, detail: &str) {
    println!("{}", line(speaker(), code, detail));
}

fn speaker() -> &'static str {
    SPEAKER.get().copied().unwrap_or("gatelet")
}

/// What came from outside must not start lines of its own.
fn line(speaker: &str, code: &str, detail: &str) -> String {
    let detail: String = detail
        .chars()
        .map(|c| if is_unprintable(c) { ' ' } else { c })
        .take(DETAIL_MAX_CHARACTERS)
        .collect();
    format!("{speaker}: {code} {detail}").trim_end().to_owned()
}

const DETAIL_MAX_CHARACTERS: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_stays_one_bounded_line() {
        assert_eq!(
            line("auth", "oauth.denied", "a\r\nb\u{85}c\u{202e}d"),
            "auth: oauth.denied a  b c d"
        );
        assert_eq!(line("auth", "x", ""), "auth: x");
        assert!(line("auth", "x", &"y".repeat(10_000)).len() < 600);
    }
}
