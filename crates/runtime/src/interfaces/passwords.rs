//! `gatelet:passwords@0.1.0` in native code: as many hashes at once as there are
//! processors, and few that wait.

use std::future::Future;

use gatelet_core::secret::Secret;
use gatelet_hashing::{Algorithm, Foreign, Params, Prf, Unaffordable, Version, Work};
use wasmtime::AsContextMut as _;
use wasmtime::component::Accessor;

use super::Spin;
use super::bindings::gatelet::passwords::hashing::{self as port, Host, HostWithStore};
use crate::passwords::{Refused, hashing};
use crate::state::State;

impl Host for State {}

impl<T: 'static> HostWithStore<T> for Spin {
    async fn derive(
        accessor: &Accessor<T, Self>,
        whose: String,
        password: String,
        work: port::Work,
    ) -> wasmtime::Result<Result<Vec<u8>, port::Error>> {
        let work = match work_of(password, work) {
            Ok(work) => work,
            Err(Unaffordable) => return Ok(Err(port::Error::Unaffordable)),
        };
        let gone = accessor.with(|mut access| {
            let root = access.as_context_mut().async_call_stack()?.last();
            wasmtime::error::Ok(root.and_then(|task| access.get().visitors.gone(task)))
        })?;
        let derived = tokio::select! {
            derived = hashing().derive(whose, work) => derived,
            // Nobody reads what is said here.
            () = left(gone) => Err(Refused::Busy),
        };
        Ok(derived.map_err(|refused| match refused {
            Refused::Busy => port::Error::Busy,
            Refused::Unaffordable => port::Error::Unaffordable,
        }))
    }
}

/// Resolves when whoever asked has left; never where nobody knows.
async fn left(gone: Option<impl Future<Output = ()>>) {
    match gone {
        Some(gone) => gone.await,
        None => std::future::pending().await,
    }
}

fn work_of(password: String, work: port::Work) -> Result<Work, Unaffordable> {
    let port::Work {
        algorithm,
        version,
        memory_kib,
        passes,
        lanes,
        salt,
        length,
    } = work;
    let foreign = match algorithm {
        port::Algorithm::Bcrypt => Some(Foreign::Bcrypt { cost: memory_kib }),
        port::Algorithm::Scrypt => Some(Foreign::Scrypt {
            log_n: memory_kib,
            r: passes,
            p: lanes,
        }),
        port::Algorithm::Pbkdf2Sha1 => Some(pbkdf2(Prf::Sha1, passes)),
        port::Algorithm::Pbkdf2Sha256 => Some(pbkdf2(Prf::Sha256, passes)),
        port::Algorithm::Pbkdf2Sha512 => Some(pbkdf2(Prf::Sha512, passes)),
        port::Algorithm::Argon2d | port::Algorithm::Argon2i | port::Algorithm::Argon2id => None,
    };
    if let Some(means) = foreign {
        return Work::foreign(Secret::new(password), means, salt, length as usize);
    }
    let algorithm = match algorithm {
        port::Algorithm::Argon2d => Algorithm::Argon2d,
        port::Algorithm::Argon2i => Algorithm::Argon2i,
        _ => Algorithm::Argon2id,
    };
    let version = Version::try_from(version).map_err(|_| Unaffordable)?;
    let params = Params::new(memory_kib, passes, lanes, Some(length as usize));
    let params = params.map_err(|_| Unaffordable)?;
    Work::new(Secret::new(password), (algorithm, version), params, salt)
}

fn pbkdf2(prf: Prf, rounds: u32) -> Foreign {
    Foreign::Pbkdf2 { prf, rounds }
}
