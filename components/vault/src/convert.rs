//! Our own errors, as the port has them.

use gatelet_secrets::{Code, VaultError};

use crate::bindings::gatelet::vault::types;

impl From<VaultError> for types::Error {
    fn from(error: VaultError) -> Self {
        let VaultError { code, message } = error;
        let code = match code {
            Code::NotConfigured => types::Code::NotConfigured,
            Code::Invalid => types::Code::Invalid,
            Code::Forbidden => types::Code::Forbidden,
            Code::NotFound => types::Code::NotFound,
            Code::Conflict => types::Code::Conflict,
            Code::WrongKey => types::Code::WrongKey,
            Code::Unavailable => types::Code::Unavailable,
            Code::Internal => types::Code::Internal,
        };
        Self { code, message }
    }
}
