//! Guests that go on for ever, and visitors who do not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Request;
use http_body_util::{BodyExt as _, Empty};

use super::{Body, Components, Loaded, Room, RunOptions, Unanswered};
use crate::manifest::Manifest;
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

/// A component whose handler does this.
fn guest(does: &str) -> Vec<u8> {
    let text = format!(
        r#"(component {IMPORTS}
          (core module $m
            (import "host" "wait" (func $wait (param i64) (result i32)))
            (import "host" "block" (func $block (param i32)))
            (func (export "handle") (param i32 i32) {does}))
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
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("guest.wasm"), guest(does)).unwrap();
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

#[test]
fn the_time_limit_is_on_by_default() {
    let options = RunOptions::beside(Path::new("."));
    assert_eq!(options.request_timeout, Some(Duration::from_secs(60)));
}
