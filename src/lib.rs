//! What may pass, and as whom? The part of Gatelet that answers from data alone:
//! no I/O, no clock, no randomness; time, random bytes and keys are arguments.
#![forbid(unsafe_code)]

pub mod hop_by_hop;
