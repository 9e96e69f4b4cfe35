use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use percent_encoding::percent_decode_str;

async fn greet(headers: HeaderMap) -> impl IntoResponse {
    let field = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(id) = field("x-forwarded-user") else {
        return Redirect::to("/auth/sign-in?return_to=/").into_response();
    };
    let name = percent_decode_str(field("x-forwarded-name").unwrap_or_default());
    format!("Hello {}, your id is {id}.\n", name.decode_utf8_lossy()).into_response()
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await.unwrap();
    axum::serve(listener, axum::Router::new().fallback(greet)).await.unwrap();
}
