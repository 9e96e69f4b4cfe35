//! What if a sign-in waits for another, on a server, and wakes up with what it saw
//! before? Each pair of them is held up at the user's row and let go together.

use super::{
    HASH, Subject,
    held::{Held, Make, on_both_servers, wait_for},
    identity, owner_of,
    ports::{
        accounts::Seen,
        session_writer::{Link, LinkedSignIn, PasswordSignIn, Reclaim, SignIn, Word},
        types::{Error, User},
    },
    proved, session, user,
};

on_both_servers! {
    whoever_waited_for_a_reclaim_does_not_get_in_on_what_was_before
    a_reclaim_that_waited_for_a_session_does_not_overlook_it
    sign_ins_that_take_nothing_away_wait_and_both_get_in
    of_two_changes_of_the_ways_in_the_second_looks_again
    whoever_waited_for_a_new_password_does_not_get_in_with_the_old_one
}

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

fn whoever_waited_for_a_reclaim_does_not_get_in_on_what_was_before(make: Make) {
    for late in [
        Password,
        Rehash,
        Linked,
        LinkedAndProved,
        ReclaimBy("google"),
    ] {
        let mut scene = Scene::new(make, &user("ann"));
        let [first, second] = scene.at_once([ReclaimBy("acme"), late]);
        assert!(first.is_ok(), "{late:?}: {first:?}");
        assert!(
            matches!(second, Err(Error::Conflict)),
            "{late:?}: {second:?}"
        );
        scene.is_the_owners_alone();
    }
}

fn a_reclaim_that_waited_for_a_session_does_not_overlook_it(make: Make) {
    for early in [Password, Rehash, Linked, LinkedAndProved] {
        let mut scene = Scene::new(make, &user("ann"));
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

fn sign_ins_that_take_nothing_away_wait_and_both_get_in(make: Make) {
    let kinds = [Password, Rehash, Linked];
    for first in kinds {
        for second in kinds {
            let mut scene = Scene::new(make, &user("ann"));
            for begun in scene.at_once([first, second]) {
                assert!(begun.is_ok(), "{first:?}, {second:?}: {begun:?}");
            }
            assert_eq!(scene.store.count("auth_sessions"), 2);
            let found = scene.store.found(&scene.user.email).expect("a user");
            assert!(!found.user.email_verified, "{first:?}, {second:?}");
        }
    }
}

fn of_two_changes_of_the_ways_in_the_second_looks_again(make: Make) {
    for (first, second) in [
        (LinkBy("acme"), LinkBy("google")),
        (LinkBy("acme"), LinkBy("acme")),
        (LinkBy("acme"), Password),
        (LinkBy("acme"), Linked),
        (LinkBy("acme"), LinkedAndProved),
        (LinkedAndProved, LinkBy("acme")),
        (LinkedAndProved, LinkedAndProved),
    ] {
        let mut scene = Scene::new(make, &proved("ann"));
        let accounts = if first == LinkedAndProved { 2 } else { 3 };
        let [first, late] = scene.at_once([first, second]);
        assert!(first.is_ok(), "{first:?}");
        assert!(matches!(late, Err(Error::Conflict)), "{second:?}: {late:?}");
        assert_eq!(scene.store.count("auth_accounts"), accounts);
        assert_eq!(scene.store.count("auth_sessions"), 1);
    }
}

fn whoever_waited_for_a_new_password_does_not_get_in_with_the_old_one(make: Make) {
    for late in [Password, Rehash] {
        let mut scene = Scene::new(make, &user("ann"));
        let seen = scene.store.seen(&scene.user).expect("an answer");
        let mut store = scene.store.another();
        let changing = Held::begin(
            scene.store.database(),
            "UPDATE auth_users SET revision = revision + 1; \
             UPDATE auth_accounts SET password_hash = '$changed' WHERE issuer = 'password'; \
             DELETE FROM auth_sessions",
        );
        let begun = std::thread::scope(|scope| {
            let waiting = scope.spawn(move || store.begin(late.sign_in(&seen), session(1)));
            wait_for(scene.store.database(), 1);
            changing.end("COMMIT");
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
    user: User,
}

impl Scene {
    fn new(make: Make, user: &User) -> Self {
        let mut store = Subject::on(make());
        store.with_user(user);
        store.execute(
            "INSERT INTO auth_accounts \
             (issuer, subject, provider, user_id, created_at, updated_at) \
             VALUES ('https://github.com', 'g', 'github', 'id-of-ann', 100, 100)",
        );
        Self {
            store,
            user: user.clone(),
        }
    }

    /// Both have looked before either acts. They get to the user's row in this order,
    /// on tokens 1 and 2.
    fn at_once(&mut self, kinds: [Kind; 2]) -> [Result<(), Error>; 2] {
        let seen = self.store.seen(&self.user).expect("an answer");
        let locked = Held::begin(
            self.store.database(),
            "SELECT id FROM auth_users FOR UPDATE",
        );
        let this = &*self;
        std::thread::scope(|scope| {
            let mut waiting = Vec::new();
            for (kind, token) in kinds.into_iter().zip(1..) {
                let (mut store, sign_in) = (this.store.another(), kind.sign_in(&seen));
                waiting.push(scope.spawn(move || store.begin(sign_in, session(token)).map(drop)));
                wait_for(this.store.database(), waiting.len());
            }
            locked.end("COMMIT");
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
