//! What does a visitor get who gets no further? Complete small replies, known by
//! heart: nothing in them comes from the request but a return target.

mod elsewhere;

use gatelet_texts::{Language, Text, denials};

use crate::error::Code;
use crate::head::{Head, Lines};
use crate::negotiate::{PageScript, Reader, Reading, Signs};
use crate::origin::Origin;
use crate::return_target::ReturnTarget;

/// Where people sign in.
pub const SIGN_IN_PATH: &str = "/auth/sign-in";
/// Where people who are signed in confirm that it is them.
pub const CONFIRM_PATH: &str = "/auth/confirm";
/// Where people type the passphrase.
pub const PASSPHRASE_PATH: &str = "/auth/passphrase";
/// Where people sign out.
pub const SIGN_OUT_PATH: &str = "/auth/sign-out";
/// How soon a try again may help, in seconds.
pub const RETRY_AFTER_SECONDS: &str = "5";

/// A complete reply. Its length is the sender's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Fields, in order.
    pub fields: Lines,
    /// Body.
    pub body: Vec<u8>,
    /// What it is about, for the log; none for what is no denial.
    pub code: Option<Code>,
}

impl Reply {
    /// A denial or failure, as a page or as JSON.
    #[must_use]
    pub fn refusal(code: Code, reading: Reading, site_name: &str) -> Self {
        let more = way_on(code).map(|(href, label)| button(href, label.of(reading.language)));
        Self::explained(code, reading, site_name, &more.unwrap_or_default())
    }

    /// Says to a person that a form came too late, and how to send it after all: the
    /// browser still has it, and sends it again from this very page.
    #[must_use]
    pub(crate) fn unsent(code: Code, language: Language, site_name: &str) -> Self {
        let (path, label) = in_by(code);
        let more = [
            "<p>",
            denials::UNSENT.of(language),
            "</p>",
            &button(&[path, "\" target=\"_blank"].concat(), label.of(language)),
        ];
        let reading = Reading {
            reader: Reader::Person,
            language,
        };
        Self::explained(code, reading, site_name, &more.concat())
    }

    /// Says in a frame what [`Reply::sign_in`] would lead to, out of the frame.
    #[must_use]
    pub(crate) fn framed(
        code: Code,
        reading: Reading,
        site_name: &str,
        target: &ReturnTarget,
    ) -> Self {
        let (path, label) = in_by(code);
        let way_in = button(&href(path, target), label.of(reading.language));
        Self::explained(code, reading, site_name, &way_in)
    }

    /// Says to somebody who is signed in that this account is not enough, which
    /// one it is, and how to come back with another.
    #[must_use]
    pub fn other_account(
        code: Code,
        reading: Reading,
        site_name: &str,
        email: &str,
        target: &ReturnTarget,
    ) -> Self {
        let language = reading.language;
        let mut more = String::new();
        // Whose address somebody else has proved to be theirs has none.
        if !email.is_empty() {
            more.push_str("<p>");
            push_text(&denials::signed_in_as(language, email), &mut more);
            more.push_str("</p>");
        }
        let other = href(&[SIGN_IN_PATH, "?account=other"].concat(), target);
        more.push_str(&button(&other, denials::USE_OTHER_ACCOUNT.of(language)));
        more.push_str(&link(
            &href(SIGN_OUT_PATH, target),
            denials::SIGN_OUT.of(language),
        ));
        Self::explained(code, reading, site_name, &more)
    }

    /// With a piece of HTML for people.
    fn explained(code: Code, reading: Reading, site_name: &str, more: &str) -> Self {
        let Reading { reader, language } = reading;
        let (media, body) = match reader {
            Reader::Person => {
                let page = page(code, language, site_name, more);
                ("text/html; charset=utf-8", page)
            }
            Reader::Program => ("application/json", json(code, language)),
        };
        let mut reply = Self::new(code.status(), media, body);
        reply.code = Some(code);
        reply.fields.push("content-language", language.tag());
        if reader == Reader::Person {
            reply.fields.push("content-security-policy", POLICY);
            reply.fields.push("referrer-policy", "same-origin");
        }
        if code == Code::TokenInvalid {
            let challenge = "Bearer error=\"invalid_token\"";
            reply.fields.push("www-authenticate", challenge);
        }
        if code.status() == 503 {
            reply.fields.push("retry-after", RETRY_AFTER_SECONDS);
        }
        reply
    }

    /// Sends a person to sign in, or to type the passphrase where that is what
    /// `code` asks for, and to come back (RFC 9110 §15.4.4).
    #[must_use]
    pub fn sign_in(code: Code, target: &ReturnTarget) -> Self {
        let mut reply = Self::new(303, "text/plain; charset=utf-8", Vec::new());
        reply.code = Some(code);
        let (path, _) = in_by(code);
        reply.with("location", &href(path, target))
    }

    /// The same for a script that shows pages itself: by the field that leads it to where it
    /// shows none.
    #[must_use]
    pub(crate) fn sign_in_by(
        script: PageScript,
        code: Code,
        language: Language,
        target: &ReturnTarget,
    ) -> Self {
        let reader = Reader::Program;
        let mut reply = Self::refusal(code, Reading { reader, language }, "");
        let (path, _) = in_by(code);
        let href = href(path, target);
        match script {
            PageScript::Inertia => {
                reply.status = 409;
                reply.with("x-inertia-location", &href)
            }
            PageScript::Htmx => reply.with("hx-redirect", &href),
        }
    }

    /// For whoever visits an `https://` origin by plain HTTP: sends a person there
    /// (RFC 9110 §15.4.9) and refuses the rest, which has said too much already.
    #[must_use]
    pub(crate) fn to_https(head: &Head<'_>, signs: &Signs<'_>, origin: &Origin) -> Self {
        let code = Code::RequestInsecure;
        if !signs.is_navigation(head.method) {
            let reading = signs.reading(origin.languages());
            let label = denials::OPEN_BY_HTTPS.of(reading.language);
            let more = button(origin.base_url().as_str(), label);
            return Self::explained(code, reading, origin.site_name(), &more);
        }
        let mut reply = Self::new(308, "text/plain; charset=utf-8", Vec::new());
        reply.code = Some(code);
        let location = [origin.base_url().as_str(), head.target].concat();
        reply.with("location", &location)
    }

    /// `/health/live`, and `/health/ready` where it is.
    #[must_use]
    pub fn healthy() -> Self {
        Self::new(200, "text/plain; charset=utf-8", b"ok\n".to_vec())
    }

    /// `/health/ready` where it is not.
    #[must_use]
    pub fn unready(code: Code) -> Self {
        let mut reply = Self::refusal(code, Reading::PROGRAM, "");
        reply.code = Some(code);
        reply
    }

    /// With one more field.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push(name, value);
        self
    }

    fn new(status: u16, media: &str, body: Vec<u8>) -> Self {
        let mut fields = Lines::with_capacity(256);
        fields.push("content-type", media);
        fields.push("cache-control", "no-store");
        fields.push("x-content-type-options", "nosniff");
        Self {
            status,
            fields,
            body,
            code: None,
        }
    }
}

/// Every text in it is a constant without characters that JSON escapes.
fn json(code: Code, language: Language) -> Vec<u8> {
    let (key, path, end) = match way_in(code) {
        Some((path, _)) => (",\"signInUrl\":\"", path, "\"}\n"),
        None => ("", "", "}\n"),
    };
    [
        "{\"error\":\"",
        code.as_str(),
        "\",\"message\":\"",
        code.message().of(language),
        "\"",
        key,
        path,
        end,
    ]
    .concat()
    .into_bytes()
}

/// The page's style, and nothing else, may load: by its digest, which a test holds. It has no
/// form, and links that leave any frame, so the app's own frames may show it.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'sha256-DtPeWDMW/vzLr1F7RYqfqxcmktB29lB5IpvUlhZJhcQ='; form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

/// Of the house of the sign-in pages' (`crates/web/templates/style.css`), as far as these
/// pages need it, and in them: where they are shown, nothing else may be there.
const STYLE: &str = include_str!("reply/style.css");

/// What would help whoever gets this code: where it is, and what it is called.
fn way_in(code: Code) -> Option<(&'static str, Text)> {
    match code {
        Code::AccessPassphrase => Some((PASSPHRASE_PATH, denials::TYPE_PASSPHRASE)),
        Code::AccessRecent => Some((CONFIRM_PATH, denials::CONFIRM)),
        Code::AccessPasskey => Some(("/auth/confirm?with=passkey", denials::CONFIRM)),
        Code::AccessSecondFactor => Some(("/auth/confirm?with=second-factor", denials::CONFIRM)),
        code if code.status() == 401 => Some((SIGN_IN_PATH, denials::SIGN_IN)),
        _ => None,
    }
}

/// The same where one is sent in any case: to sign in, if nothing else helps.
fn in_by(code: Code) -> (&'static str, Text) {
    way_in(code).unwrap_or((SIGN_IN_PATH, denials::SIGN_IN))
}

/// What may be done about this code: where it is, and what it is called. Signing in
/// stands only where it helps.
fn way_on(code: Code) -> Option<(&'static str, Text)> {
    match code {
        // This very page, asked for anew.
        Code::Internal => Some(("", denials::TRY_AGAIN)),
        code if matches!(code.status(), 502..=504) => Some(("", denials::TRY_AGAIN)),
        Code::RouteUnknown | Code::TargetTooLong | Code::RequestMalformed => {
            Some(("/", denials::START_PAGE))
        }
        code => way_in(code),
    }
}

/// A link onwards, for a `Location` or an attribute: the target is encoded into
/// what ends neither.
fn href(path: &str, target: &ReturnTarget) -> String {
    let joint = if path.contains('?') { "&" } else { "?" };
    let mut href = [path, joint, "return_to="].concat();
    target.encode_into(&mut href);
    href
}

fn button(href: &str, label: &str) -> String {
    ["<a class=\"button\" href=\"", href, "\">", label, "</a>"].concat()
}

fn link(href: &str, label: &str) -> String {
    ["<p><a href=\"", href, "\">", label, "</a></p>"].concat()
}

fn push_text(text: &str, page: &mut String) {
    for character in text.chars() {
        match character {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            other => page.push(other),
        }
    }
}

/// The first letter or digit, or whatever is no mark of ASCII's.
fn monogram(site: &str) -> &str {
    let first = |(_, c): &(usize, char)| !c.is_ascii() || c.is_ascii_alphanumeric();
    let found = site.char_indices().find(first);
    found.map_or("\u{b7}", |(at, c)| &site[at..at + c.len_utf8()])
}

fn page(code: Code, language: Language, site_name: &str, more: &str) -> Vec<u8> {
    let named = if site_name.is_empty() {
        "Gatelet"
    } else {
        site_name
    };
    let mut site = String::new();
    push_text(named, &mut site);
    [
        "<!doctype html><html lang=\"",
        language.tag(),
        "\" dir=\"",
        language.direction(),
        "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><base target=\"_top\"><title>",
        code.title().of(language),
        " · ",
        &site,
        "</title><link rel=\"icon\" href=\"data:,\"><style>",
        STYLE,
        "</style></head><body><main><p class=\"brand\"><span class=\"mark\" aria-hidden=\"true\">",
        monogram(named),
        "</span> ",
        &site,
        "</p><h1>",
        code.title().of(language),
        "</h1><p>",
        code.message().of(language),
        "</p>",
        more,
        "<p class=\"code\">",
        denials::CODE.of(language),
        " <code>",
        code.as_str(),
        "</code></p></main></body></html>\n",
    ]
    .concat()
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_policy_lets_this_style_and_nothing_else_load() {
        let digest = STANDARD.encode(Sha256::digest(STYLE));
        assert!(
            POLICY.contains(&format!("style-src 'sha256-{digest}'")),
            "{digest}"
        );
    }

    #[test]
    fn a_site_is_known_by_its_first_letter() {
        for (name, letter) in [
            ("Acme", "A"),
            (" <b>", "b"),
            ("«Ü»", "«"),
            ("中文", "中"),
            ("&amp;", "a"),
            ("<>&\"", "\u{b7}"),
        ] {
            assert_eq!(monogram(name), letter, "{name}");
        }
    }

    #[test]
    fn every_code_has_a_page_and_json() {
        for code in Code::ALL {
            for language in Language::ALL {
                is_told(*code, language);
            }
        }
    }

    fn is_told(code: Code, language: Language) {
        let reading = |reader| Reading { reader, language };
        let page = Reply::refusal(code, reading(Reader::Person), "A & B <i>");
        let html = std::str::from_utf8(&page.body).unwrap();
        assert!(html.contains("aria-hidden=\"true\">A</span> A &amp; B &lt;i&gt;</p>"));
        assert!(
            html.contains(code.title().of(language))
                && html.contains(code.message().of(language))
                && html.contains(code.as_str()),
            "{code}"
        );
        let way_in = match code {
            Code::AccessPassphrase => Some("/auth/passphrase"),
            Code::AccessRecent => Some("/auth/confirm"),
            Code::AccessPasskey => Some("/auth/confirm?with=passkey"),
            Code::AccessSecondFactor => Some("/auth/confirm?with=second-factor"),
            code => (code.status() == 401).then_some("/auth/sign-in"),
        };
        for path in [
            "/auth/sign-in",
            "/auth/passphrase",
            "/auth/confirm",
            "/auth/confirm?with=passkey",
            "/auth/confirm?with=second-factor",
        ] {
            let link = format!("href=\"{path}\"");
            assert_eq!(html.contains(&link), way_in == Some(path), "{code}");
        }
        let again = matches!(code.status(), 502..=504) || code == Code::Internal;
        assert_eq!(html.contains("href=\"\""), again, "{code}");
        let plain = |text: &str| {
            !text.contains(['<', '>', '&', '"', '\\']) && !text.contains(char::is_control)
        };
        assert!(
            plain(code.title().of(language)) && plain(code.message().of(language)),
            "{code} needs escaping"
        );

        let answer = Reply::refusal(code, reading(Reader::Program), "");
        for (reply, policy, referrer) in [
            (&page, Some(POLICY), Some("same-origin")),
            (&answer, None, None),
        ] {
            let field = |name| reply.fields.get(name);
            assert_eq!(field("content-security-policy"), policy, "{code}");
            assert_eq!(field("referrer-policy"), referrer, "{code}");
            let later = (code.status() == 503).then_some(RETRY_AFTER_SECONDS);
            assert_eq!(field("retry-after"), later, "{code}");
        }
        let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(json["error"], code.as_str());
        assert_eq!(json["message"], code.message().of(language));
        let told = json.get("signInUrl").map(|url| url.as_str().unwrap());
        assert_eq!(told, way_in, "{code}");
        for reply in [page, answer] {
            assert_eq!((reply.status, reply.code), (code.status(), Some(code)));
            assert_eq!(
                reply.fields.get("cache-control"),
                Some("no-store"),
                "{code}"
            );
            assert_eq!(
                reply.fields.get("x-content-type-options"),
                Some("nosniff"),
                "{code}"
            );
            assert_eq!(
                reply.fields.get("retry-after").is_some(),
                code.status() == 503,
                "{code}"
            );
        }
    }
}
