//! The smallest component that passes a request on: the head's handle is cloned, the body
//! handed over, nothing looked at and nothing changed. What a host takes for this, every
//! component costs that stands before an app.

use std::sync::LazyLock;

use wasip3::http::client;
use wasip3::http::types::{ErrorCode, Request, Response, Scheme};
use wasip3::wit_future;

/// Host and port of the app: the environment's `UPSTREAM`, read once an instance.
static UPSTREAM: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("UPSTREAM").ok());

struct Floor;

impl wasip3::exports::http::handler::Guest for Floor {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let authority = UPSTREAM.as_deref().ok_or(ErrorCode::ConfigurationError)?;
        let (method, target) = (request.get_method(), request.get_path_with_query());
        let headers = request.get_headers().clone();
        let (_, processed) = wit_future::new(|| Ok(()));
        let (body, trailers) = Request::consume_body(request, processed);
        let (onward, _) = Request::new(headers, Some(body), trailers, None);
        onward
            .set_method(&method)
            .and_then(|()| onward.set_path_with_query(target.as_deref()))
            .and_then(|()| onward.set_scheme(Some(&Scheme::Http)))
            .and_then(|()| onward.set_authority(Some(authority)))
            .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
        client::send(onward).await
    }
}

wasip3::http::service::export!(Floor);
