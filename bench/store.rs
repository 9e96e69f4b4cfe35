//! How much does the store do a second? The component as it is handed on, on the runtime
//! that serves it, called port by port in this process: no server is in front of it.

use std::path::Path;
use std::time::{Duration, Instant};

use futures::future::join_all;
use gatelet_runtime::store::{StoreAdmin, StoreInstance, main_place};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::session_key;
use gatelet_tests::postgres;
use gatelet_tests::repository;
use gatelet_tests::runtime::run;
use tempfile::TempDir;

use super::Effort;
use super::served::ENGINES;
use super::spread::Spread;

use person::{AUDIENCE, IDLE_SECONDS, Person, now, session};

mod person;

/// Calls at a time, each of another person, in one instance: as many as one serves at most.
pub(crate) const IN_FLIGHT: [usize; 2] = [1, 16];

/// What is done again and again.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Resume,
    Admit,
    FindPassword,
    BeginAndEnd,
}

const OPERATIONS: [(&str, Operation); 4] = [
    ("`sessions.resume`, which slides", Operation::Resume),
    ("`limits.admit`, four rules", Operation::Admit),
    ("`accounts.find-password`", Operation::FindPassword),
    (
        "`session-writer.begin` and `.end`, two calls",
        Operation::BeginAndEnd,
    ),
];

/// One operation on one engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub(crate) operation: &'static str,
    pub(crate) engine: &'static str,
    /// As [`IN_FLIGHT`].
    pub(crate) per_second: [Spread; IN_FLIGHT.len()],
}

/// The component, as it is handed on.
pub(crate) fn component() -> StoreAdmin {
    let wasm = repository().join("target/components/store.wasm");
    StoreAdmin::load(&wasm).expect("the components are built (make build)")
}

/// The same with a fresh database, which is in the folder where it is embedded.
pub(crate) fn migrated(component: &StoreAdmin, engine: Engine, folder: &Path) -> StoreAdmin {
    let url = match engine {
        Engine::Sqlite => "sqlite:default".to_owned(),
        Engine::Postgres => postgres::Database::fresh().url,
    };
    let admin = component.with_database(&url, &session_key("k1"), "", folder);
    let admin = admin.expect("grants");
    run(admin.migrate(&main_place(), None, now())).expect("a fresh database");
    admin
}

pub(crate) fn measure(effort: Effort) -> Vec<Done> {
    let component = component();
    let on = |(name, engine)| on(name, Subject::on(engine, &component), effort);
    ENGINES.into_iter().flat_map(on).collect()
}

fn on(engine: &'static str, mut subject: Subject, effort: Effort) -> Vec<Done> {
    let duration = effort.duration / 2;
    let mut round = || {
        OPERATIONS.map(|(_, operation)| {
            IN_FLIGHT.map(|count| subject.per_second(operation, count, duration))
        })
    };
    let rounds: Vec<_> = (0..effort.rounds).map(|_| round()).collect();
    OPERATIONS
        .into_iter()
        .enumerate()
        .map(|(at, (operation, _))| Done {
            operation,
            engine,
            per_second: [0, 1].map(|count| Spread::of(rounds.iter().map(|round| round[at][count]))),
        })
        .collect()
}

/// One instance of the store, and people who are in its database.
struct Subject {
    instance: StoreInstance,
    people: Vec<Person>,
    /// The embedded database.
    _folder: TempDir,
}

impl Subject {
    fn on(engine: Engine, component: &StoreAdmin) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let admin = migrated(component, engine, folder.path());
        let mut instance = run(admin.instance()).expect("an instance");
        let people = (0..IN_FLIGHT[1])
            .map(|number| Person::register(number, &mut instance))
            .collect();
        Self {
            instance,
            people,
            _folder: folder,
        }
    }

    /// So many people do it, each as soon as they have done it.
    fn per_second(&mut self, operation: Operation, count: usize, duration: Duration) -> f64 {
        let people = &self.people[..count];
        let start = Instant::now();
        let calls = self.instance.call(async |accessor, ports| {
            let one = async |person: &Person| {
                let mut done = 0_u64;
                while start.elapsed() < duration {
                    let now = now();
                    match operation {
                        Operation::Resume => {
                            let (token, audience) = (person.token.clone(), AUDIENCE.to_owned());
                            // A second later than before: who asks twice in one slides nothing.
                            let now = now + done;
                            let found = ports
                                .gatelet_store_sessions()
                                .call_resume(
                                    accessor,
                                    main_place(),
                                    token,
                                    audience,
                                    None,
                                    now,
                                    now + IDLE_SECONDS,
                                )
                                .await;
                            let found = found.expect("no trap").expect("an answer");
                            found.expect("who is signed in");
                        }
                        Operation::Admit => {
                            let states = ports
                                .gatelet_store_limits()
                                .call_admit(accessor, main_place(), person.rules.clone(), now)
                                .await;
                            let states = states.expect("no trap").expect("an answer");
                            assert!(states.iter().all(|state| state.admitted), "{states:?}");
                        }
                        Operation::FindPassword => {
                            let found = ports
                                .gatelet_store_accounts()
                                .call_find_password(accessor, main_place(), person.email.clone())
                                .await;
                            let found = found.expect("no trap").expect("an answer");
                            found.expect("who has one");
                        }
                        Operation::BeginAndEnd => {
                            let (sign_in, session) = (person.sign_in(), session(now));
                            let (writer, token) =
                                (ports.gatelet_store_session_writer(), session.token.clone());
                            let begun = writer
                                .call_begin(accessor, main_place(), sign_in, session, Vec::new())
                                .await;
                            begun.expect("no trap").expect("a session");
                            let ended = writer.call_end(accessor, main_place(), token).await;
                            ended.expect("no trap").expect("an answer");
                        }
                    }
                    done += 1;
                }
                done
            };
            join_all(people.iter().map(one)).await
        });
        let done: u64 = run(calls).expect("the instance runs").iter().sum();
        done as f64 / start.elapsed().as_secs_f64()
    }
}
