//! The Board's canonical digest: every part in a fixed order, every number big-endian with a fixed
//! width, every list and text with its length before it, one SHA-256 over all.
//!
//! Written out by hand on purpose: a derived hash may change with a compiler, this one changes only
//! with the fold version, which is its first field. The bounds of `limits.rs` by which `apply.rs` and
//! `link.rs` forget are part of the fold: who changes one of them changes the version.

use sha2::{Digest as _, Sha256};

use super::{
    Board, FOLD_VERSION, Noted, digest_alarms, digest_by_hand, digest_checks, digest_duties, digest_hotline,
    digest_watch,
};
use crate::domain::adoption::{Heard, Word};
use crate::domain::content::Kind;
use crate::domain::digest::Digest;
use crate::domain::event::Head;
use crate::domain::ledger::Edge;
use crate::domain::link::Link;
use crate::domain::part::{LinkParts, PartState};
use crate::domain::party::Party;
use crate::domain::people::Person;
use crate::domain::precedence::Precedence;
use crate::domain::regime::Document;
use crate::domain::regime::numbering::Numbering;
use crate::domain::thread::{Acknowledged, Thread};

pub(super) fn of(board: &Board) -> Digest {
    let mut sum = Sum(Sha256::new());
    sum.number(u64::from(FOLD_VERSION));
    sum.optional(board.own.as_ref(), |sum, own| {
        sum.party(own.party);
        sum.number(u64::from(own.incarnation.0));
    });
    sum.number(board.size);
    sum.signed_number(board.at.0);
    sum.number(board.times_run_backwards);
    sum.roster(&board.roster);
    sum.list(board.links.iter(), |sum, (party, one)| {
        sum.party(*party);
        link(sum, one);
    });
    sum.list(board.threads.iter(), |sum, (id, one)| {
        sum.bytes(&id.0);
        thread(sum, one);
    });
    sum.list(board.messages.iter(), |sum, (digest, there)| {
        sum.bytes(&digest.0);
        sum.number(there.index);
        match there.acknowledged {
            Acknowledged::NotOwed => sum.number(0),
            Acknowledged::NotYet => sum.number(1),
            Acknowledged::InRecord(index) => {
                sum.number(2);
                sum.number(index);
            }
        }
    });
    sum.list(board.drafts.iter(), |sum, (id, draft)| {
        sum.bytes(&id.0);
        sum.number(draft.index);
        sum.bytes(&draft.digest.0);
        sum.person(&draft.drafter);
        sum.list(draft.earlier.iter(), |sum, person| sum.person(person));
        sum.bytes(&draft.thread.0);
        sum.optional(draft.returned.as_ref(), |sum, reason| sum.bytes(reason.as_bytes()));
    });
    sum.list(board.commands.iter(), |sum, (id, answered)| {
        sum.bytes(&id.0);
        sum.bytes(&answered.content.0);
        sum.number(answered.index);
        sum.signed_number(answered.at.0);
    });
    sum.optional(board.forgotten.as_ref(), |sum, at| sum.signed_number(at.0));
    sum.list(board.numbers.iter(), |sum, ((year, audience), serial)| {
        sum.bytes(audience.as_bytes());
        sum.signed_number(i64::from(*year));
        sum.number(*serial);
    });
    sum.list(board.waiting.iter(), |sum, (missing, waiting)| {
        sum.bytes(&missing.0);
        sum.list(waiting.iter(), |sum, one| {
            sum.bytes(&one.message.0);
            sum.party(one.author);
            sum.signed_number(one.since.0);
            sum.number(match one.noted {
                Noted::NotYet => 0,
                Noted::OnRecord => 1,
            });
        });
    });
    sum.list(board.to_offices.iter(), |sum, (message, to)| {
        sum.bytes(&message.0);
        sum.list(to.iter(), |sum, office| sum.bytes(office.as_bytes()));
    });
    sum.list(board.parts.iter(), |sum, (digest, state)| {
        sum.bytes(&digest.0);
        match state {
            PartState::Kept { bytes } => {
                sum.number(0);
                sum.number(*bytes);
            }
            PartState::Erased => sum.number(1),
        }
    });
    sum.list(board.regimes.iter(), |sum, (digest, held)| {
        sum.bytes(&digest.0);
        sum.number(held.index);
        sum.signed_number(held.at.0);
        sum.bytes(held.name.as_bytes());
        sum.number(held.edition);
        sum.optional(held.numbering.as_deref(), numbering);
    });
    sum.list(board.words.iter(), |sum, (party, words)| {
        sum.party(*party);
        sum.list(words.said(), |sum, (message, said)| {
            sum.bytes(&message.0);
            word(sum, &said.word);
            sum.signed_number(said.released_at.0);
            sum.number(said.index);
            sum.list(said.told.iter(), |sum, (by, told)| {
                sum.party(*by);
                sum.signed_number(told.at.0);
                sum.number(match told.heard {
                    Heard::Later => 0,
                    Heard::Before => 1,
                });
            });
        });
    });
    sum.list(board.cited.iter(), |sum, (regime, threads)| {
        sum.bytes(regime.as_bytes());
        sum.list(threads.iter(), |sum, (author, thread)| {
            sum.party(*author);
            sum.bytes(&thread.0);
        });
    });
    sum.list(board.same_activity.iter(), |sum, message| sum.bytes(&message.0));
    digest_by_hand::of(&mut sum, &board.by_hand);
    digest_watch::of(&mut sum, &board.watch);
    digest_duties::of(&mut sum, &board.duties);
    digest_alarms::of(&mut sum, board);
    digest_checks::of(&mut sum, board);
    digest_hotline::of(&mut sum, board);
    Digest(sum.0.finalize().into())
}

fn numbering(sum: &mut Sum, numbering: &Numbering) {
    sum.bytes(numbering.pattern.written().as_bytes());
    sum.list(numbering.marks.iter(), |sum, (document, mark)| {
        let (kind, code) = match document {
            Document::Kind(kind) => (kind.name(), ""),
            Document::Format(code) => (Kind::Formatted.name(), code.as_str()),
        };
        for text in [kind, code, &mark.format, &mark.kind] {
            sum.bytes(text.as_bytes());
        }
    });
}

fn word(sum: &mut Sum, word: &Word) {
    let texts =
        |sum: &mut Sum, texts: &[String]| sum.list(texts.iter(), |sum, text| sum.bytes(text.as_bytes()));
    match word {
        Word::Adopts { regime, edition, digest, from, nature, reservations } => {
            sum.number(0);
            sum.bytes(regime.as_bytes());
            sum.number(*edition);
            sum.bytes(&digest.0);
            sum.signed_number(from.0);
            sum.signed_number(i64::from(nature.number()));
            texts(sum, reservations);
        }
        Word::Suspends { adoption, provisions, from, until } => {
            sum.number(1);
            sum.bytes(&adoption.0);
            texts(sum, provisions);
            sum.signed_number(from.0);
            sum.optional(until.as_ref(), |sum, until| sum.signed_number(until.0));
        }
        Word::Resumes { suspension, from } => {
            sum.number(2);
            sum.bytes(&suspension.0);
            sum.signed_number(from.0);
        }
        Word::Withdraws { adoption, from } => {
            sum.number(3);
            sum.bytes(&adoption.0);
            sum.signed_number(from.0);
        }
    }
}

fn link(sum: &mut Sum, link: &Link) {
    sum.number(u64::from(link.incarnation.0));
    for precedence in Precedence::FASTEST_FIRST {
        let lane = link.lane(precedence);
        sum.number(lane.sent);
        sum.number(lane.taken);
        let numbers = |sum: &mut Sum, (serial, index): (&u64, &u64)| {
            sum.number(*serial);
            sum.number(*index);
        };
        sum.list(lane.owed.iter(), numbers);
        sum.list(lane.receipted.iter(), numbers);
        sum.list(lane.disputed.iter(), numbers);
        for times in [&lane.covered, &lane.announced] {
            sum.list(times.iter(), |sum, (serial, at_seconds)| {
                sum.number(*serial);
                sum.signed_number(*at_seconds);
            });
        }
        sum.list(lane.given.iter(), |sum, (serial, given)| {
            sum.number(*serial);
            sum.number(given.index);
            sum.bytes(&given.dispatch.0);
            sum.bytes(&given.message.0);
            sum.edge(&given.edge);
        });
    }
    sum.edge(&link.ours.edge);
    sum.optional(link.ours.cosigned.as_ref(), Sum::head);
    sum.list(link.ours.beyond.iter(), |sum, (leaf, (lane, serial))| {
        sum.number(*leaf);
        sum.precedence(*lane);
        sum.number(*serial);
    });
    sum.edge(&link.theirs.edge);
    sum.optional(link.theirs.followed.as_ref(), |sum, followed| {
        sum.head(&followed.head);
        sum.signed_number(followed.at_seconds);
    });
    sum.list(link.theirs.held.iter(), |sum, (index, leaf)| {
        sum.number(*index);
        sum.bytes(&leaf.0);
    });
    sum.list(link.theirs.announced.iter(), |sum, (index, announced)| {
        sum.number(*index);
        sum.bytes(&announced.leaf.0);
        sum.signed_number(announced.at_seconds);
    });
    sum.optional(link.theirs.rejected.as_ref(), |sum, (size, root)| {
        sum.number(*size);
        sum.bytes(&root.0);
    });
    sum.list(link.contradictions.iter(), |sum, digest| sum.bytes(&digest.0));
    sum.signed_number(link.budget.hour);
    sum.number(link.budget.records);
    sum.number(link.budget.flash_records);
    // How many of them were FLASH came later than this fold version, and is no part of it: it says what is taken now.
    sum.number(link.budget.bytes);
    sum.number(link.budget.oddities);
    sum.number(u64::from(link.budget.turned_away));
    sum.allowance(&link.allowance);
    parts(sum, &link.parts);
}

fn parts(sum: &mut Sum, parts: &LinkParts) {
    sum.list(parts.given.iter(), |sum, part| sum.bytes(&part.0));
    for sizes in [&parts.wanted, &parts.taken] {
        sum.list(sizes.iter(), |sum, (part, bytes)| {
            sum.bytes(&part.0);
            sum.number(*bytes);
        });
    }
}

fn thread(sum: &mut Sum, thread: &Thread) {
    sum.list(thread.entries(), |sum, entry| {
        sum.party(entry.author);
        sum.number(entry.place);
        sum.bytes(&entry.digest.0);
        sum.number(entry.index);
        sum.precedence(entry.precedence);
        sum.signed_number(entry.released_at.0);
        sum.signed_number(entry.recorded_at.0);
    });
    sum.list(thread.dispatched().iter(), |sum, (party, place)| {
        sum.party(*party);
        sum.number(*place);
    });
}

pub(super) struct Sum(Sha256);

impl Sum {
    pub(super) fn number(&mut self, number: u64) {
        self.0.update(number.to_be_bytes());
    }

    pub(super) fn signed_number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
    }

    pub(super) fn list<T>(&mut self, items: impl Iterator<Item = T>, mut each: impl FnMut(&mut Sum, T)) {
        let mut count = 0_u64;
        for item in items {
            self.0.update([1]);
            each(self, item);
            count = count.saturating_add(1);
        }
        self.0.update([0]);
        self.number(count);
    }

    pub(super) fn optional<T>(&mut self, item: Option<&T>, each: impl FnOnce(&mut Sum, &T)) {
        self.number(u64::from(item.is_some()));
        if let Some(item) = item {
            each(self, item);
        }
    }

    pub(super) fn party(&mut self, party: Party) {
        self.bytes(party.as_str().as_bytes());
    }

    pub(super) fn precedence(&mut self, precedence: Precedence) {
        self.number(precedence as u64);
    }

    pub(super) fn person(&mut self, person: &Person) {
        self.bytes(person.name.as_bytes());
        self.bytes(person.office.as_bytes());
        self.bytes(&person.key_digest.0);
    }

    pub(super) fn edge(&mut self, edge: &Edge) {
        self.number(edge.size());
        self.bytes(&edge.root().0);
    }

    pub(super) fn head(&mut self, head: &Head) {
        self.number(head.size);
        self.bytes(&head.root.0);
        self.bytes(&head.note);
    }
}
