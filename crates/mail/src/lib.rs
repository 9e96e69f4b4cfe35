//! Which way does mail go, from whom and to whom? What an operator sets about mail, and
//! addresses. What a letter says is `gatelet-letters`' matter, which only `auth` needs.

#![forbid(unsafe_code)]

pub mod address;
pub mod dialogue;
pub mod due;
pub mod errand;
pub mod mail_url;
pub mod settings;
