//! Why is there no answer of a component?

use std::fmt;

use wasmtime::PoolConcurrencyLimitError;
use wasmtime_wasi_http::handler::ExpirationError;

/// Why there is none. What the visitor is told follows from the case; the detail is the
/// operator's.
#[derive(Debug)]
pub enum Unanswered {
    /// Too many requests are being served, altogether or from this visitor's network.
    Full,
    /// It took too long.
    TimedOut,
    /// The instance that was to answer ended, by this request's doing or another's that
    /// it served at the same time.
    Ended,
    /// Anything else.
    Failed(anyhow::Error),
}

impl fmt::Display for Unanswered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => out.write_str("too many requests at once"),
            Self::TimedOut => out.write_str("no answer in time"),
            Self::Ended => out.write_str("the instance that was to answer ended early"),
            Self::Failed(error) => write!(out, "{error:#}"),
        }
    }
}

impl std::error::Error for Unanswered {}

impl From<wasmtime::Error> for Unanswered {
    fn from(error: wasmtime::Error) -> Self {
        if error.is::<PoolConcurrencyLimitError>() {
            Self::Full
        } else if error.is::<ExpirationError>() {
            Self::TimedOut
        } else {
            Self::Failed(error.into())
        }
    }
}
