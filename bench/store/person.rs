//! Somebody whom the store knows, and what is asked of it on their behalf.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use gatelet_runtime::store::bindings::exports::gatelet::store::accounts::Seen;
use gatelet_runtime::store::bindings::exports::gatelet::store::limits::{Bucket, Lockout, Rule};
use gatelet_runtime::store::bindings::exports::gatelet::store::session_writer::{
    NewSession, PasswordRegistration, PasswordSignIn, SignIn,
};
use gatelet_runtime::store::bindings::exports::gatelet::store::types::User;
use gatelet_runtime::store::{StoreInstance, main_place};
use gatelet_tests::runtime::run;
use sha2::{Digest as _, Sha256};

pub(super) const AUDIENCE: &str = "https://shop.example.com";
/// How long a session lasts without use.
pub(super) const IDLE_SECONDS: u64 = 604_800;
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

/// Somebody who is signed in.
pub(super) struct Person {
    pub(super) email: String,
    seen: Seen,
    /// Of the session.
    pub(super) token: Vec<u8>,
    pub(super) rules: Vec<Rule>,
}

impl Person {
    pub(super) fn register(number: usize, instance: &mut StoreInstance) -> Self {
        let email = format!("person{number}@example.com");
        let user = User {
            id: format!("00000000-0000-4000-8000-{number:012}"),
            email: email.clone(),
            email_verified: false,
            name: "Ada Lovelace".to_owned(),
            created_at: now(),
        };
        let registration = SignIn::PasswordRegistration(PasswordRegistration {
            user,
            hash: HASH.to_owned(),
        });
        let session = session(now());
        let token = session.token.clone();
        let seen = run(instance.call(async |accessor, ports| {
            let writer = ports.gatelet_store_session_writer();
            let begun =
                writer.call_begin(accessor, main_place(), registration, session, Vec::new());
            begun.await.expect("no trap").expect("a session");
            let found = ports
                .gatelet_store_accounts()
                .call_find_password(accessor, main_place(), email.clone())
                .await;
            let found = found.expect("no trap").expect("an answer");
            found.expect("who has just come").seen
        }));
        Self {
            rules: rules(number),
            email,
            seen: seen.expect("the instance runs"),
            token,
        }
    }

    /// Sessions that begin do not change what was seen.
    pub(super) fn sign_in(&self) -> SignIn {
        SignIn::Password(PasswordSignIn {
            seen: self.seen.clone(),
            hash: HASH.to_owned(),
            new_hash: None,
        })
    }
}

/// What is asked before a password is tried, by somebody from a network of their own. It is
/// never used up.
fn rules(number: usize) -> Vec<Rule> {
    const MOST: u32 = 1_000_000;
    let bucket = |purpose: &str, whose: String| {
        Rule::Bucket(Bucket {
            purpose: purpose.to_owned(),
            whose: Sha256::digest(whose).to_vec(),
            amount: 1,
            limit: MOST,
            window_seconds: 600,
        })
    };
    vec![
        bucket("password.network", format!("network {number}")),
        bucket("password.pair", format!("pair {number}")),
        bucket("password.all", String::new()),
        Rule::Lockout(Lockout {
            whose: Sha256::digest(format!("account {number}")).to_vec(),
            free: MOST,
            delay_seconds: 60,
            longest_seconds: 3600,
            forget_seconds: 86_400,
        }),
    ]
}

/// A session under a token that no other has.
pub(super) fn session(now: u64) -> NewSession {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    NewSession {
        token: Sha256::digest(number.to_be_bytes()).to_vec(),
        audience: AUDIENCE.to_owned(),
        amr: "pwd".to_owned(),
        auth_time: now,
        created_at: now,
        expires_at: now + 4 * IDLE_SECONDS,
        idle_expires_at: now + IDLE_SECONDS,
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
            .to_owned(),
        address: "198.51.100.7".to_owned(),
        region: String::new(),
        provider_groups: String::new(),
        provider_session: String::new(),
    }
}

pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs()
}
