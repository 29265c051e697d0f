//! Lines on standard output.
//!
//! Never here: what they say. Whoever reads may stop reading: then the program ends without a word, as
//! it would by the signal that Rust programs are started without.

use std::fmt::Arguments;
use std::io::Write as _;

/// What a shell makes of a program that ended by SIGPIPE (128 + 13).
pub const READER_GONE: u8 = 141;

pub fn line(text: Arguments<'_>) {
    if !is_read(text) {
        std::process::exit(READER_GONE.into());
    }
}

/// The same for whoever has something to put away first: whether anybody still reads.
pub fn is_read(text: Arguments<'_>) -> bool {
    writeln!(std::io::stdout(), "{text}").is_ok()
}

pub fn text(text: &str) {
    let mut out = std::io::stdout();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(READER_GONE.into());
    }
}

/// As `println!`, without its panic.
macro_rules! say {
    ($($part:tt)*) => { $crate::cli::out::line(format_args!($($part)*)) };
}

pub(crate) use say;
