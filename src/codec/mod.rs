//! The only room that knows the stored and signed schemas: bytes to domain types and back, a file for
//! each noun.
//!
//! Never here: a decision. What can't be decoded is an error that names the field, never a guess.

pub mod exercise;

/// The generated types of what is signed and kept for ever.
pub(crate) mod evidence_v1 {
    #![allow(missing_docs, clippy::all, clippy::pedantic)]
    tonic::include_proto!("detente.evidence.v1");
}
