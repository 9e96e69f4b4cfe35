//! What is asked where a head alone does not settle it, and what is found? As data,
//! so that whoever asks and whoever judges need not be in one place, and one answer does
//! for all who ask the same at the same time.

use serde::{Deserialize, Serialize};

use crate::backend::ForeignAnswer;
use crate::error::{Code, StoreError};
use crate::handed::{HandedToken, WantedToken};
use crate::origin_record::Place;
use crate::session::{Resumed, StoredToken};

/// A question. It has all that the answer depends on; two that are equal have one answer.
/// It holds passwords and credentials.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inquiry {
    /// Nothing: this line is for the operator's log.
    Problem(String),
    /// `gatelet:store/health.ready`.
    Ready,
    /// `gatelet:store/sessions.resume`.
    Session(SessionInquiry),
    /// `gatelet:store/access-tokens.resume`.
    Token(TokenInquiry),
    /// Of whoever it names.
    Foreign(ForeignInquiry),
}

impl Inquiry {
    /// Whether others than the store may be asked for it, who may take their time.
    #[must_use]
    pub fn may_exchange(&self) -> bool {
        match self {
            Self::Problem(_) | Self::Ready | Self::Token(_) => false,
            Self::Session(session) => session.wanted.is_some(),
            Self::Foreign(ForeignInquiry::BetterAuth(_)) => false,
            Self::Foreign(ForeignInquiry::WorkOs { may_exchange, .. }) => *may_exchange,
        }
    }
}

/// Whose session?
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInquiry {
    /// Where it is.
    pub place: Place,
    /// SHA-256 of the session token.
    pub token_digest: [u8; 32],
    /// What the session must be good for.
    pub audience: String,
    /// The app that its user must have been granted, where there is one.
    pub app: Option<String>,
    /// Its idle expiry from now on, in Unix seconds; 0 leaves that as it is.
    pub idle_expires_at: u64,
    /// The access token that is asked of `auth` for whoever has it.
    pub wanted: Option<WantedToken>,
}

/// Whose personal access token?
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInquiry {
    /// Where its user is.
    pub place: Place,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// What the token must be good for.
    pub audience: String,
    /// The app that its user must have been granted, where there is one.
    pub app: Option<String>,
}

/// Whose sessions of another program's? Each in the order in which they count.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ForeignInquiry {
    /// `gatelet:store/better-auth.find`, by these tokens.
    BetterAuth(Vec<String>),
    /// Of `auth`, whose these sealed cookies are.
    WorkOs {
        /// The cookies' values.
        seals: Vec<String>,
        /// Whether their tokens may be exchanged for others.
        may_exchange: bool,
    },
}

/// What was found, about the question of the same name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the questions say it")]
pub enum Finding {
    Nothing,
    Ready(Result<(), StoreError>),
    Session(Result<Option<SessionFinding>, StoreError>),
    Token(Result<Option<StoredToken>, StoreError>),
    Foreign(Result<ForeignAnswer, StoreError>),
}

/// A session that was found.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFinding {
    /// Whose it is, and until when.
    pub resumed: Resumed,
    /// What `auth` answers about [`SessionInquiry::wanted`]; none where it was not asked.
    pub handed: Option<Result<Option<HandedToken>, Code>>,
}
