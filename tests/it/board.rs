//! The Board.
