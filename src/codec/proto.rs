//! The types that `build.rs` makes of `proto/`, in the modules that their packages name.
//!
//! Outside this room only `detente::v1`, the calls between programs, is to be used.

#![allow(missing_docs, clippy::all, clippy::pedantic)]

pub mod detente {
    pub mod evidence {
        pub mod v1 {
            tonic::include_proto!("detente.evidence.v1");
        }
    }
    pub mod journal {
        pub(crate) mod v1 {
            tonic::include_proto!("detente.journal.v1");
        }
    }
    pub mod v1 {
        tonic::include_proto!("detente.v1");
    }
}
