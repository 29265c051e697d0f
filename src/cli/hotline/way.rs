//! By which way a message of a session came here, where that was not over its author's link, and what is to be done then.
//!
//! Never here: whether it counts as its author's, which is the node's to say.

use bytes::Bytes;
use serde_json::{Value, json};

use super::page::Sheet;
use super::show;
use super::speak::Open;
use crate::cli::fault::Fault;
use crate::cli::json;
use crate::cli::message::known::known_message;
use crate::codec::proto::detente::v1 as calls;
use crate::domain::text::shown;

/// That it came by file, or by way of another Party than its author: this node's own account, and no word of its author.
pub(super) fn came(sheet: &mut Sheet<'_>, mark: &str) {
    if !mark.is_empty() {
        sheet.put(&format!("     {}", shown(mark)));
    }
}

/// Both of a line, and that it was read as it came in the second way, where its author brought it since.
pub(super) fn of(sheet: &mut Sheet<'_>, line: &calls::SessionLine) {
    came(sheet, &line.came_by_file);
    came(sheet, &line.came_by_way);
    came(sheet, &line.read_as_handed_on);
}

/// How one that came by way of another Party is read, and how what a line waits for may come in the same way.
pub(super) fn next(sheet: &mut Sheet<'_>, line: &calls::SessionLine) {
    if !line.read_as.is_empty() && !line.read_by_caller {
        let within = first(&line.read_as);
        sheet.put(&format!("     within message {within}; read it by: detente hotline read {within}"));
    }
    if let Some(missing) = line.missing.first() {
        sheet.put("     a Party that has what it waits for hands it on by:");
        sheet.put(&format!("       detente message forward {} --to CODE", first(missing)));
    }
}

/// The digest under which its reading is put on record.
pub(super) fn to_read(line: &calls::SessionLine) -> &Bytes {
    if line.read_as.is_empty() { &line.digest } else { &line.read_as }
}

/// The same of a line as JSON.
pub(super) fn with(object: Value, line: &calls::SessionLine) -> Value {
    let came_by_way = (!line.came_by_way.is_empty()).then_some(&line.came_by_way);
    let read_before = (!line.read_as_handed_on.is_empty()).then_some(&line.read_as_handed_on);
    json::with(
        object,
        json!({
            "came_by_way": came_by_way,
            "read_as": hex::encode(to_read(line)),
            "read_as_handed_on": read_before,
        }),
    )
}

/// The digest of a text of a session, by its first digits: also of one that came by way of another Party, and is no message
/// of its own on record here.
pub(super) async fn text(open: &Open, thread: &str, beginning: &str) -> Result<Bytes, Fault> {
    let fault = match known_message(&open.desk, beginning).await {
        Ok(known) => return Ok(known.digest.0.to_vec().into()),
        Err(fault) => fault,
    };
    let whole = show::whole(&open.desk, open.thread(thread).await?).await?;
    let by_way = whole.lines.iter().filter(|line| !line.came_by_way.is_empty());
    let mut found = by_way.filter(|line| hex::encode(&line.digest).starts_with(beginning));
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only.digest.clone()),
        _ => Err(fault),
    }
}

fn first(digest: &Bytes) -> String {
    hex::encode(digest).chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::super::page;
    use super::*;

    #[test]
    fn what_came_by_way_of_another_party_says_so_and_how_it_is_read_and_what_waits_how_that_may_come() {
        let came_by_way = "came by way of PL at noon, not from BY".to_owned();
        let line = calls::SessionLine {
            digest: vec![0x11; 32].into(),
            read_as: vec![0x22; 32].into(),
            missing: vec![vec![0x33; 32].into()],
            came_by_way: came_by_way.clone(),
            ..Default::default()
        };
        let whole = calls::ShowSessionResponse { lines: vec![line.clone()], ..Default::default() };
        let shown = page::session(&whole);
        for said in
            [&came_by_way[..], "detente hotline read 222222222222", "message forward 333333333333 --to CODE"]
        {
            assert!(shown.contains(said), "{said}: {shown}");
        }
        assert_eq!(to_read(&line)[..], [0x22; 32]);
        let object = with(json!({}), &line);
        assert_eq!(
            (&object["came_by_way"], &object["read_as"]),
            (&json!(came_by_way), &json!("22".repeat(32)))
        );
        let other = calls::SessionLine { digest: vec![0x11; 32].into(), ..Default::default() };
        let object = with(json!({}), &other);
        assert_eq!((&object["came_by_way"], &object["read_as"]), (&Value::Null, &json!("11".repeat(32))));
    }
}
