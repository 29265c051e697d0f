//! What each key does while a text or a translation is written.
//!
//! Never here: a change to what was given to the node, or a thing said by a letter.

use super::composer::Written;
use super::drafts::{Draft, next_precedence};
use super::keys::{At, Key};
use super::scroll::Scroll;
use super::state::{Effect, State, View};
use super::typed::WRITING_MARGIN;
use crate::limits;

impl State {
    pub fn in_writing(&mut self, key: Key, at: At, was_asked: bool) -> Vec<Effect> {
        match key {
            Key::Escape => {
                let of = self.writes();
                self.view = View::Session;
                // Where nothing was written, nothing was begun.
                if self.drafts.get(&of).is_some_and(Draft::is_empty) {
                    self.drafts.remove(&of);
                }
                return vec![Effect::Keep(of)];
            }
            Key::Control('s') => return self.give(at, was_asked),
            Key::PageUp => self.moved(Scroll::page_up),
            Key::PageDown => self.moved(Scroll::page_down),
            Key::Up | Key::Down => {
                let columns = usize::from(self.size.0).saturating_sub(WRITING_MARGIN);
                let of = self.writes();
                if let Some(draft) = self.drafts.get_mut(&of) {
                    let step = if key == Key::Up { Written::up } else { Written::down };
                    step(&mut draft.written, columns);
                }
            }
            key => {
                let languages = self.session().map(|session| session.stands.languages.clone());
                let opening = self.session().map_or(0, |session| session.stands.precedence);
                let of = self.writes();
                let Some(draft) = self.drafts.get_mut(&of) else { return Vec::new() };
                if draft.given.is_some() {
                    self.notice =
                        "it was given to the node, and stays as it is until the node answers".into();
                    return Vec::new();
                }
                // What a text takes at most is said before it goes; a translation may need more room than its text.
                let bytes_max = if of.translates.is_empty() {
                    limits::HOTLINE_TEXT_BYTES_MAX
                } else {
                    limits::FORM_TEXT_BYTES_MAX
                };
                let mut insert = |text: &str| draft.written.insert(text, bytes_max);
                let taken = match key {
                    Key::Character(character) => insert(character.encode_utf8(&mut [0; 4])),
                    Key::Enter => insert("\n"),
                    // As in a table that is pasted: two figures stay two.
                    Key::Tab => insert(" "),
                    Key::BackTab => Ok(()),
                    Key::Pasted(text) => insert(&text.replace("\r\n", "\n").replace('\r', "\n")),
                    Key::Edit(edit) => {
                        draft.written.edit(edit);
                        Ok(())
                    }
                    Key::Control('p') => {
                        draft.precedence = next_precedence(draft.precedence, opening);
                        Ok(())
                    }
                    Key::Control('n') => {
                        draft.language = next_language(&draft.language, &languages.unwrap_or_default());
                        Ok(())
                    }
                    _ => return Vec::new(),
                };
                if let Err(rule) = taken {
                    self.notice = format!("NOT TAKEN: {rule}");
                }
                return vec![Effect::Keep(of)];
            }
        }
        Vec::new()
    }
}

fn next_language(now: &str, languages: &[String]) -> String {
    let at = languages.iter().position(|one| one == now).unwrap_or(0);
    let next = languages.get(at.saturating_add(1)).or(languages.first());
    next.cloned().unwrap_or_default()
}
