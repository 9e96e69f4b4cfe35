//! Several people sign in at the same moment: their calls may come in any order, so
//! every order is tried. A call is whole, so there is nothing finer to order here;
//! `waiting` looks at what Postgres makes of two calls at once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use super::{
    HASH, ORIGIN, Subject, identity, on_both_engines,
    ports::{
        accounts::{Found, Linked},
        session_writer::{
            Link, LinkedRegistration, LinkedSignIn, NewSession, PasswordRegistration,
            PasswordSignIn, Reclaim, SignIn, Word as Said,
        },
        types::{Error, Identity, Session, User},
    },
    session, user,
};

on_both_engines! {
    a_squatter_with_a_password_and_the_owner
    a_squatter_with_an_account_whose_name_he_changes_and_the_owner
    a_squatter_who_signs_up_and_the_owner
    two_proofs_of_one_squatted_address
    two_proofs_of_one_address_that_nobody_has
    two_callbacks_of_one_new_account
    two_callbacks_of_one_account_from_before
    a_squatter_who_comes_back_by_the_account_that_is_theirs
    an_account_whose_address_gets_proved_and_another_proof_of_it
    a_new_password_and_whoever_knows_the_old_one
    two_sign_ins_that_hash_the_password_anew
}

/// Of three there are thousands of orders: on the faster engine alone. Each two of them
/// are tried on both.
mod on_sqlite_alone {
    use crate::store::{Database, Subject};

    #[test]
    fn two_squatters_and_the_owner() {
        super::two_squatters_and_the_owner(Subject::on(Database::sqlite()));
    }
}

/// Rounds of looking and deciding before somebody gives up. Each lost round is a
/// sign-in that another won, and nobody here wins twice.
const ROUNDS: u8 = 4;

const NEW_HASH: &str = "$new";

fn a_squatter_with_a_password_and_the_owner(mut store: Subject) {
    let orders = every_order(
        &mut store,
        |store, scene| {
            store
                .register(scene.user("Squatter"), HASH.into())
                .expect("a user");
            vec![
                scene.squatter(With::Password {
                    knows: vec![HASH],
                    new_hash: None,
                }),
                scene.owner(scene.proof("google", "Owner")),
            ]
        },
        owner_alone,
    );
    assert!(orders >= 10, "{orders}");
}

fn a_squatter_with_an_account_whose_name_he_changes_and_the_owner(mut store: Subject) {
    let orders = every_order(
        &mut store,
        |store, scene| {
            let claim = scene.claim("github", "Squatter");
            store
                .register_linked(scene.user("Squatter"), claim.identity.clone())
                .expect("a user");
            vec![
                scene.squatter(With::Provider(claim)),
                scene.owner(scene.proof("google", "Owner")),
            ]
        },
        owner_alone,
    );
    assert!(orders >= 10, "{orders}");
}

fn a_squatter_who_signs_up_and_the_owner(mut store: Subject) {
    every_order(
        &mut store,
        |_, scene| {
            vec![
                scene.squatter(With::SignUp(scene.user("Squatter"))),
                scene.owner(scene.proof("google", "Owner")),
            ]
        },
        owner_alone,
    );
    every_order(
        &mut store,
        |_, scene| {
            vec![
                scene.squatter(With::Provider(scene.claim("github", "Squatter"))),
                scene.owner(scene.proof("google", "Owner")),
            ]
        },
        owner_alone,
    );
}

fn two_squatters_and_the_owner(mut store: Subject) {
    let orders = every_order(
        &mut store,
        |store, scene| {
            store
                .register(scene.user("Squatter"), HASH.into())
                .expect("a user");
            let knows = vec![HASH, NEW_HASH];
            vec![
                scene.squatter(With::Password {
                    knows: knows.clone(),
                    new_hash: None,
                }),
                scene.squatter(With::Password {
                    knows,
                    new_hash: Some(NEW_HASH),
                }),
                scene.owner(scene.proof("google", "Owner")),
            ]
        },
        owner_alone,
    );
    assert!(orders >= 200, "{orders}");
}

fn two_proofs_of_one_squatted_address(mut store: Subject) {
    every_order(
        &mut store,
        |store, scene| {
            store
                .register(scene.user("Squatter"), HASH.into())
                .expect("a user");
            vec![
                scene.owner(scene.proof("google", "Owner")),
                scene.owner(scene.proof("github", "Owner")),
            ]
        },
        |store, scene, visitors| {
            owner_alone(store, scene, visitors);
            assert_eq!(scene.accounts(store), visitors.len() as u64);
        },
    );
}

fn two_proofs_of_one_address_that_nobody_has(mut store: Subject) {
    every_order(
        &mut store,
        |_, scene| {
            vec![
                scene.owner(scene.proof("google", "Owner")),
                scene.owner(scene.proof("github", "Owner")),
            ]
        },
        |store, scene, visitors| {
            owner_alone(store, scene, visitors);
            assert_eq!(scene.accounts(store), visitors.len() as u64);
        },
    );
}

fn two_callbacks_of_one_new_account(mut store: Subject) {
    every_order(
        &mut store,
        |_, scene| {
            vec![
                scene.owner(scene.proof("google", "Owner")),
                scene.owner(scene.proof("google", "Owner")),
            ]
        },
        |store, scene, visitors| {
            owner_alone(store, scene, visitors);
            assert_eq!(scene.accounts(store), 1);
        },
    );
}

fn two_callbacks_of_one_account_from_before(mut store: Subject) {
    every_order(
        &mut store,
        |store, scene| {
            store
                .register(scene.user("Owner"), HASH.into())
                .expect("a user");
            store.execute(&format!(
                "INSERT INTO auth_accounts \
                 (issuer, subject, provider, user_id, created_at, updated_at) \
                 VALUES ('provider:acme', '{}', 'acme', '{}', 100, 100)",
                scene.subject("acme"),
                scene.user("").id,
            ));
            vec![
                scene.owner(scene.proof("acme", "Owner")),
                scene.owner(scene.proof("acme", "Owner")),
            ]
        },
        |store, scene, visitors| {
            everybody_is_in(store, scene, visitors);
            let left = format!(
                "SELECT COUNT(*) FROM auth_accounts \
                 WHERE issuer = 'provider:acme' AND subject = '{}'",
                scene.subject("acme")
            );
            assert_eq!(store.value(&left).as_deref(), Some("0"));
            assert_eq!(scene.accounts(store), 2, "the password and the account");
        },
    );
}

/// Who lost the address keeps the account, and is nobody's neighbour.
fn a_squatter_who_comes_back_by_the_account_that_is_theirs(mut store: Subject) {
    let orders = every_order(
        &mut store,
        |store, scene| {
            let claim = || scene.claim("github", "Squatter");
            store
                .register_linked(scene.user("Squatter"), claim().identity)
                .expect("a user");
            vec![
                scene.squatter(With::Provider(claim())),
                scene.owner(scene.proof("google", "Owner")),
            ]
        },
        |store, scene, visitors| {
            owner_alone(store, scene, visitors);
            let mut back = scene.squatter(With::Provider(scene.claim("github", "Squatter")));
            while !back.is_done() {
                back.step(store, scene);
            }
            let user = &back.copy().expect("a session").user;
            assert_eq!((&*user.id, &*user.email), (&*scene.user("").id, ""));
        },
    );
    assert!(orders >= 10, "{orders}");
}

/// Both are the owner's. Where the address was proved by another way before the
/// account's own proof came, the account keeps its user, without the address.
fn an_account_whose_address_gets_proved_and_another_proof_of_it(mut store: Subject) {
    every_order(
        &mut store,
        |store, scene| {
            let earlier = scene.proof("github", "Owner");
            store
                .register_linked(scene.user("Somebody"), earlier.identity.clone())
                .expect("a user");
            vec![
                scene.owner(earlier),
                scene.owner(scene.proof("google", "Owner")),
            ]
        },
        |store, scene, visitors| {
            everybody_is_in(store, scene, visitors);
            let joined = store.found(&scene.email).expect("a user").user.id == scene.user("").id;
            assert_eq!(scene.accounts(store), if joined { 2 } else { 1 });
        },
    );
}

fn a_new_password_and_whoever_knows_the_old_one(mut store: Subject) {
    every_order(
        &mut store,
        |store, scene| {
            store
                .register(scene.user("Owner"), HASH.into())
                .expect("a user");
            vec![
                scene.squatter(With::Password {
                    knows: vec![HASH],
                    new_hash: None,
                }),
                scene.owner_with(With::NewPassword),
                scene.squatter(With::Password {
                    knows: vec![HASH],
                    new_hash: Some("$again"),
                }),
            ]
        },
        |store, scene, _| {
            let found = store.find_password(scene.email.clone()).expect("an answer");
            assert_eq!(found.expect("a password").hash, NEW_HASH);
        },
    );
}

fn two_sign_ins_that_hash_the_password_anew(mut store: Subject) {
    let last = RefCell::new(BTreeSet::new());
    every_order(
        &mut store,
        |store, scene| {
            store
                .register(scene.user("Owner"), HASH.into())
                .expect("a user");
            let knows = vec![HASH, "$one", "$two"];
            let with = |new_hash| With::Password {
                knows: knows.clone(),
                new_hash: Some(new_hash),
            };
            vec![
                scene.owner_with(with("$one")),
                scene.owner_with(with("$two")),
            ]
        },
        |store, scene, visitors| {
            everybody_is_in(store, scene, visitors);
            let found = store.find_password(scene.email.clone()).expect("an answer");
            let hash = found.expect("a password").hash;
            last.borrow_mut().insert(hash);
        },
    );
    // Whoever comes last in an order; in no order somebody's who did not hash.
    let last: Vec<_> = last.into_inner().into_iter().collect();
    assert_eq!(last, ["$one", "$two"]);
}

/// The owner is in, under the owner's name; nobody else is, or has a way in.
fn owner_alone(store: &mut Subject, scene: &Scene, visitors: &[Visitor]) {
    scene.is_one_user(store, "Owner");
    let passwords = format!(
        "SELECT COUNT(*) FROM auth_accounts a JOIN auth_users u ON u.id = a.user_id \
         WHERE u.email = '{}' AND a.issuer = 'password'",
        scene.email
    );
    assert_eq!(store.value(&passwords).as_deref(), Some("0"));
    for visitor in visitors.iter().filter(|visitor| visitor.is_owner) {
        assert!(visitor.is_in(), "{:?}", visitor.stage);
    }
    // What whoever came first had made is theirs still, and the owner's is new.
    let owner = store.found(&scene.email).expect("a user").user.id;
    let first = scene.user("").id;
    let squatted = format!("SELECT COUNT(*) FROM auth_accounts WHERE user_id = '{first}'");
    let ways_in = store.value(&squatted);
    if ways_in.as_deref() != Some("0") {
        assert_ne!(owner, first, "nobody is joined with the unproved");
    }
}

fn everybody_is_in(store: &mut Subject, scene: &Scene, visitors: &[Visitor]) {
    scene.is_one_user(store, "Owner");
    for visitor in visitors {
        assert!(visitor.is_in(), "{:?}", visitor.stage);
        assert!(visitor.session(store).is_some());
    }
}

/// Plays a scene in every order of its visitors' calls, each time with another
/// address. Answers how many there were. `end` holds when nobody is left to act;
/// what holds after every call is looked at after every call.
fn every_order(
    store: &mut Subject,
    set: impl Fn(&mut Subject, &Scene) -> Vec<Visitor>,
    end: impl Fn(&mut Subject, &Scene, &[Visitor]),
) -> usize {
    thread_local! {
        static SCENES: Cell<usize> = const { Cell::new(0) };
    }
    let (mut path, mut orders) = (Vec::new(), 0);
    loop {
        orders += 1;
        SCENES.set(SCENES.get() + 1);
        let scene = Scene::new(SCENES.get());
        let mut visitors = set(store, &scene);
        let mut taken = Vec::new();
        loop {
            let ready: Vec<usize> = (0..visitors.len())
                .filter(|at| !visitors[*at].is_done())
                .collect();
            if ready.is_empty() {
                break;
            }
            let choice = path.get(taken.len()).copied().unwrap_or(0);
            taken.push((choice, ready.len()));
            visitors[ready[choice]].step(store, &scene);
            no_squatter_beside_the_owner(store, &scene, &visitors, &taken);
        }
        end(store, &scene, &visitors);
        // The last choice that can be another, and what was chosen before it.
        while taken
            .last()
            .is_some_and(|(choice, options)| choice + 1 == *options)
        {
            taken.pop();
        }
        let Some((choice, _)) = taken.pop() else {
            return orders;
        };
        path = taken.iter().map(|(choice, _)| *choice).collect();
        path.push(choice + 1);
    }
}

fn no_squatter_beside_the_owner(
    store: &mut Subject,
    scene: &Scene,
    visitors: &[Visitor],
    taken: &[(usize, usize)],
) {
    let order: Vec<_> = taken.iter().map(|(choice, _)| choice).collect();
    let owners: Vec<&Session> = visitors
        .iter()
        .filter(|visitor| visitor.is_owner)
        .filter_map(Visitor::copy)
        .collect();
    let is_in = |visitor: &Visitor| visitor.is_owner && visitor.is_in();
    if !visitors.iter().any(is_in) {
        return;
    }
    for squatter in visitors.iter().filter(|visitor| !visitor.is_owner) {
        // A cookie is believed for a while after its session has ended. Whatever it
        // opens in that while, it is nothing of the owner's.
        for (copy, owner) in squatter
            .copy()
            .iter()
            .flat_map(|copy| owners.iter().map(move |owner| (*copy, *owner)))
        {
            assert_ne!(copy.user.id, owner.user.id, "in the order {order:?}");
            assert!(!copy.user.email_verified, "in the order {order:?}");
        }
        // In the store the address is the owner's alone, at once.
        if let Some(session) = squatter.session(store) {
            assert_eq!(session.user.email, "", "in the order {order:?}");
            assert!(!session.user.email_verified, "in the order {order:?}");
        }
    }
    let user = store.found(&scene.email).expect("a user").user;
    assert_eq!(user.name, "Owner", "in the order {order:?}");
}

/// One address, and whoever is after it.
struct Scene {
    number: usize,
    email: String,
    visitors: Cell<u8>,
}

impl Scene {
    fn new(number: usize) -> Self {
        Self {
            number,
            email: format!("ann{number}@example.com"),
            visitors: Cell::new(0),
        }
    }

    /// Who has the address, and has not proved it.
    fn user(&self, name: &str) -> User {
        User {
            name: name.into(),
            ..user(&format!("ann{}", self.number))
        }
    }

    fn subject(&self, provider: &str) -> String {
        format!("{provider}-{}", self.number)
    }

    /// A provider's word, which proves the address.
    fn proof(&self, provider: &str, name: &'static str) -> Word {
        Word {
            identity: identity(provider, &self.subject(provider)),
            name,
            verified: true,
        }
    }

    /// A provider's word, which does not.
    fn claim(&self, provider: &str, name: &'static str) -> Word {
        Word {
            verified: false,
            ..self.proof(provider, name)
        }
    }

    fn owner(&self, word: Word) -> Visitor {
        self.owner_with(With::Provider(word))
    }

    fn owner_with(&self, with: With) -> Visitor {
        Visitor {
            is_owner: true,
            ..self.squatter(with)
        }
    }

    fn squatter(&self, with: With) -> Visitor {
        self.visitors.set(self.visitors.get() + 1);
        let mut token = vec![self.visitors.get(); 24];
        token.extend((self.number as u64).to_be_bytes());
        Visitor {
            is_owner: false,
            id: format!("id-{}-{}", self.number, self.visitors.get()),
            session: NewSession {
                token,
                ..session(0)
            },
            with,
            stage: Stage::Look,
            rounds: 0,
        }
    }

    fn is_one_user(&self, store: &mut Subject, name: &str) {
        let count = format!(
            "SELECT COUNT(*) FROM auth_users WHERE email = '{}'",
            self.email
        );
        assert_eq!(store.value(&count).as_deref(), Some("1"));
        let user = store.found(&self.email).expect("a user").user;
        assert_eq!(user.name, name);
    }

    /// The ways in of whoever has the address.
    fn accounts(&self, store: &Subject) -> u64 {
        let count = format!(
            "SELECT COUNT(*) FROM auth_accounts a JOIN auth_users u ON u.id = a.user_id \
             WHERE u.email = '{}'",
            self.email
        );
        let count = store.value(&count).expect("a count");
        count.parse().expect("a number")
    }
}

/// Somebody on the way to a session.
struct Visitor {
    /// Whether the address is theirs.
    is_owner: bool,
    /// Of the user that they would make.
    id: String,
    session: NewSession,
    with: With,
    stage: Stage,
    rounds: u8,
}

enum With {
    Password {
        /// Hashes that the password passes.
        knows: Vec<&'static str>,
        new_hash: Option<&'static str>,
    },
    SignUp(User),
    Provider(Word),
    /// No sign-in: the owner replaces the password.
    NewPassword,
}

struct Word {
    identity: Identity,
    name: &'static str,
    verified: bool,
}

#[derive(Debug)]
enum Stage {
    /// For the password, or for the account.
    Look,
    /// For whoever has the address.
    LookForHolder(Option<Linked>),
    Begin(SignIn),
    /// With what the cookie says from now on, where there is one.
    In(Option<Session>),
    Out,
}

impl Visitor {
    fn is_done(&self) -> bool {
        matches!(self.stage, Stage::In(_) | Stage::Out)
    }

    fn is_in(&self) -> bool {
        matches!(self.stage, Stage::In(_))
    }

    /// As the store has it now.
    fn session(&self, store: &mut Subject) -> Option<Session> {
        let token = self.session.token.clone();
        let found = store.resume_at(token, ORIGIN.into(), 200, 500);
        found.expect("an answer")
    }

    /// As the cookie has it.
    fn copy(&self) -> Option<&Session> {
        match &self.stage {
            Stage::In(copy) => copy.as_ref(),
            Stage::Look | Stage::LookForHolder(_) | Stage::Begin(_) | Stage::Out => None,
        }
    }

    /// One call of the store, as `auth` would make it.
    fn step(&mut self, store: &mut Subject, scene: &Scene) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Out) {
            Stage::Look => self.look(store, scene),
            Stage::LookForHolder(linked) => {
                let holder = store.find_by_email(scene.email.clone());
                let holder = holder.expect("an answer");
                match linked {
                    Some(linked) => self.follow(linked, holder, scene),
                    None => self.decide(holder, scene),
                }
            }
            Stage::Begin(sign_in) => match store.begin(sign_in, self.session.clone()) {
                Ok(session) => Stage::In(Some(session)),
                Err(Error::Conflict) if self.rounds < ROUNDS => {
                    self.rounds += 1;
                    Stage::Look
                }
                Err(error) => panic!("{error:?} after {} rounds", self.rounds),
            },
            Stage::In(_) | Stage::Out => unreachable!("is done"),
        };
    }

    fn look(&self, store: &mut Subject, scene: &Scene) -> Stage {
        match &self.with {
            With::Password { knows, new_hash } => {
                let found = store.find_password(scene.email.clone());
                match found.expect("an answer") {
                    Some(found) if knows.contains(&&*found.hash) => {
                        let new_hash = new_hash.filter(|_| found.hash == HASH);
                        Stage::Begin(SignIn::Password(PasswordSignIn {
                            seen: found.seen,
                            hash: found.hash,
                            new_hash: new_hash.map(str::to_owned),
                        }))
                    }
                    Some(_) | None => Stage::Out,
                }
            }
            With::SignUp(user) => {
                let registration = PasswordRegistration {
                    user: user.clone(),
                    hash: HASH.into(),
                };
                let sign_in = SignIn::PasswordRegistration(registration);
                match store.begin(sign_in, self.session.clone()) {
                    Ok(session) => Stage::In(Some(session)),
                    Err(Error::Conflict) => Stage::Out,
                    Err(error) => panic!("{error:?}"),
                }
            }
            With::Provider(word) => {
                let linked = store.find_linked(word.identity.clone());
                match linked.expect("an answer") {
                    Some(linked) if linked.sole && linked.user.email != scene.email => {
                        Stage::LookForHolder(Some(linked))
                    }
                    Some(linked) => self.follow(linked, None, scene),
                    None => Stage::LookForHolder(None),
                }
            }
            With::NewPassword => {
                new_password(store, scene);
                Stage::In(None)
            }
        }
    }

    /// As `linking::decide` does for an account that is linked.
    fn follow(&self, linked: Linked, holder: Option<Found>, scene: &Scene) -> Stage {
        let With::Provider(word) = &self.with else {
            unreachable!("only providers have accounts");
        };
        let vouched_email = word.verified.then(|| scene.email.clone());
        let is_free = holder.is_none();
        let email = match &linked.user.email {
            _ if linked.sole && is_free => scene.email.clone(),
            email => email.clone(),
        };
        let said = Said {
            email_verified: vouched_email.as_ref() == Some(&email)
                || linked.user.email_verified && linked.vouched_elsewhere,
            vouched_email,
            email,
        };
        let is_news = said.vouched_email != linked.vouched_email
            || said.email != linked.user.email
            || said.email_verified != linked.user.email_verified;
        Stage::Begin(SignIn::Linked(LinkedSignIn {
            seen: linked.seen,
            identity: word.identity.clone(),
            name: Some(word.name.into()),
            word: is_news.then_some(said),
        }))
    }

    /// As it does for one that is not.
    fn decide(&self, holder: Option<Found>, scene: &Scene) -> Stage {
        let With::Provider(word) = &self.with else {
            unreachable!("only providers name an address");
        };
        let identity = word.identity.clone();
        let user = User {
            id: self.id.clone(),
            email_verified: word.verified,
            ..scene.user(word.name)
        };
        Stage::Begin(match holder {
            Some(Found { user, seen }) if word.verified && user.email_verified => {
                SignIn::Link(Link {
                    seen,
                    identity,
                    vouched_email: scene.email.clone(),
                })
            }
            Some(Found { user: _, seen }) if word.verified => SignIn::Reclaim(Reclaim {
                seen,
                user,
                identity,
            }),
            Some(_) => return Stage::Out,
            None => SignIn::LinkedRegistration(LinkedRegistration { user, identity }),
        })
    }
}

/// What changing a password comes to: the hash, the revision, and every session.
fn new_password(store: &Subject, scene: &Scene) {
    let id = scene.user("").id;
    store.execute(&format!(
        "BEGIN; \
         UPDATE auth_users SET revision = revision + 1 WHERE id = '{id}'; \
         UPDATE auth_accounts SET password_hash = '{NEW_HASH}' \
         WHERE issuer = 'password' AND subject = '{id}'; \
         DELETE FROM auth_sessions WHERE user_id = '{id}'; \
         COMMIT"
    ));
}
