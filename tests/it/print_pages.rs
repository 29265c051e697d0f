//! Where a page of the official form ends: a label is not parted there from its digest.

use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::official::{Region, Row};
use detente::limits;

use crate::officer::filled;
use crate::print::{form, full, text};

fn row(label: &str, text: String) -> Row {
    let (mark, label) = (String::new(), label.to_owned());
    Row { field: "content", region: Region::Content, depth: 0, mark, label, text: vec![text] }
}

#[test]
fn a_label_stands_on_the_same_page_as_its_digest_wherever_the_page_ends() {
    let mut document = form(&full(&filled(Kind::Cancellation)));
    let digest = Digest([0xab; 32]).to_string();
    for before in 0..=limits::OFFICIAL_FORM_PAGE_LINES {
        document.rows = vec![row("Before", "it".into()); before];
        document.rows.push(row("Which one", digest.clone()));
        let text = text(&document);
        assert_eq!(text.matches("Before").count(), before, "{text}");
        let pages: Vec<&str> = text.split('\u{c}').filter(|page| page.contains("Which one")).collect();
        assert!(pages.len() == 1 && pages[0].contains(&digest), "{before} lines before it\n{text}");
    }
}
