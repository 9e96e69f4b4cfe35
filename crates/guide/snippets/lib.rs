use http::Response;
use percent_encoding::percent_decode_str;
use spin_sdk::http::{IntoResponse, Request};

#[spin_sdk::http_service]
async fn handle(request: Request) -> impl IntoResponse {
    let field = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let Some(id) = field("x-forwarded-user") else {
        let there = "/auth/sign-in?return_to=/";
        return Response::builder().status(303).header("location", there).body(String::new());
    };
    let name = percent_decode_str(field("x-forwarded-name").unwrap_or_default());
    let greeting = format!("Hello {}, your id is {id}.\n", name.decode_utf8_lossy());
    Response::builder().header("content-type", "text/plain; charset=utf-8").body(greeting)
}
