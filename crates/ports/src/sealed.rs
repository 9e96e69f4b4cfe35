//! What does `auth` know that others have no key for? Whose sealed cookies are, and which
//! access token goes with a session. It answers by routes that are private to this app, and
//! may ask providers before it does.

use gatelet_core::backend::workos::UnsealedSession;
use gatelet_core::error::{Code, StoreError};
use gatelet_core::handed::{HandedToken, WantedToken};
use gatelet_core::remote;
use wasip3::http::client;
use wasip3::http::types::{ErrorCode, Fields, Request, RequestOptions, Scheme};
use wasip3::wit_future;

/// The component that says it, by service chaining.
const AUTHORITY: &str = "auth.spin.internal";
/// It gives up on whoever it asks sooner.
const FIRST_BYTE_NANOSECONDS: u64 = 25_000_000_000;

/// Asks whose these are; `auth` exchanges tokens only where it may. The error is a denial;
/// why is in the log.
pub(crate) async fn ask(
    seals: &[String],
    may_exchange: bool,
) -> Result<Vec<UnsealedSession>, StoreError> {
    let question = remote::write_seals(seals, may_exchange).ok_or(StoreError::Internal)?;
    let (status, answer) = answer(remote::SEALED_PATH, question).await?;
    match answer.and_then(|answer| remote::read_sessions(&answer)) {
        Some(Ok(sessions)) => Ok(sessions),
        Some(Err(Code::StoreUnavailable)) => Err(StoreError::Unavailable),
        // `auth` has said why.
        Some(Err(_)) => Err(StoreError::Internal),
        None => Err(strange(remote::SEALED_PATH, status)),
    }
}

/// Asks for a provider's access token; none where there is none. The error says whether the
/// session is over, or nobody can say.
pub async fn handed_token(wanted: &WantedToken) -> Result<Option<HandedToken>, Code> {
    let question = remote::write_wanted_token(wanted).ok_or(Code::Internal)?;
    let (status, answer) = answer(remote::TOKEN_PATH, question).await?;
    let read = answer.and_then(|answer| remote::read_handed_token(&answer));
    read.unwrap_or_else(|| Err(strange(remote::TOKEN_PATH, status).into()))
}

/// The status, and what the field holds that answers.
async fn answer(path: &str, question: String) -> Result<(u16, Option<Vec<u8>>), StoreError> {
    let request = request(path, question).map_err(|()| StoreError::Internal)?;
    let response = client::send(request).await.map_err(|error| {
        eprintln!("{}", line(&error));
        StoreError::Unavailable
    })?;
    let fields = response.get_headers().get(remote::ANSWER);
    let answer = fields.first().and_then(|field| remote::open(field));
    Ok((response.get_status_code(), answer))
}

fn strange(path: &str, status: u16) -> StoreError {
    eprintln!(
        "http://{AUTHORITY}{path} answers {status}, and not as this release's auth does: build both from one release"
    );
    StoreError::Internal
}

/// For the operator, with what mends it.
fn line(error: &ErrorCode) -> String {
    match error {
        ErrorCode::HttpRequestDenied => format!(
            "may not ask auth what a session needs: this component needs http://{AUTHORITY} in its allowed_outbound_hosts"
        ),
        error => format!("auth does not answer: {error:?}"),
    }
}

fn request(path: &str, question: String) -> Result<Request, ()> {
    let fields = [(remote::QUESTION.to_owned(), question.into_bytes())];
    let fields = Fields::from_list(&fields).map_err(|_| ())?;
    let options = RequestOptions::new();
    let limit = Some(FIRST_BYTE_NANOSECONDS);
    options.set_first_byte_timeout(limit).map_err(|_| ())?;
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (request, _) = Request::new(fields, None, no_trailers, Some(options));
    request.set_path_with_query(Some(path))?;
    request.set_scheme(Some(&Scheme::Http))?;
    request.set_authority(Some(AUTHORITY))?;
    Ok(request)
}
