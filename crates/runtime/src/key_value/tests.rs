//! The same questions to every kind of store; then what only one kind has.

use std::time::{Duration, Instant};

use super::*;
use crate::redis_server::{PASSWORD, Redis as Server};
use crate::runtime_config::RuntimeConfig;

/// Longer than any bound, so a failure is never a slow machine.
const BOUND: Duration = Duration::from_secs(20);

struct House {
    folder: tempfile::TempDir,
    server: Option<Server>,
    stores: KeyValueStores,
}

impl House {
    /// The default store, of the kind that these lines configure; with what they name `URL`.
    fn with(lines: &str, server: Option<Server>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = server.as_ref().map(Server::url).unwrap_or_default();
        let file = folder.path().join("runtime-config.toml");
        std::fs::write(&file, lines.replace("URL", &url)).unwrap();
        let config = RuntimeConfig::read(&file).unwrap();
        let stores = KeyValueStores::new(&config.key_value_stores, &folder.path().join(".spin"));
        Self {
            folder,
            server,
            stores,
        }
    }

    fn file() -> Self {
        Self::with("", None)
    }

    fn memory() -> Self {
        Self::with("[key_value_store.default]\ntype = \"spin\"\n", None)
    }

    fn redis() -> Self {
        let lines = "[key_value_store.default]\ntype = \"redis\"\nurl = \"URL\"\n";
        Self::with(lines, Some(Server::start_new()))
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("it has one")
    }

    fn store(&self) -> Arc<Store> {
        self.stores.named("default").expect("it is always there")
    }
}

/// The default store's file, as another program opens it.
fn opened(house: &House) -> rusqlite::Connection {
    let file = house.folder.path().join(".spin/sqlite_key_value.db");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    rusqlite::Connection::open(file).unwrap()
}

macro_rules! on_every_kind {
    ($($claim:ident)*) => {
        mod in_a_file {
            $(#[tokio::test] async fn $claim() { super::$claim(&super::House::file()).await })*
        }
        mod in_memory {
            $(#[tokio::test] async fn $claim() { super::$claim(&super::House::memory()).await })*
        }
        mod at_redis {
            $(#[tokio::test] async fn $claim() { super::$claim(&super::House::redis()).await })*
        }
    };
}

on_every_kind! {
    what_was_set_is_there_until_it_is_deleted
    several_keys_go_in_one_call_and_come_in_the_order_asked
    a_number_is_added_to_by_many_at_once_and_none_is_lost
    a_swap_replaces_what_was_seen_and_nothing_else
    of_many_swaps_at_once_one_replaces
    an_answer_is_not_without_end
}

async fn what_was_set_is_there_until_it_is_deleted(house: &House) {
    let store = house.store();
    let key = || "a key/with: *everything*".to_owned();
    assert_eq!(store.get(key()).await, Ok(None));
    assert_eq!(store.exists(key()).await, Ok(false));
    assert_eq!(store.keys().await, Ok(vec![]));
    for value in [&b"first"[..], b"", &[0, 255, 0]] {
        store.set(key(), value.to_vec()).await.unwrap();
        assert_eq!(store.get(key()).await, Ok(Some(value.to_vec())));
        assert_eq!(store.exists(key()).await, Ok(true));
    }
    assert_eq!(store.keys().await, Ok(vec![key()]));
    store.delete(key()).await.unwrap();
    store.delete(key()).await.unwrap();
    assert_eq!(store.get(key()).await, Ok(None));
    assert_eq!(store.exists(key()).await, Ok(false));
    assert_eq!(store.keys().await, Ok(vec![]));
}

async fn several_keys_go_in_one_call_and_come_in_the_order_asked(house: &House) {
    let store = house.store();
    let pair = |key: &str| (key.to_owned(), key.as_bytes().to_vec());
    let pairs = ["b", "a", "c"].map(pair).to_vec();
    store.set_many(pairs).await.unwrap();
    let asked = ["c", "no", "a"].map(str::to_owned).to_vec();
    let found = store.get_many(asked).await.unwrap();
    let some = |key: &str| (key.to_owned(), Some(key.as_bytes().to_vec()));
    assert_eq!(found, [some("c"), ("no".to_owned(), None), some("a")]);
    let gone = ["a", "no", "b"].map(str::to_owned).to_vec();
    store.delete_many(gone).await.unwrap();
    assert_eq!(store.keys().await, Ok(vec!["c".to_owned()]));
    assert_eq!(store.get_many(vec![]).await, Ok(vec![]));
    assert_eq!(store.set_many(vec![]).await, Ok(()));
    assert_eq!(store.delete_many(vec![]).await, Ok(()));
    assert_eq!(store.keys().await, Ok(vec!["c".to_owned()]));
}

async fn a_number_is_added_to_by_many_at_once_and_none_is_lost(house: &House) {
    let store = house.store();
    let key = || "count".to_owned();
    assert_eq!(store.increment(key(), 5).await, Ok(5));
    assert_eq!(store.increment(key(), -8).await, Ok(-3));
    let all = (0..50).map(|_| store.increment(key(), 2));
    for outcome in futures::future::join_all(all).await {
        outcome.unwrap();
    }
    assert_eq!(store.increment(key(), 0).await, Ok(97));
    assert!(store.increment(key(), i64::MAX).await.is_err());
    assert_eq!(store.increment(key(), 0).await, Ok(97));
    store.set(key(), b"no number".to_vec()).await.unwrap();
    assert!(store.increment(key(), 1).await.is_err());
    assert_eq!(store.get(key()).await, Ok(Some(b"no number".to_vec())));
}

async fn a_swap_replaces_what_was_seen_and_nothing_else(house: &House) {
    let store = house.store();
    let swap = async |seen: Seen, value: &str| {
        let swapped = store.swap("it".to_owned(), seen, value.into()).await;
        let there = store.get("it".to_owned()).await.unwrap().unwrap();
        (swapped.unwrap(), String::from_utf8(there).unwrap())
    };
    let value = |text: &str| Seen::Value(text.into());
    let said = |swapped, there: &str| (swapped, there.to_owned());
    assert_eq!(swap(Seen::Nothing, "a").await, said(true, "a"));
    assert_eq!(swap(Seen::Nothing, "b").await, said(false, "a"));
    assert_eq!(swap(value("b"), "c").await, said(false, "a"));
    assert_eq!(swap(value("a"), "d").await, said(true, "d"));
    assert_eq!(swap(value("a"), "e").await, said(false, "d"));
    assert_eq!(swap(Seen::NotLooked, "f").await, said(true, "f"));
    store.delete("it".to_owned()).await.unwrap();
    let brought_back = store.swap("it".to_owned(), value("f"), b"g".to_vec());
    assert_eq!(brought_back.await, Ok(false));
    assert_eq!(store.get("it".to_owned()).await, Ok(None), "it is gone");
}

async fn of_many_swaps_at_once_one_replaces(house: &House) {
    let store = house.store();
    for seen in [Seen::Nothing, Seen::Value(b"whole".to_vec())] {
        if seen != Seen::Nothing {
            store.set("it".to_owned(), b"whole".to_vec()).await.unwrap();
        }
        let all = (0..20).map(|number: u8| store.swap("it".to_owned(), seen.clone(), vec![number]));
        let swapped = futures::future::join_all(all).await;
        let swapped: Vec<bool> = swapped.into_iter().map(Result::unwrap).collect();
        let winner = swapped.iter().position(|swapped| *swapped).unwrap();
        assert_eq!(swapped.iter().filter(|swapped| **swapped).count(), 1);
        let there = store.get("it".to_owned()).await;
        assert_eq!(there, Ok(Some(vec![u8::try_from(winner).unwrap()])));
    }
}

async fn an_answer_is_not_without_end(house: &House) {
    let store = house.store();
    let keys: Vec<_> = ["a", "b", "c"].map(str::to_owned).to_vec();
    for key in &keys {
        store
            .set(key.clone(), vec![7; 6 * 1024 * 1024])
            .await
            .unwrap();
    }
    let error = store.get_many(keys.clone()).await.unwrap_err();
    assert!(error.contains("larger than 16777216 bytes"), "{error}");
    let two = store.get_many(keys[..2].to_vec()).await.unwrap();
    assert_eq!(two.len(), 2);
}

#[tokio::test]
async fn a_file_that_spin_made_is_read_and_spin_reads_ours() {
    let house = House::file();
    let theirs = opened(&house);
    theirs
        .execute_batch(
            "CREATE TABLE spin_key_value (store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key));
             INSERT INTO spin_key_value VALUES ('default', 'count', x'0300000000000000');
             INSERT INTO spin_key_value VALUES ('default', 'said', 'hello');
             INSERT INTO spin_key_value VALUES ('another', 'said', 'not this');",
        )
        .unwrap();
    // Spin writes values as BLOBs, whatever they hold.
    let made = theirs.execute("UPDATE spin_key_value SET value = CAST(value AS BLOB)", []);
    made.unwrap();
    let store = house.store();
    assert_eq!(
        store.get("said".to_owned()).await,
        Ok(Some(b"hello".to_vec()))
    );
    let keys = store.keys().await.unwrap();
    assert_eq!(keys.len(), 2, "another store's are not ours: {keys:?}");
    assert_eq!(store.increment("count".to_owned(), 39).await, Ok(42));
    store.set("new".to_owned(), b"ours".to_vec()).await.unwrap();
    let read = |key: &str| {
        let value = "SELECT value FROM spin_key_value WHERE store = 'default' AND key = ?1";
        theirs.query_row(value, [key], |row| row.get::<_, Vec<u8>>(0))
    };
    assert_eq!(read("count"), Ok(42_i64.to_le_bytes().to_vec()));
    assert_eq!(read("new"), Ok(b"ours".to_vec()));
}

#[tokio::test]
async fn what_is_kept_outlives_the_process_in_a_file_and_not_in_memory() {
    for (house, outlives) in [(House::file(), true), (House::memory(), false)] {
        house
            .store()
            .set("it".to_owned(), b"x".to_vec())
            .await
            .unwrap();
        let file = house.folder.path().join("runtime-config.toml");
        let config = RuntimeConfig::read(&file).unwrap();
        let folder = house.folder.path().join(".spin");
        let anew = KeyValueStores::new(&config.key_value_stores, &folder);
        let found = anew.named("default").unwrap().exists("it".to_owned()).await;
        assert_eq!(found, Ok(outlives));
    }
}

#[tokio::test]
async fn stores_of_one_file_keep_apart_by_their_labels() {
    let house = House::with(
        "[key_value_store.a]\ntype = \"spin\"\npath = \"x.db\"\n[key_value_store.b]\ntype = \"spin\"\npath = \"x.db\"\n",
        None,
    );
    let (a, b) = (house.stores.named("a"), house.stores.named("b"));
    let (a, b) = (a.unwrap(), b.unwrap());
    a.set("it".to_owned(), b"a".to_vec()).await.unwrap();
    assert_eq!(b.get("it".to_owned()).await, Ok(None));
    b.delete("it".to_owned()).await.unwrap();
    assert_eq!(a.exists("it".to_owned()).await, Ok(true));
    assert!(house.folder.path().join("x.db").exists());
    assert!(house.stores.knows("default") && !house.stores.knows("c"));
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_an_error_and_not_an_end() {
    let house = House::file();
    std::fs::write(house.folder.path().join(".spin"), "no folder").unwrap();
    let error = house.store().get("it".to_owned()).await.unwrap_err();
    assert!(error.contains("open"), "{error}");
    std::fs::remove_file(house.folder.path().join(".spin")).unwrap();
    assert_eq!(house.store().get("it".to_owned()).await, Ok(None));
}

#[tokio::test]
async fn a_store_in_memory_is_full_at_its_bound_and_room_comes_back() {
    let house = House::memory();
    let store = house.store();
    let large = || vec![1; 10 * 1024 * 1024];
    for key in 0..6 {
        store.set(key.to_string(), large()).await.unwrap();
    }
    let error = store.set("more".to_owned(), large()).await.unwrap_err();
    assert!(error.contains("full"), "{error}");
    store.set("5".to_owned(), large()).await.unwrap();
    store.delete("5".to_owned()).await.unwrap();
    store.set("more".to_owned(), large()).await.unwrap();
}

/// How long it took, and what came of it.
async fn timed<T>(asked: impl Future<Output = T>) -> (Duration, T) {
    let begun = Instant::now();
    let outcome = tokio::time::timeout(BOUND, asked).await;
    (begun.elapsed(), outcome.expect("an answer in bounded time"))
}

#[tokio::test]
async fn redis_that_is_away_is_an_error_at_once_and_is_asked_again_when_it_is_back() {
    let house = House::redis();
    let store = house.store();
    store.set("it".to_owned(), b"x".to_vec()).await.unwrap();
    house.server().stop();
    let all = (0..50).map(|_| store.get("it".to_owned()));
    let (took, outcomes) = timed(futures::future::join_all(all)).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert!(!error.contains(PASSWORD), "{error}");
    }
    let (took, outcome) = timed(store.get("it".to_owned())).await;
    assert!(
        outcome.is_err() && took < Duration::from_secs(1),
        "{took:?}"
    );
    house.server().start();
    tokio::time::sleep(redis::RETRY).await;
    assert_eq!(
        store.get("it".to_owned()).await,
        Ok(None),
        "it starts empty"
    );
}

#[tokio::test]
async fn a_connection_that_broke_while_nobody_used_it_is_made_anew() {
    let house = House::redis();
    let store = house.store();
    for round in 0..3_u8 {
        store.set("it".to_owned(), vec![round]).await.unwrap();
        assert_eq!(store.get("it".to_owned()).await, Ok(Some(vec![round])));
        house.server().stop();
        house.server().start();
    }
}

#[tokio::test]
async fn redis_that_falls_silent_keeps_nobody_waiting_without_end() {
    let house = House::redis();
    let store = house.store();
    store.set("it".to_owned(), b"x".to_vec()).await.unwrap();
    house.server().freeze();
    let all = (0..20).map(|_| store.get("it".to_owned()));
    let (took, outcomes) = timed(futures::future::join_all(all)).await;
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert!(took < Duration::from_secs(9), "{took:?}");
    let (took, outcome) = timed(store.get("it".to_owned())).await;
    assert!(
        outcome.is_err() && took < Duration::from_secs(9),
        "{took:?}"
    );
    house.server().thaw();
    tokio::time::sleep(redis::RETRY).await;
    assert_eq!(store.get("it".to_owned()).await, Ok(Some(b"x".to_vec())));
}

#[tokio::test]
async fn a_wrong_password_is_an_error_that_does_not_say_it() {
    let server = Server::start_new();
    let url = server.url().replace(PASSWORD, "wr0ng");
    let lines = format!("[key_value_store.default]\ntype = \"redis\"\nurl = \"{url}\"\n");
    let house = House::with(&lines, Some(server));
    let error = house.store().get("it".to_owned()).await.unwrap_err();
    assert!(error.contains("no connection"), "{error}");
    assert!(!error.contains("wr0ng"), "{error}");
}
