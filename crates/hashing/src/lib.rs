//! What is the hash of this, and is it within what a component has? The one place that
//! computes it, for the `passwords` component, for the native code that stands in its
//! place, and for the operator's tools. Passwords are set with Argon2
//! <https://www.rfc-editor.org/rfc/rfc9106>; those that came from other programs are
//! checked once by [`Foreign`] means.

mod foreign;

pub use foreign::{Foreign, Prf};

pub use argon2::{Algorithm, Params, Version};
use argon2::{Argon2, Block};
use gatelet_core::secret::Secret;

/// Most memory that a hash may ask for: what OWASP recommends for scrypt, and more than the
/// 100 MiB of Django's Argon2.
pub const MEMORY_MAX_KIB: u32 = 128 * 1024;
/// Hashes that ask for more are large: what libsodium and argon2-cffi take by default is not.
const MEMORY_SHARED_KIB: u32 = 64 * 1024;
/// Memory that is kept for the next hash is no more than this: those that are set here fit in.
const MEMORY_KEPT_KIB: u32 = 32 * 1024;
/// Most passes over it.
pub const PASSES_MAX: u32 = 10;
/// Most lanes. They are computed one after another.
pub const LANES_MAX: u32 = 64;
/// Longest outcome, in bytes.
pub const LENGTH_MAX_BYTES: usize = 64;

/// A password, and how it is to be hashed.
#[derive(Clone, Debug)]
pub struct Work {
    password: Secret,
    means: Means,
    salt: Vec<u8>,
    length: usize,
}

/// By what is hashed.
#[derive(Clone, Debug, PartialEq)]
pub enum Means {
    /// How passwords are set here: which variant and version of it, with how much
    /// memory, how many passes and lanes.
    Argon2(Algorithm, Version, Params),
    /// How another program set one.
    Foreign(Foreign),
}

/// It costs more than a component has, or the algorithm does not know such parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unaffordable;

impl Work {
    /// Takes what is within the limits. Without a length in the parameters the outcome
    /// has 32 bytes.
    pub fn new(
        password: Secret,
        (algorithm, version): (Algorithm, Version),
        params: Params,
        salt: Vec<u8>,
    ) -> Result<Self, Unaffordable> {
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let affordable = params.m_cost() <= MEMORY_MAX_KIB
            && params.t_cost() <= PASSES_MAX
            && params.p_cost() <= LANES_MAX
            && length <= LENGTH_MAX_BYTES
            && (argon2::MIN_SALT_LEN..=64).contains(&salt.len())
            // Nobody's: there is no way to say them.
            && params.keyid().is_empty()
            && params.data().is_empty();
        affordable
            .then_some(Self {
                password,
                means: Means::Argon2(algorithm, version, params),
                salt,
                length,
            })
            .ok_or(Unaffordable)
    }

    /// The same by another program's means.
    pub fn foreign(
        password: Secret,
        means: Foreign,
        salt: Vec<u8>,
        length: usize,
    ) -> Result<Self, Unaffordable> {
        means.afford(&salt, length)?;
        Ok(Self {
            password,
            means: Means::Foreign(means),
            salt,
            length,
        })
    }

    /// What is hashed.
    #[must_use]
    pub fn password(&self) -> &Secret {
        &self.password
    }

    /// By what.
    #[must_use]
    pub fn means(&self) -> &Means {
        &self.means
    }

    /// Salted with this.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// Bytes of the outcome.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Computes it, in memory that is given back afterwards. With the parameters that
    /// passwords are set with it takes some 20 ms natively and 19 MiB.
    ///
    /// # Errors
    /// When there is not that much memory.
    pub fn compute(&self) -> Result<Vec<u8>, Unaffordable> {
        let mut memory = Memory::default();
        self.compute_in(&mut memory)
    }

    /// The same in memory that is kept: touching fresh pages is a third of the cost. That of
    /// one that takes more than most is given back.
    ///
    /// # Errors
    /// When there is not that much memory.
    pub fn compute_in(&self, memory: &mut Memory) -> Result<Vec<u8>, Unaffordable> {
        let outcome = match &self.means {
            Means::Argon2(algorithm, version, params) => {
                self.argon2(*algorithm, *version, params, memory)
            }
            Means::Foreign(means) => {
                if means.memory_kib() > 0 {
                    // It is in memory of its own: not beside what is kept.
                    *memory = Memory::default();
                }
                means.compute(self.password.expose(), &self.salt, self.length)
            }
        };
        memory.give_back();
        outcome
    }

    /// Whether it takes so much memory that a host that computes several at once computes
    /// one such at a time. They come from other programs, and all at once would be the memory
    /// of the machine.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.memory_kib() > MEMORY_SHARED_KIB
    }

    /// What computing it takes.
    fn memory_kib(&self) -> u32 {
        match &self.means {
            Means::Argon2(_, _, params) => params.m_cost(),
            Means::Foreign(means) => means.memory_kib(),
        }
    }

    fn argon2(
        &self,
        algorithm: Algorithm,
        version: Version,
        params: &Params,
        Memory(memory): &mut Memory,
    ) -> Result<Vec<u8>, Unaffordable> {
        let blocks = params.block_count();
        if let Some(more) = blocks.checked_sub(memory.len()) {
            memory.try_reserve_exact(more).map_err(|_| Unaffordable)?;
            memory.resize(blocks, Block::default());
        }
        let mut outcome = vec![0; self.length];
        let argon2 = Argon2::new(algorithm, version, params.clone());
        argon2
            .hash_password_into_with_memory(
                self.password.expose().as_bytes(),
                &self.salt,
                &mut outcome,
                &mut memory[..blocks],
            )
            .map_err(|_| Unaffordable)?;
        Ok(outcome)
    }
}

/// What hashes are computed in.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    /// What few hashes need does not stay with whoever computes the many.
    fn give_back(&mut self) {
        if self.0.len() > MEMORY_KEPT_KIB as usize {
            self.0 = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(memory_kib: u32, passes: u32, lanes: u32) -> Result<Work, Unaffordable> {
        let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| Unaffordable)?;
        let how = (Algorithm::Argon2id, Version::V0x13);
        let password = Secret::new("correct horse battery staple".into());
        Work::new(password, how, params, vec![7; 16])
    }

    #[test]
    fn defaults_of_other_libraries_are_affordable_and_more_is_not() {
        for (name, memory_kib, passes, lanes, affordable) in [
            ("ours", 19 * 1024, 2, 1, true),
            ("argon2-cffi", 64 * 1024, 3, 4, true),
            ("libsodium, interactive", 64 * 1024, 2, 1, true),
            ("Django", 100 * 1024, 2, 8, true),
            ("the most", 128 * 1024, 10, 1, true),
            ("a KiB more", 128 * 1024 + 1, 2, 1, false),
            ("libsodium, moderate", 256 * 1024, 3, 1, false),
            ("endless", 8, 11, 1, false),
        ] {
            assert_eq!(
                work(memory_kib, passes, lanes).is_ok(),
                affordable,
                "{name}"
            );
        }
    }

    /// The reference implementation's own vectors: `test.c` of
    /// <https://github.com/P-H-C/phc-winner-argon2>, 2 passes, 256 KiB.
    #[test]
    fn known_passwords_have_known_hashes() {
        for (algorithm, lanes, expected) in [
            (
                Algorithm::Argon2id,
                1,
                "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
            ),
            (
                Algorithm::Argon2id,
                2,
                "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037",
            ),
            (
                Algorithm::Argon2i,
                1,
                "89e9029f4637b295beb027056a7336c414fadd43f6b208645281cb214a56452f",
            ),
        ] {
            let params = Params::new(256, 2, lanes, None).expect("parameters");
            let how = (algorithm, Version::V0x13);
            let password = Secret::new("password".into());
            let work = Work::new(password, how, params, b"somesalt".to_vec()).expect("affordable");
            let hash = work.compute().expect("memory");
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, expected, "{algorithm} with {lanes} lanes");
        }
    }

    #[test]
    fn work_is_what_it_was_made_of() {
        let params = Params::new(128, 3, 2, Some(24)).expect("parameters");
        let how = (Algorithm::Argon2i, Version::V0x10);
        let salt = b"a salt of bytes".to_vec();
        let work = Work::new(
            Secret::new("pass".into()),
            how,
            params.clone(),
            salt.clone(),
        );
        let work = work.expect("affordable");
        assert_eq!(work.password().expose(), "pass");
        let Means::Argon2(algorithm, version, made) = work.means() else {
            panic!("{work:?}");
        };
        assert_eq!((*algorithm, *version), how);
        let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(costs(made), costs(&params));
        assert_eq!(work.salt(), salt);
        assert_eq!(work.length(), 24);
        assert_eq!(work.compute().expect("memory").len(), 24);
    }

    #[test]
    fn memory_that_was_used_before_changes_nothing() {
        let mut memory = Memory::default();
        let (large, small) = (work(256, 1, 1), work(64, 2, 2));
        let (large, small) = (large.expect("affordable"), small.expect("affordable"));
        for work in [&large, &small, &large] {
            assert_eq!(work.compute_in(&mut memory), work.compute());
        }
    }

    #[test]
    fn what_took_much_memory_gives_it_back_and_what_is_set_here_is_kept() {
        let mut memory = Memory::default();
        for (memory_kib, kept) in [(19 * 1024, 19 * 1024), (64, 19 * 1024), (33 * 1024, 0)] {
            let work = work(memory_kib, 1, 1).expect("affordable");
            work.compute_in(&mut memory).expect("memory");
            assert_eq!(memory.0.capacity(), kept, "{memory_kib}");
        }
    }

    #[test]
    fn what_other_programs_set_leaves_the_memory_that_it_does_not_replace() {
        let pbkdf2 = Foreign::Pbkdf2 {
            prf: Prf::Sha256,
            rounds: 1,
        };
        let scrypt = Foreign::Scrypt {
            log_n: 4,
            r: 8,
            p: 1,
        };
        for (means, kept) in [(Foreign::Bcrypt { cost: 4 }, 64), (pbkdf2, 64), (scrypt, 0)] {
            let mut memory = Memory::default();
            let ours = work(64, 1, 1).expect("affordable");
            ours.compute_in(&mut memory).expect("memory");
            let password = Secret::new("x".into());
            let foreign = Work::foreign(password, means, vec![7; 16], 23).expect("affordable");
            foreign.compute_in(&mut memory).expect("memory");
            assert_eq!(memory.0.capacity(), kept, "{means:?}");
        }
    }

    #[test]
    fn what_takes_more_than_most_is_large_by_whichever_means() {
        let is_large = |memory_kib| work(memory_kib, 1, 1).map(|work| work.is_large());
        let shared = MEMORY_SHARED_KIB;
        assert_eq!([shared, shared + 1].map(is_large), [Ok(false), Ok(true)]);
        let scrypt = |log_n| {
            let means = Foreign::Scrypt { log_n, r: 8, p: 1 };
            let work = Work::foreign(Secret::new("x".into()), means, vec![7; 16], 32);
            work.map(|work| work.is_large())
        };
        assert_eq!([16, 17].map(scrypt), [Ok(false), Ok(true)]);
    }

    #[test]
    fn debug_shows_no_password() {
        let shown = format!("{:?}", work(64, 1, 1));
        assert!(!shown.contains("horse"), "{shown}");
    }
}
