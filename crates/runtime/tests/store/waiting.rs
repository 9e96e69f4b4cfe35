//! What if a sign-in waits for another, on Postgres, and wakes up with what it saw
//! before? Each pair of them is held up at the user's row and let go together.

use std::time::{Duration, Instant};

use super::{
    Database, HASH, Subject, identity, owner_of,
    ports::{
        accounts::Seen,
        session_writer::{Link, LinkedSignIn, PasswordSignIn, Reclaim, SignIn, Word},
        types::{Error, User},
    },
    proved, session, user,
};
use crate::{postgres, runtime};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Password,
    Rehash,
    /// By the account that was there.
    Linked,
    /// The same, and the provider says that the address is theirs.
    LinkedAndProved,
    Link(&'static str),
    Reclaim(&'static str),
}

impl Kind {
    fn sign_in(self, seen: &Seen) -> SignIn {
        let seen = seen.clone();
        let password = |new_hash: Option<&str>| {
            SignIn::Password(PasswordSignIn {
                seen: seen.clone(),
                hash: HASH.into(),
                new_hash: new_hash.map(str::to_owned),
            })
        };
        let linked = |word| {
            SignIn::Linked(LinkedSignIn {
                seen: seen.clone(),
                identity: identity("github", "g"),
                name: Some("Github".into()),
                word,
            })
        };
        match self {
            Self::Password => password(None),
            Self::Rehash => password(Some("$new")),
            Self::Linked => linked(None),
            Self::LinkedAndProved => linked(Some(Word {
                vouched_email: Some(user("ann").email),
                email: user("ann").email,
                email_verified: true,
            })),
            Self::Link(provider) => SignIn::Link(Link {
                identity: identity(provider, "new"),
                vouched_email: user("ann").email,
                seen,
            }),
            Self::Reclaim(provider) => SignIn::Reclaim(Reclaim {
                identity: identity(provider, "new"),
                user: User {
                    // Of each that tries, as `auth` makes one.
                    id: format!("owner-by-{provider}"),
                    ..owner_of(&user("ann"))
                },
                seen,
            }),
        }
    }
}

use Kind::{Link as LinkBy, Linked, LinkedAndProved, Password, Reclaim as ReclaimBy, Rehash};

#[test]
fn whoever_waited_for_a_reclaim_does_not_get_in_on_what_was_before() {
    for late in [
        Password,
        Rehash,
        Linked,
        LinkedAndProved,
        ReclaimBy("google"),
    ] {
        let mut scene = Scene::new(&user("ann"));
        let [first, second] = scene.at_once([ReclaimBy("acme"), late]);
        assert!(first.is_ok(), "{late:?}: {first:?}");
        assert!(
            matches!(second, Err(Error::Conflict)),
            "{late:?}: {second:?}"
        );
        scene.is_the_owners_alone();
    }
}

#[test]
fn a_reclaim_that_waited_for_a_session_does_not_overlook_it() {
    for early in [Password, Rehash, Linked, LinkedAndProved] {
        let mut scene = Scene::new(&user("ann"));
        let [first, second] = scene.at_once([early, ReclaimBy("google")]);
        assert!(first.is_ok(), "{early:?}: {first:?}");
        assert!(
            matches!(second, Err(Error::Conflict)),
            "{early:?}: {second:?}"
        );
        if early != LinkedAndProved {
            let seen = scene.store.seen(&scene.user).expect("an answer");
            let again = scene
                .store
                .begin(ReclaimBy("google").sign_in(&seen), session(3));
            again.expect("now it has seen all");
            scene.is_the_owners_alone();
        }
    }
}

#[test]
fn sign_ins_that_take_nothing_away_wait_and_both_get_in() {
    let kinds = [Password, Rehash, Linked];
    for first in kinds {
        for second in kinds {
            let mut scene = Scene::new(&user("ann"));
            for begun in scene.at_once([first, second]) {
                assert!(begun.is_ok(), "{first:?}, {second:?}: {begun:?}");
            }
            assert_eq!(scene.store.count("auth_sessions"), 2);
            let found = scene.store.found(&scene.user.email).expect("a user");
            assert!(!found.user.email_verified, "{first:?}, {second:?}");
        }
    }
}

#[test]
fn of_two_changes_of_the_ways_in_the_second_looks_again() {
    for (first, second) in [
        (LinkBy("acme"), LinkBy("google")),
        (LinkBy("acme"), LinkBy("acme")),
        (LinkBy("acme"), Password),
        (LinkBy("acme"), Linked),
        (LinkBy("acme"), LinkedAndProved),
        (LinkedAndProved, LinkBy("acme")),
        (LinkedAndProved, LinkedAndProved),
    ] {
        let mut scene = Scene::new(&proved("ann"));
        let accounts = if first == LinkedAndProved { 2 } else { 3 };
        let [first, late] = scene.at_once([first, second]);
        assert!(first.is_ok(), "{first:?}");
        assert!(matches!(late, Err(Error::Conflict)), "{second:?}: {late:?}");
        assert_eq!(scene.store.count("auth_accounts"), accounts);
        assert_eq!(scene.store.count("auth_sessions"), 1);
    }
}

#[test]
fn whoever_waited_for_a_new_password_does_not_get_in_with_the_old_one() {
    for late in [Password, Rehash] {
        let mut scene = Scene::new(&user("ann"));
        let seen = scene.store.seen(&scene.user).expect("an answer");
        let mut store = scene.store.another();
        let changing = begin_transaction(
            &scene.database,
            "UPDATE auth_users SET revision = revision + 1; \
             UPDATE auth_accounts SET password_hash = '$changed' WHERE issuer = 'password'; \
             DELETE FROM auth_sessions",
        );
        let begun = std::thread::scope(|scope| {
            let waiting = scope.spawn(move || store.begin(late.sign_in(&seen), session(1)));
            wait_for(&scene.database, 1);
            runtime::run(changing.batch_execute("COMMIT")).expect("changed");
            waiting.join().expect("no panic")
        });
        assert!(matches!(begun, Err(Error::Conflict)), "{late:?}: {begun:?}");
        assert_eq!(scene.store.count("auth_sessions"), 0);
        let found = scene.store.find_password(scene.user.email.clone());
        assert_eq!(found.expect("an answer").expect("a user").hash, "$changed");
    }
}

/// A user with a password and an account at GitHub.
struct Scene {
    store: Subject,
    database: postgres::Database,
    user: User,
}

impl Scene {
    fn new(user: &User) -> Self {
        let mut store = Subject::on(Database::postgres());
        store.with_user(user);
        store.execute(
            "INSERT INTO auth_accounts \
             (issuer, subject, provider, user_id, created_at, updated_at) \
             VALUES ('https://github.com', 'g', 'github', 'id-of-ann', 100, 100)",
        );
        let Database::Postgres(database) = store.database().clone() else {
            unreachable!("it was made so")
        };
        Self {
            store,
            database,
            user: user.clone(),
        }
    }

    /// Both have looked before either acts. They get to the user's row in this order,
    /// on tokens 1 and 2.
    fn at_once(&mut self, kinds: [Kind; 2]) -> [Result<(), Error>; 2] {
        let seen = self.store.seen(&self.user).expect("an answer");
        let locked = begin_transaction(&self.database, "SELECT id FROM auth_users FOR UPDATE");
        let this = &*self;
        std::thread::scope(|scope| {
            let mut waiting = Vec::new();
            for (kind, token) in kinds.into_iter().zip(1..) {
                let (mut store, sign_in) = (this.store.another(), kind.sign_in(&seen));
                waiting.push(scope.spawn(move || store.begin(sign_in, session(token)).map(drop)));
                wait_for(&this.database, waiting.len());
            }
            runtime::run(locked.batch_execute("COMMIT")).expect("unlocked");
            let mut ended = waiting.into_iter().map(|one| one.join().expect("no panic"));
            std::array::from_fn(|_| ended.next().expect("one of two"))
        })
    }

    fn is_the_owners_alone(&mut self) {
        assert_eq!(self.store.count("auth_users"), 2);
        assert_eq!(self.store.count("auth_sessions"), 1);
        let owner = self.store.found(&self.user.email).expect("a user").user;
        assert_eq!((&*owner.name, owner.email_verified), ("Owner", true));
        assert_ne!(owner.id, self.user.id);
        let ways_in = format!(
            "SELECT COUNT(*) FROM auth_accounts WHERE user_id = '{}'",
            owner.id
        );
        assert_eq!(self.store.value(&ways_in).as_deref(), Some("1"));
    }
}

/// What is done and not yet so, on a connection of its own.
pub(super) fn begin_transaction(
    database: &postgres::Database,
    statements: &str,
) -> tokio_postgres::Client {
    runtime::run(async {
        let connected = tokio_postgres::connect(&database.url, tokio_postgres::NoTls);
        let (client, connection) = connected.await.expect("connected");
        runtime::handle().spawn(connection);
        let statements = format!("BEGIN; {statements}");
        let begun = client.batch_execute(&statements);
        begun.await.expect("valid statements");
        client
    })
}

/// Until so many wait for a lock.
pub(super) fn wait_for(database: &postgres::Database, waiting: usize) {
    let count = "SELECT COUNT(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let started = Instant::now();
    while database.value(count) != Some(waiting.to_string()) {
        assert!(started.elapsed() < Duration::from_secs(10), "nobody waits");
        std::thread::sleep(Duration::from_millis(5));
    }
}
