//! How do edits reach a message? Header sections are copied out, edited and handed
//! back whole, for every call across to the host costs more than the bytes. Bodies are
//! handed on untouched. So are trailers that may say anything; a request's may not.

use gatelet_core::Edits;
use gatelet_core::section::{Answer, LATE_SECONDS, Onward, edit_trailers};
use wasip3::clocks::system_clock;
use wasip3::http::types::{ErrorCode, Fields, HeaderError, Request, Response, Scheme, Trailers};
use wasip3::wit_bindgen::{self, FutureReader};
use wasip3::wit_future;

use crate::{Pairs, Received};

type TrailersReader = FutureReader<Result<Option<Trailers>, ErrorCode>>;

/// `request`, whose head was `received`, with `edits` made and these fields of the host's
/// added, and bound for this scheme and authority.
pub fn edit_request(
    request: Request,
    received: Received,
    edits: &Edits,
    hosts: Pairs,
    scheme: Option<&Scheme>,
    authority: Option<&str>,
) -> Result<Request, ErrorCode> {
    let Received {
        method,
        target,
        mut section,
        ..
    } = received;
    let announced = section
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("trailer"));
    edits.edit_request(&mut section, Onward::Handle);
    section.extend(hosts);
    let headers = Fields::from_list(&section).map_err(refused)?;

    let (_, processed) = wit_future::new(|| Ok(()));
    let (body, trailers) = Request::consume_body(request, processed);
    let trailers = permitted_trailers(trailers, announced);
    let (request, _) = Request::new(headers, Some(body), trailers, None);
    request
        .set_method(&method)
        .and_then(|()| request.set_path_with_query(target.as_deref()))
        .and_then(|()| request.set_scheme(scheme))
        .and_then(|()| request.set_authority(authority))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    Ok(request)
}

/// The trailers of a request as they may cross. Those that no `Trailer` field
/// announces are left out, as a recipient may (RFC 9110 §6.5.1): to wait for what
/// hardly any request has would hold up every one.
fn permitted_trailers(trailers: TrailersReader, announced: bool) -> TrailersReader {
    let (writer, permitted) = wit_future::new(|| Ok(None));
    if announced {
        wit_bindgen::spawn(async move {
            let edited = match trailers.await {
                Ok(Some(fields)) => {
                    let mut section = fields.copy_all();
                    edit_trailers(&mut section);
                    Fields::from_list(&section).map(Some).map_err(refused)
                }
                absent => absent,
            };
            // Whoever has gone away does not read them; nothing is lost.
            let _unread = writer.write(edited).await;
        });
    }
    permitted
}

/// When a request goes on whose answer may be late for what is to be set with it.
#[derive(Clone, Copy, Debug)]
pub struct GoesOn(Option<u64>);

impl GoesOn {
    /// Now, where that matters: asking for the time is a call of the host's.
    #[must_use]
    pub fn with(edits: &Edits) -> Self {
        Self(edits.sets_cookie().then(seconds))
    }

    fn is_late(self) -> bool {
        self.0
            .is_some_and(|went| seconds().saturating_sub(went) >= LATE_SECONDS)
    }
}

fn seconds() -> u64 {
    u64::try_from(system_clock::now().seconds).unwrap_or_default()
}

/// The answer to it on its way back; `to_head` says whether HEAD was asked for.
pub fn edit_response(
    response: Response,
    edits: &Edits,
    to_head: bool,
    went: GoesOn,
) -> Result<Response, ErrorCode> {
    let mut section = response.get_headers().copy_all();
    let status = response.get_status_code();
    // Nobody asked the app to switch protocols, and of interim answers the host passes
    // none on.
    if status < 200 {
        return Err(ErrorCode::HttpProtocolError);
    }
    let answer = Answer {
        status,
        to_head,
        is_late: went.is_late(),
    };
    if !edits.edit_response(&mut section, answer) {
        return Ok(response);
    }
    let headers = Fields::from_list(&section).map_err(refused)?;
    let (_, processed) = wit_future::new(|| Ok(()));
    let (body, trailers) = Response::consume_body(response, processed);
    let (response, _) = Response::new(headers, Some(body), trailers);
    response
        .set_status_code(status)
        .map_err(|()| ErrorCode::HttpProtocolError)?;
    Ok(response)
}

/// A field that the host does not let a guest set.
#[must_use]
pub fn refused(_: HeaderError) -> ErrorCode {
    ErrorCode::InternalError(Some("the host refused a header field".to_owned()))
}
