//! The app that stands behind the gateway until yours does: it greets whoever
//! the headers name.

use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    format!("{:?}", request.headers())
}
