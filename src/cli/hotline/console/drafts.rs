//! The text or translation that an officer writes in a session: kept in the officer's own directory, so that it
//! outlives a cut, the console and the machine, and given to the node under one id, so that it is said once.
//!
//! Never here: a draft given under another id while it is not known what became of it, or a file that others may read.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::composer::Written;
use crate::cli::files::{self, FileFault, Readers};
use crate::codec::message::{precedence_from_proto, precedence_to_proto};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::join_request::What as Said;
use crate::domain::digest::CommandId;
use crate::domain::precedence::Precedence;
use crate::domain::time::Instant;

const PREFIX: &str = "hotline-draft-";
const SUFFIX: &str = ".json";
/// How a draft begins, as `Kept` is written.
const BEGINS: &[u8] = b"{\"thread\":\"";
/// Held by the console that keeps the drafts.
const LOCK: &str = "hotline-console.lock";

/// What a draft is of: in each session one text is written at a time, and one translation of each text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct DraftOf {
    pub thread: Bytes,
    /// Digest of the text that is translated; empty for a text of one's own.
    pub translates: Bytes,
}

/// What is written in one session and not on record yet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Draft {
    /// Digest of the message with which the session begins.
    pub opening: Bytes,
    pub written: Written,
    /// BCP 47; empty for that in which the session begins.
    pub language: String,
    /// Of a translation: who translates; empty for who writes it.
    pub translator: String,
    /// Digest of the text that it answers; empty for none.
    pub answers: Bytes,
    /// `None` for that of the opening.
    pub precedence: Option<Precedence>,
    /// The draft at the node that was made of it, and not released for its faults; empty for none.
    pub replaces: Bytes,
    /// The officer said that it opens the session again, which all had closed.
    pub reopen: bool,
    pub given: Option<Given>,
}

/// It was given to the node, and what became of it is not known yet: nothing of it changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Given {
    pub id: CommandId,
    /// When it was given first.
    pub at: Instant,
    /// When it is given again, on its own; `None` where only the officer's key does so, as after a restart.
    pub again: Option<Instant>,
    /// How far the console was told when it was given first: nothing of a later record is said to be seen.
    pub seen_before: u64,
}

impl Draft {
    /// Whether it can go without a loss.
    pub fn is_empty(&self) -> bool {
        self.written.text.is_empty() && self.given.is_none()
    }

    /// What is given to the node.
    pub fn said(&self, of: &DraftOf, given: &Given) -> Said {
        let id = Bytes::copy_from_slice(&given.id.0);
        let command = Some(calls::CommandHeader { id, at_ms: given.at.0 });
        let (opening, text, language) =
            (self.opening.clone(), self.written.text.clone(), self.language.clone());
        let precedence = self.precedence.map_or(0, precedence_to_proto);
        if !of.translates.is_empty() {
            return Said::Translate(calls::TranslateTextRequest {
                command,
                text: of.translates.clone(),
                language,
                translation: text,
                translator: self.translator.clone(),
                precedence,
                opening,
                replaces: self.replaces.clone(),
            });
        }
        Said::Say(calls::SayRequest {
            command,
            thread: of.thread.clone(),
            text,
            language,
            answers: self.answers.clone(),
            precedence,
            opening,
            reopen: self.reopen,
            phrase: 0,
            seen_before: given.seen_before,
            replaces: self.replaces.clone(),
        })
    }
}

/// A draft as it lies on disk.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    thread: String,
    opening: String,
    text: String,
    language: String,
    answers: String,
    precedence: Option<String>,
    /// The id under which it was given, and when (ms since 1970).
    given: Option<(String, i64)>,
    /// As in `Given`; 0 in what was not given.
    #[serde(default)]
    seen_before: u64,
    /// As in `Draft`; not there where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    replaces: String,
    /// As in `Draft`; not there where it is not so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reopen: bool,
    /// As in `DraftOf` and `Draft`; not there in a text of one's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    translates: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    translator: String,
}

/// The drafts of one desk.
pub struct Drafts {
    directory: PathBuf,
    lock: Option<File>,
}

impl Drafts {
    pub fn at(directory: &Path) -> Drafts {
        Drafts { directory: directory.to_owned(), lock: None }
    }

    /// Whether they are this console's to read and to keep, from now on; and not while another one's are.
    ///
    /// # Errors
    /// The directory takes no lock.
    pub fn take(&mut self) -> Result<bool, FileFault> {
        if self.lock.is_none() {
            self.lock = files::try_lock(&self.directory.join(LOCK))?;
        }
        Ok(self.lock.is_some())
    }

    /// All that are kept, and the files that hold none: these are put aside, not deleted. Where they are this console's to
    /// keep, what another one was writing when it was killed goes: what was kept before stands in its place.
    ///
    /// # Errors
    /// The directory can't be read, or is open to others.
    pub fn read(&self) -> Result<(BTreeMap<DraftOf, Draft>, Vec<PathBuf>), FileFault> {
        let (mut drafts, mut aside) = (BTreeMap::new(), Vec::new());
        let fault = |fault| FileFault::Io { path: self.directory.clone(), fault };
        for entry in fs::read_dir(&self.directory).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if self.lock.is_some() && is_left_over(&name, &path) {
                fs::remove_file(&path).map_err(|fault| FileFault::Io { path: path.clone(), fault })?;
            }
            if !name.starts_with(PREFIX) || !name.ends_with(SUFFIX) {
                continue;
            }
            let bytes = files::read_private(&path)?;
            match serde_json::from_slice::<Kept>(&bytes).ok().and_then(read) {
                Some((of, draft)) => {
                    drafts.insert(of, draft);
                }
                None => aside.push(moved_aside(&path)?),
            }
        }
        Ok((drafts, aside))
    }

    /// Keeps what is written, durably; nothing written is kept by no file.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn keep(&self, of: &DraftOf, draft: Option<&Draft>) -> Result<(), FileFault> {
        let path = self.file(of);
        let Some(draft) = draft.filter(|draft| !draft.written.text.is_empty()) else {
            return match fs::remove_file(&path) {
                Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                    Err(FileFault::Io { path, fault })
                }
                Ok(()) | Err(_) => Ok(()),
            };
        };
        let kept = Kept {
            thread: hex::encode(&of.thread),
            opening: hex::encode(&draft.opening),
            text: draft.written.text.clone(),
            language: draft.language.clone(),
            answers: hex::encode(&draft.answers),
            precedence: draft.precedence.map(|one| one.name().to_owned()),
            given: draft.given.map(|given| (given.id.to_string(), given.at.0)),
            seen_before: draft.given.map_or(0, |given| given.seen_before),
            replaces: hex::encode(&draft.replaces),
            reopen: draft.reopen,
            translates: hex::encode(&of.translates),
            translator: draft.translator.clone(),
        };
        let text = serde_json::to_vec(&kept)
            .map_err(|fault| FileFault::Io { path: path.clone(), fault: fault.into() })?;
        files::replace(&path, &text, Readers::OwnerOnly)
    }

    /// What is kept of it is no draft any more, and not deleted: where it lies then.
    ///
    /// # Errors
    /// It can't be moved.
    pub fn put_aside(&self, of: &DraftOf) -> Result<PathBuf, FileFault> {
        moved_aside(&self.file(of))
    }

    fn file(&self, of: &DraftOf) -> PathBuf {
        let (thread, translates) = (hex::encode(&of.thread), hex::encode(&of.translates));
        let dash = if translates.is_empty() { "" } else { "-" };
        self.directory.join([PREFIX, &thread, dash, &translates, SUFFIX].concat())
    }
}

/// Whether it is a draft that was never put in its place. Others write beside theirs in this directory too, and under the
/// same names: what does not begin as a draft does is not touched.
fn is_left_over(name: &str, path: &Path) -> bool {
    let is_aside = name.starts_with("detente-") && name.ends_with(".new");
    is_aside && files::read_private(path).is_ok_and(|bytes| bytes.starts_with(BEGINS))
}

/// To a name that no file has yet.
fn moved_aside(path: &Path) -> Result<PathBuf, FileFault> {
    let mut names = (1_u32..).map(|number| path.with_extension(format!("aside-{number}")));
    let to = names.find(|name| !name.exists()).unwrap_or_else(|| path.to_owned());
    fs::rename(path, &to).map_err(|fault| FileFault::Io { path: path.to_owned(), fault })?;
    Ok(to)
}

fn read(kept: Kept) -> Option<(DraftOf, Draft)> {
    let bytes = |text: &str| hex::decode(text).ok().map(Bytes::from);
    let precedence = match kept.precedence {
        Some(name) => Some(Precedence::from_name(&name)?),
        None => None,
    };
    let given = match kept.given {
        Some((id, at_ms)) => {
            let (id, at, seen_before) = (CommandId::from_hex(&id)?, Instant(at_ms), kept.seen_before);
            Some(Given { id, at, again: None, seen_before })
        }
        None => None,
    };
    let draft = Draft {
        opening: bytes(&kept.opening)?,
        written: Written::of(kept.text),
        language: kept.language,
        translator: kept.translator,
        answers: bytes(&kept.answers)?,
        precedence,
        replaces: bytes(&kept.replaces)?,
        reopen: kept.reopen,
        given,
    };
    Some((DraftOf { thread: bytes(&kept.thread)?, translates: bytes(&kept.translates)? }, draft))
}

/// The precedence of a draft that names none is that of its session's opening.
pub fn precedence(draft: &Draft, opening: i32) -> Option<Precedence> {
    draft.precedence.or_else(|| precedence_from_proto(opening, "precedence").ok())
}

/// From that of the opening through all others, the fastest first: each one says another thing than the one before.
pub fn next_precedence(now: Option<Precedence>, opening: i32) -> Option<Precedence> {
    let opening = precedence_from_proto(opening, "precedence").ok();
    let mut others = Precedence::FASTEST_FIRST.into_iter().filter(|one| Some(*one) != opening);
    match now.filter(|now| Some(*now) != opening) {
        None => others.next(),
        Some(now) => others.skip_while(|one| *one != now).nth(1),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn each_press_for_another_precedence_says_another_one() {
        let flash = precedence_to_proto(Precedence::Flash);
        let mut now = None;
        let mut said = Vec::new();
        for _ in 0..5 {
            now = next_precedence(now, flash);
            said.push(precedence(&Draft { precedence: now, ..Draft::default() }, flash).unwrap().name());
        }
        assert_eq!(said, ["IMMEDIATE", "PRIORITY", "ROUTINE", "FLASH", "IMMEDIATE"]);
        assert_eq!(next_precedence(Some(Precedence::Flash), flash), Some(Precedence::Immediate));
    }

    fn draft(text: &str) -> Draft {
        Draft {
            opening: vec![1; 32].into(),
            written: Written::of(text),
            language: "ru".into(),
            translator: "A. Ivanova".into(),
            answers: vec![2; 32].into(),
            precedence: Some(Precedence::Flash),
            replaces: vec![5; 16].into(),
            reopen: true,
            given: Some(Given { id: CommandId([3; 16]), at: Instant(4), again: None, seen_before: 7 }),
        }
    }

    #[test]
    fn a_draft_is_read_again_as_it_was_kept_and_nobody_else_may_read_its_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let drafts = Drafts::at(folder.path());
        let of = DraftOf { thread: vec![7; 16].into(), translates: Bytes::new() };
        let translation = DraftOf { translates: vec![8; 32].into(), ..of.clone() };
        let hostile = draft("\u{1b}[2J \"Союзная\" \u{202e}\n大演習");
        let all = [(of.clone(), hostile.clone()), (translation.clone(), draft("Он?"))];
        for (of, draft) in &all {
            drafts.keep(of, Some(draft)).unwrap();
        }
        assert_eq!(drafts.read().unwrap(), (all.into(), vec![]));
        let file = folder.path().join(format!("{PREFIX}{}{SUFFIX}", "07".repeat(16)));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        drafts.keep(&of, Some(&draft(""))).unwrap();
        drafts.keep(&translation, None).unwrap();
        assert!(!file.exists());
        assert_eq!(drafts.read().unwrap(), (BTreeMap::new(), vec![]));
    }

    #[test]
    fn a_file_that_holds_no_draft_is_put_aside_and_not_deleted() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let drafts = Drafts::at(folder.path());
        let file = folder.path().join(format!("{PREFIX}00{SUFFIX}"));
        files::write_new(&file, b"{\"thread\": 1}", Readers::OwnerOnly).unwrap();
        let (read, aside) = drafts.read().unwrap();
        assert!(read.is_empty() && aside.len() == 1 && aside[0].exists() && !file.exists());
        // Nor is what was put aside before.
        files::write_new(&file, b"[]", Readers::OwnerOnly).unwrap();
        let (_, again) = drafts.read().unwrap();
        assert!(again[0].exists() && aside[0].exists() && again != aside);
    }

    #[test]
    fn what_a_killed_console_was_writing_goes_once_the_next_one_keeps_the_drafts_and_nothing_else_goes() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let mut drafts = Drafts::at(folder.path());
        let of = DraftOf { thread: vec![7; 16].into(), translates: Bytes::new() };
        drafts.keep(&of, Some(&draft("as it was kept"))).unwrap();
        let kept = fs::read(drafts.file(&of)).unwrap();
        let left = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            files::write_new(&path, bytes, Readers::OwnerOnly).unwrap();
            path
        };
        let whole = left("detente-0123456789abcdef.new", &kept);
        let half = left("detente-00000000000000ff.new", &kept[..40]);
        let key = left("detente-1123456789abcdef.new", b"a key");
        let named = left("plan.new", &kept);
        drafts.read().unwrap();
        assert!(whole.exists() && half.exists(), "another console keeps them");
        assert!(drafts.take().unwrap());
        assert_eq!(drafts.read().unwrap(), ([(of, draft("as it was kept"))].into(), vec![]));
        assert!(!whole.exists() && !half.exists() && key.exists() && named.exists());
    }

    #[test]
    fn one_console_of_an_officer_keeps_the_drafts_and_the_next_one_once_that_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, mut other) = (Drafts::at(folder.path()), Drafts::at(folder.path()));
        assert!(one.take().unwrap() && one.take().unwrap() && !other.take().unwrap());
        drop(one);
        assert!(other.take().unwrap());
    }
}
