//! What is a cookie of ours called here? Tests write names as they are at a host
//! without a port of its own: `gatelet`, `__Host-gatelet-csrf`. Where the base URL has
//! one, the name carries it: `gatelet-3000`.

use url::Url;

const PREFIXES: [&str; 3] = ["__Host-", "__Secure-", ""];

/// Takes the port out of a name, or of the name that a text begins with.
pub fn plain(text: &str) -> String {
    for prefix in PREFIXES {
        let Some(rest) = text.strip_prefix(&format!("{prefix}gatelet-")) else {
            continue;
        };
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let after = &rest[digits..];
        if digits > 0 && matches!(after.bytes().next(), None | Some(b'-' | b'=')) {
            return format!("{prefix}gatelet{after}");
        }
    }
    text.to_owned()
}

/// Puts the port of a URL into the names of a `Cookie` field that are ours.
pub fn at(url: &Url, cookies: &str) -> String {
    let Some(port) = url.port() else {
        return cookies.to_owned();
    };
    let pairs = cookies.split(';').map(|pair| {
        let name = pair.trim_start();
        let blanks = &pair[..pair.len() - name.len()];
        for prefix in PREFIXES {
            let Some(rest) = name.strip_prefix(&format!("{prefix}gatelet")) else {
                continue;
            };
            let ours = ["=", "-csrf=", "-attempt-", "-passphrase="];
            if prefix != "__Secure-" && ours.iter().any(|own| rest.starts_with(own)) {
                return format!("{blanks}{prefix}gatelet-{port}{rest}");
            }
        }
        pair.to_owned()
    });
    pairs.collect::<Vec<_>>().join(";")
}
