//! Signs people in: pages, flows and a small API.

pub mod answer;
mod bindings;
mod clock;
mod log;
mod outbound;
pub mod pages;
mod random;
pub mod request;
pub mod routes;

use wasip3::http::types::{ErrorCode, Request, Response};

struct Auth;

impl wasip3::exports::http::handler::Guest for Auth {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let _ = (clock::now(), clock::monotonic_seconds(), random::bytes::<32>());
        log::note("x", "y");
        let r = outbound::send(http::Request::new(vec![])).await.map_err(|e| ErrorCode::InternalError(Some(e.to_string())))?;
        let _ = (r.status, r.content_type, r.max_age_seconds, r.body);
        let Some((head, body)) = request::split(request) else { return Err(ErrorCode::HttpProtocolError) };
        let _ = request::read(body, 1).await;
        let a = answer::see_other(&head.path);
        wasip3::http_compat::http_into_wasi_response(a.map(http_body_util::Full::new))
    }
}
