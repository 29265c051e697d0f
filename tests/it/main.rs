//! All integration tests are modules of this one binary; `tests/run` starts the Kafka broker they need.

mod access;
mod authority;
mod broker;
mod chain;
mod custodians;
mod custody;
mod embedded;
mod exercise_form;
mod hostile;
mod journal;
mod kafka;
mod key_list;
mod links;
mod links_down;
mod links_hostile;
mod merkle;
mod node;
mod notes;
mod rooms;
mod signed;
mod talk;
mod tls;
mod trust;
mod world;
