//! An app like yours: it has no sign-in code, and knows who is asking. The
//! middleware lets nobody else set these fields.

use http::{HeaderMap, Response, header};
use percent_encoding::percent_decode_str;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    let headers = request.headers();
    let greeting = match field(headers, "x-forwarded-email") {
        Some(email) => {
            let name = field(headers, "x-forwarded-name").unwrap_or_default();
            let name = if name.is_empty() { &email } else { &name };
            format!("Hello {name}, you are {email}.\n")
        }
        // Only where a path is public.
        None => "Hello, whoever you are.\n".to_owned(),
    };
    Response::builder()
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(greeting)
        .expect("the parts are constants and text")
}

/// A field's value. Names may hold any character, so they come percent-encoded.
fn field(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}
