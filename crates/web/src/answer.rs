//! What goes back? Complete small responses: body and length known, so that they
//! leave in one piece, and the same protective header fields on every one.

use crate::log;
use askama::Template;
use bytes::Bytes;
use gatelet_core::reply::Reply;
use gatelet_texts::Language;
use gatelet_theme::Asset;
use http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    LOCATION, REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use wasip3::http::types as wasi;
use wasip3::http_compat::http_into_wasi_response;

/// A response that is ready to send.
pub type Answer = Response<Bytes>;

/// No script runs here, nobody frames it, and forms lead nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// A picture may have styles of its own, which some browsers ask its policy about. One that
/// is opened as a page runs no script, and is no page of this origin.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A page.
#[must_use]
pub fn page(status: StatusCode, page: &impl Template) -> Answer {
    match page.render() {
        Ok(html) => answer(status, "text/html; charset=utf-8", html.into()),
        // Rendering into memory fails only when a value's own formatting does.
        Err(error) => {
            log::error("page.unrenderable", &error.to_string());
            answer(
                StatusCode::INTERNAL_SERVER_ERROR,
                "text/plain; charset=utf-8",
                Bytes::from_static(b"This page could not be shown.\n"),
            )
        }
    }
}

/// 204, which has neither a type nor a length (RFC 9110 §8.6).
#[must_use]
pub fn no_content() -> Answer {
    let mut answer = answer(StatusCode::NO_CONTENT, "", Bytes::new());
    for name in [CONTENT_TYPE, CONTENT_LENGTH] {
        answer.headers_mut().remove(name);
    }
    answer
}

/// A JSON value.
#[must_use]
pub fn json(status: StatusCode, value: &serde_json::Value) -> Answer {
    answer(status, "application/json", format!("{value}\n").into())
}

/// Text without markup.
#[must_use]
pub fn text(status: StatusCode, text: String) -> Answer {
    answer(status, "text/plain; charset=utf-8", text.into())
}

/// Sends the browser on with a GET (RFC 9110 §15.4.4). `location` comes from a
/// return target, a provider's endpoint, or is our own.
#[must_use]
pub fn see_other(location: &str) -> Answer {
    match HeaderValue::from_str(location) {
        Ok(location) => with(
            answer(
                StatusCode::SEE_OTHER,
                "text/plain; charset=utf-8",
                Bytes::new(),
            ),
            LOCATION,
            location,
        ),
        // All three are ASCII by construction.
        Err(error) => {
            log::error("redirect.unusable", &error.to_string());
            answer(
                StatusCode::INTERNAL_SERVER_ERROR,
                "text/plain; charset=utf-8",
                Bytes::new(),
            )
        }
    }
}

/// A page whose script of our own may run: the file that it names, and none that stands in
/// the page. It may ask this origin, for what has run out in the page meanwhile.
#[must_use]
pub fn scripted(mut answer: Answer) -> Answer {
    let policy = format!("{POLICY}; script-src 'self'; connect-src 'self'");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// A file that pages load, under the version `v` of the query. Browsers keep it for ever
/// where that is the version of this content: an instance that is older or newer than the
/// page answers too.
#[must_use]
pub fn asset(asset: &Asset, v: Option<&str>) -> Answer {
    let mut answer = answer(StatusCode::OK, asset.media_type, asset.content.clone());
    let headers = answer.headers_mut();
    let keeping = match asset.is_version(v) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keeping));
    if asset.media_type.starts_with("image/") {
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(PICTURE_POLICY),
        );
    }
    answer
}

/// What the gateway would say.
#[must_use]
pub fn replied(reply: Reply) -> Answer {
    let Reply {
        status,
        fields,
        body,
        code: _,
    } = reply;
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
    let length = HeaderValue::from(answer.body().len());
    answer.headers_mut().insert(CONTENT_LENGTH, length);
    for (name, value) in fields.iter() {
        // A target may hold what is no field value; the reply is none without it.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// The answer, and for how long to use HTTPS alone where the origin says so.
#[must_use]
pub fn insisting(answer: Answer, value: Option<&str>) -> Answer {
    match value.and_then(|value| HeaderValue::from_str(value).ok()) {
        Some(value) => with(answer, STRICT_TRANSPORT_SECURITY, value),
        None => answer,
    }
}

/// The answer with one more header field.
#[must_use]
pub fn with(mut answer: Answer, name: HeaderName, value: HeaderValue) -> Answer {
    answer.headers_mut().append(name, value);
    answer
}

/// The answer with cookies to set. Each is a `Set-Cookie` value of the core's.
#[must_use]
pub fn with_cookies(mut answer: Answer, cookies: impl IntoIterator<Item = String>) -> Answer {
    for cookie in cookies {
        match HeaderValue::from_str(&cookie) {
            Ok(value) => drop(answer.headers_mut().append(SET_COOKIE, value)),
            Err(error) => log::error("cookie.unusable", &error.to_string()),
        }
    }
    answer
}

/// The answer, which says in which language it is (RFC 9110 §8.5).
#[must_use]
pub fn in_language(answer: Answer, language: Language) -> Answer {
    let tag = HeaderValue::from_static(language.tag());
    with(answer, CONTENT_LANGUAGE, tag)
}

/// On its way to the host.
pub fn sent(answer: Answer) -> Result<wasi::Response, wasi::ErrorCode> {
    http_into_wasi_response(answer.map(Full::new))
}

fn answer(status: StatusCode, content_type: &'static str, body: Bytes) -> Answer {
    let length = HeaderValue::from(body.len());
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_LENGTH, length);
    for (name, value) in [
        (CONTENT_TYPE, content_type),
        // After sign-out, Back shows none of it.
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // Not `no-referrer`: with it browsers send `Origin: null` from our own
        // forms (Fetch, "append a request Origin header").
        (REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
