//! Does a peer answer as it should? It passes on whoever is signed in and says who that is,
//! takes nobody else's word for it, and lets nobody in.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::response::Response;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;

use crate::contender::Contender;
use crate::head::{Head, PATH};
use crate::nginx::{WITNESSED, page};
use crate::served::HOST;
use crate::who::Who;

/// What a visitor says of themselves.
const FORGED: &str = "somebody-else";

/// One that answers, with all that it needs for that.
pub(crate) struct Peer {
    pub(crate) who: Who,
    pub(crate) version: String,
    port: u16,
    head: Head,
    process_ids: Vec<u32>,
    identity: Option<Identity>,
    _needs: Box<dyn Any>,
}

/// How the app is told who is asking.
struct Identity {
    /// By which header field, as the peer documents it.
    field: &'static str,
    value: String,
}

impl Peer {
    /// Everybody is signed in by this head.
    pub(crate) fn new(who: Who, port: u16, head: Head, version: String) -> Self {
        Self {
            who,
            version,
            port,
            head,
            process_ids: Vec::new(),
            identity: None,
            _needs: Box::new(()),
        }
    }

    /// By these processes, for as long as this is kept.
    pub(crate) fn run_by(self, process_ids: Vec<u32>, needs: impl Any) -> Self {
        Self {
            process_ids,
            _needs: Box::new(needs),
            ..self
        }
    }

    /// It knows people, and tells the app by this field who is asking.
    pub(crate) fn tells(self, field: &'static str, value: &str) -> Self {
        let value = value.to_owned();
        Self {
            identity: Some(Identity { field, value }),
            ..self
        }
    }

    pub(crate) fn contender(&self) -> Contender {
        Contender::new(self.who, self.port, &self.head, self.process_ids.clone())
    }

    /// By what reaches the origin.
    #[track_caller]
    pub(crate) fn assert_right(&self, witness: &Upstream) {
        let name = self.who.name();
        let answer = self.ask(PATH, true, None);
        assert_eq!(answer.status, 200, "{name}: {}", answer.description());
        assert_eq!(answer.text(), page(), "{name}");
        // Whoever knows nobody lets everybody in.
        let Some(identity) = &self.identity else {
            return;
        };
        for forged in [None, Some(identity.field)] {
            let path = somewhere();
            let answer = self.ask(&path, true, forged);
            assert_eq!(answer.status, 200, "{name}: {}", answer.description());
            let seen = witness.seen_at(&path);
            let [seen] = seen.as_slice() else {
                panic!("{name}: the origin saw {seen:?}");
            };
            let told: Vec<_> = seen.headers.get_all(identity.field).iter().collect();
            assert_eq!(told, [identity.value.as_str()], "{name}: {seen:?}");
            let believed = seen.headers.values().any(|value| value == FORGED);
            assert!(!believed, "{name}: {seen:?}");
        }
        let path = somewhere();
        let answer = self.ask(&path, false, Some(identity.field));
        let refused = [401, 403].contains(&answer.status.as_u16());
        let led_to_sign_in = answer.status.is_redirection();
        assert!(
            refused || led_to_sign_in,
            "{name}: {}",
            answer.description()
        );
        let seen = witness.seen_at(&path);
        assert!(
            seen.is_empty(),
            "{name}: nobody reached the origin: {seen:?}"
        );
    }

    /// What is answered to whoever is signed in, or to nobody, who says who they are.
    #[track_caller]
    fn ask(&self, path: &str, signed_in: bool, forged: Option<&'static str>) -> Response {
        let visitor = visitor(self.port);
        let mut request = visitor.get(path);
        if signed_in {
            request = request.header_bytes("cookie", self.head.cookie().as_bytes());
        }
        if let Some(field) = forged {
            request = request.header(field, FORGED);
        }
        request.without_cookies().send()
    }
}

/// Visitors' base URL.
pub(crate) fn base_url() -> String {
    format!("http://{HOST}")
}

/// A new visitor of the one that listens here.
pub(crate) fn visitor(port: u16) -> Visitor {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    Visitor::new(&base_url()).served_at(&base_url(), address)
}

/// The head of whoever has these cookies.
#[track_caller]
pub(crate) fn head_of(visitor: &Visitor) -> Head {
    let home = base_url().parse().expect("a URL");
    Head::new(HOST, &visitor.jar().header(&home).expect("cookies"))
}

/// The head of somebody whom nobody has to know.
pub(crate) fn somebody() -> Head {
    Head::new(HOST, &format!("app={}", "x".repeat(240)))
}

/// Signs in at the provider, where the one that listens here leads.
#[track_caller]
pub(crate) fn signed_in_by(provider: &IdentityProvider, port: u16) -> Head {
    let visitor = visitor(port);
    let led = visitor.visit(PATH).send();
    assert!(led.status.is_redirection(), "{}", led.description());
    let back = provider.sign_in(&visitor, led.header("location"), "ada");
    let here = visitor.follow(back).expect(200);
    assert_eq!(here.text(), page());
    head_of(&visitor)
}

/// A path that the witness sees and that nobody has asked for before.
fn somewhere() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{WITNESSED}/{}.", COUNT.fetch_add(1, Ordering::Relaxed))
}
