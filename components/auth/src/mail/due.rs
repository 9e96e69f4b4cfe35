//! Which letters are due, of all origins? The host's clock asks now and then, by a path
//! that no public route leads to; if one did, it would hurry letters on that are due.

use gatelet_mail::due::Due;
use gatelet_mail::settings::MailSettings;
use gatelet_ports::store::types::Place;
use gatelet_wasi::clock;
use wasip3::http::types::{ErrorCode, Fields, Response};
use wasip3::wit_future;

use super::outbox::flush;
use crate::settings;

/// Tries what is due, place by place, and answers with nothing.
pub(crate) async fn answer(due: Due<'_>) -> Result<Response, ErrorCode> {
    let now = clock::unix_seconds();
    // The log has said what is wrong.
    if let Ok(setup) = settings::setup(now).await {
        let mut seen: Vec<Place> = Vec::new();
        let sites: Vec<_> = match due {
            Due::Everywhere => setup.sites.iter(now).collect(),
            Due::At(authority) => setup.sites.resolve(authority, now).into_iter().collect(),
        };
        for site in sites {
            let place = Place::from(site.origin.place());
            let is_known = |one: &Place| (&one.url, &one.schema) == (&place.url, &place.schema);
            if let Some(MailSettings { url, .. }) = &site.sign_in.mail
                && !seen.iter().any(is_known)
            {
                flush(setup.keys(), url, place.clone(), now).await;
                seen.push(place);
            }
        }
    }
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (response, _) = Response::new(Fields::new(), None, no_trailers);
    let _known = response.set_status_code(204);
    Ok(response)
}
