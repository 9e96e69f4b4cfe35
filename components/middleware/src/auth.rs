//! May this request pass? `auth` knows, by a route that is private to this app.

use core::fmt;

use gatelet_core::error::Code;
use gatelet_core::{Head, Verdict, remote};
use wasip3::http::client;
use wasip3::http::types::{ErrorCode, Fields, Request, RequestOptions, Scheme};
use wasip3::wit_future;

/// The component that judges, by service chaining.
const AUTHORITY: &str = "auth.spin.internal";
/// `auth` gives up on its database sooner.
const FIRST_BYTE_NANOSECONDS: u64 = 20_000_000_000;

/// Why there is no verdict. Nobody gets in by it.
pub(crate) enum Unanswered {
    /// The head is longer than any that is served.
    TooLong,
    /// The host refused, or `auth` failed.
    Failed(ErrorCode),
    /// Something answers there that is not this release's `auth`.
    Strange(u16),
}

/// Asks for the verdict on a request.
pub(crate) async fn judge(head: &Head<'_>) -> Result<Verdict, Unanswered> {
    let question = remote::write_head(head).ok_or(Unanswered::TooLong)?;
    let response = client::send(request(question)?)
        .await
        .map_err(Unanswered::Failed)?;
    let fields = response.get_headers().get(remote::ANSWER);
    let answer = fields.first().and_then(|field| remote::open(field));
    let verdict = answer.and_then(|answer| remote::read_verdict(&answer));
    verdict.ok_or_else(|| Unanswered::Strange(response.get_status_code()))
}

fn request(question: String) -> Result<Request, Unanswered> {
    let broken = || Unanswered::Failed(ErrorCode::InternalError(None));
    let fields = [(remote::QUESTION.to_owned(), question.into_bytes())];
    let fields = Fields::from_list(&fields).map_err(|_| broken())?;
    let options = RequestOptions::new();
    options
        .set_first_byte_timeout(Some(FIRST_BYTE_NANOSECONDS))
        .map_err(|_| broken())?;
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (request, _) = Request::new(fields, None, no_trailers, Some(options));
    request
        .set_path_with_query(Some(remote::PATH))
        .and_then(|()| request.set_scheme(Some(&Scheme::Http)))
        .and_then(|()| request.set_authority(Some(AUTHORITY)))
        .map_err(|()| broken())?;
    Ok(request)
}

impl Unanswered {
    /// What the visitor is told.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::TooLong => Code::FieldsTooLarge,
            Self::Failed(ErrorCode::HttpRequestDenied) => Code::SettingsInvalid,
            Self::Failed(_) => Code::StoreUnavailable,
            Self::Strange(_) => Code::SettingsInvalid,
        }
    }
}

/// For the operator, with what mends it.
impl fmt::Display for Unanswered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => out.write_str("a head that is longer than any that is served"),
            Self::Failed(ErrorCode::HttpRequestDenied) => write!(
                out,
                "may not ask auth: the component behind it needs allowed_outbound_hosts = [\"http://{AUTHORITY}\"], and the middleware inherit_configuration = [\"allowed_outbound_hosts\"]"
            ),
            Self::Failed(error) => write!(out, "auth does not answer: {error:?}"),
            Self::Strange(status) => write!(
                out,
                "http://{AUTHORITY}{} answers {status}, and not as this release's auth does: build both from one release",
                remote::PATH
            ),
        }
    }
}
