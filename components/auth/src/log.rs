//! A line for the operator: failures on standard error, what people did on
//! standard output; every host keeps both. Never a token, a code, a password or
//! a cookie.

/// Something failed that should not.
pub(crate) fn error(code: &str, detail: &str) {
    eprintln!("{}", line(code, detail));
}

/// Somebody was refused, or got in.
pub(crate) fn note(code: &str, detail: &str) {
    println!("{}", line(code, detail));
}

/// What came from outside must not start lines of its own.
fn line(code: &str, detail: &str) -> String {
    let detail: String = detail
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(DETAIL_MAX_CHARACTERS)
        .collect();
    format!("auth: {code} {detail}").trim_end().to_owned()
}

const DETAIL_MAX_CHARACTERS: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_stays_one_bounded_line() {
        assert_eq!(
            line("oauth.denied", "a\r\nb\u{85}c"),
            "auth: oauth.denied a  b c"
        );
        assert_eq!(line("x", ""), "auth: x");
        assert!(line("x", &"y".repeat(10_000)).len() < 600);
    }
}
