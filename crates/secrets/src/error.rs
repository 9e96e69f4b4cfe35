//! Why was nothing done? A closed set of codes, and a line for people and agents that
//! never has a value in it.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Why nothing was done, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all(serialize = "snake_case"))]
pub enum Code {
    /// There is no key: `secrets_enc_key` is not set.
    NotConfigured,
    /// An argument will not do.
    Invalid,
    /// The actor may not.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// Something changed meanwhile.
    Conflict,
    /// What is kept was sealed under a key that is not here.
    WrongKey,
    /// The store does not answer.
    Unavailable,
    /// Anything else.
    Internal,
}

/// Why nothing was done. As the WIT's `error` it is read, and written for programs:
/// `{"code": "not_found", "message": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultError {
    /// For programs.
    pub code: Code,
    /// For people and agents, in one line.
    pub message: String,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 8] = [
        Self::NotConfigured,
        Self::Invalid,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::WrongKey,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The stable text: `not_configured`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::Invalid => "invalid",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::WrongKey => "wrong_key",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// The status of an HTTP response that says so.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::WrongKey | Self::Internal => 500,
            Self::NotConfigured | Self::Unavailable => 503,
        }
    }
}

impl VaultError {
    /// There is no key.
    #[must_use]
    pub fn not_configured() -> Self {
        Self::new(
            Code::NotConfigured,
            "the vault is not configured: set secrets_enc_key (SECRETS_ENC_KEY) to 32 random bytes in base64url, and start again",
        )
    }

    /// An argument will not do; the line says which and why, and repeats no value.
    #[must_use]
    pub fn invalid(message: impl fmt::Display) -> Self {
        Self::new(Code::Invalid, message)
    }

    /// The actor may not.
    #[must_use]
    pub fn forbidden(message: impl fmt::Display) -> Self {
        Self::new(Code::Forbidden, message)
    }

    /// There is no such thing: a secret, an application, a request.
    #[must_use]
    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::new(Code::NotFound, format_args!("there is no {what}"))
    }

    /// Something changed meanwhile.
    #[must_use]
    pub fn conflict() -> Self {
        Self::new(Code::Conflict, "something changed meanwhile: look again")
    }

    /// The store does not answer.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(
            Code::Unavailable,
            "the database does not answer: try again later",
        )
    }

    /// Anything else; what it was, only the log says.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(Code::Internal, "that failed: the log says why")
    }

    /// A code and its line; breaks and what cannot be seen are escaped.
    #[must_use]
    pub fn new(code: Code, message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self {
            code,
            message: gatelet_core::printable::Printable(&message).to_string(),
        }
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for VaultError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_key_the_line_names_the_setting_and_its_variable() {
        let error = VaultError::not_configured();
        assert_eq!(error.code, Code::NotConfigured);
        for name in ["not configured", "secrets_enc_key", "SECRETS_ENC_KEY"] {
            assert!(error.message.contains(name), "{error}");
        }
    }

    #[test]
    fn an_error_is_read_as_the_wit_has_it_and_written_for_programs() {
        for code in Code::ALL {
            let wit = format!(r#"{{"code":"{code:?}","message":"m"}}"#);
            let error: VaultError = serde_json::from_str(&wit).unwrap();
            assert_eq!(error, VaultError::new(code, "m"));
            let written = serde_json::to_string(&error).unwrap();
            assert_eq!(
                written,
                format!(r#"{{"code":"{}","message":"m"}}"#, code.as_str())
            );
        }
    }

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(VaultError::invalid("a\r\nb").message, "a\\r\\nb");
    }

    #[test]
    fn every_code_has_the_status_that_says_so() {
        let statuses = Code::ALL.map(Code::http_status);
        assert_eq!(statuses, [503, 400, 403, 404, 409, 500, 503, 500]);
    }
}
