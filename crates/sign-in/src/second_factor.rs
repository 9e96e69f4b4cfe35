//! Is a first proof enough, and what makes it so? Whoever has set up a second factor is
//! asked for it, whatever way they come in, but by a passkey that has checked who holds
//! it: that is two factors in one.

use gatelet_settings::{Setting, SettingError, Values};
use gatelet_texts::{Text, problems};
use gatelet_webauthn::Verified;

/// `second_factor`: whether an origin asks for more than one proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactorPolicy {
    /// Nobody is asked, and nobody sets one up.
    Off,
    /// Whoever has one.
    Optional,
    /// Everybody: who has none sets one up before the session begins.
    Required,
}

/// What a user has, beside the way in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// An app that makes codes.
    pub authenticator: bool,
    /// How many passkeys.
    pub passkeys: u32,
}

/// Proof by a second factor, of one user. Only the checks of one make it.
#[derive(Debug)]
pub struct SecondProof {
    user_id: String,
    methods: &'static str,
}

/// Proof enough for a session: only a proof's `judge` makes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Sufficient {
    methods: String,
}

/// What must be proved first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Another factor than the one that was proved.
    SecondFactor,
    /// The same, by somebody who has none yet.
    SetUp,
}

impl SecondFactorPolicy {
    /// As an origin's values have it.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        match values.get(Setting::SecondFactor) {
            "off" => Ok(Self::Off),
            "optional" => Ok(Self::Optional),
            "required" => Ok(Self::Required),
            _ => Err(SettingError::new(
                Setting::SecondFactor,
                "is none of off, optional and required",
            )),
        }
    }
}

impl Factors {
    /// Whether there is one at all.
    #[must_use]
    pub fn any(self) -> bool {
        self.authenticator || self.passkeys > 0
    }
}

impl SecondProof {
    /// By a code that works once.
    pub(crate) fn code(user_id: String) -> Self {
        let methods = "otp";
        Self { user_id, methods }
    }

    /// By a passkey that has signed, where whoever keeps it has counted it.
    #[must_use]
    pub fn passkey(user_id: &str, signed: &Verified, is_counted: bool) -> Option<Self> {
        is_counted.then(|| Self {
            user_id: user_id.to_owned(),
            methods: passkey_methods(signed.backup_eligible),
        })
    }

    /// Whose it is.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }
}

/// RFC 8176's words for a passkey: a key in hardware, or one that is copied from device to
/// device, so in software; and somebody was there.
pub(crate) const fn passkey_methods(backup_eligible: bool) -> &'static str {
    match backup_eligible {
        false => "hwk user",
        true => "swk user",
    }
}

impl Sufficient {
    /// By a passkey that has checked who holds it: that is two factors.
    pub(crate) fn by_passkey(backup_eligible: bool) -> Self {
        let methods = format!("{} mfa", passkey_methods(backup_eligible));
        Self { methods }
    }

    /// By which methods: values of RFC 8176 §2, separated by spaces.
    #[must_use]
    pub fn methods(&self) -> &str {
        &self.methods
    }
}

/// Judges what was proved first by `first`, RFC 8176's word for it, about this user.
pub(crate) fn judge(
    first: &str,
    user_id: &str,
    factors: Factors,
    policy: SecondFactorPolicy,
    second: Option<&SecondProof>,
) -> Result<Sufficient, Needed> {
    let second = second.filter(|second| second.user_id == user_id);
    let methods = match (second, policy) {
        (Some(second), _) => format!("{first} {} mfa", second.methods),
        (None, SecondFactorPolicy::Off) => first.to_owned(),
        (None, SecondFactorPolicy::Optional | SecondFactorPolicy::Required) if factors.any() => {
            return Err(Needed::SecondFactor);
        }
        (None, SecondFactorPolicy::Optional) => first.to_owned(),
        (None, SecondFactorPolicy::Required) => return Err(Needed::SetUp),
    };
    Ok(Sufficient { methods })
}

impl Needed {
    /// Every case, for documentation and tests.
    pub const ALL: &'static [Self] = &[Self::SecondFactor, Self::SetUp];

    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SecondFactor => "session.second_factor_needed",
            Self::SetUp => "session.second_factor_set_up",
        }
    }

    /// What the visitor reads.
    #[must_use]
    pub const fn message(self) -> Text {
        match self {
            Self::SecondFactor => problems::NEEDED_SECOND_FACTOR,
            Self::SetUp => problems::NEEDED_SET_UP,
        }
    }
}

#[cfg(test)]
mod tests {
    use gatelet_texts::are_sentences;

    use super::*;

    const NONE: Factors = Factors {
        authenticator: false,
        passkeys: 0,
    };
    const APP: Factors = Factors {
        authenticator: true,
        passkeys: 0,
    };
    const PASSKEY: Factors = Factors {
        authenticator: false,
        passkeys: 1,
    };

    #[test]
    fn whoever_has_a_second_factor_needs_it_unless_it_is_switched_off() {
        use SecondFactorPolicy::{Off, Optional, Required};
        for (policy, factors, needed) in [
            (Off, NONE, None),
            (Off, APP, None),
            (Off, PASSKEY, None),
            (Optional, NONE, None),
            (Optional, APP, Some(Needed::SecondFactor)),
            (Optional, PASSKEY, Some(Needed::SecondFactor)),
            (Required, NONE, Some(Needed::SetUp)),
            (Required, APP, Some(Needed::SecondFactor)),
            (Required, PASSKEY, Some(Needed::SecondFactor)),
        ] {
            for first in ["pwd", "fed"] {
                let judged = judge(first, "ann", factors, policy, None);
                assert_eq!(
                    judged.as_ref().err(),
                    needed.as_ref(),
                    "{policy:?} {factors:?}"
                );
                assert!(judged.is_err() || judged.is_ok_and(|enough| enough.methods() == first));
            }
            let code = SecondProof::code("ann".to_owned());
            let judged = judge("pwd", "ann", factors, policy, Some(&code));
            assert_eq!(judged.expect("both").methods(), "pwd otp mfa");
        }
    }

    #[test]
    fn the_second_factor_of_somebody_else_is_none() {
        let bobs = SecondProof::code("bob".to_owned());
        let judged = judge("pwd", "ann", APP, SecondFactorPolicy::Optional, Some(&bobs));
        assert_eq!(judged, Err(Needed::SecondFactor));
        let judged = judge(
            "pwd",
            "ann",
            NONE,
            SecondFactorPolicy::Required,
            Some(&bobs),
        );
        assert_eq!(judged, Err(Needed::SetUp));
    }

    #[test]
    fn the_setting_is_one_of_three_words() {
        let read = |value| {
            let values = Values::new([(Setting::SecondFactor, value)]);
            SecondFactorPolicy::from_values(&values)
        };
        assert_eq!(read(""), Ok(SecondFactorPolicy::Optional), "the default");
        assert_eq!(read("off"), Ok(SecondFactorPolicy::Off));
        assert_eq!(read("required"), Ok(SecondFactorPolicy::Required));
        for wrong in ["on", "OFF", "optional,required"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_needed_first_has_a_code_and_a_sentence() {
        for needed in Needed::ALL {
            assert!(needed.code().starts_with("session."), "{needed:?}");
            assert!(are_sentences(needed.message()), "{needed:?}");
        }
    }
}
