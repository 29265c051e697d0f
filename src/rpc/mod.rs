//! Calls: TLS identity, the access table, calls to commands, status codes.
//!
//! Never here: touching a Board or making an Event.

pub mod accept;
pub mod access;
pub mod caller;
pub mod command;
pub mod status;
