//! What does a letter say, how does it wait, and how is it handed on? Everything about
//! letters that is decided from data alone.
//!
//! 1. A [`letter::Letter`] says what somebody is told. [`letter::Letter::compose`] puts
//!    the frame of its site around it: a [`message::Message`], whole.
//! 2. [`sealed`] is how it waits in the database.
//! 3. [`service`] is how it is handed to a mail service.
//! 4. Whoever sends hands the outcome back to be judged: [`fate::Fate`].

#![forbid(unsafe_code)]

pub mod fate;
pub mod letter;
pub mod message;
pub mod said;
pub mod sealed;
pub mod service;
mod sigv4;
mod webhook;
