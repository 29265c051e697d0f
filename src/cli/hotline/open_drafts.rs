//! Drafts in sessions that are not released, in words and as JSON.
//!
//! Never here: what a draft says: `detente message show-draft` has it.

use serde_json::{Value, json};

use crate::codec::proto::detente::v1 as calls;
use crate::domain::text::shown;
use crate::limits;

/// How many there are, and where they are listed; `None` where there are none.
pub(in crate::cli) fn counted(drafts: Option<&calls::OpenDrafts>) -> Option<String> {
    let drafts = drafts?;
    let many = (drafts.drafts.len() as u64).saturating_add(drafts.more.into());
    (many > 0).then(|| format!("{many} draft(s) NOT RELEASED: detente message drafts"))
}

/// Each, safe to show, and how many more there are.
pub(super) fn listed(drafts: Option<&calls::OpenDrafts>) -> Vec<String> {
    let Some(drafts) = drafts else { return Vec::new() };
    let one = |open: &calls::OpenDraft| {
        let draft = hex::encode(&open.draft);
        let draft = draft.get(..limits::DIGEST_DIGITS_MIN).unwrap_or_default();
        let by = shown(&open.drafter);
        let what = if open.returned { "RETURNED to its drafter" } else { "NOT RELEASED" };
        format!("Draft     {draft} by {by}, {what}: detente message show-draft {draft}")
    };
    let mut all: Vec<String> = drafts.drafts.iter().map(one).collect();
    if drafts.more > 0 {
        all.push(format!("and {} draft(s) more: detente message drafts", drafts.more));
    }
    all
}

pub(in crate::cli) fn as_json(drafts: Option<&calls::OpenDrafts>) -> Value {
    let all = drafts.map(|drafts| &drafts.drafts[..]).unwrap_or_default();
    let one = |open: &calls::OpenDraft| {
        json!({
            "draft": hex::encode(&open.draft),
            "thread": hex::encode(&open.thread),
            "drafter": open.drafter,
            "returned": open.returned,
        })
    };
    all.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_draft_that_is_not_released_is_named_by_what_shows_it_and_the_rest_is_counted() {
        let open = calls::OpenDraft {
            draft: vec![0xab; 16].into(),
            drafter: "Maj. Hejka".into(),
            returned: false,
            ..Default::default()
        };
        let returned = calls::OpenDraft { returned: true, ..open.clone() };
        let drafts = calls::OpenDrafts { drafts: vec![open, returned], more: 3 };
        let all = [
            "Draft     abababab by Maj. Hejka, NOT RELEASED: detente message show-draft abababab",
            "Draft     abababab by Maj. Hejka, RETURNED to its drafter: detente message show-draft abababab",
            "and 3 draft(s) more: detente message drafts",
        ];
        assert_eq!(listed(Some(&drafts)), all);
        let counted_as = counted(Some(&drafts));
        assert_eq!(counted_as.as_deref(), Some("5 draft(s) NOT RELEASED: detente message drafts"));
        assert_eq!((counted(None), counted(Some(&calls::OpenDrafts::default()))), (None, None));
    }
}
