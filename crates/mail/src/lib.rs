//! Which way does mail go, from whom and to whom? What an operator sets about mail, and
//! addresses. What a letter says is `gatelet-letters`' matter, which only `auth` needs.

#![forbid(unsafe_code)]

pub mod address;
pub mod dialogue;
pub mod mail_url;
pub mod settings;
pub mod trial;

/// Where `auth` tries what is due. No public route leads to it.
pub const DUE_PATH: &str = "/mail/due";
