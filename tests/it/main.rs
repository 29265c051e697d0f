//! All integration tests are modules of this one binary; `tests/run` starts the Kafka broker they need.

mod access;
mod audit;
mod authority;
mod broker;
mod bundle;
mod custody;
mod embedded;
mod exercise;
mod exercise_form;
mod journal;
mod kafka;
mod key_list;
mod links;
mod merkle;
mod node;
mod notes;
mod officer;
mod pair;
mod rooms;
mod signed;
mod talk;
mod thread;
mod tls;
mod trust;
mod watch;
mod world;
