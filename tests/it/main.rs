//! All integration tests are modules of this one binary; `tests/run` starts the Kafka broker they need.

mod broker;
mod exercise_form;
mod journal;
mod key_list;
mod merkle;
mod notes;
mod signed;
