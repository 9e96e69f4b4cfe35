//! What does an agent ask by the Model Context Protocol, and what is it told? The endpoint
//! for agents, decided from data alone: who may, which message came in, whether the header
//! fields agree with it, which tools there are, and how their answers are put. No I/O,
//! clock, randomness.
//!
//! It speaks the revision 2026-07-28, in which every message stands alone, and two before
//! it, which begin with a handshake. No session is kept for those either, nothing is
//! streamed, and the answer to a request is one JSON document.
//!
//! ```text
//! Caller::of(head)            which page asks, and with which token
//! Agent::of(stored, …)        whose token that is, and what they may do
//! receive(fields, body)       what is asked: answered at once, or a call of a tool
//! ToolCall::answered(…)       what the tool said
//! ```
//!
//! Nothing of a call's arguments is repeated by anything here.

#![forbid(unsafe_code)]

mod agent;
mod caller;
mod cors;
mod denial;
mod endpoint;
mod fields;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod json;
mod listing;
mod message;
mod metadata;
mod output;
mod receive;
mod refusal;
mod reply;
mod revision;
mod tool_call;

pub use agent::Agent;
pub use caller::{Caller, Method};
pub use cors::{preflight, shared};
pub use denial::Denial;
pub use endpoint::{Endpoint, METADATA_PATH, PATH};
pub use fields::Fields;
pub use json::BODY_MAX_BYTES;
pub use message::Id;
pub use metadata::metadata;
pub use receive::{Received, receive};
pub use refusal::Refusal;
pub use reply::Reply;
pub use revision::Revision;
pub use tool_call::{Answer, ToolCall};
