//! What a message does to who is bound: the few values of its form that have an effect.
//!
//! Never here: a form that lacks one of them. It is a message like any other, marked with its faults,
//! and has no effect.

use super::forms::Nature;
use crate::domain::content::Content;
use crate::domain::digest::Digest;
use crate::domain::form::{MessageReference, When};
use crate::domain::time::Instant;

/// A word that takes effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Word {
    Adopts {
        regime: String,
        edition: u64,
        /// Of the regime's exact text.
        digest: Digest,
        from: Instant,
        nature: Nature,
        /// The provisions; the texts are read in the message.
        reservations: Vec<String>,
    },
    Suspends {
        adoption: Digest,
        /// Empty for the regime as a whole.
        provisions: Vec<String>,
        from: Instant,
        until: Option<Instant>,
    },
    Resumes {
        suspension: Digest,
        from: Instant,
    },
    Withdraws {
        adoption: Digest,
        from: Instant,
    },
}

impl Word {
    /// `None` where the content is of another kind, or lacks what it would take effect by.
    pub fn of(content: &Content) -> Option<Word> {
        match content {
            Content::Adoption(form) => Some(Word::Adopts {
                regime: Some(form.regime.clone()).filter(|name| !name.is_empty())?,
                edition: form.edition?,
                digest: form.regime_digest?.0,
                from: form.from.instant()?,
                nature: form.nature?,
                reservations: form.reservations.iter().map(|one| one.provision.clone()).collect(),
            }),
            Content::Suspension(form) => Some(Word::Suspends {
                adoption: named(&form.adoption)?,
                provisions: form.provisions.clone(),
                from: form.from.instant()?,
                until: if form.until == When::default() { None } else { Some(form.until.instant()?) },
            }),
            Content::Resumption(form) => {
                Some(Word::Resumes { suspension: named(&form.suspension)?, from: form.from.instant()? })
            }
            Content::Withdrawal(form) => {
                Some(Word::Withdraws { adoption: named(&form.adoption)?, from: form.from.instant()? })
            }
            // Whose word it is said to be is not proven: nobody is bound by it.
            _ => None,
        }
    }
}

fn named(reference: &MessageReference) -> Option<Digest> {
    reference.message_digest.map(|digest| digest.0)
}
