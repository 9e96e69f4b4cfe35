//! Where do people sign in, and out, that do not do so here? A path of the app, or an
//! address elsewhere, as the operator wrote it: nothing of it comes from a request but the
//! return target.

use gatelet_settings::{Setting, SettingError, Values};

use crate::base_url::BaseUrl;
use crate::return_target::ReturnTarget;

/// Where the return target goes.
const PLACE: &str = "{return_to}";
/// The parameter that has it where no place is marked.
const PARAMETER: &str = "return_to";
/// Longest address, in bytes.
const ADDRESS_MAX_BYTES: usize = 1024;

/// Where people sign in or out at the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppAddress {
    text: String,
    /// The path, where it is on the same host.
    own_path: Option<String>,
}

impl AppAddress {
    /// `sign_in_url` or `sign_out_url`; none where it is empty.
    ///
    /// 1. A path, or `http://` or `https://` with a host and no user information.
    /// 2. Visible ASCII without quotes, backslashes and fragment.
    /// 3. `{return_to}` at most once, and in the query.
    /// 4. None of our own pages: people would go round in circles.
    pub(crate) fn from_values(
        values: &Values<'_>,
        setting: Setting,
    ) -> Result<Option<Self>, SettingError> {
        let text = values.get(setting);
        if text.is_empty() {
            return Ok(None);
        }
        let refused = |why| Err(SettingError::new(setting, why));
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\`#".contains(&byte);
        if text.len() > ADDRESS_MAX_BYTES || !text.bytes().all(plain) {
            return refused(
                "is not plain: up to 1,024 visible ASCII characters without quotes, backslashes and fragment",
            );
        }
        let (before, query) = text.split_once('?').unwrap_or((text, ""));
        if before.contains(PLACE) || query.matches(PLACE).count() > 1 {
            return refused("may have {return_to} once, in its query");
        }
        if before == "/auth" || before.starts_with("/auth/") {
            return refused(
                "is one of Gatelet's own pages, which lead there: set it to a page of your app",
            );
        }
        let is_own = is_own(before);
        if !is_own && !is_elsewhere(before) {
            return refused(
                "is neither a path such as /login nor an address such as https://app.example.com/login",
            );
        }
        Ok(Some(Self {
            text: text.to_owned(),
            own_path: is_own.then(|| before.to_owned()),
        }))
    }

    /// The path, where it is the app's behind the same origin.
    #[must_use]
    pub fn own_path(&self) -> Option<&str> {
        self.own_path.as_deref()
    }

    /// With a return target at the origin of `base_url`: a path for a page of the same
    /// host, an absolute URL for one elsewhere.
    #[must_use]
    pub fn returning(&self, base_url: &BaseUrl, target: &ReturnTarget) -> String {
        let mut encoded = String::new();
        if self.own_path.is_none() && target.base_url().is_none() {
            push(base_url.as_str(), &mut encoded);
        }
        target.encode_into(&mut encoded);
        if self.text.contains(PLACE) {
            return self.text.replace(PLACE, &encoded);
        }
        let joint = if self.text.contains('?') { '&' } else { '?' };
        format!("{}{joint}{PARAMETER}={encoded}", self.text)
    }
}

/// Whether it is a path that cannot be read as anything else: it is written anew exactly
/// as it was.
fn is_own(before: &str) -> bool {
    ReturnTarget::parse(before).is_some_and(|target| target.as_str() == before)
}

fn is_elsewhere(before: &str) -> bool {
    let Some((scheme, rest)) = before.split_once("://") else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    BaseUrl::parse(&[scheme, "://", authority].concat()).is_ok()
}

fn push(text: &str, encoded: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            crate::percent::push_encoded(byte, encoded);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<AppAddress>, String> {
        let values = Values::new([(Setting::SignInUrl, text)]);
        AppAddress::from_values(&values, Setting::SignInUrl).map_err(|error| error.to_string())
    }

    #[test]
    fn a_return_target_goes_where_it_is_marked() {
        let base_url = BaseUrl::parse("https://app.example.com").unwrap();
        let target = ReturnTarget::parse("/a?b=c&d").unwrap();
        for (text, expected) in [
            ("/login", "/login?return_to=%2Fa%3Fb%3Dc%26d"),
            ("/login?x=1", "/login?x=1&return_to=%2Fa%3Fb%3Dc%26d"),
            (
                "/login?next={return_to}&y",
                "/login?next=%2Fa%3Fb%3Dc%26d&y",
            ),
            (
                "https://id.example.com/in?to={return_to}",
                "https://id.example.com/in?to=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc%26d",
            ),
            (
                "http://localhost:4000",
                "http://localhost:4000?return_to=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc%26d",
            ),
        ] {
            let address = parse(text).unwrap().unwrap();
            assert_eq!(address.returning(&base_url, &target), expected, "{text}");
            assert_eq!(
                address.own_path().is_some(),
                text.starts_with('/'),
                "{text}"
            );
        }
        let there = ReturnTarget::parse_for("https://shop.example.com/x", |_| true).unwrap();
        let told = parse("/login")
            .unwrap()
            .unwrap()
            .returning(&base_url, &there);
        assert_eq!(told, "/login?return_to=https%3A%2F%2Fshop.example.com%2Fx");
        assert_eq!(parse(""), Ok(None));
    }

    #[test]
    fn an_address_is_a_path_or_http_and_nothing_else() {
        let long = format!("/{}", "x".repeat(1024));
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "/\\evil.example",
            "/ /evil.example",
            "login",
            "ftp://app.example.com/",
            "https://",
            "https://user@app.example.com/",
            "https://app.example.com\\@evil/",
            "/login#top",
            "/a/../b",
            "/login?a='b",
            "/login?a=\"b",
            "/{return_to}",
            "/login?a={return_to}&b={return_to}",
            "/auth",
            "/auth/sign-in",
            "/auth/sign-in?x",
            "/lögin",
            &long,
        ] {
            let line = parse(text).expect_err(text);
            assert!(line.starts_with("sign_in_url: "), "{text}: {line}");
        }
    }
}
