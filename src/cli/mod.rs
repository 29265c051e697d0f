//! `detente …`: thin.
//!
//! Never here: a rule.

pub mod custody;
pub mod files;
pub mod form;
pub mod keys;
pub mod register;
