//! `detente …`: thin. Reads what a person wrote, calls, prints.
//!
//! Never here: rules.

pub mod form;
