//! The Rust example of the sheet for developers, as it is shown, but for the address that
//! it listens on: that is its argument.

#![expect(clippy::unwrap_used, reason = "an example is short")]

include!(concat!(env!("OUT_DIR"), "/greeting.rs"));
