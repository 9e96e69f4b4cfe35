//! What does an app see that stands behind the gateway? This one greets whoever
//! the headers name and shows every header, and every trailer, it got. It has no
//! sign-in code.

use askama::Template;
use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use percent_encoding::percent_decode_str;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;

/// The most of a body that is read to come to its trailers, in bytes.
const BODY_MAX_BYTES: usize = 64 * 1024;

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    let (parts, content) = request.into_parts();
    let person = reads_pages(&parts.headers);
    let (status, content_type, body) = match (&parts.method, parts.uri.path()) {
        (&Method::GET | &Method::HEAD, "/") => page(&parts.headers),
        (&Method::GET | &Method::HEAD, "/headers") if person => page(&parts.headers),
        (&Method::GET | &Method::HEAD, "/headers") => json(&parts.headers, None),
        (&Method::POST, "/headers") => {
            let content = Limited::new(content, BODY_MAX_BYTES).collect().await;
            let trailers = content.ok().and_then(|content| content.trailers().cloned());
            json(&parts.headers, trailers.as_ref())
        }
        (_, path) if person => missing(path),
        (_, _) => (
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            "The demo app has two addresses: / and /headers.\n".to_owned(),
        ),
    };
    http::Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CONTENT_LENGTH, body.len())
        // The page names its reader: after sign-out, Back must not show it.
        .header(header::CACHE_CONTROL, "no-store")
        .header(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        )
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(body)
        .expect("the parts are constants and a length")
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    person: Option<Person>,
    fields: Vec<Field>,
}

/// Who the gateway says is asking.
struct Person {
    name: String,
    email: String,
    provider: String,
}

struct Field {
    name: String,
    value: String,
    /// Whether the gateway vouches for it.
    vouched: bool,
}

/// Whether a person's browser asks, and not a program.
fn reads_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    path: &'a str,
}

fn missing(path: &str) -> (StatusCode, &'static str, String) {
    rendered(StatusCode::NOT_FOUND, &Missing { path })
}

fn page(headers: &HeaderMap) -> (StatusCode, &'static str, String) {
    let person = identity(headers, "x-forwarded-user").map(|_| Person {
        name: identity(headers, "x-forwarded-name").unwrap_or_default(),
        email: identity(headers, "x-forwarded-email").unwrap_or_default(),
        provider: identity(headers, "x-forwarded-provider").unwrap_or_default(),
    });
    let page = Page {
        person,
        fields: fields(headers).collect(),
    };
    rendered(StatusCode::OK, &page)
}

fn rendered(status: StatusCode, page: &impl Template) -> (StatusCode, &'static str, String) {
    match page.render() {
        Ok(html) => (status, "text/html; charset=utf-8", html),
        Err(error) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "text/plain; charset=utf-8",
            format!("The page could not be rendered: {error}\n"),
        ),
    }
}

fn json(headers: &HeaderMap, trailers: Option<&HeaderMap>) -> (StatusCode, &'static str, String) {
    let pairs = |section: &HeaderMap| -> Vec<[String; 2]> {
        let fields = fields(section);
        fields.map(|field| [field.name, field.value]).collect()
    };
    let body = serde_json::json!({ "headers": pairs(headers), "trailers": trailers.map(pairs) });
    (StatusCode::OK, "application/json", format!("{body}\n"))
}

/// An identity header, decoded: values beyond visible ASCII are percent-encoded UTF-8.
fn identity(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// The header section, in alphabetical order.
fn fields(headers: &HeaderMap) -> impl Iterator<Item = Field> {
    let mut fields: Vec<Field> = headers
        .iter()
        .map(|(name, value)| Field {
            name: name.to_string(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
            vouched: name.as_str().starts_with("x-forwarded-"),
        })
        .collect();
    fields.sort_by(|a, b| (!a.vouched, &a.name).cmp(&(!b.vouched, &b.name)));
    fields.into_iter()
}
