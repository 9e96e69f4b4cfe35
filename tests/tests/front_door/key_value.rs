//! An app that keeps things in a key-value store: in a file, at Redis, and denied.

use std::time::{Duration, Instant};

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::redis::{self, Redis};
use gatelet_tests::secrets;
use gatelet_tests::visitor::{Visitor, tls};
use http::Method;

const EXAMPLE: &str = "examples/notes";
/// Where Spin keeps the default store.
const FILE: &str = ".spin/sqlite_key_value.db";

/// The example as it stands.
fn notes() -> Setup {
    Setup::new(Engine::Sqlite).application(EXAMPLE, |manifest| manifest)
}

/// The same with a runtime configuration beside its manifest.
fn configured(setup: Setup, lines: &str) -> Setup {
    let file = setup.folder().join("runtime-config.toml");
    std::fs::write(file, lines).expect("our folder");
    setup.arguments(&["--runtime-config-file", "runtime-config.toml"])
}

/// The example with its notes at this server.
fn notes_at(server: &Redis) -> Setup {
    secrets::remember(redis::PASSWORD);
    let url = server.url();
    let lines = format!("[key_value_store.default]\ntype = \"redis\"\nurl = \"{url}\"\n");
    configured(notes(), &lines)
}

fn put(visitor: &Visitor, name: &str, note: &str) -> u16 {
    let path = format!("/{name}");
    let put = visitor.request(Method::PUT, &path).body(note.to_owned());
    put.send().status.as_u16()
}

fn keeps_notes(mut gatelet: Gatelet, also: impl FnOnce()) {
    let ((ann, _), (bob, _)) = (signed_in(&gatelet), signed_in(&gatelet));
    let read = |visitor: &Visitor, path: &str| visitor.get(path).send().expect(200).text();
    assert_eq!(read(&ann, "/"), "");
    assert_eq!(put(&ann, "milk", "two"), 201);
    assert_eq!(put(&ann, "milk", "three, ü"), 200);
    assert_eq!(put(&ann, "bread", "one"), 201);
    assert_eq!(put(&bob, "milk", "none"), 201);
    assert_eq!(read(&ann, "/"), "bread\nmilk\n");
    assert_eq!(read(&ann, "/milk"), "three, ü");
    assert_eq!(read(&bob, "/"), "milk\n");
    gatelet.restart();
    assert_eq!(read(&ann, "/milk"), "three, ü");
    let gone = ann.request(Method::DELETE, "/milk").send();
    gone.expect(200);
    ann.get("/milk").send().expect(404);
    assert_eq!(read(&bob, "/milk"), "none");
    also();
}

#[test]
fn an_app_keeps_things_in_the_file_that_spin_would_use() {
    let setup = notes();
    let file = setup.folder().join(FILE);
    let gatelet = setup.start();
    assert!(!file.exists(), "it is made when it is first used");
    keeps_notes(gatelet, || assert!(file.exists()));
}

#[test]
fn an_app_keeps_things_at_redis_where_the_runtime_configuration_says_so() {
    let server = Redis::start_new();
    let setup = notes_at(&server);
    let file = setup.folder().join(FILE);
    keeps_notes(setup.start(), || assert!(!file.exists()));
}

#[test]
fn redis_is_asked_over_tls_by_whom_this_machine_trusts_and_by_nobody_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
    tls::make_certificate("localhost", &certificate, &key);
    let server = Redis::start_with_tls(&certificate, &key);
    assert!(server.url().starts_with("rediss://"));
    let trusted = certificate.to_str().expect("a name");
    let gatelet = notes_at(&server).environment("SSL_CERT_FILE", trusted);
    keeps_notes(gatelet.start(), || ());
    let gatelet = notes_at(&server).start();
    let (ann, _) = signed_in(&gatelet);
    ann.get("/milk").send().expect(503);
}

#[test]
fn redis_away_or_silent_is_an_answer_in_bounded_time_and_back_it_serves() {
    let server = Redis::start_new();
    let gatelet = notes_at(&server).start();
    let (ann, _) = signed_in(&gatelet);
    assert_eq!(put(&ann, "milk", "two"), 201);
    let unavailable = || {
        let asked = Instant::now();
        ann.get("/milk").send().expect(503);
        assert!(asked.elapsed() < Duration::from_secs(15), "{asked:?}");
    };
    server.freeze();
    unavailable();
    server.thaw();
    let until = Instant::now() + Duration::from_secs(20);
    while ann.get("/milk").send().status != 200 {
        assert!(Instant::now() < until, "it does not come back");
        std::thread::sleep(Duration::from_millis(200));
    }
    server.stop();
    unavailable();
    server.start();
    std::thread::sleep(Duration::from_secs(2));
    // It starts empty.
    ann.get("/milk").send().expect(404);
}

#[test]
fn a_store_that_the_manifest_does_not_grant_is_denied() {
    let without = |manifest: String| {
        let grant = "key_value_stores = [\"default\"]\n";
        assert!(manifest.contains(grant));
        manifest.replace(grant, "")
    };
    let setup = Setup::new(Engine::Sqlite).application(EXAMPLE, without);
    let file = setup.folder().join(FILE);
    let gatelet = setup.start();
    let (ann, _) = signed_in(&gatelet);
    ann.get("/milk").send().expect(503);
    let log = gatelet.log();
    assert!(log.contains("Error::AccessDenied"), "{log}");
    assert!(!file.exists());
}

#[test]
fn a_runtime_configuration_that_cannot_be_served_is_named_before_anything_is() {
    for (lines, says) in [
        (
            "[key_value_store.default]\ntype = \"azure_cosmos\"\n",
            "runtime-config.toml: key_value_store.default: type \"azure_cosmos\" is not supported",
        ),
        (
            "[sqlite_database.default]\ntype = \"spin\"\n",
            "runtime-config.toml: `sqlite_database` is not supported by this host",
        ),
        (
            "[key_value_store.default]\ntype = \"redis\"\nurl = \"nowhere\"\n",
            "key_value_store.default: `url` is no address of a Redis server",
        ),
    ] {
        let log = configured(notes(), lines).refuse();
        assert!(log.starts_with("gatelet: ") && log.contains(says), "{log}");
        assert_eq!(log.trim_end().lines().count(), 1, "{log}");
    }
    let missing = notes().arguments(&["--runtime-config-file", "none.toml"]);
    let log = missing.refuse();
    assert!(log.contains("none.toml cannot be read"), "{log}");
    let another = Setup::new(Engine::Sqlite).application(EXAMPLE, |manifest| {
        manifest.replace(
            "stores = [\"default\"]",
            "stores = [\"default\", \"finance\"]",
        )
    });
    let log = another.refuse();
    let says = "component notes: key_value_stores: there is no store \"finance\"";
    assert!(log.contains(says), "{log}");
    drop(configured(notes(), "[key_value_store.default]\ntype = \"spin\"\n").start());
}

#[test]
fn stores_go_to_nobody_whom_a_component_does_not_hand_them_on_to() {
    let changed = |change: &dyn Fn(&str) -> String| {
        let setup = Setup::new(Engine::Sqlite);
        let file = setup.folder().join("spin.toml");
        let manifest = std::fs::read_to_string(&file).expect("the copy");
        let changed = change(&manifest);
        assert_ne!(changed, manifest);
        std::fs::write(file, changed).expect("a folder of ours");
        setup
    };
    let kept_back = |manifest: &str| manifest.replace(", \"key_value_stores\"]", "]");
    let log = changed(&kept_back).refuse();
    let says = "imports spin:key-value/key-value@3.0.0, and inherit_configuration does not name key_value_stores";
    assert!(log.contains(says), "{log}");
    // Where nobody has one there is nothing to keep back: as manifests were before.
    let without =
        |manifest: &str| kept_back(manifest).replace("key_value_stores = [\"default\"]\n", "");
    let gatelet = changed(&without).start();
    signed_in(&gatelet).0.visit("/").send().expect(200);
}
