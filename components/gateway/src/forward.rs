//! How does a request reach the upstream when the gateway itself forwards?

use gatelet_core::Edits;
use gatelet_handler::{GoesOn, Received, edit_request, edit_response};
use wasip3::http::client;
use wasip3::http::types::{ErrorCode, Request, Response, Scheme};

/// Send `request`, whose head was `received`, to the upstream with `edits` made, and bring
/// the answer back.
pub(crate) async fn forward(
    request: Request,
    received: Received,
    edits: &Edits,
) -> Result<Response, ErrorCode> {
    let to_head = received.is_head();
    let (scheme, authority) = split_base_url(&edits.upstream)?;
    let request = edit_request(
        request,
        received,
        edits,
        Vec::new(),
        Some(&scheme),
        Some(authority),
    )?;
    let went = GoesOn::with(edits);
    edit_response(client::send(request).await?, edits, to_head, went)
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
