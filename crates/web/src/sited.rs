//! At which site did a request come in, by the settings in use?

use std::rc::Rc;
use std::sync::Arc;

use gatelet_core::error::Code;
use gatelet_core::forwarded::Provenance;
use gatelet_core::origin::Origin;
use gatelet_core::origins::NoOrigin;
use gatelet_core::reply::Reply;
use gatelet_ports::{Prepare, Settings};

use crate::answer::{Answer, replied};
use crate::failure::nowhere;
use crate::log;
use crate::request::Head;

/// The settings in use at `now`. What is wrong with them goes to the log, each time, until
/// the operator has mended it: `up` says so before it serves anything.
pub async fn set_up<T, P: Prepare>(settings: &Settings<T, P>, now: u64) -> Result<Rc<T>, Code> {
    settings.current_at(now).await.map_err(|line| {
        log::error(Code::SettingsInvalid.as_str(), &line);
        Code::SettingsInvalid
    })
}

/// The site that a request came to, found by its authority; or the answer to whoever came
/// to none, by plain HTTP to one that is served by HTTPS, or to one whose login is off.
pub fn sited<S>(
    head: &Head,
    provenance: &Provenance<'_>,
    resolve: impl Fn(&str) -> Result<Arc<S>, NoOrigin>,
    origin: impl Fn(&S) -> &Origin,
) -> Result<Arc<S>, Box<Answer>> {
    let site = provenance.find(resolve).map_err(|none| {
        let NoOrigin { code, detail } = none;
        if !detail.is_empty() {
            log::error(code.as_str(), &detail);
        }
        Box::new(nowhere(code, head.reading()))
    })?;
    let there = origin(&site);
    if let Some(reply) = provenance.to_https(there) {
        return Err(Box::new(replied(reply)));
    }
    if !there.has_login() {
        let reading = head.reading_in(there.languages());
        let reply = Reply::refusal(Code::LoginOff, reading, there.site_name());
        return Err(Box::new(replied(reply)));
    }
    Ok(site)
}
