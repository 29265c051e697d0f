//! All integration tests are modules of this one binary; `tests/run` starts the Kafka broker they need.

mod access;
mod authority;
mod broker;
mod custodians;
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
mod program;
mod rooms;
mod signed;
mod talk;
mod tls;
mod trust;
mod world;
