//! What proves something to a third person: keys, signatures, Merkle trees, signed notes, checkpoints,
//! cosignatures, proofs, key lists that follow from each other.
//!
//! Never here: a network, a journal, protobuf. It works on bytes and domain types, and knows no clock.

pub mod checkpoint;
pub mod cosignature;
pub mod key_list;
pub mod keys;
pub mod merkle;
pub mod names;
pub mod note;
pub mod proof;
pub mod signed;
