//! `detente …`: thin.
//!
//! Never here: a rule.

pub mod custody;
pub mod exercise;
pub mod files;
pub mod form;
pub mod json;
pub mod keys;
pub mod register;
pub mod watch;
