//! What came back?

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::Url;

use crate::cookie_name;
use crate::form::Form;

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// Where it came from.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its header section.
    pub headers: HeaderMap,
    /// Its content.
    pub body: Vec<u8>,
    /// Its trailer section; empty when there was none.
    pub trailers: HeaderMap,
    /// When each piece of the content came, counted from the head.
    pub arrivals: Vec<Duration>,
}

impl Response {
    /// Whether the page says this code.
    pub fn says_code(&self, code: &str) -> bool {
        self.text().contains(&format!("<code>{code}</code>"))
    }

    /// The text without what is another each time: tokens of forms, and the challenge for
    /// a passkey.
    pub fn lasting_text(&self) -> String {
        let mut text = self.text();
        for begin in ["name=\"csrf\" value=\"", "data-options=\""] {
            let mut parts = text.split(begin);
            let mut lasting = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                let (_, after) = part.split_once('"').expect("an attribute ends");
                lasting += &format!("{begin}…\"{after}");
            }
            text = lasting;
        }
        text
    }

    /// The content as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The content as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.description()))
    }

    /// The first field of this name; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap_or("(not ASCII)"))
    }

    /// Every field of this name.
    pub fn every(&self, name: &str) -> Vec<String> {
        self.headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect()
    }

    /// The `Set-Cookie` field for a cookie whose name begins so; the name as it is
    /// without a port ([`cookie_name`]).
    pub fn set_cookie(&self, prefix: &str) -> Option<String> {
        self.every("set-cookie")
            .into_iter()
            .map(|value| cookie_name::plain(&value))
            .find(|value| value.starts_with(prefix))
    }

    /// The one form that posts to this path.
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        Form::find(&self.text(), action)
            .unwrap_or_else(|| panic!("no form to {action}: {}", self.description()))
    }

    /// The first form to this path in which a field holds this.
    #[track_caller]
    pub fn form_with(&self, action: &str, name: &str, value: &str) -> Form {
        Form::all(&self.text(), action)
            .into_iter()
            .find(|form| form.value(name) == Some(value))
            .unwrap_or_else(|| panic!("no form with {name}={value}: {}", self.description()))
    }

    /// Fails the test unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.description());
        self
    }

    /// Fails the test unless it is a redirect to this place.
    #[track_caller]
    pub fn expect_redirect(self, to: &str) -> Self {
        let answer = self.expect(303);
        assert_eq!(answer.header("location"), to, "{}", answer.description());
        answer
    }

    /// Where a page leads by itself.
    #[must_use]
    pub fn refresh(&self) -> Option<&str> {
        let refresh = self.headers.get("refresh")?.to_str().ok()?;
        refresh.strip_prefix("0; url=")
    }

    /// Fails the test unless it is a denial in JSON with this status and code.
    #[track_caller]
    pub fn expect_denial(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.json()["error"], code, "{}", answer.description());
        assert_eq!(
            answer.header("cache-control"),
            "no-store",
            "a denial is nobody else's: {}",
            answer.description()
        );
        answer
    }

    /// For failure messages.
    pub fn description(&self) -> String {
        let body: String = self.text().chars().take(2000).collect();
        format!(
            "{} from {}\n{:#?}\n{body}",
            self.status, self.url, self.headers
        )
    }
}
