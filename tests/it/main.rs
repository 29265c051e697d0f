mod key_list;
mod merkle;
mod notes;
mod signed;
//! All integration tests are modules of this one binary; `tests/run` starts the Kafka broker they need.

mod broker;
mod journal;
