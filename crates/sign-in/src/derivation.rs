//! What is known once a password has been hashed? Hashing costs more than all the rest
//! of signing in, so it is done elsewhere, few at once: here is what is to be computed,
//! and what is judged by the outcome.

use core::fmt;

use gatelet_hashing::{Unaffordable, Work};

/// What follows from an outcome.
type Settle<T> = Box<dyn FnOnce(&[u8]) -> T>;

/// A `T` that wants the outcome of some [`Work`] first.
#[must_use]
pub struct Derivation<T> {
    work: Work,
    settle: Settle<T>,
}

impl<T: 'static> Derivation<T> {
    pub(crate) fn new(work: Work, settle: impl FnOnce(&[u8]) -> T + 'static) -> Self {
        Self {
            work,
            settle: Box::new(settle),
        }
    }

    pub(crate) fn map<U: 'static>(self, change: impl FnOnce(T) -> U + 'static) -> Derivation<U> {
        let Self { work, settle } = self;
        Derivation::new(work, move |outcome| change(settle(outcome)))
    }

    /// What is to be computed.
    #[must_use]
    pub fn work(&self) -> &Work {
        &self.work
    }

    /// What follows from the outcome of the work, and of no other.
    #[must_use]
    pub fn settle(self, outcome: &[u8]) -> T {
        (self.settle)(outcome)
    }

    /// Computes it here and now, for tools that serve nobody meanwhile.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn here(self) -> Result<T, Unaffordable> {
        let outcome = self.work.compute()?;
        Ok(self.settle(&outcome))
    }
}

/// Without what is judged.
impl<T> fmt::Debug for Derivation<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { work, settle: _ } = self;
        write!(out, "Derivation({work:?})")
    }
}

#[cfg(test)]
mod tests {
    use gatelet_core::secret::Secret;
    use gatelet_hashing::{Algorithm, Params, Version};

    use super::*;

    #[test]
    fn debug_shows_the_work_and_no_password() {
        let params = Params::new(64, 1, 1, None).expect("parameters");
        let password = Secret::new("hunter2hunter2".to_owned());
        let how = (Algorithm::Argon2id, Version::V0x13);
        let work = Work::new(password, how, params, vec![7; 16]).expect("affordable");
        let shown = format!("{:?}", Derivation::new(work, |_| "judged"));
        assert!(shown.starts_with("Derivation(Work"), "{shown}");
        assert!(
            !shown.contains("hunter2") && !shown.contains("judged"),
            "{shown}"
        );
    }
}
