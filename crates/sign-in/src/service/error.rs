//! What is an app told that is refused? A code of oRPC's vocabulary, by which clients
//! branch, and beside it the reason, which is our own stable code.

use serde_json::{Map, Value, json};

use crate::refusal::RefusalCode;

/// A code that clients branch by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorCode {
    /// It cannot be read, or is no answer to what this browser asked.
    BadRequest,
    /// It shows a token that is not good.
    Unauthorized,
    /// It is understood and refused.
    Forbidden,
    /// There is no such provider, or no such call.
    NotFound,
    /// The call is there, the method is not.
    MethodNotSupported,
    /// Something changed meanwhile.
    Conflict,
    /// The body is too long.
    PayloadTooLarge,
    /// What was asked does not have the right form.
    ValidationError,
    /// It was asked too often.
    TooManyRequests,
    /// Something is wrong here.
    Internal,
    /// The provider does not answer as it should, or there is none.
    AuthProviderError,
    /// The database does not answer.
    ServiceUnavailable,
}

impl ErrorCode {
    /// Every one.
    pub const ALL: [Self; 12] = [
        Self::BadRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotSupported,
        Self::Conflict,
        Self::PayloadTooLarge,
        Self::ValidationError,
        Self::TooManyRequests,
        Self::Internal,
        Self::AuthProviderError,
        Self::ServiceUnavailable,
    ];

    /// As it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::MethodNotSupported => "METHOD_NOT_SUPPORTED",
            Self::Conflict => "CONFLICT",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::ValidationError => "VALIDATION_ERROR",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::Internal => "INTERNAL_SERVER_ERROR",
            Self::AuthProviderError => "AUTH_PROVIDER_ERROR",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
        }
    }

    /// HTTP status of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotSupported => 405,
            Self::Conflict => 409,
            Self::PayloadTooLarge => 413,
            Self::ValidationError => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::AuthProviderError => 502,
            Self::ServiceUnavailable => 503,
        }
    }

    /// When it is answered, in one line of the published document.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::BadRequest => "Unreadable, or no answer to what this browser asked.",
            Self::Unauthorized => "The access token is not valid here.",
            Self::Forbidden => "Refused: from another site, or by a rule of this site.",
            Self::NotFound => "There is no such provider.",
            Self::MethodNotSupported => "Not by this method.",
            Self::Conflict => "The account changed meanwhile; try again.",
            Self::PayloadTooLarge => "The body is too long.",
            Self::ValidationError => "A field is missing or of another type.",
            Self::TooManyRequests => "Asked too often; see Retry-After.",
            Self::Internal => "Something is wrong here.",
            Self::AuthProviderError => "The provider fails, or none is set up.",
            Self::ServiceUnavailable => "The database does not answer; try again.",
        }
    }

    /// The code of an answer by its status, where no more is known.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotSupported,
            409 => Self::Conflict,
            413 => Self::PayloadTooLarge,
            422 => Self::ValidationError,
            429 => Self::TooManyRequests,
            503 => Self::ServiceUnavailable,
            400..=499 => Self::BadRequest,
            _ => Self::Internal,
        }
    }

    /// The code of a refused sign-in: of what the browser brought, of what this site lets
    /// in, or of what the provider says.
    #[must_use]
    pub fn of_refusal(code: RefusalCode) -> Self {
        match code {
            RefusalCode::ProviderUnknown => Self::NotFound,
            RefusalCode::ParametersMalformed
            | RefusalCode::StateMissing
            | RefusalCode::StateMismatch
            | RefusalCode::AttemptExpired
            | RefusalCode::ProviderMismatch
            | RefusalCode::CallbackMismatch
            | RefusalCode::OriginMismatch
            | RefusalCode::ResponseIssuerMismatch
            | RefusalCode::ResponseIssuerMissing
            | RefusalCode::CodeMissing
            | RefusalCode::Replayed
            | RefusalCode::RelayStateInvalid
            | RefusalCode::RelayTargetUnknown
            | RefusalCode::RelayCodeInvalid => Self::BadRequest,
            _ if code.status() == 403 => Self::Forbidden,
            _ => Self::AuthProviderError,
        }
    }

    /// Whether clients that know the contract know it, by oRPC's `defined`. What any server
    /// may say is not.
    #[must_use]
    pub const fn is_defined(self) -> bool {
        matches!(
            self,
            Self::Unauthorized
                | Self::Forbidden
                | Self::NotFound
                | Self::ValidationError
                | Self::AuthProviderError
        )
    }
}

/// An error as an app reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError<'a> {
    /// What clients branch by.
    pub code: ErrorCode,
    /// Our own stable code.
    pub reason: &'a str,
    /// One sentence or two, in the reader's language.
    pub message: &'a str,
    /// The field that does not do, and why.
    pub field: Option<(&'static str, &'static str)>,
}

impl ApiError<'_> {
    /// oRPC's form of an error: `defined`, `code`, `status`, `message`, `data`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut data = Map::new();
        data.insert("reason".to_owned(), self.reason.into());
        if self.code == ErrorCode::ValidationError {
            let (mut form, mut fields) = (Vec::new(), Map::new());
            match self.field {
                Some((field, why)) => drop(fields.insert(field.to_owned(), json!([why]))),
                None => form.push(Value::from(self.message)),
            }
            data.insert("formErrors".to_owned(), form.into());
            data.insert("fieldErrors".to_owned(), fields.into());
        }
        json!({
            "defined": self.code.is_defined(),
            "code": self.code.as_str(),
            "status": self.code.status(),
            "message": self.message,
            "data": data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_statuses_belong_to_each_other() {
        let mut seen = std::collections::BTreeSet::new();
        for code in ErrorCode::ALL {
            assert!(seen.insert((code.as_str(), code.status())), "{code:?}");
            if code != ErrorCode::AuthProviderError {
                assert_eq!(ErrorCode::of_status(code.status()), code);
            }
        }
        assert_eq!(seen.len(), ErrorCode::ALL.len());
    }

    #[test]
    fn a_refusal_is_the_browsers_the_sites_or_the_providers() {
        for (refusal, code) in [
            (RefusalCode::StateMismatch, ErrorCode::BadRequest),
            (RefusalCode::CallbackMismatch, ErrorCode::BadRequest),
            (RefusalCode::ProviderUnknown, ErrorCode::NotFound),
            (RefusalCode::Denied, ErrorCode::Forbidden),
            (RefusalCode::SignUpClosed, ErrorCode::Forbidden),
            (RefusalCode::ProviderError, ErrorCode::AuthProviderError),
            (
                RefusalCode::ProviderUnreachable,
                ErrorCode::AuthProviderError,
            ),
            (RefusalCode::IdTokenNonce, ErrorCode::AuthProviderError),
        ] {
            assert_eq!(ErrorCode::of_refusal(refusal), code, "{refusal}");
        }
        for refusal in RefusalCode::ALL {
            let code = ErrorCode::of_refusal(*refusal);
            assert!(
                super::super::Endpoint::Callback.errors().contains(&code),
                "{refusal}"
            );
        }
    }

    #[test]
    fn an_error_has_orpcs_form_and_our_reason() {
        let error = |field| ApiError {
            code: ErrorCode::ValidationError,
            reason: "input.invalid",
            message: "No.",
            field,
        };
        let told = error(Some(("returnTo", "not a string"))).to_json();
        assert_eq!(
            told,
            json!({
                "defined": true,
                "code": "VALIDATION_ERROR",
                "status": 422,
                "message": "No.",
                "data": {
                    "reason": "input.invalid",
                    "formErrors": [],
                    "fieldErrors": { "returnTo": ["not a string"] },
                },
            })
        );
        assert_eq!(error(None).to_json()["data"]["formErrors"], json!(["No."]));
        let other = ApiError {
            code: ErrorCode::BadRequest,
            ..error(None)
        };
        assert_eq!(
            other.to_json()["data"],
            json!({ "reason": "input.invalid" })
        );
        assert_eq!(other.to_json()["defined"], false);
    }
}
