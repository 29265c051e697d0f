//! What forms are made of: fields, groups and lists, declared once, with faults, lines, differences and
//! limits computed from the declaration.
//!
//! Never here: a particular form, bytes (`codec/form/`), TOML and JSON (`cli/form/`).
//!
//! What stands where:
//!
//! - how a form is declared and laid out: `declare.rs`, `choice.rs`, `outline.rs`, `named.rs`
//! - its values: `leaf.rs`, `when.rs`, `area.rs`, `figures.rs`, `reference.rs`
//! - what is computed from it: `faults.rs`, `lines.rs`, `difference.rs`

pub mod area;
pub mod choice;
pub mod declare;
mod difference;
pub mod faults;
pub mod figures;
pub mod leaf;
pub(in crate::domain) mod lines;
pub mod named;
pub mod outline;
mod reference;
pub mod when;

pub use area::{Area, GeoPoint, Place};
pub use difference::{Change, difference, instead, told_once};
pub use faults::{Fault, Faults, Following, Instead, Refused, faults};
pub use figures::{Figure, FigureAccount, FigureBasis, Formation, WELL_KNOWN};
pub use leaf::{MessageDigest, OtherThread, Prose};
pub use lines::{Line, NOT_KNOWN, TO_FOLLOW, Whose, lines, lines_under};
pub use reference::{ActivityReference, MessageReference};
pub use when::When;

use outline::{Field, Group, Part, Path};

use crate::limits;

/// A whole document, whatever its kind.
pub trait Form {
    fn fields(&self) -> &'static [Field];
    fn parts(&self) -> Vec<Part>;
    /// Paths of fields that the author has not got yet and will give.
    fn to_follow(&self) -> &[String];
    /// Paths of fields that the author does not know, and does not promise.
    fn not_known(&self) -> &[String];
    /// Marks what is wrong with it.
    fn check(&self, faults: &mut Faults);
    fn bound(&self) -> Result<(), Refused>;
}

macro_rules! whole {
    ($($form:ty),+) => {$(
        impl $crate::domain::form::Form for $form {
            fn fields(&self) -> &'static [$crate::domain::form::outline::Field] {
                <$form as $crate::domain::form::outline::Group>::FIELDS
            }

            fn parts(&self) -> Vec<$crate::domain::form::outline::Part> {
                $crate::domain::form::outline::Group::parts(self)
            }

            fn to_follow(&self) -> &[String] {
                &self.to_follow
            }

            fn not_known(&self) -> &[String] {
                &self.not_known
            }

            fn check(&self, faults: &mut $crate::domain::form::faults::Faults) {
                let root = $crate::domain::form::outline::Path::root();
                $crate::domain::form::outline::Entry::check(self, &root, faults);
            }

            fn bound(&self) -> Result<(), $crate::domain::form::Refused> {
                $crate::domain::form::bound_whole(self)
            }
        }
    )+};
}

pub(in crate::domain) use whole;

/// A whole document within its limits.
pub(in crate::domain) fn bound_whole(form: &impl Group) -> Result<(), Refused> {
    if form.entries_within() > limits::FORM_ENTRIES_MAX {
        let rule = format!("the lists hold at most {} entries together", limits::FORM_ENTRIES_MAX);
        return Err(Refused { field: "content".to_owned(), rule });
    }
    form.bound_fields(&Path::root())
}
