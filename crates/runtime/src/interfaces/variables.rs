//! `spin:variables@3.0.0`: what is a variable of this component worth?

use wasmtime::component::Accessor;

use super::Spin;
use super::bindings::spin::variables::variables::{Error, Host, HostWithStore};
use crate::state::State;

impl Host for State {}

impl<T: 'static> HostWithStore<T> for Spin {
    async fn get(
        accessor: &Accessor<T, Self>,
        name: String,
    ) -> wasmtime::Result<Result<String, Error>> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if name.is_empty() || !name.bytes().all(plain) {
            return Ok(Err(Error::InvalidName(name)));
        }
        let value = accessor.with(|mut access| access.get().grants.variables.get(&name).cloned());
        Ok(value.ok_or(Error::Undefined(name)))
    }
}
