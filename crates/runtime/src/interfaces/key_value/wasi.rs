//! `wasi:keyvalue@0.2.0-draft2`: the same stores, several keys in one call, and what two
//! callers at once cannot both do.

use wasmtime::component::Resource;

use super::super::bindings::wasi::keyvalue::{atomics, batch, store};
use super::Unopened;
use crate::key_value::{Handle, Seen, Swap};
use crate::state::State;

impl From<Unopened> for store::Error {
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::NoSuchStore => Self::NoSuchStore,
            Unopened::AccessDenied => Self::AccessDenied,
        }
    }
}

impl store::Host for State {
    async fn open(
        &mut self,
        label: String,
    ) -> wasmtime::Result<Result<Resource<Handle>, store::Error>> {
        Ok(match self.key_value_store(&label) {
            Ok(handle) => Ok(self.table.push(handle)?),
            Err(unopened) => Err(unopened.into()),
        })
    }
}

impl store::HostBucket for State {
    async fn get(
        &mut self,
        bucket: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, store::Error>> {
        let bucket = self.opened(&bucket)?;
        Ok(bucket.get(key).await.map_err(store::Error::Other))
    }

    async fn set(
        &mut self,
        bucket: Resource<Handle>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), store::Error>> {
        let bucket = self.opened(&bucket)?;
        Ok(bucket.set(key, value).await.map_err(store::Error::Other))
    }

    async fn delete(
        &mut self,
        bucket: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<(), store::Error>> {
        let bucket = self.opened(&bucket)?;
        Ok(bucket.delete(key).await.map_err(store::Error::Other))
    }

    async fn exists(
        &mut self,
        bucket: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<bool, store::Error>> {
        let bucket = self.opened(&bucket)?;
        Ok(bucket.exists(key).await.map_err(store::Error::Other))
    }

    /// One page holds them all, so there is no cursor that was given out.
    async fn list_keys(
        &mut self,
        bucket: Resource<Handle>,
        cursor: Option<String>,
    ) -> wasmtime::Result<Result<store::KeyResponse, store::Error>> {
        let bucket = self.opened(&bucket)?;
        if cursor.is_some() {
            let unknown = "there is no such cursor".to_owned();
            return Ok(Err(store::Error::Other(unknown)));
        }
        let keys = bucket.keys().await;
        Ok(keys
            .map(|keys| store::KeyResponse { keys, cursor: None })
            .map_err(store::Error::Other))
    }

    async fn drop(&mut self, bucket: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl batch::Host for State {
    async fn get_many(
        &mut self,
        bucket: Resource<Handle>,
        keys: Vec<String>,
    ) -> wasmtime::Result<Result<Vec<(String, Option<Vec<u8>>)>, store::Error>> {
        let bucket = self.opened(&bucket)?;
        Ok(bucket.get_many(keys).await.map_err(store::Error::Other))
    }

    async fn set_many(
        &mut self,
        bucket: Resource<Handle>,
        pairs: Vec<(String, Vec<u8>)>,
    ) -> wasmtime::Result<Result<(), store::Error>> {
        let bucket = self.opened(&bucket)?;
        Ok(bucket.set_many(pairs).await.map_err(store::Error::Other))
    }

    async fn delete_many(
        &mut self,
        bucket: Resource<Handle>,
        keys: Vec<String>,
    ) -> wasmtime::Result<Result<(), store::Error>> {
        let bucket = self.opened(&bucket)?;
        Ok(bucket.delete_many(keys).await.map_err(store::Error::Other))
    }
}

impl atomics::HostCas for State {
    async fn new(
        &mut self,
        bucket: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<Resource<Swap>, store::Error>> {
        let store = self.opened(&bucket)?;
        let seen = Seen::NotLooked;
        Ok(Ok(self.table.push(Swap { store, key, seen })?))
    }

    async fn current(
        &mut self,
        cas: Resource<Swap>,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, store::Error>> {
        let Swap { store, key, .. } = self.table.get(&cas)?;
        let (store, key) = (store.clone(), key.clone());
        let found = match store.get(key).await {
            Ok(found) => found,
            Err(failed) => return Ok(Err(store::Error::Other(failed))),
        };
        self.table.get_mut(&cas)?.seen = seen(&found);
        Ok(Ok(found))
    }

    async fn drop(&mut self, cas: Resource<Swap>) -> wasmtime::Result<()> {
        self.table.delete(cas)?;
        Ok(())
    }
}

fn seen(found: &Option<Vec<u8>>) -> Seen {
    found
        .as_ref()
        .map_or(Seen::Nothing, |value| Seen::Value(value.clone()))
}

impl atomics::Host for State {
    async fn increment(
        &mut self,
        bucket: Resource<Handle>,
        key: String,
        delta: i64,
    ) -> wasmtime::Result<Result<i64, store::Error>> {
        let bucket = self.opened(&bucket)?;
        Ok(bucket
            .increment(key, delta)
            .await
            .map_err(store::Error::Other))
    }

    async fn swap(
        &mut self,
        cas: Resource<Swap>,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), atomics::CasError>> {
        let Swap {
            store,
            key,
            seen: was,
        } = self.table.delete(cas)?;
        let failed = |failed| {
            Ok(Err(atomics::CasError::StoreError(store::Error::Other(
                failed,
            ))))
        };
        match store.swap(key.clone(), was, value).await {
            Ok(true) => return Ok(Ok(())),
            Ok(false) => {}
            Err(why) => return failed(why),
        }
        // The handle for the next try has seen what is there now.
        match store.get(key.clone()).await {
            Ok(found) => {
                let seen = seen(&found);
                let again = self.table.push(Swap { store, key, seen })?;
                Ok(Err(atomics::CasError::CasFailed(again)))
            }
            Err(why) => failed(why),
        }
    }
}
