//! How do edits reach a message? Header sections are copied out, edited and handed
//! back whole, for every call across to the host costs more than the bytes; bodies
//! and trailers are handed on untouched.

use gatelet_core::Edits;
use wasip3::http::types::{ErrorCode, Fields, HeaderError, Request, Response, Scheme};
use wasip3::wit_future;

use crate::Section;

/// `request`, whose header section was `section`, with `edits` made, and bound for
/// this scheme and authority.
pub fn edit_request(
    request: Request,
    mut section: Section,
    edits: &Edits,
    scheme: Option<&Scheme>,
    authority: Option<&str>,
) -> Result<Request, ErrorCode> {
    let method = request.get_method();
    let target = request.get_path_with_query();
    edits.edit_request(&mut section);
    let headers = Fields::from_list(&section).map_err(refused)?;

    let (_, processed) = wit_future::new(|| Ok(()));
    let (body, trailers) = Request::consume_body(request, processed);
    let (request, _) = Request::new(headers, Some(body), trailers, None);
    request
        .set_method(&method)
        .and_then(|()| request.set_path_with_query(target.as_deref()))
        .and_then(|()| request.set_scheme(scheme))
        .and_then(|()| request.set_authority(authority))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    Ok(request)
}

/// The answer to it on its way back.
pub fn edit_response(response: Response, edits: &Edits) -> Result<Response, ErrorCode> {
    let mut section = response.get_headers().copy_all();
    if !edits.edit_response(&mut section) {
        return Ok(response);
    }
    let headers = Fields::from_list(&section).map_err(refused)?;
    let status = response.get_status_code();
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
