//! One line for the operator, on standard error, which every host keeps. Never
//! a token, a code, a password or a cookie.

/// Something failed that should not.
pub(crate) fn error(code: &str, detail: &str) {
    line("error", code, detail);
}

/// Somebody was refused, or got in.
pub(crate) fn note(code: &str, detail: &str) {
    line("info", code, detail);
}

fn line(level: &str, code: &str, detail: &str) {
    // What came from outside must not start lines of its own.
    let detail: String = detail
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(500)
        .collect();
    eprintln!("gatelet-auth {level} {code} {detail}");
}
