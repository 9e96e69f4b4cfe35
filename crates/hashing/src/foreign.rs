//! What do other programs hash passwords with? Enough to check once, at the first
//! sign-in, a password that came from one.

use pbkdf2::pbkdf2_hmac as pbkdf2;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::{LENGTH_MAX_BYTES, MEMORY_MAX_KIB, Unaffordable};

/// Dearest bcrypt: each step doubles it, and 12 is a quarter of a second.
const BCRYPT_COST_MAX: u32 = 13;
/// bcrypt reads no more of a password, a NUL behind it among that.
const BCRYPT_PASSWORD_BYTES: usize = 72;
const BCRYPT_SALT_BYTES: usize = 16;
const BCRYPT_LENGTH_BYTES: usize = 23;
/// Most rounds of PBKDF2: what Django takes in 2025 is a million.
const PBKDF2_ROUNDS_MAX: u32 = 2_000_000;
/// Most of scrypt, as N times r times p: lanes are computed one after another.
const SCRYPT_WORK_MAX: u64 = 1 << 20;
/// Longest salt, in bytes.
const SALT_MAX_BYTES: usize = 128;

/// How another program hashed a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// <https://www.usenix.org/legacy/events/usenix99/provos/provos.pdf>, with a NUL
    /// behind the password and 23 bytes of outcome, as all write it.
    Bcrypt {
        /// Logarithm of the rounds.
        cost: u32,
    },
    /// <https://www.rfc-editor.org/rfc/rfc7914>
    Scrypt {
        /// Logarithm of N.
        log_n: u32,
        /// Block size.
        r: u32,
        /// Lanes.
        p: u32,
    },
    /// <https://www.rfc-editor.org/rfc/rfc8018#section-5.2>
    Pbkdf2 {
        /// By which HMAC.
        prf: Prf,
        /// How often.
        rounds: u32,
    },
}

/// The hash within an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prf {
    /// SHA-1
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-512
    Sha512,
}

impl Foreign {
    /// What computing it takes.
    pub(crate) fn memory_kib(self) -> u32 {
        match self {
            // 128 times r times N, in bytes.
            Self::Scrypt { log_n, r, p: _ } => {
                let n = 1u32.checked_shl(log_n).unwrap_or(u32::MAX);
                n.saturating_mul(r) / 8
            }
            Self::Bcrypt { .. } | Self::Pbkdf2 { .. } => 0,
        }
    }

    /// Whether a component has what it costs.
    pub(crate) fn afford(self, salt: &[u8], length: usize) -> Result<(), Unaffordable> {
        let affordable = match self {
            Self::Bcrypt { cost } => {
                (4..=BCRYPT_COST_MAX).contains(&cost)
                    && salt.len() == BCRYPT_SALT_BYTES
                    && length == BCRYPT_LENGTH_BYTES
            }
            Self::Scrypt { log_n, r, p } => {
                let blocks = 1u64.checked_shl(log_n).filter(|_| log_n < 32);
                let blocks = blocks.and_then(|n| n.checked_mul(u64::from(r)));
                let work = blocks.and_then(|blocks| blocks.checked_mul(u64::from(p)));
                let memory = blocks.is_some_and(|blocks| blocks / 8 <= u64::from(MEMORY_MAX_KIB));
                log_n > 0
                    && r > 0
                    && p > 0
                    && memory
                    && work.is_some_and(|work| work <= SCRYPT_WORK_MAX)
            }
            Self::Pbkdf2 { prf: _, rounds } => (1..=PBKDF2_ROUNDS_MAX).contains(&rounds),
        };
        let fits = salt.len() <= SALT_MAX_BYTES && (1..=LENGTH_MAX_BYTES).contains(&length);
        (affordable && fits).then_some(()).ok_or(Unaffordable)
    }

    /// Computes it. [`Foreign::afford`] has been asked.
    pub(crate) fn compute(
        self,
        password: &str,
        salt: &[u8],
        length: usize,
    ) -> Result<Vec<u8>, Unaffordable> {
        let mut outcome = vec![0; length];
        match self {
            Self::Bcrypt { cost } => {
                let mut read = password.as_bytes().to_vec();
                read.push(0);
                read.truncate(BCRYPT_PASSWORD_BYTES);
                let salt = salt.try_into().map_err(|_| Unaffordable)?;
                let hashed = bcrypt::bcrypt(cost, salt, &read);
                outcome.copy_from_slice(&hashed[..length]);
            }
            Self::Scrypt { log_n, r, p } => {
                let log_n = u8::try_from(log_n).map_err(|_| Unaffordable)?;
                let params = scrypt::Params::new(log_n, r, p).map_err(|_| Unaffordable)?;
                scrypt::scrypt(password.as_bytes(), salt, &params, &mut outcome)
                    .map_err(|_| Unaffordable)?;
            }
            Self::Pbkdf2 { prf, rounds } => {
                let password = password.as_bytes();
                match prf {
                    Prf::Sha1 => pbkdf2::<Sha1>(password, salt, rounds, &mut outcome),
                    Prf::Sha256 => pbkdf2::<Sha256>(password, salt, rounds, &mut outcome),
                    Prf::Sha512 => pbkdf2::<Sha512>(password, salt, rounds, &mut outcome),
                }
            }
        }
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use gatelet_core::secret::Secret;

    use super::*;
    use crate::Work;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn computed(means: Foreign, password: &str, salt: &[u8], length: usize) -> String {
        let password = Secret::new(password.to_owned());
        let work = Work::foreign(password, means, salt.to_vec(), length).expect("affordable");
        hex(&work.compute().expect("memory"))
    }

    /// RFC 7914 §12, but for the vector that takes a gigabyte; RFC 6070 §2 and RFC 7914
    /// §11 for PBKDF2.
    #[test]
    fn known_passwords_have_known_hashes() {
        let scrypt = |log_n, r, p| Foreign::Scrypt { log_n, r, p };
        let pbkdf2 = |prf, rounds| Foreign::Pbkdf2 { prf, rounds };
        for (means, password, salt, expected) in [
            (
                scrypt(10, 8, 16),
                "password",
                "NaCl",
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
                 2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
            ),
            (
                scrypt(14, 8, 1),
                "pleaseletmein",
                "SodiumChloride",
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2\
                 d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
            ),
            (
                pbkdf2(Prf::Sha1, 4096),
                "password",
                "salt",
                "4b007901b765489abead49d926f721d065a429c1",
            ),
            (
                pbkdf2(Prf::Sha256, 1),
                "passwd",
                "salt",
                "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
                 49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
            ),
        ] {
            let length = expected.len() / 2;
            let hash = computed(means, password, salt.as_bytes(), length);
            assert_eq!(hash, expected, "{means:?}");
        }
    }

    #[test]
    fn scrypt_takes_its_blocks_and_the_others_next_to_nothing() {
        let scrypt = |log_n, r| Foreign::Scrypt { log_n, r, p: 4 }.memory_kib();
        assert_eq!([scrypt(14, 8), scrypt(14, 16)], [16 * 1024, 32 * 1024]);
        assert_eq!(scrypt(17, 8), 128 * 1024);
        assert_eq!([scrypt(31, 64), scrypt(64, 1)], [u32::MAX / 8; 2]);
        assert_eq!(Foreign::Bcrypt { cost: 12 }.memory_kib(), 0);
    }

    #[test]
    fn what_a_component_has_not_is_unaffordable() {
        let scrypt = |log_n, r, p| Foreign::Scrypt { log_n, r, p };
        for (name, means, salt, length, affordable) in [
            ("bcrypt", Foreign::Bcrypt { cost: 10 }, 16, 23, true),
            ("bcrypt, dear", Foreign::Bcrypt { cost: 14 }, 16, 23, false),
            ("bcrypt, none", Foreign::Bcrypt { cost: 3 }, 16, 23, false),
            (
                "bcrypt, a short salt",
                Foreign::Bcrypt { cost: 10 },
                15,
                23,
                false,
            ),
            ("Better Auth", scrypt(14, 16, 1), 32, 64, true),
            ("Firebase", scrypt(14, 8, 1), 20, 64, true),
            ("Django's scrypt", scrypt(14, 8, 5), 22, 64, true),
            ("64 MiB", scrypt(16, 8, 1), 16, 32, true),
            ("128 MiB", scrypt(17, 8, 1), 16, 32, true),
            ("256 MiB", scrypt(18, 8, 1), 16, 32, false),
            ("endless", scrypt(63, u32::MAX, 1), 16, 32, false),
            ("shifted out", scrypt(64, 8, 1), 16, 32, false),
            ("many lanes", scrypt(14, 16, 5), 16, 32, false),
            ("no lane", scrypt(10, 8, 0), 16, 32, false),
            (
                "Django",
                Foreign::Pbkdf2 {
                    prf: Prf::Sha256,
                    rounds: 1_000_000,
                },
                22,
                32,
                true,
            ),
            (
                "rounds",
                Foreign::Pbkdf2 {
                    prf: Prf::Sha256,
                    rounds: 2_000_001,
                },
                22,
                32,
                false,
            ),
            (
                "no round",
                Foreign::Pbkdf2 {
                    prf: Prf::Sha256,
                    rounds: 0,
                },
                22,
                32,
                false,
            ),
            (
                "long",
                Foreign::Pbkdf2 {
                    prf: Prf::Sha512,
                    rounds: 1,
                },
                22,
                65,
                false,
            ),
        ] {
            let work = Work::foreign(Secret::new("x".into()), means, vec![7; salt], length);
            assert_eq!(work.is_ok(), affordable, "{name}");
        }
    }
}
