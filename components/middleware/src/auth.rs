//! May this request pass? `auth` knows, by a route that is private to this app.

use core::fmt;

use gatelet_core::error::Code;
use gatelet_core::remote::{self, CONTENT_TYPE, MAX_BYTES};
use gatelet_core::{Head, Verdict};
use wasip3::http::client;
use wasip3::http::types::{ErrorCode, Fields, Method, Request, RequestOptions, Response, Scheme};
use wasip3::wit_bindgen::StreamResult;
use wasip3::{wit_future, wit_stream};

/// The component that judges, by service chaining.
const AUTHORITY: &str = "auth.spin.internal";
/// `auth` gives up on its database sooner.
const FIRST_BYTE_NANOSECONDS: u64 = 20_000_000_000;
/// How much is read at once, in bytes: most answers whole.
const PIECE_BYTES: usize = 4096;

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
    let status = response.get_status_code();
    let ours = response.get_headers().get("content-type") == [CONTENT_TYPE.as_bytes()];
    if status != 200 || !ours {
        return Err(Unanswered::Strange(status));
    }
    let answer = whole(response).await.ok_or(Unanswered::Strange(status))?;
    remote::read_verdict(&answer).ok_or(Unanswered::Strange(status))
}

fn request(question: Vec<u8>) -> Result<Request, Unanswered> {
    let fields = [
        ("content-type", CONTENT_TYPE.to_owned()),
        ("content-length", question.len().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value.into_bytes()));
    let broken = || Unanswered::Failed(ErrorCode::InternalError(None));
    let fields = Fields::from_list(&fields).map_err(|_| broken())?;
    let options = RequestOptions::new();
    options
        .set_first_byte_timeout(Some(FIRST_BYTE_NANOSECONDS))
        .map_err(|_| broken())?;
    let (mut writer, reader) = wit_stream::new();
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (request, _) = Request::new(fields, Some(reader), no_trailers, Some(options));
    request
        .set_method(&Method::Post)
        .and_then(|()| request.set_path_with_query(Some(remote::PATH)))
        .and_then(|()| request.set_scheme(Some(&Scheme::Http)))
        .and_then(|()| request.set_authority(Some(AUTHORITY)))
        .map_err(|()| broken())?;
    wasip3::wit_bindgen::spawn(async move {
        // If nobody reads it, there is no answer either.
        let _unread = writer.write_all(question).await;
    });
    Ok(request)
}

/// The body, unless it is longer than any answer or breaks off.
async fn whole(response: Response) -> Option<Vec<u8>> {
    let (_, processed) = wit_future::new(|| Ok(()));
    let (mut body, end) = Response::consume_body(response, processed);
    let mut read = Vec::with_capacity(PIECE_BYTES);
    loop {
        read.reserve(PIECE_BYTES);
        let (result, so_far) = body.read(read).await;
        read = so_far;
        if read.len() > MAX_BYTES {
            return None;
        }
        match result {
            StreamResult::Complete(_) => {}
            StreamResult::Dropped => break,
            StreamResult::Cancelled => return None,
        }
    }
    end.await.ok().map(|_| read)
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
            Self::TooLong => write!(out, "a head of over {MAX_BYTES} bytes"),
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
