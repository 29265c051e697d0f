//! The messages that a form names by their digest.
//!
//! Never here: how they are read from the form's bytes (`codec/named.rs`).

use super::digest::Digest;
use super::form::MessageReference;

/// What a message names in its form, where its envelope need not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NamedInForm {
    /// Messages by their digest, each once, no more than the limit says.
    pub messages: Vec<Digest>,
    /// Of a message withdrawal that can be read: what it takes back.
    pub withdraws: Option<Box<MessageReference>>,
}
