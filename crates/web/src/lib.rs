//! What do components with pages share? A request as plain values, forms that are
//! proved to be our own, answers with the header fields that protect them, the frame
//! of a page, problems and how they are told, the session that a browser has, and
//! lines for the operator's log.
//!
//! What a page is about is the component's. It makes an [`Arrival`] of a request,
//! asks that for all that it needs, and ends in an [`Answer`] or a [`Failure`].

pub mod access_tokens;
mod answer;
mod arrival;
pub mod audit;
mod failure;
mod faults;
mod frame;
pub mod log;
mod notice;
mod person;
mod problem;
mod request;
mod session;
mod sited;
pub mod vault;

/// What people type passes through buffers of libraries too: whatever is given back is
/// overwritten, so that no core of a host that serves us holds it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

pub use answer::{
    Answer, asset, in_language, insisting, json, no_content, page, replied, scripted, see_other,
    sent, text, with, with_cookies,
};
pub use arrival::Arrival;
pub use failure::{Failure, behind, explained, nowhere, worth_a_retry};
pub use faults::{Fault, Faults};
pub use frame::{Frame, Looks, Preview, STYLE, monogram, with_return_to};
pub use gatelet_theme::Asset;
pub use person::Person;
pub use problem::{Action, Explain, Problem};
pub use request::{BodyError, Head, read, split};
pub use session::{Current, Live, current, in_store, shown, signed, under};
pub use sited::{set_up, sited};
