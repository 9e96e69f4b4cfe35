//! Notes for whoever is signed in, each by its name: `PUT /NAME`, `GET /NAME`,
//! `DELETE /NAME`, and `GET /` for the names. They lie in the key-value store that the
//! manifest grants; whose they are is what the middleware says.

use http::{Method, Response, StatusCode, header};
use spin_sdk::http::body::IncomingBodyExt as _;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;
use spin_sdk::key_value::{Error, Store};

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    let (status, text) = answer(request).await.unwrap_or_else(|failed| match failed {
        Failed::Request(status) => (status, String::new()),
        // A person is told no more than that; the log has it.
        Failed::Store(error) => {
            eprintln!("the notes: {error:?}");
            let text = "The notes cannot be reached. Try again in a moment.\n";
            (StatusCode::SERVICE_UNAVAILABLE, text.to_owned())
        }
    });
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(text)
        .expect("the parts are constants and text")
}

/// Why there is no answer.
enum Failed {
    Request(StatusCode),
    Store(Error),
}

async fn answer(request: Request) -> Result<(StatusCode, String), Failed> {
    let (head, body) = request.into_parts();
    let user = head.headers.get("x-forwarded-user");
    let user = user.and_then(|id| id.to_str().ok());
    // Nobody gets here without one, but where a path is public.
    let user = user.ok_or(Failed::Request(StatusCode::FORBIDDEN))?;
    let name = head.uri.path().trim_start_matches('/');
    let store = Store::open_default().await?;
    let whose = format!("{user}/");
    let key = format!("{whose}{name}");
    if name.is_empty() {
        let mut names = Vec::new();
        let mut keys = store.get_keys().await;
        while let Some(key) = keys.next().await {
            names.extend(key.strip_prefix(&whose).map(|name| format!("{name}\n")));
        }
        keys.result().await?;
        names.sort();
        return Ok((StatusCode::OK, names.concat()));
    }
    match head.method {
        Method::GET => {
            let note = store.get(&key).await?;
            let note = note.ok_or(Failed::Request(StatusCode::NOT_FOUND))?;
            Ok((StatusCode::OK, String::from_utf8_lossy(&note).into_owned()))
        }
        Method::PUT => {
            let note = body.bytes().await;
            let note = note.map_err(|_| Failed::Request(StatusCode::BAD_REQUEST))?;
            let status = match store.exists(&key).await? {
                true => StatusCode::OK,
                false => StatusCode::CREATED,
            };
            store.set(&key, note).await?;
            Ok((status, String::new()))
        }
        Method::DELETE => {
            store.delete(&key).await?;
            Ok((StatusCode::OK, String::new()))
        }
        _ => Err(Failed::Request(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}
