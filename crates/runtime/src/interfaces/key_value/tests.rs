//! What a guest is given and denied, by the interfaces without waiting beside, which take
//! no guest to be called.

use std::collections::BTreeMap;

use wasmtime::component::Resource;

use super::super::bindings::wasi::keyvalue::{atomics, batch, store as wasi};
use super::v2::{self, HostStore as _};
use crate::allowed_hosts::AllowedHosts;
use crate::engine;
use crate::grants::Grants;
use crate::key_value::{Handle, KeyValueStores, Swap};
use crate::outbound::{Depth, no_neighbours};
use crate::postgres::Pools;
use crate::sqlite::Databases;
use crate::state::{State, store};

/// A guest that was granted `default`, and a store that does not exist.
fn guest(test: impl AsyncFnOnce(&mut State)) {
    let folder = tempfile::tempdir().unwrap();
    let grants = Grants {
        component: "guest".to_owned(),
        variables: BTreeMap::new(),
        environment: BTreeMap::new(),
        allowed_hosts: AllowedHosts::parse([]).unwrap(),
        sqlite_databases: Vec::new(),
        databases: Databases::in_folder(folder.path()).into(),
        key_value_stores: vec!["default".to_owned(), "nowhere".to_owned()],
        stores: KeyValueStores::new(&BTreeMap::new(), folder.path()).into(),
        mysql: crate::mysql::Pools::with_connections(None),
        postgres: Pools::default(),
        said: std::sync::Arc::default(),
    };
    let engine = engine::engine().unwrap();
    let neighbours = no_neighbours();
    let mut store = store(&engine, &grants.into(), &neighbours, Depth::default());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(test(store.data_mut()));
}

/// As a guest lends what it owns.
fn lent<T: 'static>(owned: &Resource<T>) -> Resource<T> {
    Resource::new_borrow(owned.rep())
}

async fn opened(state: &mut State) -> Resource<Handle> {
    let opened = wasi::Host::open(state, "default".to_owned()).await;
    opened.unwrap().expect("it was granted")
}

async fn swap_of(state: &mut State, bucket: &Resource<Handle>) -> Resource<Swap> {
    let made = atomics::HostCas::new(state, lent(bucket), "it".to_owned()).await;
    made.unwrap().unwrap()
}

#[test]
fn a_store_that_was_not_granted_is_denied_whether_it_is_there_or_not() {
    guest(async |state| {
        for (label, denied) in [("other", true), ("", true), ("nowhere", false)] {
            let two = v2::HostStore::open(state, label.to_owned()).await.unwrap();
            let wasi = wasi::Host::open(state, label.to_owned()).await.unwrap();
            match denied {
                true => {
                    assert!(matches!(two, Err(v2::Error::AccessDenied)), "{label}");
                    assert!(matches!(wasi, Err(wasi::Error::AccessDenied)), "{label}");
                }
                false => {
                    assert!(matches!(two, Err(v2::Error::NoSuchStore)), "{label}");
                    assert!(matches!(wasi, Err(wasi::Error::NoSuchStore)), "{label}");
                }
            }
        }
    });
}

#[test]
fn all_interfaces_show_the_same_store() {
    guest(async |state| {
        let bucket = opened(state).await;
        let store = v2::HostStore::open(state, "default".to_owned()).await;
        let store = store.unwrap().unwrap();
        let set = v2::HostStore::set(state, lent(&store), "a".to_owned(), b"1".to_vec()).await;
        set.unwrap().unwrap();
        let found = wasi::HostBucket::get(state, lent(&bucket), "a".to_owned()).await;
        assert_eq!(found.unwrap().unwrap(), Some(b"1".to_vec()));
        let set = wasi::HostBucket::set(state, lent(&bucket), "b".to_owned(), b"2".to_vec()).await;
        set.unwrap().unwrap();
        let found = batch::Host::get_many(
            state,
            lent(&bucket),
            ["b", "none", "a"].map(str::to_owned).to_vec(),
        );
        let found = found.await.unwrap().unwrap();
        let values: Vec<_> = found.into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, [Some(b"2".to_vec()), None, Some(b"1".to_vec())]);
        let exists = v2::HostStore::exists(state, lent(&store), "b".to_owned()).await;
        assert!(exists.unwrap().unwrap());
        let mut keys = state.get_keys(lent(&store)).await.unwrap().unwrap();
        keys.sort();
        assert_eq!(keys, ["a", "b"]);
        let gone = batch::Host::delete_many(state, lent(&bucket), vec!["a".to_owned()]).await;
        gone.unwrap().unwrap();
        let page = wasi::HostBucket::list_keys(state, lent(&bucket), None).await;
        let page = page.unwrap().unwrap();
        assert_eq!((page.keys, page.cursor), (vec!["b".to_owned()], None));
        let cursor = Some("made up".to_owned());
        let unknown = wasi::HostBucket::list_keys(state, lent(&bucket), cursor).await;
        assert!(unknown.unwrap().is_err());
    });
}

#[test]
fn a_handle_that_was_dropped_opens_nothing() {
    guest(async |state| {
        let bucket = opened(state).await;
        let kept = lent(&bucket);
        wasi::HostBucket::drop(state, bucket).await.unwrap();
        let asked = wasi::HostBucket::get(state, kept, "a".to_owned()).await;
        assert!(
            asked.is_err(),
            "it ends the guest, whose handles are the engine's"
        );
    });
}

#[test]
fn a_swap_that_lost_hands_back_one_that_has_seen_what_is_there() {
    guest(async |state| {
        let bucket = opened(state).await;
        let first = swap_of(state, &bucket).await;
        let second = swap_of(state, &bucket).await;
        for cas in [&first, &second] {
            let seen = atomics::HostCas::current(state, lent(cas)).await;
            assert_eq!(seen.unwrap().unwrap(), None);
        }
        let won = atomics::Host::swap(state, first, b"first".to_vec()).await;
        assert!(matches!(won, Ok(Ok(()))));
        let lost = atomics::Host::swap(state, second, b"second".to_vec()).await;
        let Ok(Err(atomics::CasError::CasFailed(again))) = lost else {
            panic!("{lost:?}")
        };
        let swapped = atomics::Host::swap(state, again, b"third".to_vec()).await;
        assert!(matches!(swapped, Ok(Ok(()))));
        let found = wasi::HostBucket::get(state, lent(&bucket), "it".to_owned()).await;
        assert_eq!(found.unwrap().unwrap(), Some(b"third".to_vec()));
        for (delta, sum) in [(4, 4), (-5, -1)] {
            let count = "count".to_owned();
            let counted = atomics::Host::increment(state, lent(&bucket), count, delta).await;
            assert_eq!(counted.unwrap().unwrap(), sum);
        }
        let unused = swap_of(state, &bucket).await;
        atomics::HostCas::drop(state, unused).await.unwrap();
    });
}
