//! Who takes part in which rules: the forms by which Parties say so, and what follows from them.
//!
//! Never here: what the rules say (`regime/`); a judgement whether a Party may leave.

mod bond;
mod forms;
mod restraint;
mod standing;
mod word;

pub use bond::{Addressees, Bond, Seen};
pub use forms::{Adoption, Nature, Reservation, Resumption, Suspension, Withdrawal};
pub use restraint::{How, Restraint, Spoken};
pub use standing::{Adopted, Heard, Said, Since, Suspended, Told, Words};
pub use word::Word;

use super::form::whole;

whole!(Adoption, Suspension, Resumption, Withdrawal);
