//! Other nodes: whom we trust to be which Party, dialling them, delivering by lane, gathering receipts,
//! exchanging heads.
//!
//! Never here: a decision. What a peer sent is decided by the registrar's Board.

pub mod beat;
pub mod carry;
pub mod carry_in;
pub mod carry_parts;
mod carry_receipts;
pub mod certificate;
mod collect;
mod deliver;
pub mod dial;
mod errands;
pub mod exchange;
mod follow;
pub mod guarded;
mod hand_in_parts;
pub mod heads;
pub mod identity;
pub mod leaves;
pub mod links;
mod lists;
mod not_now;
mod outcome;
mod owed;
pub mod parts;
pub mod ping;
pub mod receipts;
pub mod receive;
pub mod serve;
mod serve_collect;
mod serve_parts;
mod silence;
mod spread;
pub mod stranger;
mod taking;
pub mod tls;
pub mod trust;
pub mod trust_of_board;
mod turns;
mod under_way;
pub mod verify;
