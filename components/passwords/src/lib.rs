//! Hashes passwords, and reaches nothing. An instance computes one hash at a time;
//! `gatelet up` puts native code in its place, which shares out the processors.

mod bindings;

use bindings::exports::gatelet::passwords::hashing::{self, Error, Guest};
use gatelet_core::secret::Secret;
use gatelet_hashing::{Algorithm, Foreign, Params, Prf, Unaffordable, Version};

struct Passwords;

impl Guest for Passwords {
    async fn derive(
        _whose: String,
        password: String,
        work: hashing::Work,
    ) -> Result<Vec<u8>, Error> {
        let outcome = work_of(password, work).and_then(|work| work.compute());
        outcome.map_err(|Unaffordable| Error::Unaffordable)
    }
}

fn work_of(password: String, work: hashing::Work) -> Result<gatelet_hashing::Work, Unaffordable> {
    let hashing::Work {
        algorithm,
        version,
        memory_kib,
        passes,
        lanes,
        salt,
        length,
    } = work;
    let foreign = match algorithm {
        hashing::Algorithm::Bcrypt => Some(Foreign::Bcrypt { cost: memory_kib }),
        hashing::Algorithm::Scrypt => Some(Foreign::Scrypt {
            log_n: memory_kib,
            r: passes,
            p: lanes,
        }),
        hashing::Algorithm::Pbkdf2Sha1 => Some(pbkdf2(Prf::Sha1, passes)),
        hashing::Algorithm::Pbkdf2Sha256 => Some(pbkdf2(Prf::Sha256, passes)),
        hashing::Algorithm::Pbkdf2Sha512 => Some(pbkdf2(Prf::Sha512, passes)),
        hashing::Algorithm::Argon2d
        | hashing::Algorithm::Argon2i
        | hashing::Algorithm::Argon2id => None,
    };
    if let Some(means) = foreign {
        return gatelet_hashing::Work::foreign(Secret::new(password), means, salt, length as usize);
    }
    let algorithm = match algorithm {
        hashing::Algorithm::Argon2d => Algorithm::Argon2d,
        hashing::Algorithm::Argon2i => Algorithm::Argon2i,
        _ => Algorithm::Argon2id,
    };
    let version = Version::try_from(version).map_err(|_| Unaffordable)?;
    let params = Params::new(memory_kib, passes, lanes, Some(length as usize));
    let params = params.map_err(|_| Unaffordable)?;
    gatelet_hashing::Work::new(Secret::new(password), (algorithm, version), params, salt)
}

fn pbkdf2(prf: Prf, rounds: u32) -> Foreign {
    Foreign::Pbkdf2 { prf, rounds }
}
