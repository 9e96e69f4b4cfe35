//! What may pass, and as whom? The part of Gatelet that answers from data alone:
//! no I/O, no clock, no randomness; time, random bytes and keys are arguments.
//!
//! The gateway calls [`decide::decide`] for every request, and where that says
//! ask, [`decide::question`] and the answer to it. Sign-in makes the session that
//! it then finds: [`session`].
#![forbid(unsafe_code)]

mod access;
pub mod access_token;
pub mod backend;
pub mod base_url;
pub mod claims;
pub mod cookie;
pub mod credential;
pub mod crossing;
pub mod danger;
pub mod decide;
mod destination;
pub mod error;
#[cfg(test)]
mod fixture;
pub mod forwarded;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod groups;
pub mod handed;
pub mod head;
mod hop_by_hop;
pub mod host_fields;
mod identity;
pub mod inquiry;
pub mod key;
pub mod negotiate;
pub mod origin;
pub mod origin_record;
pub mod origins;
pub mod passphrase;
mod path;
pub mod pattern;
pub mod percent;
pub mod printable;
pub mod remote;
pub mod reply;
mod request;
mod reserved;
pub mod return_target;
mod scan;
pub mod secret;
pub mod section;
pub mod session;
pub mod session_store;
pub mod settings;

pub use access::is_group_name;
pub use identity::IDENTITY_FIELDS;

pub use decide::{Edits, Question, Resume, Verdict, decide, question};
pub use head::Head;
