//! May what was let in still go on? A WebSocket or an event stream outlives the head
//! that was judged, and ends with the session that it was let in by.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use gatelet_core::credential::Usage;
use gatelet_core::head::{Field, Fields, Lines};
use gatelet_core::{Edits, Head, Verdict, section};
use http::request::Parts;
use http::{HeaderMap, Method, Uri};
use tokio::time::Instant;

use super::application::{ComponentIndex, Gate};
use super::connection::Connection;

/// By which field of its verdict the app was told who it is.
pub(super) const USER: &str = "x-forwarded-user";

/// What a head was judged by.
pub(super) struct Judged {
    /// Whose gate judged, and whose grant allows the upstream.
    pub(super) component: ComponentIndex,
    /// The header section as received.
    pub(super) block: Vec<u8>,
    /// In Unix seconds.
    pub(super) now: u64,
    /// The edits, where they cost I/O to come by.
    pub(super) kept: Option<Edits>,
}

/// What was promised with the verdict, and must stay so.
pub(super) struct Promised {
    /// Where it was forwarded to.
    pub(super) upstream: String,
    /// What was told to the app: a block of fields.
    pub(super) set: Bytes,
    /// For how long.
    pub(super) holds_seconds: u64,
}

/// A head that was let in, as long as its exchange lasts. Keeping the edited section
/// would cost a copy every time, for what happens once in a blue moon: to send the
/// request again, or to judge it again.
pub(super) struct Standing {
    connection: Rc<Connection>,
    method: Method,
    uri: Uri,
    judged: Judged,
    promised: Promised,
}

impl Standing {
    pub(super) fn new(
        connection: Rc<Connection>,
        parts: &Parts,
        judged: Judged,
        promised: Promised,
    ) -> Self {
        Self {
            connection,
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            judged,
            promised,
        }
    }

    pub(super) fn asked(&self) -> (&Method, &Uri) {
        (&self.method, &self.uri)
    }

    /// The header section as received.
    pub(super) fn block(&self) -> &[u8] {
        &self.judged.block
    }

    /// Whether the verdict says which `Host` the app gets.
    pub(super) fn names_host(&self) -> bool {
        Fields::new(&self.promised.set)
            .named("host")
            .next()
            .is_some()
    }

    /// Puts a response right that names the upstream's own origin.
    pub(super) fn keep_home(&self, headers: &mut HeaderMap) {
        let Promised {
            upstream,
            set,
            holds_seconds: _,
        } = &self.promised;
        section::keep_home(headers, upstream, set);
    }

    /// The edits that let it in, once more.
    pub(super) fn edits(&self) -> Option<Edits> {
        let Judged {
            component,
            block: _,
            now,
            kept,
        } = &self.judged;
        if kept.is_some() {
            return kept.clone();
        }
        match self.gate().decide(*component, &self.head(), *now) {
            Verdict::Forward(edits) => Some(edits),
            Verdict::Respond(_) | Verdict::Ask => None,
        }
    }

    async fn judge(&self, usage: Usage) -> Verdict {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let (component, head) = (self.judged.component, self.head());
        match self.gate().decide(component, &head, now) {
            Verdict::Ask => self.gate().judge(component, head, now, usage).await,
            settled => settled,
        }
    }

    fn gate(&self) -> &dyn Gate {
        &*self.connection.worker.gate
    }

    fn head(&self) -> Head<'_> {
        let host = Fields::new(&self.judged.block).named("host").next();
        Head {
            method: self.method.as_str(),
            target: self.uri.path_and_query().map_or("*", |path| path.as_str()),
            authority: std::str::from_utf8(host.unwrap_or_default()).unwrap_or_default(),
            tls: self.connection.tls,
            peer: &self.connection.peer_address,
            fields: &self.judged.block,
        }
    }

    fn is_as_promised(&self, edits: &Edits) -> bool {
        let Promised {
            upstream,
            set,
            holds_seconds: _,
        } = &self.promised;
        let user = Fields::new(set).named(USER).next();
        *upstream == edits.upstream && user == edits.set.get(USER).map(str::as_bytes)
    }
}

/// Ends when the head would no longer be let in as it was: to the same app, as the same
/// person. Until then the gate is asked once a window. Whatever cannot be answered
/// (the database is away) is no permission. What nobody judged never ends here.
pub(super) async fn ended(standing: Option<Standing>, moved: &Cell<Instant>) {
    let Some(mut standing) = standing else {
        return std::future::pending().await;
    };
    loop {
        let judged_at = Instant::now();
        // A gate that says no time at all is not to be asked without end.
        let holds = standing.promised.holds_seconds.max(1);
        tokio::time::sleep(Duration::from_secs(holds)).await;
        let usage = if moved.get() > judged_at {
            Usage::Active
        } else {
            Usage::Silent
        };
        match standing.judge(usage).await {
            Verdict::Forward(edits) if standing.is_as_promised(&edits) => {
                standing.promised.holds_seconds = edits.holds_seconds;
                renew(&mut standing.judged.block, &edits.response);
            }
            Verdict::Forward(_) | Verdict::Respond(_) | Verdict::Ask => return,
        }
    }
}

/// Keeps what a browser would send from now on: a renewed cookie lies in the place of
/// the old one, in front, where it is looked for first.
fn renew(block: &mut Vec<u8>, response: &Lines) {
    let set = response.iter().filter(|(name, _)| *name == "set-cookie");
    for (_, set_cookie) in set {
        let pair = set_cookie.split(';').next().unwrap_or_default();
        let name = pair.split('=').next().unwrap_or_default();
        let mut renewed = Vec::with_capacity(block.len() + pair.len());
        renewed.extend_from_slice(b"cookie:");
        renewed.extend_from_slice(pair.as_bytes());
        let cookies = Fields::new(block).named("cookie");
        for cookie in cookies.flat_map(|field| field.split(|byte| *byte == b';')) {
            let cookie = cookie.trim_ascii();
            let is_old = cookie.split(|byte| *byte == b'=').next() == Some(name.as_bytes());
            if !is_old && !cookie.is_empty() {
                renewed.extend_from_slice(b"; ");
                renewed.extend_from_slice(cookie);
            }
        }
        renewed.push(b'\n');
        for Field { name, value } in Fields::new(block) {
            if name != b"cookie" {
                renewed.extend_from_slice(name);
                renewed.push(b':');
                renewed.extend_from_slice(value);
                renewed.push(b'\n');
            }
        }
        *block = renewed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_cookie_takes_the_place_of_the_old_one_and_others_stay() {
        let mut block =
            b"host:a\ncookie:x=1; gatelet=old; y=2\naccept:*/*\ncookie:gatelet=older;z=3\n"
                .to_vec();
        let response = Lines::of_block("vary:x\nset-cookie:gatelet=new==; Path=/; HttpOnly\n");
        renew(&mut block, &response);
        assert_eq!(
            std::str::from_utf8(&block),
            Ok("cookie:gatelet=new==; x=1; y=2; z=3\nhost:a\naccept:*/*\n")
        );
        let before = block.clone();
        renew(&mut block, &Lines::new());
        assert_eq!(block, before);
    }
}
