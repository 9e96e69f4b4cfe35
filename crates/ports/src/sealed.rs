//! Whose are these sealed cookies? `auth` has their password and may ask whoever sealed
//! them; it answers by a route that is private to this app.

use gatelet_core::backend::workos::UnsealedSession;
use gatelet_core::error::{Code, StoreError};
use gatelet_core::remote;
use wasip3::http::client;
use wasip3::http::types::{ErrorCode, Fields, Request, RequestOptions, Scheme};
use wasip3::wit_future;

/// The component that says it, by service chaining.
const AUTHORITY: &str = "auth.spin.internal";
/// It gives up on whoever sealed them sooner.
const FIRST_BYTE_NANOSECONDS: u64 = 25_000_000_000;

/// Asks `auth`, which exchanges tokens only where it may. The error is a denial; why is in
/// the log.
pub(crate) async fn ask(
    seals: &[&str],
    may_exchange: bool,
) -> Result<Vec<UnsealedSession>, StoreError> {
    let question = remote::write_seals(seals, may_exchange).ok_or(StoreError::Internal)?;
    let answered = match request(question) {
        Ok(request) => client::send(request).await,
        Err(()) => return Err(StoreError::Internal),
    };
    let response = answered.map_err(|error| {
        eprintln!("{}", line(&error));
        StoreError::Unavailable
    })?;
    let fields = response.get_headers().get(remote::ANSWER);
    let answer = fields.first().and_then(|field| remote::open(field));
    match answer.and_then(|answer| remote::read_sessions(&answer)) {
        Some(Ok(sessions)) => Ok(sessions),
        Some(Err(Code::StoreUnavailable)) => Err(StoreError::Unavailable),
        // `auth` has said why.
        Some(Err(_)) => Err(StoreError::Internal),
        None => {
            let status = response.get_status_code();
            eprintln!(
                "http://{AUTHORITY}{} answers {status}, and not as this release's auth does: build both from one release",
                remote::SEALED_PATH
            );
            Err(StoreError::Internal)
        }
    }
}

/// For the operator, with what mends it.
fn line(error: &ErrorCode) -> String {
    match error {
        ErrorCode::HttpRequestDenied => format!(
            "may not ask auth whose a sealed cookie is: this component needs http://{AUTHORITY} in its allowed_outbound_hosts"
        ),
        error => format!("auth does not say whose a sealed cookie is: {error:?}"),
    }
}

fn request(question: String) -> Result<Request, ()> {
    let fields = [(remote::QUESTION.to_owned(), question.into_bytes())];
    let fields = Fields::from_list(&fields).map_err(|_| ())?;
    let options = RequestOptions::new();
    let limit = Some(FIRST_BYTE_NANOSECONDS);
    options.set_first_byte_timeout(limit).map_err(|_| ())?;
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (request, _) = Request::new(fields, None, no_trailers, Some(options));
    request.set_path_with_query(Some(remote::SEALED_PATH))?;
    request.set_scheme(Some(&Scheme::Http))?;
    request.set_authority(Some(AUTHORITY))?;
    Ok(request)
}
