//! Other nodes: whom we trust to be which Party, and dialling them.
//!
//! Never here: a decision. What a peer sent is decided by the registrar's Board.

pub mod certificate;
pub mod dial;
pub mod guarded;
pub mod tls;
pub mod trust;
pub mod trust_of_board;
pub mod verify;
