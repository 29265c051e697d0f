//! All integration tests are modules of this one binary; `tests/run` starts the Kafka broker they need.

mod access;
mod authority;
mod broker;
mod custodians;
mod custody;
mod exercise_form;
mod journal;
mod key_list;
mod merkle;
mod node;
mod notes;
mod signed;
mod tls;
mod trust;
mod world;
