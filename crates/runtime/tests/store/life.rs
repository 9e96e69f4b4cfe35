//! The life of an origin, tried at random: two programs make, delete and sweep origins,
//! one of them with origins written down that the other does not know; their clocks are
//! apart, and any step may be the last that a program takes. Whatever happens:
//!
//! 1. No data goes while an origin that is ready, or written down, has its users there.
//! 2. What is ready has its place.
//! 3. No two that are ready have one host.
//! 4. Whatever was left in the middle is finished by doing it again; then nothing is
//!    left but what somebody has written down.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gatelet_runtime::store::{StoreAdmin, tenant};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{
    Database, Subject,
    origins::preview,
    place,
    places::tables_of,
    ports::Tenant,
    ports::origins::{Origin, State},
    user,
};
use crate::runtime::run;

const DAY: u64 = 86_400;
/// In the variable of the second program alone.
const WRITTEN: &str = r#"[{"name":"docs","schema":"docs","values":{}}]"#;

/// What somebody does.
#[derive(Clone, Debug)]
enum Step {
    Create(Wish),
    Delete(usize),
    /// With a clock that is so many days ahead.
    Sweep(i64),
    /// The second program starts, and its written origins come to their places.
    Start,
}

/// An origin that somebody wants.
#[derive(Clone, Debug)]
struct Wish {
    name: usize,
    host: usize,
    place: Where,
    /// An hour ago, or in an hour.
    expires: Option<bool>,
}

#[derive(Clone, Copy, Debug)]
enum Where {
    /// A schema of its own.
    Own,
    /// That of the first name, which is its parent.
    OfFirst,
    /// The one that is written down.
    Docs,
}

/// Who does it, and after how many polls it ends; both at once where there are two.
#[derive(Clone, Debug)]
enum Turn {
    Alone(usize, Step, Option<usize>),
    AtOnce(Step, Step),
}

fn step() -> impl Strategy<Value = Step> {
    let expires = prop_oneof![3 => Just(None), 1 => Just(Some(false)), 1 => Just(Some(true))];
    let place =
        prop_oneof![3 => Just(Where::Own), 1 => Just(Where::OfFirst), 1 => Just(Where::Docs)];
    let wish = (0..3_usize, 0..3_usize, place, expires).prop_map(|(name, host, place, expires)| {
        Step::Create(Wish {
            name,
            host,
            place,
            expires,
        })
    });
    prop_oneof![
        4 => wish,
        3 => (0..3_usize).prop_map(Step::Delete),
        2 => prop_oneof![Just(0_i64), Just(30), Just(-30)].prop_map(Step::Sweep),
        1 => Just(Step::Start),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    // A place takes some hundred polls to be made on Postgres: some of the ends come after.
    let fault = proptest::option::weighted(0.4, 1..160_usize);
    prop_oneof![
        3 => (0..2_usize, step(), fault).prop_map(|(who, step, fault)| Turn::Alone(who, step, fault)),
        1 => (step(), step()).prop_map(|(one, other)| Turn::AtOnce(one, other)),
    ]
}

/// Both programs, and what is known of the data so far.
struct World {
    subject: Subject,
    programs: [StoreAdmin; 2],
    /// Grows, so that no two origins are one.
    created: u64,
    has_started: bool,
    /// By schema, who had users there when a user was put there, of those that still
    /// have.
    marked: BTreeMap<String, BTreeSet<String>>,
}

impl World {
    fn new(subject: Subject) -> Self {
        let programs = [subject.admin(), subject.admin_with_origins(WRITTEN)];
        Self {
            subject,
            programs,
            created: 100,
            has_started: false,
            marked: BTreeMap::new(),
        }
    }

    fn wish(&mut self, wish: &Wish) -> Origin {
        let mut origin = preview(["a", "b", "c"][wish.name], None);
        let host = ["x", "y", "z"][wish.host];
        origin.values = vec![("base_url".into(), format!("https://{host}.example"))];
        match wish.place {
            Where::Own => {}
            Where::OfFirst => {
                origin.place = place("preview_a");
                if wish.name != 0 {
                    origin.parent = "a".into();
                }
            }
            Where::Docs => origin.place = place("docs"),
        }
        self.created += 1;
        origin.created_at = self.created;
        origin.expires_at = wish.expires.map(|is_over| match is_over {
            false => now() + 3_600,
            true => now() - 3_600,
        });
        origin
    }

    fn take(&mut self, turn: &Turn) {
        match turn {
            Turn::Alone(who, step, fault) => {
                let origin = self.wanted(step);
                let step = done(&self.programs[*who], step, origin);
                let ended = run(cut_short(fault.unwrap_or(usize::MAX), step));
                if ended.is_none() {
                    self.settle();
                } else if matches!(turn, Turn::Alone(_, Step::Start, _)) {
                    self.has_started = true;
                }
            }
            Turn::AtOnce(one, other) => {
                let origins = [self.wanted(one), self.wanted(other)];
                let [first, second] = &self.programs;
                let [of_one, of_other] = origins;
                run(async {
                    futures::future::join(done(first, one, of_one), done(second, other, of_other))
                        .await
                });
                if matches!(one, Step::Start) || matches!(other, Step::Start) {
                    self.has_started = true;
                }
            }
        }
    }

    fn wanted(&mut self, step: &Step) -> Option<Origin> {
        match step {
            Step::Create(wish) => Some(self.wish(wish)),
            Step::Delete(_) | Step::Sweep(_) | Step::Start => None,
        }
    }

    /// What a program that is gone had begun may still be at it in the database.
    fn settle(&self) {
        std::thread::sleep(Duration::from_millis(20));
        let database = self.subject.database();
        let busy = match database {
            Database::Postgres(_) => {
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND pid <> pg_backend_pid() AND state <> 'idle'"
            }
            Database::MySql(_) => {
                "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() \
                 AND id <> CONNECTION_ID() AND command <> 'Sleep'"
            }
            Database::Sqlite(_) => return,
        };
        while database.value(busy).as_deref() != Some("0") {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn ready(&mut self) -> Vec<Origin> {
        let mut all = self.subject.all_origins().expect("an answer");
        all.retain(|origin| origin.state == State::Ready);
        all
    }

    fn look(&mut self) -> Result<(), TestCaseError> {
        let ready = self.ready();
        let mut hosts = BTreeSet::new();
        let mut there: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for origin in &ready {
            prop_assert!(hosts.insert(origin.values.clone()), "{:?}", ready);
            let who = format!("{}@{}", origin.name, origin.created_at);
            there
                .entry(origin.place.schema.clone())
                .or_default()
                .insert(who);
        }
        if self.has_started {
            let who = "docs@0".to_owned();
            there.entry("docs".to_owned()).or_default().insert(who);
        }
        for (schema, who) in &there {
            prop_assert!(
                !tables_of(&self.subject, schema).is_empty(),
                "{} of {:?} is gone",
                schema,
                who
            );
            let users = self.subject.at(schema).count("auth_users");
            // Somebody who was there then and is there still.
            let before = self.marked.get(schema);
            let stayed = before.is_some_and(|before| !before.is_disjoint(who));
            prop_assert!(!stayed || users == 1, "the users of {:?} are gone", who);
            if users == 0 {
                self.subject.with_user(&user("ann"));
            }
        }
        self.marked = there;
        Ok(())
    }

    /// Everything once more, by a program that takes every step.
    fn finish(&mut self) -> Result<(), TestCaseError> {
        let mut tries = 0;
        while !self.subject.all_origins().expect("an answer").is_empty() {
            tries += 1;
            prop_assert!(tries < 4, "what is left does not go");
            for origin in self.subject.all_origins().expect("an answer") {
                run(self.programs[1].delete_origin(&origin.name, now())).expect("deleted");
            }
        }
        for schema in ["preview_a", "preview_b", "preview_c"] {
            let left = tables_of(&self.subject, schema);
            prop_assert!(left.is_empty(), "{} is left: {:?}", schema, left);
        }
        if self.has_started {
            prop_assert_eq!(self.subject.at("docs").count("auth_users"), 1);
        }
        Ok(())
    }
}

/// What comes of it is no matter: some wishes are refused.
async fn done(program: &StoreAdmin, step: &Step, origin: Option<Origin>) {
    let ended = match (step, origin) {
        (Step::Create(_), Some(origin)) => program.create_origin(&origin, now()).await.map(drop),
        (Step::Delete(name), _) => {
            let name = ["a", "b", "c"][*name];
            program.delete_origin(name, now()).await.map(drop)
        }
        (Step::Sweep(days), _) => {
            let ahead = now().saturating_add_signed(days * DAY as i64);
            program.delete_expired(ahead).await.map(drop)
        }
        (Step::Start, _) => start(program).await,
        (Step::Create(_), None) => unreachable!("a wish has an origin"),
    };
    drop(ended);
}

/// As `gatelet up` does it.
async fn start(program: &StoreAdmin) -> anyhow::Result<()> {
    let written = Tenant {
        name: "docs".into(),
        created_at: 0,
    };
    program
        .migrate(&place("docs"), Some(written), now())
        .await?;
    for origin in program.all_origins().await? {
        if origin.state == State::Ready {
            program
                .keep_place(&origin.place, tenant(&origin), now())
                .await?;
        }
    }
    Ok(())
}

/// None where it had not ended after so many polls: it never goes on.
async fn cut_short<T>(polls: usize, call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        call.as_mut().poll(context).map(Some)
    })
    .await
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a time").as_secs()
}

fn lives(cases: u32, turns: usize, database: fn() -> Database) {
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    });
    // Were every wish refused, all that follows would hold.
    let mut world = World::new(Subject::on(database()));
    world.take(&Turn::Alone(0, Step::Create(plain()), None));
    world.look().expect("one that is there");
    let made = world.marked.keys().any(|schema| schema != "docs");
    assert!(made, "a plain wish comes true");
    let lives = proptest::collection::vec(turn(), 1..turns);
    let outcome = runner.run(&lives, |turns| {
        let mut world = World::new(Subject::on(database()));
        for turn in &turns {
            world.take(turn);
            world.look()?;
        }
        world.finish()
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn plain() -> Wish {
    Wish {
        name: 0,
        host: 0,
        place: Where::Own,
        expires: None,
    }
}

#[test]
fn an_origin_lives_and_ends_whole_on_sqlite_whatever_happens() {
    lives(24, 16, || Database::sqlite_with_tables(""));
}

#[test]
fn an_origin_lives_and_ends_whole_on_postgres_whatever_happens() {
    lives(6, 12, || Database::postgres_with_tables(""));
}

#[test]
fn an_origin_lives_and_ends_whole_on_mysql_whatever_happens() {
    lives(4, 10, || Database::mysql_with_tables(""));
}
