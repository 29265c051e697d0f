//! All integration tests are modules of this one binary; `tests/run` starts the Kafka broker they need.

mod access;
mod authority;
mod broker;
mod chain;
mod custody;
mod embedded;
mod journal;
mod kafka;
mod key_list;
mod merkle;
mod notes;
mod rooms;
mod signed;
mod tls;
mod trust;
