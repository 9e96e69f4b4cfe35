//! What does the host offer to components beside WASI? Spin's interfaces, as
//! far as a component was granted them.

mod bindings;
mod postgres;
mod recent;
mod sqlite;
mod variables;

use wasmtime::component::{HasData, Linker};

use crate::state::State;

pub(crate) use postgres::Pools;
pub(crate) use sqlite::Databases;

/// Where implementations find what one instance may use.
struct Spin;

impl HasData for Spin {
    type Data<'a> = &'a mut State;
}

/// Offers all of them to whatever is linked.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    bindings::spin::variables::variables::add_to_linker::<_, Spin>(linker, |state| state)?;
    bindings::spin::postgres::postgres::add_to_linker::<_, Spin>(linker, |state| state)?;
    bindings::spin::sqlite::sqlite::add_to_linker::<_, Spin>(linker, |state| state)?;
    Ok(())
}
