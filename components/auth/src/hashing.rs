//! Where are passwords hashed? In `passwords`, which shares out what there is of
//! processors among those who ask, and says so when there is no more.

use crate::bindings::gatelet::passwords::hashing::{self, Error};
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::error::Code;
use gatelet_hashing::{Algorithm, Work};
use gatelet_sign_in::derivation::Derivation;
use gatelet_sign_in::limits::Network;
use gatelet_web::{Explain as _, log};

/// What is known once its password is hashed.
pub(crate) async fn hashed<T: 'static>(
    visit: &Visit<'_>,
    derivation: Derivation<T>,
) -> Result<T, Problem> {
    let client = visit.arrival.client;
    let whose = client.and_then(|client| Network::of(client.ip()));
    let (password, work) = crossing(derivation.work());
    match hashing::derive(
        whose.map_or_else(String::new, |whose| whose.to_string()),
        password,
        work,
    )
    .await
    {
        Ok(outcome) => Ok(derivation.settle(&outcome)),
        Err(Error::Busy) => {
            log::note(Problem::Busy.code(), "");
            Err(Problem::Busy)
        }
        Err(Error::Unaffordable) => {
            let detail = "a password cannot be hashed: there is not enough memory";
            log::error(Code::Internal.as_str(), detail);
            Err(Problem::denied(Code::Internal))
        }
    }
}

fn crossing(work: &Work) -> (String, hashing::Work) {
    let (algorithm, version) = work.algorithm();
    let params = work.params();
    let password = work.password().expose().to_owned();
    let work = hashing::Work {
        algorithm: match algorithm {
            Algorithm::Argon2d => hashing::Algorithm::Argon2d,
            Algorithm::Argon2i => hashing::Algorithm::Argon2i,
            Algorithm::Argon2id => hashing::Algorithm::Argon2id,
        },
        version: version.into(),
        memory_kib: params.m_cost(),
        passes: params.t_cost(),
        lanes: params.p_cost(),
        salt: work.salt().to_vec(),
        length: u32::try_from(work.length()).expect("a hash is short"),
    };
    (password, work)
}
