//! All integration tests are modules of this one binary; `tests/run` starts the Kafka broker they need.

mod broker;
mod embedded;
mod journal;
mod kafka;
mod rooms;
