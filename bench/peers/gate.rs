//! Gatelet's gate door among its peers: with sessions of its own, and with Better Auth's.

use gatelet_tests::account::signed_in;
use gatelet_tests::better_auth::SECRET;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Gatelet;

use super::better_auth::AtBetterAuth;
use super::peer::{Peer, head_of};
use crate::doors::port;
use crate::head::{Head, PATH};
use crate::served::{FRESH_SECONDS, Shared, Way};
use crate::who::Who;

const FIELD: &str = "X-Forwarded-User";

pub(super) fn own(shared: &Shared) -> Peer {
    let mut gatelet = shared.start(Engine::Sqlite, Way::Gate, FRESH_SECONDS);
    let (visitor, _) = signed_in(&gatelet);
    let me = visitor.get("/auth/me").send().expect(200).json();
    let user_id = me["id"].as_str().expect("an id").to_owned();
    shared.restart(&mut gatelet);
    peer(Who::Gate, gatelet, head_of(&visitor), &user_id)
}

/// It believes a session of Better Auth for as long as the bench runs, or asks each time.
pub(super) fn before_better_auth(shared: &Shared, at: &AtBetterAuth) -> [Peer; 2] {
    [
        (Who::GateBetterAuth, FRESH_SECONDS),
        (Who::GateBetterAuthAsking, 0),
    ]
    .map(|(who, fresh_seconds)| {
        let setup = shared
            .setup(Engine::Sqlite, Way::Gate, fresh_seconds)
            .on(at.database.clone())
            .variable("auth_backend", "better-auth")
            .variable("better_auth_secret", SECRET)
            .variable("public_paths", "/login")
            .variable("sign_in_url", "/login");
        let gatelet = shared.start_as(setup, Way::Gate);
        let visitor = gatelet.visitor();
        visitor.change_jar(|jar| jar.put(at.session.clone()));
        // The answer brings a copy, which browsers keep.
        visitor.get(PATH).send().expect(200);
        assert!(visitor.cookie("gatelet").is_some(), "{}", who.name());
        peer(who, gatelet, head_of(&visitor), &at.user_id)
    })
}

fn peer(who: Who, gatelet: Gatelet, head: Head, user_id: &str) -> Peer {
    // Its commit stands at the top of the page.
    let version = String::new();
    let (port, ids) = (port(&gatelet), vec![gatelet.id()]);
    Peer::new(who, port, head, version)
        .run_by(ids, gatelet)
        .tells(FIELD, user_id)
}
