//! Does a proxy stand in front that nobody told us of? Then everybody seems to come from
//! its address, and its words about visitors are dropped: said once, with the mend.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use gatelet_core::forwarded::TrustedProxies;

/// Looks at requests until there is something to say.
#[derive(Debug, Default)]
pub(crate) struct ProxyWatch {
    trusted: TrustedProxies,
    said: AtomicBool,
}

impl ProxyWatch {
    pub(crate) fn new(trusted: TrustedProxies) -> Self {
        Self {
            trusted,
            said: AtomicBool::new(false),
        }
    }

    /// Looks at one request: its peer's address and its header section.
    pub(crate) fn look(&self, peer: &str, fields: &[u8]) {
        if let Some(line) = self.line(peer, fields) {
            tracing::warn!("{line}");
        }
    }

    /// The line, the first time that it is true.
    fn line(&self, peer: &str, fields: &[u8]) -> Option<String> {
        if self.said.load(Relaxed)
            || !has_proxy_field(fields)
            || self.trusted.trusts(peer)
            || !is_near(peer)
        {
            return None;
        }
        let first = !self.said.swap(true, Relaxed);
        first.then(|| format!(
            "{peer} sends X-Forwarded-* and is not among trusted_proxies, so that is dropped: if it is your proxy, add it: `gatelet set trusted_proxies {peer}`, beside those that are set. This is said once"
        ))
    }
}

/// Whether a proxy of ours may be there: strangers send such fields as well, and must not
/// be advised to be believed.
fn is_near(peer: &str) -> bool {
    match peer.parse::<IpAddr>().map(|peer| peer.to_canonical()) {
        Ok(IpAddr::V4(peer)) => peer.is_loopback() || peer.is_private() || peer.is_link_local(),
        Ok(IpAddr::V6(peer)) => {
            peer.is_loopback() || peer.is_unique_local() || peer.is_unicast_link_local()
        }
        Err(_) => false,
    }
}

/// Fields that only a proxy has a use for.
fn has_proxy_field(fields: &[u8]) -> bool {
    fields.split(|byte| *byte == b'\n').any(|line| {
        line.strip_prefix(b"x-forwarded-").is_some_and(|rest| {
            [&b"for:"[..], b"proto:", b"host:"]
                .iter()
                .any(|name| rest.starts_with(name))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_nobody_listed_is_told_of_once() {
        const FIELDS: &[u8] = b"host:a\nx-forwarded-for:192.0.2.1\n";
        let watch = ProxyWatch::default();
        assert_eq!(
            watch.line("10.0.0.1", b"host:a\nx-forwarded-user:x\n"),
            None
        );
        let line = watch.line("10.0.0.1", FIELDS).unwrap();
        assert!(
            line.contains("gatelet set trusted_proxies 10.0.0.1"),
            "{line}"
        );
        assert_eq!(watch.line("10.0.0.2", FIELDS), None);

        let watch = ProxyWatch::default();
        assert_eq!(watch.line("203.0.113.9", FIELDS), None, "anybody");
        assert!(watch.line("fd00::1", FIELDS).is_some());

        let watch = ProxyWatch::new(TrustedProxies::parse("10.0.0.1").unwrap());
        assert_eq!(watch.line("10.0.0.1", FIELDS), None);
        assert!(watch.line("10.0.0.2", FIELDS).is_some());
    }
}
