//! What may a component import from this host? WASI, Spin's interfaces as far as it
//! was granted them, and native code for ports of ours.

mod bindings;
mod key_value;
mod mysql;
mod passwords;
mod postgres;
mod signatures;
mod smtp;
mod sqlite;
mod variables;

use anyhow::Result;
use wasmtime::Engine;
use wasmtime::component::{HasData, Linker};

use crate::state::State;

/// Where implementations find what one instance may use.
struct Spin;

impl HasData for Spin {
    type Data<'a> = &'a mut State;
}

/// All of it; grants decide what comes of it.
///
/// # Errors
/// None that an operator could mend.
pub(crate) fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    bindings::spin::variables::variables::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::spin::postgres::postgres::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::spin::mysql::mysql::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::spin::sqlite::sqlite::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::spin::key_value::key_value::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::fermyon::spin::key_value::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::wasi::keyvalue::store::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::wasi::keyvalue::batch::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::wasi::keyvalue::atomics::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::gatelet::passwords::hashing::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::gatelet::signatures::verifying::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    bindings::gatelet::smtp::submission::add_to_linker::<_, Spin>(&mut linker, |state| state)?;
    Ok(linker)
}
