//! What is said about an exercise, from the form to the signed bytes and back.

mod cases;
mod difference;
mod faults;
mod forms;
mod named;
mod signed;
pub mod strategies;
mod strategies_activity;
mod strategies_exercise;
mod strategies_hotline;

use detente::cli::form::{self, Syntax};
use detente::domain::content::{Content, Kind};

/// The filled-in example of a kind.
fn example(kind: Kind) -> Content {
    form::read(kind, Syntax::Toml, form::example(kind)).expect("the examples are forms")
}

fn notification(text: &str) -> Content {
    form::read(Kind::Notification, Syntax::Toml, text).expect("a form")
}
