//! What do components share that judge requests by `wasi:http/handler`? Heads copied
//! out of the host's handles, header sections edited and handed back whole, small
//! replies. Raw handles, for the SDK's conversions fail on fields that visitors send.

mod edit;
mod received;
mod reply;

pub use edit::{GoesOn, edit_request, edit_response, refused};
pub use received::{Pairs, Received};
pub use reply::respond;
