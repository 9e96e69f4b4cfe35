//! What if a form is sent twice? A script on the pages whose forms do something that the
//! second time is refused.

use gatelet_web::Asset;

/// Lets the first through, and for a while no other.
pub(crate) static SCRIPT: Asset = Asset::fixed(
    "/auth/once.js",
    "text/javascript; charset=utf-8",
    include_str!("once.js"),
);
