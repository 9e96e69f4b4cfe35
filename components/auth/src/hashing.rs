//! Where are passwords hashed? In `passwords`, which shares out what there is of
//! processors among those who ask, and says so when there is no more.

use crate::bindings::gatelet::passwords::hashing::{self, Error};
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::error::Code;
use gatelet_hashing::{Algorithm, Foreign, Means, Prf, Work};
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
    let (algorithm, version, [memory_kib, passes, lanes]) = match work.means() {
        Means::Argon2(algorithm, version, params) => (
            match algorithm {
                Algorithm::Argon2d => hashing::Algorithm::Argon2d,
                Algorithm::Argon2i => hashing::Algorithm::Argon2i,
                Algorithm::Argon2id => hashing::Algorithm::Argon2id,
            },
            (*version).into(),
            [params.m_cost(), params.t_cost(), params.p_cost()],
        ),
        Means::Foreign(Foreign::Bcrypt { cost }) => (hashing::Algorithm::Bcrypt, 0, [*cost, 0, 0]),
        Means::Foreign(Foreign::Scrypt { log_n, r, p }) => {
            (hashing::Algorithm::Scrypt, 0, [*log_n, *r, *p])
        }
        Means::Foreign(Foreign::Pbkdf2 { prf, rounds }) => (
            match prf {
                Prf::Sha1 => hashing::Algorithm::Pbkdf2Sha1,
                Prf::Sha256 => hashing::Algorithm::Pbkdf2Sha256,
                Prf::Sha512 => hashing::Algorithm::Pbkdf2Sha512,
            },
            0,
            [0, *rounds, 0],
        ),
    };
    let password = work.password().expose().to_owned();
    let work = hashing::Work {
        algorithm,
        version,
        memory_kib,
        passes,
        lanes,
        salt: work.salt().to_vec(),
        length: u32::try_from(work.length()).expect("a hash is short"),
    };
    (password, work)
}
