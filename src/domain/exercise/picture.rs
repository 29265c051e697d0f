//! The present picture of a thread: what each author's newest word is, what it took the place of, and
//! what others say beside it.
//!
//! Never here: a choice between accounts. One author's word takes the place only of that author's own, a
//! drill's only of a drill's; nothing is added up, and that two threads are about the same activity is
//! shown as said, by whom.

use std::collections::{BTreeMap, BTreeSet};

use super::SameActivityPosition;
use crate::domain::content::Content;
use crate::domain::digest::{Digest, ThreadId};
use crate::domain::message::Traffic;
use crate::domain::party::Party;
pub use crate::domain::said::{Said, Step, Versions};
use crate::domain::said::{newest_of_same, withdrawn};
use crate::domain::transcription::Transcription;

/// What stands now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Picture<'s> {
    /// Of whoever gave a calendar, a notice, an invitation, a conclusion or a cancellation; in the order
    /// in which they first did.
    pub accounts: Vec<Account<'s>>,
    /// Figures said later, by whomever: they stand beside what was notified.
    pub statements: Vec<&'s Said>,
    /// The newest word of each author on each other thread.
    pub same_activity: Vec<&'s Said>,
    /// What is said to have come from others outside any link. Its origin is not proven.
    pub transcribed: Vec<(&'s Said, &'s Transcription)>,
    /// Cancellations and words on another thread that stand no more, or never had an effect; in the thread's order.
    pub over: Vec<&'s Said>,
    /// Messages of any kind that their authors took back, each with the word that does so. They stand nowhere else.
    pub withdrawn: BTreeMap<Digest, &'s Said>,
}

/// One author's account, of what is real or of what is a drill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account<'s> {
    pub author: Party,
    pub traffic: Traffic,
    /// One for each calendar year.
    pub calendars: Vec<Versions<'s>>,
    /// Notification and amendments.
    pub notice: Option<Versions<'s>>,
    pub invitations: Vec<&'s Said>,
    pub conclusion: Option<Versions<'s>>,
    /// `None` also where the author gave notice again after it, and where there is nothing of its own that it cancels.
    pub cancellation: Option<&'s Said>,
}

impl<'s> Picture<'s> {
    /// Folds the messages of one thread, in the thread's order.
    pub fn of(said: &'s [Said]) -> Picture<'s> {
        let mut picture = Picture { withdrawn: withdrawn(said), ..Picture::default() };
        for one in said {
            if !picture.withdrawn.contains_key(&one.message) && !cancels_nothing(one, said) {
                picture.take(one);
            }
        }
        picture.accounts.retain_mut(Account::cancels_its_own);
        picture.over = picture.over_in(said);
        picture
    }

    fn over_in(&self, said: &'s [Said]) -> Vec<&'s Said> {
        let cancellations = self.accounts.iter().filter_map(|account| account.cancellation);
        let standing = cancellations.chain(self.same_activity.iter().copied());
        let standing: BTreeSet<Digest> = standing.map(|one| one.message).collect();
        let is_over = |one: &&Said| {
            matches!(one.content, Content::Cancellation(_) | Content::SameActivity(_))
                && !standing.contains(&one.message)
                && !self.withdrawn.contains_key(&one.message)
        };
        said.iter().filter(is_over).collect()
    }

    fn take(&mut self, said: &'s Said) {
        match &said.content {
            Content::Calendar(calendar) => {
                let calendars = &mut self.account(said).calendars;
                let same_year = calendars.iter_mut().find(|versions| {
                    matches!(&versions.present().content, Content::Calendar(earlier) if earlier.year == calendar.year)
                });
                match same_year {
                    Some(versions) => versions.add(said),
                    None => calendars.push(Versions::of(said)),
                }
            }
            Content::Notification(_) | Content::Amendment(_) => {
                let account = self.account(said);
                account.cancellation = None;
                Versions::replace(&mut account.notice, said);
            }
            Content::Invitation(_) => self.account(said).invitations.push(said),
            Content::Conclusion(_) => Versions::replace(&mut self.account(said).conclusion, said),
            Content::Cancellation(_) => self.account(said).cancellation = Some(said),
            Content::Statement(_) => self.statements.push(said),
            Content::SameActivity(form) => newest_of_same(&mut self.same_activity, said, form),
            // Of nobody's account: neither its author's nor that of whoever is said to have sent it.
            Content::Transcription(form) => self.transcribed.push((said, form)),
            _ => {}
        }
    }

    #[expect(clippy::indexing_slicing, reason = "it was found there, or is the one just put there")]
    fn account(&mut self, said: &Said) -> &mut Account<'s> {
        let same = |account: &Account| (account.author, account.traffic) == (said.author, said.traffic);
        let at = self.accounts.iter().position(same).unwrap_or(self.accounts.len());
        if at == self.accounts.len() {
            self.accounts.push(Account {
                author: said.author,
                traffic: said.traffic,
                calendars: Vec::new(),
                notice: None,
                invitations: Vec::new(),
                conclusion: None,
                cancellation: None,
            });
        }
        &mut self.accounts[at]
    }

    /// Who says that this thread and another are the same activity, and who contests it.
    pub fn same_activity_as(&self) -> Vec<SameActivityAs<'s>> {
        self.same_activity
            .iter()
            .filter_map(|said| {
                let Content::SameActivity(form) = &said.content else { return None };
                Some(SameActivityAs {
                    said,
                    other_party: &form.other_party,
                    other_thread: form.other_thread.map(|thread| thread.0),
                    position: form.position,
                })
            })
            .collect()
    }
}

impl Account<'_> {
    /// Takes away a cancellation beside which its author announced nothing; whether anything else is left.
    fn cancels_its_own(&mut self) -> bool {
        if self.notice.is_some() || !self.calendars.is_empty() {
            return true;
        }
        self.cancellation = None;
        !self.invitations.is_empty() || self.conclusion.is_some()
    }
}

/// Whether it is the cancellation of a message of the thread that it has no effect on: another author's, or one
/// that announces nothing.
fn cancels_nothing(said: &Said, all: &[Said]) -> bool {
    let Content::Cancellation(form) = &said.content else { return false };
    let meant = all.iter().find(|one| one.is_meant(&form.cancels, said.author));
    meant.is_some_and(|one| one.author != said.author || !one.content.kind().may_be_cancelled())
}

/// One author's present word on another thread.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SameActivityAs<'s> {
    pub said: &'s Said,
    /// Not safe to show.
    pub other_party: &'s str,
    pub other_thread: Option<ThreadId>,
    /// `None` where the author did not say which.
    pub position: Option<SameActivityPosition>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correspondence::MessageWithdrawal;
    use crate::domain::exercise::{Amendment, Cancellation, Notification, SameActivity, Statement};
    use crate::domain::form::{MessageDigest, MessageReference};
    use crate::domain::time::Instant;
    use crate::domain::transcription::Filled;

    fn said(place: u8, author: &str, content: Content) -> Said {
        Said {
            message: Digest([place; 32]),
            number: format!("{author}/25/{place:04}"),
            author: author.parse().unwrap(),
            traffic: Traffic::Real,
            released_at: Instant(i64::from(place)),
            content,
        }
    }

    #[test]
    fn a_drill_neither_amends_nor_cancels_what_is_real() {
        let drill = |place, content| Said { traffic: Traffic::Drill, ..said(place, "BY", content) };
        let all = [
            said(1, "BY", notice("one")),
            drill(2, amendment("exercise of the line")),
            drill(3, Content::Cancellation(Cancellation::default())),
        ];
        let picture = Picture::of(&all);
        let real = &picture.accounts[0];
        assert_eq!(real.notice.as_ref().unwrap().present(), &all[0]);
        assert_eq!(real.cancellation, None);
        assert_eq!((picture.accounts[1].traffic, picture.accounts.len()), (Traffic::Drill, 2));
    }

    fn notification(designation: &str) -> Notification {
        Notification { designation: designation.into(), ..Notification::default() }
    }

    fn amendment(designation: &str) -> Content {
        Content::Amendment(Box::new(Amendment {
            notification: notification(designation),
            ..Amendment::default()
        }))
    }

    fn notice(designation: &str) -> Content {
        Content::Notification(Box::new(notification(designation)))
    }

    #[test]
    fn an_amendment_takes_the_place_of_its_own_authors_notice_and_of_no_other() {
        let all = [
            said(1, "BY", notice("one")),
            said(2, "PL", amendment("another")),
            said(3, "BY", amendment("two")),
        ];
        let picture = Picture::of(&all);
        let [of_by, of_pl] = &picture.accounts[..] else { panic!("two accounts: {picture:?}") };
        let versions = of_by.notice.as_ref().unwrap();
        assert_eq!((versions.present(), versions.earlier()), (&all[2], &[&all[0]][..]));
        let [step] = &versions.steps()[..] else { panic!("one step") };
        assert_eq!(step.to.author.as_str(), "BY");
        let [change] = &step.changes[..] else { panic!("one change: {:?}", step.changes) };
        assert_eq!(
            (change.field.as_str(), change.old.as_deref(), change.new.as_deref()),
            ("designation", Some("one"), Some("two"))
        );
        assert_eq!(of_pl.notice.as_ref().unwrap().present(), &all[1]);
    }

    #[test]
    fn what_its_author_took_back_stands_no_more_and_what_it_took_the_place_of_stands_again() {
        let back = |place, author, of: &Said| {
            let withdraws = MessageReference {
                message_digest: Some(MessageDigest(of.message)),
                ..MessageReference::default()
            };
            let form = MessageWithdrawal { withdraws, ..MessageWithdrawal::default() };
            said(place, author, Content::MessageWithdrawal(form))
        };
        let mut all = vec![said(1, "BY", notice("one")), said(2, "BY", amendment("two"))];
        all.push(back(3, "BY", &all[1]));
        all.push(back(1, "PL", &all[0]));
        let picture = Picture::of(&all);
        assert_eq!(picture.accounts[0].notice.as_ref().unwrap().present(), &all[0]);
        assert_eq!(picture.withdrawn.keys().collect::<Vec<_>>(), [&all[1].message]);
    }

    #[test]
    fn a_statement_stands_beside_the_notice_and_changes_nothing_in_it() {
        let all = [
            said(1, "BY", notice("one")),
            said(2, "BY", Content::Statement(Statement::default())),
            said(3, "PL", Content::Statement(Statement::default())),
        ];
        let picture = Picture::of(&all);
        assert_eq!(picture.statements, [&all[1], &all[2]]);
        assert_eq!(picture.accounts.len(), 1);
        assert!(picture.accounts[0].notice.as_ref().unwrap().earlier().is_empty());
    }

    #[test]
    fn what_is_transcribed_stands_in_no_account_whatever_form_it_holds() {
        let transcribed = |place, author, within| {
            let form = Transcription {
                origin_party: "PL".into(),
                form: Filled::Form(Box::new(within)),
                ..Transcription::default()
            };
            said(place, author, Content::Transcription(Box::new(form)))
        };
        let all = [
            said(1, "PL", notice("one")),
            transcribed(2, "BY", amendment("two")),
            transcribed(3, "BY", Content::Cancellation(Cancellation::default())),
            transcribed(4, "PL", Content::Statement(Statement::default())),
            transcribed(5, "BY", Content::SameActivity(SameActivity::default())),
        ];
        let picture = Picture::of(&all);
        let [account] = &picture.accounts[..] else { panic!("one account: {picture:?}") };
        assert_eq!((account.author.as_str(), account.cancellation), ("PL", None));
        assert!(account.notice.as_ref().unwrap().earlier().is_empty());
        assert!(picture.statements.is_empty() && picture.same_activity.is_empty());
        let shown: Vec<&Said> = picture.transcribed.iter().map(|(said, _)| *said).collect();
        assert_eq!(shown, [&all[1], &all[2], &all[3], &all[4]]);
    }

    #[test]
    fn a_cancellation_of_what_another_announced_stands_nowhere() {
        let of = |place, author, cancelled: &Said| {
            let cancels = MessageReference {
                message_digest: Some(MessageDigest(cancelled.message)),
                ..MessageReference::default()
            };
            said(place, author, Content::Cancellation(Cancellation { cancels, ..Cancellation::default() }))
        };
        let notice_of_pl = said(1, "PL", notice("one"));
        // By somebody who announced nothing here, whatever it names.
        let alone = [
            notice_of_pl.clone(),
            of(2, "LT", &notice_of_pl),
            said(3, "LV", Content::Cancellation(Cancellation::default())),
        ];
        let picture = Picture::of(&alone);
        let [account] = &picture.accounts[..] else { panic!("one account: {picture:?}") };
        assert_eq!((account.author.as_str(), account.cancellation), ("PL", None));
        // Nor does it cancel the author's own.
        let beside = [notice_of_pl.clone(), said(2, "LT", notice("two")), of(3, "LT", &notice_of_pl)];
        let picture = Picture::of(&beside);
        assert!(picture.accounts.iter().all(|account| account.cancellation.is_none()), "{picture:?}");
    }

    #[test]
    fn a_cancellation_stands_until_its_author_gives_notice_again() {
        let cancelled = [
            said(1, "BY", notice("one")),
            said(2, "BY", Content::Cancellation(Cancellation::default())),
            said(3, "PL", amendment("not theirs to revive")),
        ];
        assert_eq!(Picture::of(&cancelled).accounts[0].cancellation, Some(&cancelled[1]));
        let mut again = cancelled.to_vec();
        again.push(said(4, "BY", amendment("after all")));
        let picture = Picture::of(&again);
        assert_eq!((picture.accounts[0].cancellation, &picture.over[..]), (None, &[&again[1]][..]));
    }

    #[test]
    fn same_activity_is_shown_as_stated_and_as_contested_by_whom_never_decided() {
        let same = |position| {
            Content::SameActivity(SameActivity {
                position: Some(position),
                other_party: "RU".into(),
                ..SameActivity::default()
            })
        };
        let all = [
            said(1, "BY", same(SameActivityPosition::Stated)),
            said(2, "PL", same(SameActivityPosition::Contested)),
            said(3, "BY", same(SameActivityPosition::Contested)),
        ];
        let picture = Picture::of(&all);
        let positions: Vec<_> = picture
            .same_activity_as()
            .iter()
            .map(|one| (one.said.author.as_str().to_owned(), one.position.unwrap()))
            .collect();
        assert_eq!(
            positions,
            [
                ("PL".to_owned(), SameActivityPosition::Contested),
                ("BY".to_owned(), SameActivityPosition::Contested)
            ]
        );
    }
}
