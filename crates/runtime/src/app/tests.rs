//! Guests that go on for ever, and visitors who do not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::channel::oneshot;
use http::{Request, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt as _, Empty, StreamBody};

use super::{Body, Components, Loaded, Room, RunOptions, Unanswered};
use crate::manifest::Manifest;
use crate::shipped::components;
use crate::variables::Variables;

/// Longer than anything takes that works, so a failure is never a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

const IMPORTS: &str = r#"
  (import "wasi:http/types@0.2.0" (instance $types
    (export "incoming-request" (type (sub resource)))
    (export "response-outparam" (type (sub resource)))))
  (alias export $types "incoming-request" (type $request))
  (alias export $types "response-outparam" (type $outparam))
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $p))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (alias outer 1 $pollable (type $p))
    (export "pollable" (type $q (eq $p)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $q))))))
  (core func $wait (canon lower (func $clock "subscribe-duration")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
"#;

const COMPUTES: &str = "(loop $again (br $again))";
const WAITS: &str = "(call $block (call $wait (i64.const 3600000000000)))";
const TRAPS: &str = "unreachable";
/// Which its host takes for a failure, and its instance goes on.
const SAYS_NOTHING: &str = "";

/// A component whose handler does this.
fn guest(does: &str) -> Vec<u8> {
    guest_that_begins(does, "")
}

/// The same, which has this in its module.
fn guest_that_begins(does: &str, beside: &str) -> Vec<u8> {
    let text = format!(
        r#"(component {IMPORTS}
          (core module $m
            (import "host" "wait" (func $wait (param i64) (result i32)))
            (import "host" "block" (func $block (param i32)))
            (func (export "handle") (param i32 i32) {does})
            {beside})
          (core instance $i (instantiate $m (with "host" (instance
            (export "wait" (func $wait)) (export "block" (func $block))))))
          (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
            (canon lift (core func $i "handle")))
          (instance $handler (export "handle" (func $handle)))
          (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))"#
    );
    wat::parse_str(text).unwrap()
}

struct App {
    components: Arc<Components>,
    _folder: tempfile::TempDir,
}

impl App {
    fn new(does: &str, change: impl FnOnce(&mut RunOptions)) -> Self {
        Self::of(&guest(does), change)
    }

    fn of(guest: &[u8], change: impl FnOnce(&mut RunOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("guest.wasm"), guest).unwrap();
        let manifest = Manifest::parse(MANIFEST, folder.path()).unwrap();
        let mut options = RunOptions::beside(folder.path());
        change(&mut options);
        let variables = Variables::from(BTreeMap::new());
        let components = Components::load(&manifest, &variables, &options).unwrap();
        Self {
            components,
            _folder: folder,
        }
    }

    fn guest(&self) -> &Arc<Loaded> {
        self.components.named("guest").unwrap()
    }

    /// Instances that take requests, and how many there have been.
    fn instances(&self) -> (usize, u64) {
        self.guest().instances[0].counted()
    }

    async fn ask(&self) -> Result<(), Unanswered> {
        self.guest().handle(request(), None).await.map(drop)
    }

    /// Begins a request and leaves when the guest has it.
    async fn ask_and_leave(&self) {
        let left = tokio::time::timeout(Duration::from_millis(100), self.ask()).await;
        assert!(left.is_err(), "the guest answered: {left:?}");
    }
}

const MANIFEST: &str = r#"
spin_manifest_version = 2
[application]
name = "guests"
version = "0.1.0"
[[trigger.http]]
route = "/..."
component = "guest"
[component.guest]
source = "guest.wasm"
"#;

fn request() -> Request<Body> {
    let nothing = Empty::new().map_err(|never| match never {});
    let request = Request::builder().uri("http://localhost/");
    request.body(nothing.boxed_unsync()).unwrap()
}

fn few(options: &mut RunOptions) {
    options.room.waiting = 2;
}

/// Until a place is free again.
async fn freed(app: &App) {
    let started = Instant::now();
    loop {
        let asked = tokio::time::timeout(Duration::from_millis(50), app.ask()).await;
        match asked {
            Ok(Err(Unanswered::Full)) => {}
            // Taken on, and left again.
            Err(_) | Ok(_) => return,
        }
        assert!(started.elapsed() < PATIENCE, "the places are kept");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_nobody_waits_for_is_stopped_and_gives_its_place_back() {
    for does in [COMPUTES, WAITS] {
        let app = App::new(does, few);
        for _ in 0..3 {
            let two = futures::future::join(app.ask_and_leave(), app.ask_and_leave());
            let third = async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                app.ask().await
            };
            let (_, third) = futures::future::join(two, third).await;
            assert!(matches!(third, Err(Unanswered::Full)), "{does}: {third:?}");
            freed(&app).await;
            while app.guest().places.taken().0 > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_opened_and_left_do_not_use_up_the_instances() {
    let app = App::new(COMPUTES, |_| {});
    for _ in 0..10 {
        let many = (0..128).map(|_| async {
            let asked = tokio::time::timeout(Duration::from_millis(5), app.ask()).await;
            assert!(asked.is_err(), "{asked:?}");
        });
        futures::future::join_all(many).await;
    }
    let started = Instant::now();
    while app.guest().places.taken().0 > 0 {
        assert!(started.elapsed() < PATIENCE, "guests go on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_takes_too_long_is_ended_and_its_visitor_told() {
    for does in [COMPUTES, WAITS] {
        let app = App::new(does, |options| {
            options.request_timeout = Some(Duration::from_millis(200));
            few(options);
        });
        for _ in 0..3 {
            let asked = tokio::time::timeout(PATIENCE, app.ask()).await.unwrap();
            assert!(
                matches!(asked, Err(Unanswered::TimedOut)),
                "{does}: {asked:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_answers_everybody_whom_the_instance_served() {
    let app = App::new(TRAPS, |_| {});
    let asked = futures::future::join_all((0..40).map(|_| app.ask()));
    for asked in tokio::time::timeout(PATIENCE, asked).await.unwrap() {
        let ended = matches!(asked, Err(Unanswered::Ended | Unanswered::Failed(_)));
        assert!(ended, "{asked:?}");
    }
    assert_eq!(app.guest().places.taken(), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_visitor_leaves_room_for_others() {
    let app = App::new(WAITS, |options| {
        options.room = Room {
            waiting: 4,
            waiting_for_one: 2,
            answered_for_one: 2,
        };
    });
    let from = |address: &'static str| async {
        let handled = app
            .guest()
            .handle(request(), Some(address.parse().unwrap()));
        match tokio::time::timeout(Duration::from_millis(300), handled).await {
            Ok(Err(Unanswered::Full)) => "full",
            Err(_) => "taken on",
            Ok(_) => "answered",
        }
    };
    let many = futures::future::join_all((0..5).map(|_| from("192.0.2.1")));
    let other = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        from("192.0.2.2").await
    };
    let (many, other) = futures::future::join(many, other).await;
    assert_eq!(
        many.iter().filter(|one| **one == "full").count(),
        3,
        "{many:?}"
    );
    assert_eq!(other, "taken on");
}

#[tokio::test(flavor = "multi_thread")]
async fn few_instances_answer_many_requests() {
    let shipped = components();
    let demo = shipped.named("demo").expect("the manifest has one");
    for _ in 0..10 {
        let many = (0..100).map(|_| demo.handle(request(), None));
        for answer in futures::future::join_all(many).await {
            assert_eq!(
                answer.map(|answer| answer.status()).ok(),
                Some(StatusCode::OK)
            );
        }
    }
    // More than processors where all have sixteen, and where the machine stood still.
    let (_, ever) = demo.instances[0].counted();
    assert!(ever <= 50, "{ever}");
}

/// A request that is answered when its body ends; who is told that the guest reads it, and
/// who ends it.
fn slow() -> (Request<Body>, oneshot::Receiver<()>, oneshot::Sender<()>) {
    let (reads, is_read) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let body = futures::stream::once(async {
        let _told = reads.send(());
        let _ended = ended.await;
        Ok(Frame::data(Bytes::new()))
    });
    let request = Request::post("http://localhost/headers");
    let request = request.body(StreamBody::new(body).boxed_unsync());
    (request.unwrap(), is_read, end)
}

/// How long a request takes that comes to a new instance while it has a slow one.
/// `answers_first`: it has answered one already.
async fn beside_a_slow_one(answers_first: bool) -> Duration {
    let shipped = components();
    let demo = Arc::clone(shipped.named("demo").expect("the manifest has one"));
    if answers_first {
        assert!(demo.handle(request(), None).await.is_ok());
    }
    let (slow, is_read, end) = slow();
    let asked = Arc::clone(&demo);
    let asked = tokio::spawn(async move { asked.handle(slow, None).await.map(drop) });
    is_read.await.expect("the guest reads it");
    let began = Instant::now();
    let answer = demo.handle(request(), None).await;
    let took = began.elapsed();
    assert_eq!(answer.unwrap().status(), StatusCode::OK);
    end.send(()).expect("it is waited for");
    assert!(asked.await.unwrap().is_ok());
    took
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_takes_a_second_request_at_once_when_it_has_answered_one() {
    let stall = Duration::from_millis(5);
    // Of several, for a machine may stand still.
    let (mut held, mut taken) = (Duration::ZERO, Duration::MAX);
    for _ in 0..5 {
        held = held.max(beside_a_slow_one(false).await);
        taken = taken.min(beside_a_slow_one(true).await);
    }
    assert!(held >= stall && taken < stall, "{held:?}, {taken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_instance_takes_for_a_while_gets_one_more() {
    let shipped = components();
    let demo = shipped.named("demo").expect("the manifest has one");
    let computing = demo.instances[0].occupied(false);
    for _ in 0..3 {
        let asked = demo.handle(request(), None);
        let answer = tokio::time::timeout(PATIENCE, asked)
            .await
            .expect("in time");
        assert_eq!(
            answer.map(|answer| answer.status()).ok(),
            Some(StatusCode::OK)
        );
    }
    drop(computing);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_instance_was_told_of_that_ends_is_for_another() {
    let shipped = components();
    let demo = shipped.named("demo").expect("the manifest has one");
    let ending = demo.instances[0].occupied(true);
    let asked = tokio::time::timeout(PATIENCE, demo.handle(request(), None));
    let end = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(ending);
    };
    let (answer, ()) = futures::future::join(asked, end).await;
    let answer = answer.expect("in time");
    assert_eq!(
        answer.map(|answer| answer.status()).ok(),
        Some(StatusCode::OK)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_cannot_be_spawned_hold_up_nothing() {
    let app = App::new(SAYS_NOTHING, |_| {});
    // As when the process ends.
    let over = tokio::runtime::Runtime::new().unwrap();
    let runtime = over.handle().clone();
    over.shutdown_background();
    for _ in 0..3 {
        let asked = app.guest().handle_on(&runtime, request(), None);
        let asked = tokio::time::timeout(Duration::from_millis(20), asked).await;
        assert!(asked.is_err(), "{asked:?}", asked = asked.map(|_| ()));
    }
    assert_eq!((app.instances().0, app.guest().places.taken()), (0, (0, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_serves_as_many_as_it_may_and_is_over_when_idle() {
    let app = App::new(SAYS_NOTHING, |options| {
        options.instance_requests = 3;
        options.instance_idle = Duration::from_millis(50);
    });
    for _ in 0..10 {
        assert!(matches!(app.ask().await, Err(Unanswered::Failed(_))));
    }
    let (_, ever) = app.instances();
    assert!(ever >= 4, "{ever}");
    let started = Instant::now();
    while app.instances().0 > 0 {
        assert!(started.elapsed() < PATIENCE, "{:?}", app.instances());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_that_hold_up_their_instances_hold_up_nobody_else() {
    for does in [WAITS, COMPUTES] {
        let app = App::new(does, |_| {});
        let many = futures::future::join_all((0..40).map(|_| app.ask()));
        let all_are_served = async {
            let started = Instant::now();
            while app.instances().0 < 40 {
                assert!(
                    started.elapsed() < PATIENCE,
                    "{does}: {:?}",
                    app.instances()
                );
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::select! {
            asked = many => panic!("{does}: {asked:?}"),
            () = all_are_served => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_an_instance_in_vain_is_told_in_time_and_may_leave() {
    let never = guest_that_begins(SAYS_NOTHING, "(func $never (loop (br 0))) (start $never)");
    let app = App::of(&never, |options| {
        options.request_timeout = Some(Duration::from_millis(300));
    });
    let asked = tokio::time::timeout(PATIENCE, app.ask()).await.unwrap();
    assert!(matches!(asked, Err(Unanswered::TimedOut)), "{asked:?}");
    let app = App::of(&never, |_| {});
    for _ in 0..3 {
        app.ask_and_leave().await;
        assert_eq!(app.guest().places.taken(), (0, 0));
    }
    // One that takes long to begin is waited for, and no others are made beside it.
    let (_, ever) = app.instances();
    assert!(ever <= 2, "{ever} instances for one request at a time");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_is_told_where_no_instance_can_be_made() {
    let fails = guest_that_begins(SAYS_NOTHING, "(func $fails unreachable) (start $fails)");
    let app = App::of(&fails, |_| {});
    let many = futures::future::join_all((0..40).map(|_| app.ask()));
    for asked in tokio::time::timeout(PATIENCE, many).await.unwrap() {
        assert!(matches!(asked, Err(Unanswered::Failed(_))), "{asked:?}");
    }
    let started = Instant::now();
    while app.instances().0 > 0 {
        assert!(started.elapsed() < PATIENCE, "{:?}", app.instances());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn the_time_limit_is_on_by_default() {
    let options = RunOptions::beside(Path::new("."));
    assert_eq!(options.request_timeout, Some(Duration::from_secs(60)));
}
