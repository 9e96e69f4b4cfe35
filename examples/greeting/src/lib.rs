//! The Spin example of the sheet for developers, as it is shown there.

include!("../../../crates/guide/snippets/lib.rs");
