//! Who takes part in which rules: the forms by which Parties say so, and what follows from them.
//!
//! Never here: what the rules say (`regime/`); a judgement whether a Party may leave.

mod announced;
mod bond;
mod faults;
mod forms;
mod replaced;
mod restraint;
mod spans;
mod standing;
mod word;

pub use announced::Announced;
pub use bond::{Addressees, Bond, Seen};
pub use faults::{beside_release, of_word as faults_of_word};
pub use forms::{Adoption, Nature, Reservation, Resumption, Suspension, Withdrawal};
pub use restraint::{How, Restraint, Spoken};
pub use spans::Spans;
pub use standing::{Adopted, Heard, Said, Since, Suspended, Told, Words};
pub use word::Word;

#[cfg(test)]
pub(crate) use standing::GONE_THROUGH;

use super::form::whole;

whole!(Adoption, Suspension, Resumption, Withdrawal);
