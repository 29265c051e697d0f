//! All integration tests are modules of this one binary; `tests/run` starts the Kafka broker they need.

mod access;
mod authority;
mod board;
mod broker;
mod chain;
mod custody;
mod embedded;
mod exercise_form;
mod journal;
mod kafka;
mod key_list;
mod links;
mod merkle;
mod node;
mod notes;
mod party;
mod registrar;
mod rooms;
mod signed;
mod talk;
mod tls;
mod trust;
mod world;
