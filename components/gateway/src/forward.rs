//! How does a request reach the upstream, and the answer the visitor, when the
//! gateway itself forwards? By raw handles: header sections are copied out, edited
//! and handed back whole, for every call across to the host costs more than the
//! bytes; bodies and trailers are handed on untouched.

use gatelet_core::Edits;
use wasip3::http::types::{ErrorCode, Fields, Request, Response, Scheme};
use wasip3::{http::client, wit_future};

/// A header section: names and values as the host gave them.
pub(crate) type Section = Vec<(String, Vec<u8>)>;

/// Send `request`, whose header section was `section`, to the upstream with
/// `edits` made, and bring the answer back.
pub(crate) async fn forward(
    request: Request,
    section: Section,
    edits: &Edits,
) -> Result<Response, ErrorCode> {
    let response = client::send(rewrite_request(request, section, edits)?).await?;
    rewrite_response(response, edits)
}

fn rewrite_request(
    request: Request,
    mut section: Section,
    edits: &Edits,
) -> Result<Request, ErrorCode> {
    let (scheme, authority) = split_base_url(&edits.upstream)?;
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
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(Some(authority)))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    Ok(request)
}

fn rewrite_response(response: Response, edits: &Edits) -> Result<Response, ErrorCode> {
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

/// The parts of an upstream base URL, which settings have checked.
fn split_base_url(upstream: &str) -> Result<(Scheme, &str), ErrorCode> {
    if let Some(authority) = upstream.strip_prefix("http://") {
        Ok((Scheme::Http, authority))
    } else if let Some(authority) = upstream.strip_prefix("https://") {
        Ok((Scheme::Https, authority))
    } else {
        Err(ErrorCode::ConfigurationError)
    }
}

fn refused(_: wasip3::http::types::HeaderError) -> ErrorCode {
    ErrorCode::InternalError(Some("the host refused a header field".to_owned()))
}
