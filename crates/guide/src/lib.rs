//! What must the developer of an app behind Gatelet know? One sheet, for people as a page
//! and for programs as Markdown: both are made of the same parts. It says what is true at
//! every Gatelet, and of this one nothing but its address, which whoever reads it has typed.

mod examples;
mod markdown;
mod sheet;

pub use examples::{EXAMPLES, Example};
pub use sheet::{Entry, Part, Section, Sheet, Span, spans};
