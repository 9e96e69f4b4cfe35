//! What of the part of an address that no server sees? A script on the pages where people
//! who were on their way arrive.

use gatelet_web::Asset;

/// Hands it on to whatever leads back from the page.
pub(crate) static SCRIPT: Asset = Asset::fixed(
    "/auth/fragment.js",
    "text/javascript; charset=utf-8",
    include_str!("fragment.js"),
);
