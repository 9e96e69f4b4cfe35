//! What a command says on standard output. Whoever reads no further, as `head` does, has what
//! they wanted, and the command does the rest of its work all the same.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};

/// As `println!`, for a reader that may go away.
macro_rules! outln {
    ($($said:tt)*) => { $crate::cli::output::say(format_args!("{}\n", format_args!($($said)*))) };
}

/// As `print!`, for a reader that may go away.
macro_rules! out {
    ($($said:tt)*) => { $crate::cli::output::say(format_args!($($said)*)) };
}

/// Writes that, at once.
///
/// # Panics
/// When it cannot be written for any other reason than that nobody reads it: a disk is full.
pub(crate) fn say(said: Arguments<'_>) {
    let mut output = std::io::stdout().lock();
    let written = output.write_fmt(said).and_then(|()| output.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            panic!("standard output takes nothing: {error}")
        }
        _ => {}
    }
}
