//! What goes back without the app? Replies, whole.

use crate::{Pairs, refused};
use gatelet_core::reply::Reply;
use wasip3::http::types::{ErrorCode, Fields, Response};
use wasip3::{wit_future, wit_stream};

/// A complete small reply, in one piece and with its length: some hosts stall
/// on responses that come in several.
pub fn respond(reply: Reply) -> Result<Response, ErrorCode> {
    let Reply {
        status,
        fields,
        body,
        code: _,
    } = reply;
    let length = body.len().to_string();
    // In one call: each across to the host costs more than the bytes.
    let section: Pairs = fields
        .iter()
        .chain([("content-length", length.as_str())])
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .collect();
    let headers = Fields::from_list(&section).map_err(refused)?;
    let (mut writer, reader) = wit_stream::new();
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (response, _) = Response::new(headers, Some(reader), no_trailers);
    response
        .set_status_code(status)
        .map_err(|()| ErrorCode::HttpProtocolError)?;
    wasip3::wit_bindgen::spawn(async move {
        // Whoever has gone away does not read it; nothing is lost.
        let _unread = writer.write_all(body).await;
    });
    Ok(response)
}
