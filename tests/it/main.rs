//! The one test binary. Each module is a noun of the program.

mod exercise_form;
