//! How does a request reach the upstream, and the answer the visitor, when the
//! gateway itself forwards? By raw handles: headers are cloned and edited,
//! bodies and trailers are handed on untouched.

use gatelet_core::{Edits, hop_by_hop};
use wasip3::http::types::{ErrorCode, Fields, Request, Response, Scheme};
use wasip3::{http::client, wit_future};

/// Send `request` to the upstream with `edits` made, and bring the answer back.
pub(crate) async fn forward(request: Request, edits: &Edits) -> Result<Response, ErrorCode> {
    let response = client::send(rewrite_request(request, edits)?).await?;
    rewrite_response(response, edits)
}

fn rewrite_request(request: Request, edits: &Edits) -> Result<Request, ErrorCode> {
    let (scheme, authority) = split_base_url(&edits.upstream)?;
    let method = request.get_method();
    let target = request.get_path_with_query();

    let headers = request.get_headers().clone();
    let takes_trailers = headers.get("te").iter().any(|value| names_trailers(value));
    drop_hop_by_hop(&headers)?;
    if takes_trailers {
        // For this connection anew: without it the upstream keeps trailers back
        // (RFC 9110 §6.5.1).
        headers
            .set("te", &[b"trailers".to_vec()])
            .map_err(refused)?;
    }
    for name in &edits.remove {
        delete(&headers, name)?;
    }
    for (name, value) in edits.set.iter() {
        headers
            .set(name, &[value.as_bytes().to_vec()])
            .map_err(refused)?;
    }

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
    let received = response.get_headers();
    if edits.response.is_empty() && !has_hop_by_hop(&received) {
        return Ok(response);
    }
    let headers = received.clone();
    drop_hop_by_hop(&headers)?;
    for (name, value) in edits.response.iter() {
        headers.append(name, value.as_bytes()).map_err(refused)?;
    }
    let status = response.get_status_code();
    let (_, processed) = wit_future::new(|| Ok(()));
    let (body, trailers) = Response::consume_body(response, processed);
    let (response, _) = Response::new(headers, Some(body), trailers);
    response
        .set_status_code(status)
        .map_err(|()| ErrorCode::HttpProtocolError)?;
    Ok(response)
}

/// RFC 9110 §7.6.1: fields that are about this connection do not cross it, nor
/// do those that `Connection` names.
fn drop_hop_by_hop(headers: &Fields) -> Result<(), ErrorCode> {
    for value in headers.get("connection") {
        for name in hop_by_hop::named_by(&value) {
            delete(headers, name)?;
        }
    }
    for name in hop_by_hop::NAMES {
        delete(headers, name)?;
    }
    Ok(())
}

/// Hosts keep some fields from guests altogether and refuse to delete them even
/// where they are absent: ask first.
fn delete(headers: &Fields, name: &str) -> Result<(), ErrorCode> {
    if headers.has(name) {
        headers.delete(name).map_err(refused)?;
    }
    Ok(())
}

/// Whether a value of `TE` says that trailers are welcome (RFC 9110 §10.1.4).
fn names_trailers(value: &[u8]) -> bool {
    hop_by_hop::named_by(value).any(|coding| coding.eq_ignore_ascii_case("trailers"))
}

fn has_hop_by_hop(headers: &Fields) -> bool {
    hop_by_hop::NAMES.iter().any(|name| headers.has(name))
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
