//! `spin:key-value@3.0.0` and `fermyon:spin/key-value@2.0.0`, which is the same without
//! waiting beside.

mod wasi;

use std::sync::Arc;

use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use super::Spin;
use super::bindings::fermyon::spin::key_value as v2;
use super::bindings::spin::key_value::key_value::{Error, Host, HostStore, HostStoreWithStore};
use crate::key_value::{Handle, Store};
use crate::state::State;

/// Why a store is not opened.
enum Unopened {
    NoSuchStore,
    AccessDenied,
}

impl State {
    /// What nobody granted is denied, whether it is there or not.
    fn key_value_store(&self, label: &str) -> Result<Handle, Unopened> {
        let mut granted = self.grants.key_value_stores.iter();
        if !granted.any(|granted| granted == label) {
            return Err(Unopened::AccessDenied);
        }
        let found = self.grants.stores.named(label);
        found.map(Handle).ok_or(Unopened::NoSuchStore)
    }

    fn opened(&self, store: &Resource<Handle>) -> wasmtime::Result<Arc<Store>> {
        Ok(Arc::clone(&self.table.get(store)?.0))
    }
}

impl From<Unopened> for Error {
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::NoSuchStore => Self::NoSuchStore,
            Unopened::AccessDenied => Self::AccessDenied,
        }
    }
}

impl From<Unopened> for v2::Error {
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::NoSuchStore => Self::NoSuchStore,
            Unopened::AccessDenied => Self::AccessDenied,
        }
    }
}

impl Host for State {}

impl HostStore for State {
    async fn drop(&mut self, store: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

type Keys = (StreamReader<String>, FutureReader<Result<(), Error>>);

impl<T: 'static> HostStoreWithStore<T> for Spin {
    async fn open(
        accessor: &Accessor<T, Self>,
        label: String,
    ) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        accessor.with(|mut access| {
            let state = access.get();
            Ok(match state.key_value_store(&label) {
                Ok(handle) => Ok(state.table.push(handle)?),
                Err(unopened) => Err(unopened.into()),
            })
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        store: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        let store = accessor.with(|mut access| access.get().opened(&store))?;
        Ok(store.get(key).await.map_err(Error::Other))
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<Handle>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        let store = accessor.with(|mut access| access.get().opened(&store))?;
        Ok(store.set(key, value).await.map_err(Error::Other))
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        store: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        let store = accessor.with(|mut access| access.get().opened(&store))?;
        Ok(store.delete(key).await.map_err(Error::Other))
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        store: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<bool, Error>> {
        let store = accessor.with(|mut access| access.get().opened(&store))?;
        Ok(store.exists(key).await.map_err(Error::Other))
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        store: Resource<Handle>,
    ) -> wasmtime::Result<Keys> {
        let store = accessor.with(|mut access| access.get().opened(&store))?;
        let (keys, end) = match store.keys().await {
            Ok(keys) => (keys, Ok(())),
            Err(failed) => (Vec::new(), Err(Error::Other(failed))),
        };
        accessor.with(|mut access| {
            let keys = StreamReader::new(&mut access, keys)?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(end) })?;
            Ok((keys, end))
        })
    }
}

impl v2::Host for State {}

impl v2::HostStore for State {
    async fn open(
        &mut self,
        label: String,
    ) -> wasmtime::Result<Result<Resource<Handle>, v2::Error>> {
        Ok(match self.key_value_store(&label) {
            Ok(handle) => Ok(self.table.push(handle)?),
            Err(unopened) => Err(unopened.into()),
        })
    }

    async fn get(
        &mut self,
        store: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, v2::Error>> {
        let store = self.opened(&store)?;
        Ok(store.get(key).await.map_err(v2::Error::Other))
    }

    async fn set(
        &mut self,
        store: Resource<Handle>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), v2::Error>> {
        let store = self.opened(&store)?;
        Ok(store.set(key, value).await.map_err(v2::Error::Other))
    }

    async fn delete(
        &mut self,
        store: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<(), v2::Error>> {
        let store = self.opened(&store)?;
        Ok(store.delete(key).await.map_err(v2::Error::Other))
    }

    async fn exists(
        &mut self,
        store: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Result<bool, v2::Error>> {
        let store = self.opened(&store)?;
        Ok(store.exists(key).await.map_err(v2::Error::Other))
    }

    async fn get_keys(
        &mut self,
        store: Resource<Handle>,
    ) -> wasmtime::Result<Result<Vec<String>, v2::Error>> {
        let store = self.opened(&store)?;
        Ok(store.keys().await.map_err(v2::Error::Other))
    }

    async fn drop(&mut self, store: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
